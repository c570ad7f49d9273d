"""`python -m lab short|full [EXPERIMENT …]`: a real video device under the application.

Ends with 0 when all checks held, 1 when one did not, 2 when it was called in another way, 77 when
the lab cannot run here.
"""

import argparse
import os
import platform
import shutil
import signal
import sys
import time
from pathlib import Path

from lab.checks import check_session
from lab.guest.session import FORMS
from lab.kernel import KernelMissing, fetch_kernel
from lab.machine import QEMU, MachineFailed, run_session

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / ".lab"
TOOLS = (QEMU, "busybox", "cpio", "depmod", "modprobe", "v4l2-ctl", "dpkg", "apt-get")
LIMIT_S = {"short": 600.0, "full": 7200.0}
"""Several times what they take on two cores that have nothing else to do."""
PASSED, FAILED, SKIPPED = 0, 1, 77


def main() -> int:
    """Run one form and print a line a check."""
    form, names = _parse_arguments()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends the machine too
    os.environ["PATH"] += ":/usr/sbin:/sbin"  # where depmod is, not in everybody's path
    if reason := _why_not():
        print(f"The lab cannot run here: {reason}.")
        return SKIPPED
    try:
        kernel = fetch_kernel(CACHE)
    except KernelMissing as missing:
        print(f"The lab cannot run here: there is no kernel for it ({missing}).")
        return SKIPPED
    exchange = CACHE / "exchange"
    shutil.rmtree(exchange, ignore_errors=True)
    exchange.mkdir(parents=True)
    started, broke_off = time.monotonic(), ""
    try:
        session = [form, str(kernel.video_module), *names]
        run_session(kernel, ROOT, exchange, session, LIMIT_S[form])
    except MachineFailed as failed:
        broke_off = str(failed)
    checks = check_session(exchange, names or [each.name for each in FORMS[form]], broke_off)
    for check in checks:
        print(check.line())
    held = sum(check.held for check in checks)
    print(f"lab: {held} of {len(checks)} checks held, {time.monotonic() - started:.0f} s")
    return PASSED if held == len(checks) else FAILED


def _parse_arguments() -> tuple[str, list[str]]:
    parser = argparse.ArgumentParser("python -m lab", description="Try a real video device.")
    parser.add_argument("form", choices=FORMS)
    parser.add_argument("experiments", nargs="*", metavar="EXPERIMENT", help="all without one")
    given = parser.parse_args()
    known = [each.name for each in FORMS[given.form]]
    if unknown := set(given.experiments).difference(known):
        parser.error(f"{given.form} has no {', '.join(unknown)}: it has {', '.join(known)}")
    return given.form, given.experiments


def _why_not() -> str:
    if platform.system() != "Linux" or platform.machine() != "x86_64":
        return "it needs Linux on a processor of the x86-64 family"
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    return f"{', '.join(missing)} missing" if missing else ""


if __name__ == "__main__":
    sys.exit(main())
