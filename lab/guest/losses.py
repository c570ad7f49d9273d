"""Lets the driver drop and damage buffers, and compares our count with the kernel's."""

import os
import signal
import time
from collections.abc import Callable
from itertools import pairwise

from lab.guest.report import Arguments, write_report
from lab.guest.resources import find_descendants
from lab.guest.trace import Buffer, recorded_buffers
from lab.guest.vivid import Device, load_devices
from lab.guest.witness import GuidedRun, Seen

DROPPED_PERCENT = 30
FRAMES_TO_WRAP = 128
"""The driver begins so many frames before its 32-bit counter runs over."""
MODULUS = 2**32
STOPPED_S = 1.0
"""So long the reading process is stopped: longer than the driver needs to fill its buffers."""


def main(arguments: Arguments) -> None:
    """One run each for dropped, damaged, renumbered and held up frames, of at least `count`."""
    (device,) = load_devices(arguments.module, count=1)
    device.set(horizontal_movement=2, timestamp_source=1)
    report: dict[str, object] = {}
    runs = {"dropped": _drop, "damaged": _damage, "wrapped": _wrap, "held_up": _hold_up}
    for name, run in runs.items():
        report[name] = run(device, arguments.count)
        write_report(arguments, report)


def _drop(device: Device, count: int) -> dict[str, object]:
    device.set(percentage_of_dropped_buffers=DROPPED_PERCENT)
    try:
        return _run(device, lambda run: run.witness.wait_for_frames(count))
    finally:
        device.set(percentage_of_dropped_buffers=0)


def _damage(device: Device, count: int) -> dict[str, object]:
    def press(run: GuidedRun) -> None:
        for _ in range(5):
            run.witness.wait_for_frames(count // 5)
            device.set(inject_v4l2_buf_flag_error=0)
        run.witness.wait_for_frames(5)

    return _run(device, press)


def _wrap(device: Device, count: int) -> dict[str, object]:
    device.set(wrap_sequence_number=1)
    try:
        return _run(device, lambda run: run.witness.wait_for_frames(FRAMES_TO_WRAP + count))
    finally:
        device.set(wrap_sequence_number=0)


def _hold_up(device: Device, count: int) -> dict[str, object]:
    frames: list[Seen] = []
    halfway_ns: list[int] = []

    def stop(run: GuidedRun) -> None:
        for _ in range(3):
            run.witness.wait_for_frames(count // 3)
            halfway_ns.append(_stop_reading())
            run.witness.wait_for_frames(5)
        frames.extend(run.witness.frames)

    figures = _run(device, stop)
    old = sum(_is_given_late(frame, moment) for frame in frames for moment in halfway_ns)
    return figures | {"stops": len(halfway_ns), "old_given_as_new": old}


def _stop_reading() -> int:
    """Stop the process that reads, let it go on, and give the moment halfway between."""
    (process,) = find_descendants(os.getpid())
    os.kill(process, signal.SIGSTOP)
    time.sleep(STOPPED_S / 2)
    halfway_ns = time.perf_counter_ns()
    time.sleep(STOPPED_S / 2)
    os.kill(process, signal.SIGCONT)
    return halfway_ns


def _is_given_late(frame: Seen, halfway_ns: int) -> bool:
    """Taken by the driver before a stop was half over, and read after that."""
    return (frame.device_ns or 0) < halfway_ns < frame.arrival_ns


def _run(device: Device, act: Callable[[GuidedRun], None]) -> dict[str, object]:
    run = GuidedRun(f"v4l2:{device.node}?size=320x180&fps=25")
    with recorded_buffers(device.minor) as buffers:
        run.start()
        try:
            act(run)
            frames, failures = list(run.witness.frames), run.witness.failures()
        finally:
            run.stop()
    return _compare(frames, buffers) | {"failures": failures}


def _compare(frames: list[Seen], buffers: list[Buffer]) -> dict[str, object]:
    """Both accounts, from the first to the last frame that the application was given."""
    at_us = [buffer.device_ns // 1000 for buffer in buffers]
    times_us = [round((frame.device_ns or 0) / 1000) for frame in frames]
    places = [at_us.index(time_us) for time_us in times_us if time_us in at_us]
    handed = buffers[places[0] : places[-1] + 1]
    damaged = sum(buffer.damaged for buffer in handed)
    steps = [b.sequence - a.sequence for a, b in pairwise(frames)]
    kernel_steps = [
        (buffers[b].sequence - buffers[a].sequence) % MODULUS for a, b in pairwise(places)
    ]
    return {
        "frames": len(frames),
        "frames_unknown_to_the_kernel": len(frames) - len(places),
        "buffers_handed_over": len(handed),
        "dropped_by_the_driver": sum(kernel_steps) + 1 - len(handed),
        "damaged_by_the_driver": damaged,
        "damaged_given_to_the_application": sum(buffers[place].damaged for place in places),
        "lost_after_hand_over": len(handed) - damaged - len(places),
        "counted_as_lost": sum(step - 1 for step in steps),
        "gaps_that_differ": sum(a != b for a, b in zip(steps, kernel_steps, strict=False)),
        "negative_steps": sum(step <= 0 for step in steps),
        "wrapped": any(b.sequence < a.sequence for a, b in pairwise(handed)),
        "backward_times": sum(b <= a for a, b in pairwise(times_us)),
    }
