"""Faults on a script: what goes wrong, when and how often; read from YAML, the same each time.

The format with an example of every kind stands in docs/fault-plans.md.
"""

import math
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated

import msgspec
import numpy as np
from msgspec import Meta

from drivers.api.errors import DeviceError, NotFound, ProtocolViolation
from simulators.fault_kinds import KINDS, LONGEST_HELD_S, Delay, Fault, Jitter, SlowOpen, Window
from simulators.plain_yaml import YamlRefused, in_plain_words, read_yaml

DRILLS = "drills"
SUFFIX = ".yaml"
LARGEST_PLAN_BYTES = 1 << 20


class FaultPlan(msgspec.Struct, frozen=True):
    """Faults in the order in which they are put on top of each other."""

    name: str
    """What the file or the drill is called."""
    faults: tuple[Fault, ...]
    seed: int = 0

    def active(self, time_ns: int) -> Iterator[tuple[int, Fault, Window]]:
        """The faults that are going on, each with its place in the plan."""
        for place, fault in enumerate(self.faults):
            window = fault.window(time_ns)
            if window is not None:
                yield place, fault, window

    def opening_delay_ns(self, time_ns: int) -> int:
        """How much longer it takes to open the source, or until a wire is heard."""
        active = self.active(time_ns)
        return sum(round(f.delay_s * 1e9) for _, f, _ in active if isinstance(f, SlowOpen))

    def chance(self, place: int, number: int) -> np.random.Generator:
        """Random numbers that belong to one entry and one picture, or one part of a wire."""
        return np.random.default_rng((self.seed, place, number))


class _Head(msgspec.Struct, forbid_unknown_fields=True):
    faults: list[dict[str, object]]
    seed: Annotated[int, Meta(ge=0, le=2**32)] = 0
    title: str = ""
    """For people who read the file."""


def drills() -> tuple[str, ...]:
    """The names of the plans that ship."""
    return tuple(sorted(f.name.removesuffix(SUFFIX) for f in _drill_folder().iterdir()))


def load_plan(name: str, for_wire: bool = False) -> FaultPlan:
    """The drill of this name, or the plan in this file, for a source or `for_wire`.

    NotFound when there is none; ProtocolViolation with what to do when it is wrong, or holds
    no fault that fits. Some of its faults may not fit.
    """
    if name in drills():
        text = (_drill_folder() / f"{name}{SUFFIX}").read_text("utf-8")
        return _parse(name, text, for_wire)
    path = Path(name)
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_PLAN_BYTES + 1)
    except OSError as error:
        cause = f"it cannot be read ({error.strerror})"
        advice = f"Name a file, or one of the drills: {', '.join(drills())}."
        raise NotFound(_called(name), "open", cause, advice) from None
    if len(content) > LARGEST_PLAN_BYTES:
        raise _wrong(
            path.name, "it is larger than a plan (1 MiB)", "Name a file with a list of faults."
        )
    return _parse(path.name, content.decode("utf-8", errors="replace"), for_wire)


def _drill_folder() -> Traversable:
    return files("simulators") / DRILLS


def _parse(name: str, text: str, for_wire: bool) -> FaultPlan:
    head = _read_head(name, text)
    if not head.faults:
        raise _wrong(name, "it lists no faults", "Write one entry a line under faults:.")
    fitting = sorted(k for k, v in KINDS.items() if (v.on_wire if for_wire else v.on_source))
    faults = tuple(
        _fault(name, number, entry, fitting) for number, entry in enumerate(head.faults, 1)
    )
    if not any(fault.kind in fitting for fault in faults):
        raise _out_of_place(name, faults, for_wire)
    _refuse_long_delay(name, faults)
    return FaultPlan(Path(name).stem, faults, head.seed)


def _read_head(name: str, text: str) -> _Head:
    try:
        return msgspec.convert(read_yaml(text).value, _Head)
    except YamlRefused as refused:
        raise _wrong(name, str(refused), "Write it as in docs/fault-plans.md.") from None
    except msgspec.ValidationError as error:
        advice = 'Begin with "seed: 1", then "faults:" and one entry a line.'
        raise _wrong(name, in_plain_words(error), advice) from None


def _out_of_place(name: str, faults: tuple[Fault, ...], for_wire: bool) -> DeviceError:
    here, where = "a source", "with guidance simulate relay"
    if for_wire:
        here, where = "a wire", "as faults= of an address"
    cause = f"it holds no fault of {here}, only {', '.join(sorted({f.kind for f in faults}))}"
    return _wrong(name, cause, f"Use it {where}, or name another.")


def _refuse_long_delay(name: str, faults: tuple[Fault, ...]) -> None:
    """A read waits for what is held back, so that delays at the same time are bounded together.

    The sum is greatest where one of them begins; what comes again counts from its first time on.
    """
    for number, begun in enumerate(faults, 1):
        delay_s = sum(_delay_s(f) for f in faults if f.at_s <= begun.at_s < _over_s(f))
        if delay_s > LONGEST_HELD_S:
            cause = f"with entry {number} what goes on at once is a delay of {delay_s:g} s"
            advice = f"Let delay_ms and jitter_ms be {LONGEST_HELD_S * 1000:g} together at most."
            raise _wrong(name, cause, advice)


def _delay_s(fault: Fault) -> float:
    """By how much at most it makes a picture late that goes on coming."""
    if isinstance(fault, Delay):
        return fault.delay_ms / 1000
    return fault.jitter_ms / 1000 if isinstance(fault, Jitter) else 0.0


def _over_s(fault: Fault) -> float:
    """When it is over for good."""
    return math.inf if fault.every_s or not fault.for_s else fault.at_s + fault.for_s


def _fault(name: str, number: int, entry: dict[str, object], fitting: list[str]) -> Fault:
    parameters = dict(entry)
    kind = KINDS.get(str(parameters.pop("kind", "")))
    if kind is None:
        cause = f'entry {number}: there is no fault "{entry.get("kind", "")}"'
        raise _wrong(name, cause, f"Write kind: and one of {', '.join(fitting)}.")
    try:
        return msgspec.convert(parameters, kind)
    except msgspec.ValidationError as error:
        wanted = ", ".join(filter(None, (f"kind: {kind.kind}, at: 5, for: 2", kind.example)))
        cause = f"entry {number} ({kind.kind}): {in_plain_words(error)}"
        raise _wrong(name, cause, f"Write it like {{{wanted}}}.") from None


def _wrong(name: str, cause: str, advice: str) -> DeviceError:
    return ProtocolViolation(_called(name), "open", cause, advice)


def _called(name: str) -> str:
    return f'The fault plan "{name}"'
