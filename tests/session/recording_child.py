"""Records sessions until each is killed, and prints every acknowledgement as soon as it has it.

Usage: recording_child.py FOLDER PICTURES.npy. Each line on standard input, a number of frames,
begins a session in a process of its own. It prints its id and the session's path; then
"event INDEX" for each event that is safe, "frames COUNT" for the pictures that are, "sealing" when
all are offered, and "sealed". This process prints "gone" when the other one is.
"""

import os
import sys
import threading
from pathlib import Path

import numpy as np
from recordings import MS, SOURCE, every_command, footage_frame, make_outcome, make_snapshot

from drivers.api.clock import SystemClock
from guidance_app.runtime.recorder import Recorder
from guidance_app.session.writer import SessionWriter

COMMANDS = every_command()
SOON_S = 60.0
PACE_NS = 3 * MS


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


def record(folder: Path, pictures: np.ndarray, frame_count: int) -> None:
    clock, never = SystemClock(), threading.Event()
    recorder = Recorder(SessionWriter.create(folder, SOURCE, clock), clock)
    recorder.start()
    say(f"{os.getpid()} {recorder.path}")
    for number in range(frame_count):
        arrival_ns = number * 2_000 * MS  # thirty frames a video file
        recorder.offer_frame(*footage_frame(pictures, number, arrival_ns))
        for index, event in (
            (2 * number, make_outcome(2 * number, COMMANDS[number % len(COMMANDS)], number)),
            (2 * number + 1, make_snapshot(2 * number + 1, number)),
        ):
            written = recorder.record(event)
            written.add_done_callback(lambda _, index=index: say(f"event {index}"))
        say(f"frames {recorder.status().frames_written}")
        clock.wait_until(clock.now_ns() + PACE_NS, never)
    say("sealing")
    recorder.stop(SOON_S)
    say(f"frames {recorder.status().frames_written}")
    say("sealed")
    never.wait()


def main() -> None:
    pictures = np.load(sys.argv[2], mmap_mode="r")
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            record(Path(sys.argv[1]), pictures, int(line))
        os.waitpid(child, 0)
        say("gone")


main()
