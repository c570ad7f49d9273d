"""Lets the driver fail in the middle of a run."""

import time

from lab.guest.report import Arguments, write_report
from lab.guest.vivid import Device, load_devices
from lab.guest.witness import GuidedRun, NothingHappened

NOTICED_S = 2.0
"""Left for the failure to be noticed before frames are waited for."""
FAILURES = {
    "stream_broken_off": ["inject_fatal_streaming_error"],
    "not_started_again_at_once": ["inject_fatal_streaming_error", "inject_vidioc_streamon_error"],
    "no_buffers_again_at_once": ["inject_fatal_streaming_error", "inject_vidioc_reqbufs_error"],
    "a_buffer_not_taken_back": ["inject_vidioc_qbuf_error"],
}


def main(arguments: Arguments) -> None:
    """Write for each failure whether `count` frames came after it."""
    (device,) = load_devices(arguments.module, count=1)
    device.set(horizontal_movement=2, timestamp_source=1)
    report: dict[str, object] = {"wanted": list(FAILURES)}
    for name, buttons in FAILURES.items():
        report[name] = _fail(device, buttons, arguments.count)
        write_report(arguments, report)


def _fail(device: Device, buttons: list[str], count: int) -> dict[str, object]:
    """The driver breaks off or refuses once: the picture must come back by itself."""
    run = GuidedRun(f"v4l2:{device.node}?size=320x180&fps=25")
    run.start()
    try:
        run.witness.wait_for("a live picture", run.witness.now_live)
        device.set(**dict.fromkeys(buttons, 0))
        time.sleep(NOTICED_S)
        run.witness.wait_for_frames(count)
        run.witness.wait_for("a live picture again", run.witness.now_live)
        return {"returned": True, "told": run.witness.failures()}
    except NothingHappened as nothing:
        return {"returned": str(nothing), "told": run.witness.failures()}
    finally:
        run.stop()
