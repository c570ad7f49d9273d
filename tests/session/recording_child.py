"""Records until it is killed, and prints every acknowledgement as soon as it has it.

Usage: recording_child.py FOLDER. The first line is the session's path; then "event INDEX" for
each event that is safe, and "frames COUNT" for the pictures that are.
"""

import os
import sys
import threading
from itertools import count
from pathlib import Path

from recordings import MS, SOURCE, every_command, make_frame, make_outcome, make_snapshot

from drivers.api.clock import SystemClock
from drivers.api.samples import PictureGeometry, PixelFormat
from guidance_app.runtime.recorder import Recorder
from guidance_app.session.writer import SessionWriter

GEOMETRY = PictureGeometry(320, 241, PixelFormat.GRAY8)
COMMANDS = every_command()


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


def main() -> None:
    clock = SystemClock()
    recorder = Recorder(SessionWriter.create(Path(sys.argv[1]), SOURCE, clock), clock)
    recorder.start()
    say(str(recorder.path))
    never = threading.Event()
    for number in count():
        arrival_ns = number * 2_000 * MS  # thirty frames a video file
        recorder.offer_frame(*make_frame(number, GEOMETRY, arrival_ns))
        for index, event in (
            (2 * number, make_outcome(2 * number, COMMANDS[number % len(COMMANDS)], number)),
            (2 * number + 1, make_snapshot(2 * number + 1, number)),
        ):
            written = recorder.record(event)
            written.add_done_callback(lambda _, index=index: say(f"event {index}"))
        say(f"frames {recorder.status().frames_written}")
        clock.wait_until(clock.now_ns() + 3 * MS, never)


main()
