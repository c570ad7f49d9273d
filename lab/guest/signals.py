"""Takes the signal away from an HDMI input."""

import time
from collections import Counter

from lab.guest.report import Arguments, write_report
from lab.guest.vivid import HDMI, Device, load_devices
from lab.guest.witness import GuidedRun, NothingHappened

SIGNAL, NO_SIGNAL, NO_LOCK = 0, 1, 2
SETTLED_S = 2.0
"""Left to notice a change before what is claimed is counted."""


def main(arguments: Arguments) -> None:
    """Write which states were claimed in `count` seconds of each condition."""
    (device,) = load_devices(arguments.module, count=1, kind=HDMI)
    device.set(horizontal_movement=2, timestamp_source=1)
    write_report(arguments, _lose_signal(device, arguments.count))


def _lose_signal(device: Device, seconds: int) -> dict[str, object]:
    run = GuidedRun(f"v4l2:{device.node}")
    report: dict[str, object] = {}
    run.start()
    try:
        run.witness.wait_for("a live picture", run.witness.now_live)
        for name, mode in (("no_signal", NO_SIGNAL), ("no_lock", NO_LOCK)):
            device.set(dv_timings_signal_mode=mode)
            report[name] = _states(run, seconds)
        device.set(dv_timings_signal_mode=SIGNAL)
        run.witness.forget()
        run.witness.wait_for("a live picture again", run.witness.now_live)
        report["returned"] = True
    except NothingHappened as nothing:
        report["returned"] = str(nothing)
    finally:
        run.stop()
    return report


def _states(run: GuidedRun, seconds: int) -> dict[str, object]:
    time.sleep(SETTLED_S)
    failures = run.witness.failures()
    run.witness.forget()
    time.sleep(seconds)
    states = Counter(claim.state.value for claim in run.witness.claims)
    return {"states": dict(states), "told": failures + run.witness.failures()}
