"""A recorded session as a source: the same pictures, numbers and gaps, at its own pace or none."""

import threading
from collections import deque
from pathlib import Path

from drivers.api.address import Address, refuse_unknown_options
from drivers.api.errors import Disconnected, EndOfStream, NotFound, ProtocolViolation
from drivers.api.ports import Clock, DeviceInfo, DriverSpec, SourceInfo
from drivers.api.samples import ImageU8, Origin, Stamp, VideoFrame
from guidance_app.domain.commands import (
    Command,
    CommandOutcome,
    LayoutLost,
    NeedleSought,
    PictureMirrored,
    SourceFailed,
    SourceOpened,
)
from guidance_app.session.errors import SessionError
from guidance_app.session.format import MANIFEST_NAME, FrameRecord
from guidance_app.session.reader import SessionReader

REAL = "real"
STEPPED = "stepped"

GIVEN_BY_THE_READER = (SourceOpened, SourceFailed)
"""Commands that whoever reads a source gives by itself."""
NOTICED_IN_A_FRAME = (LayoutLost, PictureMirrored, NeedleSought)
"""Commands that a frame itself gives, which is then among those seen."""


class ReplaySource:
    """Reads a session as a VideoSource. A picture that is not intact is a gap, like a lost one.

    At the real pace frames come with the gaps between them that they had, stamped now, with
    the recorded arrival as device time. Stepped, nothing waits and stamps are as recorded.
    """

    def __init__(self, address_text: str, path: Path, pace: str, clock: Clock) -> None:
        self._address_text = address_text
        self._path = path
        self._stepped = pace == STEPPED
        self._clock = clock
        self._interrupted = threading.Event()
        self._reader: SessionReader | None = None
        self._frames: list[FrameRecord] = []
        self._commands: deque[CommandOutcome] = deque()
        self._next = 0
        self._asked = 0
        self._lag_ns: int | None = None
        self._any_read = False

    def open(self) -> SourceInfo:
        """Read the session's journal; raises ProtocolViolation when it is not usable."""
        try:
            reader = self._reader = SessionReader(self._path)
        except SessionError as error:
            raise ProtocolViolation(
                self._address_text, "open", error.cause.rstrip("."), error.advice
            ) from None
        self._next = self._asked = 0
        self._lag_ns = None
        self._frames = [record for record in reader.frames if record.place is not None]
        given = (
            outcome
            for outcome in reader.commands
            if outcome.refusal is None and not isinstance(outcome.command, GIVEN_BY_THE_READER)
        )
        self._commands = deque(sorted(given, key=_due_before))
        recorded = reader.manifest.source
        return SourceInfo(
            address=self._address_text,
            name=f"Replay of {recorded.name}",
            simulated=reader.manifest.simulated,
            identity=recorded.identity,
            origin=Origin.REPLAY,
            nominal_rate_hz=recorded.nominal_rate_hz,
            fault_plan=recorded.fault_plan,
        )

    def read(self) -> VideoFrame:
        """The next intact frame; raises EndOfStream behind the last one."""
        while not self._interrupted.is_set() and self._reader is not None:
            if self._next == len(self._frames):
                raise self._end()
            record = self._frames[self._next]
            self._next += 1
            try:
                pixels = self._reader.picture(record)
            except SessionError:
                continue
            self._any_read = True
            stamp = self._stamp(record.facts.stamp)
            if stamp is not None:
                return _frame(record, pixels, stamp)
        raise Disconnected(self._address_text, "read", "the replay was stopped", "Open it again.")

    def commands_until(self, sequence: int) -> list[Command]:
        """The accepted commands before the frame with this number, each given once.

        Ask with the numbers of frames that were read, in their order. What a source's reader
        reports by itself (opened, failed) is left out.
        """
        for place in range(self._asked, len(self._frames)):
            facts = self._frames[place].facts
            if facts.stamp.sequence == sequence:
                self._asked = place
                return self._take_commands(facts.number)
        return []

    def interrupt(self) -> None:
        """Make a waiting or later read() end soon; any thread, idempotent."""
        self._interrupted.set()

    def close(self) -> None:
        """Release the files; idempotent."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def _take_commands(self, number: int) -> list[Command]:
        due: list[CommandOutcome] = []
        while self._commands and _due_before(self._commands[0]) <= number:
            due.append(self._commands.popleft())
        return [outcome.command for outcome in sorted(due, key=lambda outcome: outcome.index)]

    def _stamp(self, recorded: Stamp) -> Stamp | None:
        """When the frame comes; None when interrupted while waiting for that."""
        if self._stepped:
            return recorded
        if self._lag_ns is None:
            self._lag_ns = self._clock.now_ns() - recorded.arrival_ns
        due_ns = recorded.arrival_ns + self._lag_ns
        if not self._clock.wait_until(due_ns, self._interrupted):
            return None
        return Stamp(recorded.sequence, self._clock.now_ns(), recorded.arrival_ns)

    def _end(self) -> EndOfStream | ProtocolViolation:
        if self._frames and not self._any_read:
            return ProtocolViolation(
                self._address_text,
                "read",
                "none of its pictures is intact",
                "Check it with: guidance session verify.",
            )
        return EndOfStream(self._address_text, "read", "the recording ends here", "Open it again.")


def _due_before(outcome: CommandOutcome) -> int:
    """The number of the first frame that was judged after it was handled."""
    return outcome.frames_seen - isinstance(outcome.command, NOTICED_IN_A_FRAME)


def _frame(record: FrameRecord, pixels: ImageU8, stamp: Stamp) -> VideoFrame:
    facts = record.facts
    return VideoFrame(pixels, facts.geometry.pixel_format, stamp, Origin.REPLAY, facts.regions)


def _create(address: Address, clock: Clock) -> ReplaySource:
    refuse_unknown_options(address, frozenset({"pace"}))
    pace = address.options.get("pace", REAL)
    path = Path(address.target)
    if pace not in (REAL, STEPPED):
        raise NotFound(
            f'"{address.text}"', "open", f'there is no pace "{pace}"', "Write real or stepped."
        )
    if not (path / MANIFEST_NAME).is_file():
        raise NotFound(
            f'"{address.text}"',
            "open",
            f"{path} is not a session",
            "Give a folder whose name ends in .session.",
        )
    return ReplaySource(address.text, path, pace, clock)


def _discover() -> list[DeviceInfo]:
    """Sessions are chosen by folder; none is attached to the machine."""
    return []


DRIVER = DriverSpec(
    schemes=("replay",),
    title="Recorded session",
    example="replay:SESSION",
    create=_create,
    discover=_discover,
)
