"""The lab's machine: a kernel of its own in qemu, with the host's files below it, read-only."""

import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab.guest.session import DONE
from lab.kernel import Kernel

QEMU = "qemu-system-x86_64"
MARK = "lab: "
"""Begins the lines of the console that are shown; all others go to its log only."""


class MachineFailed(Exception):
    """The machine did not come to its end; `str()` says what was seen last."""


def run_session(
    kernel: Kernel, root: Path, exchange: Path, session: list[str], limit_s: float
) -> None:
    """Start the machine, run the session in it, wait; raises MachineFailed.

    The reports and the console's log, `console.log`, are in `exchange` afterwards.
    """
    (exchange / "start").write_text(_start_script(root, session), encoding="utf-8")
    log = exchange / "console.log"
    last = ""
    with log.open("w", encoding="utf-8") as console, _machine(kernel, exchange, limit_s) as lines:
        for line in lines:
            console.write(line)
            if line.startswith(MARK):
                last = line.strip()
                print(last, flush=True)
    if last != DONE:
        raise MachineFailed(
            f'The machine was stopped after {limit_s:.0f} s, or broke off, at "{last or "boot"}". '
            f"Its console is in {log}."
        )


@contextmanager
def _machine(kernel: Kernel, exchange: Path, limit_s: float) -> Iterator[Iterator[str]]:
    """The console's lines of a machine that is ended after `limit_s`, and in any case at last."""
    process = subprocess.Popen(
        _command(kernel, exchange),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    assert process.stdout is not None
    limit = threading.Timer(limit_s, process.kill)
    limit.start()
    try:
        yield iter(process.stdout)
    finally:
        limit.cancel()
        process.kill()
        process.wait()
        process.stdout.close()


def _command(kernel: Kernel, exchange: Path) -> list[str]:
    """Without KVM, which hangs where virtualisation is nested."""
    host = "local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap"
    shared = f"local,path={exchange},mount_tag=exchange,security_model=none"
    return [
        *(QEMU, "-accel", "tcg,thread=multi", "-cpu", "max", "-machine", "q35"),
        *("-m", "2048", "-smp", "2", "-display", "none", "-nodefaults", "-no-reboot"),
        *("-serial", "stdio", "-kernel", str(kernel.image), "-initrd", str(kernel.initramfs)),
        *("-append", "console=ttyS0 panic=-1 loglevel=4", "-virtfs", host, "-virtfs", shared),
    ]


def _start_script(root: Path, session: list[str]) -> str:
    command = [sys.executable, "-X", "faulthandler", "-m", "lab.guest.session", *session]
    return f"""export HOME=/tmp LC_ALL=C.UTF-8
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PYTHONPATH={shlex.quote(str(root))}
cd {shlex.quote(str(root))}
exec {shlex.join(command)}
"""
