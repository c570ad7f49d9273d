"""An attempt on a simulator as it really was, read from the file that the simulator wrote of it.

Nothing of it is known while the attempt goes on; what is judged is judged afterwards.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

TRUTH_NAME = "truth.jsonl"
"""In the folder of a session."""
MOST_BYTES = 1 << 30
"""More than eight hours."""
NOWHERE = (np.nan, np.nan, np.nan)
SHORTEST_MM = 1e-6
"""Of a shaft that has a direction."""

Point: TypeAlias = tuple[float, float]
Point3: TypeAlias = tuple[float, float, float]
Numbers: TypeAlias = NDArray[np.float64]


class AttemptRefused(ValueError):
    """There is nothing to score; `str()` says why and what to do."""


class Line(msgspec.Struct, frozen=True):
    """What the file says of one frame; lengths in mm of probe space."""

    frame: int
    t_s: float
    probe_to_body: tuple[
        tuple[float, float, float, float],
        tuple[float, float, float, float],
        tuple[float, float, float, float],
        tuple[float, float, float, float],
    ]
    target_mm: Point3
    target_px: Point
    tip_visible: bool
    at_tip: str
    hit: tuple[str, ...]
    shaft_mm: tuple[Point3, ...]
    """From the tip to the entry; empty while the needle is outside."""
    shaft_px: tuple[Point, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Attempt:
    """One row a frame; points are in mm of the body, where the probe and the needle move."""

    frames: tuple[int, ...]
    """The numbers of the pictures."""
    target_px: tuple[Point, ...]
    shaft_px: tuple[tuple[Point, ...], ...]
    """From the tip to the entry in each picture; empty while the needle is outside."""
    t_s: Numbers
    """(n,) seconds since the simulator was opened."""
    probe_mm: Numbers
    """(n, 3) the middle of the probe's face."""
    tip_mm: Numbers
    """(n, 3) nan while the needle is outside the skin."""
    entry_mm: Numbers
    """(n, 3) where it goes through the skin; nan likewise."""
    target_mm: Numbers
    """(n, 3) where the target is now."""
    beside_mm: Numbers
    """(n,) the shaft's largest distance from the image plane; nan likewise."""
    angle_rad: Numbers
    """(n,) between the shaft and the image plane; nan likewise."""
    visible: NDArray[np.bool_]
    """(n,) whether the tip is seen."""
    hit: tuple[tuple[str, ...], ...]
    """Names of what must be spared and the shaft goes through, in each frame."""
    at_tip: tuple[str, ...]
    """Name of what the tip lies in, in each frame; empty while the needle is outside."""
    cut_off: bool = False
    """The file ended in the middle of a line: what was practised may have gone on."""

    @property
    def inside(self) -> NDArray[np.bool_]:
        """(n,) whether the needle is in tissue."""
        return ~np.isnan(self.tip_mm[:, 0])

    @property
    def depth_mm(self) -> Numbers:
        """(n,) length of the needle in tissue, 0 while it is outside."""
        length_mm = np.linalg.norm(self.tip_mm - self.entry_mm, axis=1)
        return np.asarray(np.nan_to_num(length_mm))


def is_attempt(session: Path) -> bool:
    """Whether a simulator wrote into this session what was where."""
    return (session / TRUTH_NAME).is_file()


def read_attempt(session: Path) -> Attempt:
    """The attempt that was recorded in a session; raises AttemptRefused.

    A last line that was cut off is left out, and told.
    """
    raw = _read(session)
    lines = _decode(raw[: raw.rfind(b"\n") + 1], session / TRUTH_NAME)
    if not any(line.shaft_mm for line in lines):
        raise AttemptRefused("The needle was never in the skin: there is nothing to score.")
    return replace(make_attempt(lines), cut_off=not raw.endswith(b"\n"))


def make_attempt(lines: list[Line]) -> Attempt:
    """Arrays of what the lines say."""
    probe = np.array([line.probe_to_body for line in lines])
    tip = np.array([line.shaft_mm[0] if line.shaft_mm else NOWHERE for line in lines])
    entry = np.array([line.shaft_mm[-1] if line.shaft_mm else NOWHERE for line in lines])
    across_mm = tip[:, 1] - entry[:, 1]
    length_mm = np.maximum(np.linalg.norm(tip - entry, axis=1), SHORTEST_MM)
    return Attempt(
        frames=tuple(line.frame for line in lines),
        target_px=tuple(line.target_px for line in lines),
        shaft_px=tuple(line.shaft_px for line in lines),
        t_s=np.array([line.t_s for line in lines]),
        probe_mm=probe[:, :3, 3],
        tip_mm=_in_body(probe, tip),
        entry_mm=_in_body(probe, entry),
        target_mm=_in_body(probe, np.array([line.target_mm for line in lines])),
        beside_mm=np.array([_beside_mm(line) for line in lines]),
        angle_rad=np.arcsin(np.clip(np.abs(across_mm) / length_mm, 0.0, 1.0)),
        visible=np.array([line.tip_visible for line in lines]),
        hit=tuple(line.hit for line in lines),
        at_tip=tuple(line.at_tip for line in lines),
    )


def last_place(attempt: Attempt) -> str:
    """Name of what the tip lay in when the needle was last in tissue."""
    return next(name for name in reversed(attempt.at_tip) if name)


def _in_body(probe_to_body: Numbers, points_mm: Numbers) -> Numbers:
    turned = np.einsum("nab,nb->na", probe_to_body[:, :3, :3], points_mm)
    return np.asarray(turned + probe_to_body[:, :3, 3])


def _beside_mm(line: Line) -> float:
    return max((abs(y) for _, y, _ in line.shaft_mm), default=float("nan"))


def _read(session: Path) -> bytes:
    path = session / TRUTH_NAME
    if not session.is_dir():
        raise AttemptRefused(f"There is no session {session}. Name the folder of one.")
    try:
        if path.stat().st_size > MOST_BYTES:
            raise AttemptRefused(f"{path} is larger than any attempt. It is not read.")
        return path.read_bytes()
    except OSError:
        raise AttemptRefused(
            f"There is no {TRUTH_NAME} in {session}: only what was practised on a simulator with "
            "your own hands can be scored."
        ) from None


def _decode(raw: bytes, path: Path) -> list[Line]:
    decoder = msgspec.json.Decoder(Line)
    lines = []
    for number, line in enumerate(raw.splitlines(), 1):
        try:
            lines.append(decoder.decode(line))
        except msgspec.MsgspecError as error:
            raise AttemptRefused(f"Line {number} of {path} cannot be read: {error}.") from None
    return lines
