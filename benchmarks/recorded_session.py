"""A session of any length, recorded as the application records it, without waiting for it."""

from pathlib import Path

import numpy as np

from drivers.api.address import parse_address
from drivers.api.clock import ManualClock
from drivers.api.samples import (
    Origin,
    PictureGeometry,
    PixelFormat,
    ScaledRegion,
    Stamp,
    VideoFrame,
)
from guidance_app.domain.commands import (
    CommandOutcome,
    NeedleSought,
    PlanChanged,
    ProcedureStarted,
    SourceOpened,
)
from guidance_app.domain.needle import NeedleSight, SeenNeedle
from guidance_app.domain.people import Person, Role
from guidance_app.domain.plan import Plan
from guidance_app.domain.snapshot import FrameFacts, PictureContent
from guidance_app.knowledge.templates import checklist_template
from guidance_app.processing.compute import apply_command, evaluate
from guidance_app.processing.state import PipelineState
from guidance_app.processing.truth import Arrivals, observe
from guidance_app.session.format import PaintRecord
from guidance_app.session.writer import SessionWriter
from simulators.sources import DRIVER

DIFFERENT = 60
"""Pictures, shown over and over: their content does not matter here."""
CHANGED = tuple([0xFFFF] * 12)
OPERATOR = Person("OP-1", Role.OPERATOR)


def record_session(folder: Path, count: int, rate_hz: int, size: tuple[int, ...]) -> Path:
    """`count` pictures of the simulated knee with a plan and a needle in it, on simulated time."""
    clock = ManualClock(1)
    pictures, info = _pictures(size)
    writer = SessionWriter.create(folder, info, clock)
    run = _Run(writer, clock, pictures[0].shape)
    run.ask(SourceOpened(info))
    template = checklist_template("knee-injection")
    run.ask(ProcedureStarted("knee-injection", "P-1", "right", template, (OPERATOR,), True))
    plan = Plan(run.geometry, (0.6 * size[0], 0.5 * size[1]), (10.0, 5.0))
    for number in range(count):
        clock.advance(1_000_000_000 // rate_hz)
        run.take(number, pictures[number % len(pictures)])
        if number == 0:
            run.ask(PlanChanged(plan))
    writer.seal()
    return writer.path


class _Run:
    """The core, recorded, with a needle that goes to and fro."""

    def __init__(self, writer: SessionWriter, clock: ManualClock, shape: tuple[int, ...]) -> None:
        self._writer, self._clock = writer, clock
        self._state, self._arrivals, self._index = PipelineState(), Arrivals(), 0
        height_px, width_px = shape[:2]
        self.geometry = PictureGeometry(width_px, height_px, PixelFormat.GRAY8)
        self._region = ScaledRegion(0, 0, width_px - 1, height_px - 1, 0.08, 0.08)

    def ask(self, command: object) -> None:
        now_ns = self._clock.now_ns()
        self._state = apply_command(self._state, command, self._arrivals, now_ns)
        outcome = CommandOutcome(self._index, now_ns, self._arrivals.count, command)
        self._writer.write_command(outcome)
        self._index += 1

    def take(self, number: int, pixels: np.ndarray) -> None:
        stamp = Stamp(number, self._clock.now_ns())
        content = PictureContent(100.0, 40.0, 0, 255, CHANGED)
        facts = FrameFacts(
            number, stamp, self.geometry, Origin.SIMULATED, (self._region,), True, content
        )
        frame = VideoFrame(pixels, PixelFormat.GRAY8, stamp, Origin.SIMULATED, (self._region,))
        self._writer.write_frame(frame, facts)
        self._arrivals = observe(self._arrivals, facts)
        tip = (100.0 + number % 200, 60.0 + 0.6 * (number % 200))
        needle = SeenNeedle(tip, (10.0, 6.0), 0.54, 4.0, 2.0, 0.01, 0.9)
        self.ask(NeedleSought(number, NeedleSight(needle)))
        self._state, snapshot = evaluate(
            self._state, self._arrivals, self._index, self._clock.now_ns()
        )
        self._writer.write_snapshot(snapshot)
        self._index += 1
        painted_ns = stamp.arrival_ns + 1_000_000
        self._writer.write_paint(PaintRecord(stamp.arrival_ns, painted_ns))


def _pictures(size: tuple[int, ...]) -> tuple[list[np.ndarray], object]:
    address = f"sim:knee?width_px={size[0]}&height_px={size[1]}"
    source = DRIVER.create(parse_address(address), ManualClock())
    info = source.open()
    pictures = [source.read().pixels for _ in range(DIFFERENT)]
    source.close()
    return pictures, info
