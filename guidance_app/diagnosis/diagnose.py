"""The whole diagnosis: one finding after another, in the order in which a person would look."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from drivers.api.address import public_text
from drivers.api.ports import Clock, DeviceInfo
from guidance_app.diagnosis.findings import Finding, Outcome
from guidance_app.diagnosis.network import explain_network
from guidance_app.diagnosis.source import Create, SourceCheck, explain_blank
from guidance_app.diagnosis.storage import check_folder, check_records, check_space
from guidance_app.domain.snapshot import Cause, PictureContent, Truth, TruthState


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a diagnosis looks at."""

    clock: Clock
    create: Create
    """An unopened source for an address; raises DeviceError."""
    devices: tuple[DeviceInfo, ...]
    """What is attached or could be opened."""
    sessions: Path
    records: Path | str
    """The file, or the address."""
    has_screen: bool


@dataclass(frozen=True, slots=True)
class RunningSource:
    """A source that this program is reading now: it is asked nothing a second time."""

    address: str
    name: str
    truth: Truth
    content: PictureContent | None = None
    """Of its newest picture."""
    still: bool = False
    """It is a single picture."""


class Diagnosis:
    """One round of checks; run on a thread that may block, `interrupt()` from any other."""

    def __init__(
        self,
        surroundings: Surroundings,
        addresses: Sequence[str] = (),
        running: RunningSource | None = None,
    ) -> None:
        """`addresses` are opened; without any, and with no `running` source, what is attached."""
        self._surroundings = surroundings
        self._addresses = tuple(addresses)
        self._running = running
        self._sources = SourceCheck(surroundings.create, surroundings.clock)
        self._stopping = threading.Event()

    def interrupt(self) -> None:
        """Let findings() end after the check under way, and that one soon."""
        self._stopping.set()
        self._sources.interrupt()

    def findings(self) -> Iterator[Finding]:
        """The checks, each made when its finding is asked for."""
        for finding in self._all():
            if self._stopping.is_set():
                return
            yield finding

    def _all(self) -> Iterator[Finding]:
        around = self._surroundings
        devices = [d for d in around.devices if d.kind == "video" and not d.simulated]
        yield from _check_devices(devices, bool(self._addresses) or self._running is not None)
        if self._running is not None:
            yield _check_running(self._running)
        for address in self._addresses or self._attached(devices):
            if self._stopping.is_set():
                return
            yield from self._sources.check(address)
        yield check_folder(around.sessions)
        yield check_space(around.sessions)
        yield check_records(around.records)
        yield _check_screen(around.has_screen)

    def _attached(self, devices: list[DeviceInfo]) -> list[str]:
        return [] if self._running else [d.address for d in devices if d.available]


def _check_devices(devices: list[DeviceInfo], named: bool) -> Iterator[Finding]:
    if not devices:
        yield Finding(
            "devices",
            Outcome.OK if named else Outcome.FAILED,
            "No camera or video grabber is attached to this computer.",
            ""
            if named
            else "Plug the grabber in and wait five seconds. Has it a power supply, or a lamp that "
            "is off? A network device is asked by its address, such as http://host:8080/video.",
        )
    for device in devices:
        if device.available:
            yield Finding("devices", Outcome.OK, f"{device.name} is attached ({device.address}).")
        else:
            yield _unavailable(device, Outcome.WARNING if named else Outcome.FAILED)


def _unavailable(device: DeviceInfo, outcome: Outcome) -> Finding:
    reason = device.reason.rstrip(".")
    return Finding(
        "devices",
        outcome,
        f"{device.name} is attached ({device.address}) and cannot be opened: {reason}.",
        "Put that right and look again, or choose another source.",
    )


def _check_running(running: RunningSource) -> Finding:
    name, truth = f"source {public_text(running.address)}", running.truth
    if truth.state is TruthState.LIVE:
        return Finding(name, Outcome.OK, f"{running.name} delivers, and its picture changes.")
    if truth.ended or running.still or truth.cause is Cause.LAST_IMAGE_HOLD:
        return Finding(name, Outcome.OK, f"{running.name}: {truth.reason}")
    return Finding(name, Outcome.FAILED, *_explain(running))


def _explain(running: RunningSource) -> tuple[str, str]:
    """What is wrong with a source that runs, and what to do."""
    truth, told = running.truth, None
    if truth.cause is Cause.NO_IMAGE and running.content is not None:
        told = explain_blank(running.name, running.content)
    elif truth.state is TruthState.LOST:
        told = explain_network(running.address, silent=True)
    return told or (f"{running.name}: {truth.reason}", _ADVICE[truth.state])


_CABLES = "Check that the device is on, and its cables. It is opened again by itself."
_STILL = "If the scanner says FREEZE, release it; else check the video cable."
_ADVICE = {
    TruthState.LATE: "Wait a moment. If it stays so, use another USB socket or network.",
    TruthState.REPEATED: _STILL,
    TruthState.FROZEN: _STILL,
    TruthState.LOST: _CABLES,
}


def _check_screen(has_screen: bool) -> Finding:
    if has_screen:
        return Finding("screen", Outcome.OK, "There is a screen to show the picture on.")
    return Finding(
        "screen",
        Outcome.WARNING,
        "There is no screen: the application can run, and nobody sees its window.",
        "Start it on the desktop of this computer.",
    )
