"""`python -m lab short|full [EXPERIMENT …]`: a real video device under the application.

Ends with 0 when all checks held, 1 when one did not, 77 when the lab cannot run here.
"""

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
    form, *names = sys.argv[1:]
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
    started = time.monotonic()
    try:
        session = [form, str(kernel.video_module), *names]
        run_session(kernel, ROOT, exchange, session, LIMIT_S[form])
    except MachineFailed as failed:
        print(failed)
    checks = check_session(exchange, names or [each.name for each in FORMS[form]])
    for check in checks:
        print(check.line())
    held = sum(check.held for check in checks)
    print(f"lab: {held} of {len(checks)} checks held, {time.monotonic() - started:.0f} s")
    return PASSED if held == len(checks) else FAILED


def _why_not() -> str:
    if platform.system() != "Linux" or platform.machine() != "x86_64":
        return "it needs Linux on a processor of the x86-64 family"
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    return f"{', '.join(missing)} missing" if missing else ""


if __name__ == "__main__":
    sys.exit(main())
