"""Opens each session with each command, every one in a process of its own, and measures it.

Usage: hostile_child.py SESSION... Prints one JSON object a line: session, command, status,
cpu_s, peak_mib and text. The processes are forked when everything is imported.
"""

import json
import os
import resource
import sys
import tempfile
import traceback
from pathlib import Path

import guidance_app.runtime.recompute
import guidance_app.session.info
import guidance_app.session.recover
import guidance_app.session.verify
import guidance_app.training.seen_metrics  # noqa: F401
from drivers.api.clock import ManualClock
from drivers.api.errors import DeviceError
from guidance_app.cli import main
from guidance_app.session.replay import ReplaySource

CPU_LIMIT_S = 20
COMMANDS = {
    "info": ["session", "info"],
    "verify": ["session", "verify"],
    "score": ["score"],
    "replay": [],
    "recover": ["session", "recover"],
}
"""In this order: the last one changes the session."""


def replay(path: str) -> int:
    """Read it to the end as the replay does."""
    source = ReplaySource(f"replay:{path}", Path(path), "stepped", ManualClock())
    try:
        source.open()
        while True:
            source.read()
    except DeviceError as error:
        print(error)
    finally:
        source.close()
    return 0


def run(command: str, path: str) -> int:
    try:
        return main([*COMMANDS[command], path]) if COMMANDS[command] else replay(path)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    except BaseException:
        traceback.print_exc()
        return 99


def measure(command: str, path: str) -> dict[str, object]:
    with tempfile.TemporaryFile() as said:
        child = os.fork()
        if child == 0:
            resource.setrlimit(resource.RLIMIT_CPU, (CPU_LIMIT_S, CPU_LIMIT_S))
            os.dup2(said.fileno(), 1)
            os.dup2(said.fileno(), 2)
            status = run(command, path)
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
        _, ended, used = os.wait4(child, 0)
        said.seek(0)
        return {
            "session": Path(path).stem,
            "command": command,
            "status": os.waitstatus_to_exitcode(ended),
            "cpu_s": round(used.ru_utime + used.ru_stime, 3),
            "peak_mib": used.ru_maxrss >> 10,
            "text": said.read(1 << 16).decode(errors="replace"),
        }


for session in sys.argv[1:]:
    for one in COMMANDS:
        print(json.dumps(measure(one, session)))
