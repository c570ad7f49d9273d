"""The application under faults for a long time: memory, descriptors, threads, every frame.

1920x1080 at 30 frames a second, recording on, a fault every ten seconds, all kinds in turn. Video
files that are finished are emptied, so that the disk does not fill: measured, they grow by 8 MB a
second, and what is kept stays below 2 GB. Run it on a machine that does nothing else: a recorder
that falls behind keeps up to 256 MiB of pictures, and memory then follows that ("unwritten").
Memory is looked at more often than it is told, and the least is told: whether a picture of 2 MiB is
on its way at the moment of a look is chance. Resident memory also holds code of the libraries,
which the system may drop and read again as it likes; beside it stands the "anonymous" part, that is
the application's own.

Prints one JSON document and ends with 1 when something "failed": the balance of frames does not
close, the recorder has a fault, after the warm-up descriptors or threads are not within
HANDLES_WITHIN of where they were, or memory grows by more than MOST_MIB_PER_H in a run of an hour
or more. Every count is taken where it happens, none is made up from the others:

offered      pictures that the source made, and those that the plan had come twice
shown        painted on the screen
overwritten  replaced by a newer one: in the mailbox, in the bridge to the GUI thread, in the window
lost         by the plan
"""

import argparse
import json
import math
import os
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import yaml

from drivers.api.errors import Disconnected, EndOfStream
from drivers.api.ports import Clock, SourceInfo, VideoSource
from drivers.api.samples import ImageU8, Origin, PixelFormat, Stamp, VideoFrame
from lab.guest.resources import (
    count_descriptors,
    count_threads,
    read_anonymous_kib,
    read_resident_kib,
)
from simulators.fault_kinds import KINDS, Burst, SlowOpen, Unplug
from simulators.fault_plan import FaultPlan
from simulators.faults import FaultySource

SIZE = (1920, 1080)
WINDOW = (1600, 900)
RATE_HZ = 30.0
FAULT_EVERY_S = 10.0
FAULT_FOR_S = 3.0
SAMPLE_S = 10.0
LOOK_S = 0.71
"""No multiple of the time between pictures: a look in step with them would always see the same."""
WARM_UP_ROTATIONS = 3
"""Every fault has to come first before memory stands still: measured, with the second rotation of
them it moves once more by 1 MiB, with the third by 0.6."""
PLAY_OUT_S = 3.0
"""After its last picture the application has so long to paint what is still on its way."""
JUDGED_FROM_MINUTES = 60.0
MOST_MIB_PER_H = 1.0
HANDLES_WITHIN = 5
"""Descriptors, and threads likewise: a file is begun and ended all the time."""
PICTURES = 24
SCREENS_S = 30.0


class MovingBar:
    """A bright bar over a plain ground, which compresses well; a VideoSource that skips nothing.

    At first it shows a console's screen: to look for the picture and the ruler in it takes code and
    memory that are then kept, and that a torn picture would take at any time later.
    """

    def __init__(self, clock: Clock, seconds: float) -> None:
        """Ends with EndOfStream after so long."""
        self._clock = clock
        self._end_ns = clock.now_ns() + round(seconds * 1e9)
        self._screens_until_ns = clock.now_ns() + round(SCREENS_S * 1e9)
        self._screens = [_screen(number) for number in range(PICTURES)]
        self._pictures = [_bar(number) for number in range(PICTURES)]
        self._interrupted = threading.Event()
        self._sequence = 0
        self._opened_ns = 0
        self.made = 0

    def open(self) -> SourceInfo:
        self._opened_ns, self._sequence = self._clock.now_ns(), 0
        return SourceInfo("memory:bar", "Bar", None, Origin.DEVICE, RATE_HZ)

    def read(self) -> VideoFrame:
        due_ns = self._opened_ns + round(self._sequence * 1e9 / RATE_HZ)
        if due_ns > self._end_ns:
            raise EndOfStream("Bar", "read", "it has ended", "Begin again.")
        if not self._clock.wait_until(due_ns, self._interrupted):
            raise Disconnected("Bar", "read", "it was interrupted", "Open it again.")
        stamp = Stamp(self._sequence, self._clock.now_ns(), due_ns)
        self._sequence += 1
        self.made += 1
        shows_screen = due_ns < self._screens_until_ns
        pixels = (self._screens if shows_screen else self._pictures)[self._sequence % PICTURES]
        return VideoFrame(pixels, PixelFormat.GRAY8, stamp, Origin.DEVICE)

    def interrupt(self) -> None:
        self._interrupted.set()

    def close(self) -> None: ...


def _screen(number: int) -> ImageU8:
    """A console: a rectangle of noise in black, with a ruler of marks beside it."""
    width_px, height_px = SIZE
    pixels = np.zeros((height_px, width_px), np.uint8)
    noise = np.random.default_rng(number).integers(20, 180, (800, 1100), np.uint8)
    pixels[140:940, 400:1500] = noise
    pixels[160:940:76, 1530:1545] = 220
    pixels.flags.writeable = False
    return pixels


def _bar(number: int) -> ImageU8:
    width_px, height_px = SIZE
    pixels = np.full((height_px, width_px), 60, np.uint8)
    pixels[number * 40 : number * 40 + 80] = 200
    pixels.flags.writeable = False
    return pixels


def rotating_plan() -> FaultPlan:
    """Every kind that concerns a source, ten seconds apart, again and again."""
    kinds = [kind for kind in KINDS.values() if kind.on_source and kind is not SlowOpen]
    faults = []
    for place, kind in enumerate(kinds):
        entry = yaml.safe_load(f"{{{kind.example}}}")
        at_s = FAULT_EVERY_S * (place + 1)
        every_s = FAULT_EVERY_S * len(kinds)
        length_s = 0.5 if kind is Burst else FAULT_FOR_S
        timing = {"at": at_s, "for": length_s, "every": every_s}
        faults.append(msgspec.convert(entry | timing, kind))
        if kind is Unplug:
            slow = timing | {"at": at_s + FAULT_FOR_S, "for": 1.0, "delay_s": 1.0}
            faults.append(msgspec.convert(slow, SlowOpen))
    return FaultPlan("soak", tuple(faults), seed=1)


class Soak:
    """One run, with what it took at regular moments."""

    def __init__(self, folder: Path, minutes: float) -> None:
        from live_run import LiveRun
        from PyQt6.QtCore import QTimer

        self._folder = folder
        self._seconds = minutes * 60
        self.samples: list[dict[str, float]] = []
        self._least_mib = {"resident_mib": math.inf, "anonymous_mib": math.inf}
        self.run = LiveRun(folder, SIZE, RATE_HZ, WINDOW, self._make)
        self._timers = {self._sample: QTimer(), self._look: QTimer()}
        for (act, timer), every_s in zip(self._timers.items(), (SAMPLE_S, LOOK_S), strict=True):
            timer.timeout.connect(act)
            timer.start(round(every_s * 1000))

    def _make(self, clock: Clock) -> VideoSource:
        self.bar = MovingBar(clock, self._seconds)
        self.source = FaultySource(self.bar, rotating_plan(), clock)
        return self.source

    def play(self) -> dict[str, dict[str, Any]]:
        """Run to the end; everything that was counted."""
        self.run.play(self._seconds + PLAY_OUT_S)
        for timer in self._timers.values():
            timer.stop()
        status = self.run.stop()
        return {
            "recorded": {
                "offered": status.frames_offered,
                "written": status.frames_written,
                "in_session": _count_in_session(self._folder),
                "lost": status.frames_lost,
                "fault": status.fault,
            },
            "faults": dict(sorted(self.source.event_counts.items())),
        }

    def balance(self, recorded: Mapping[str, Any]) -> dict[str, object]:
        """Where each picture went, and whether that adds up at every station."""
        counts, run = self.source.counts, self.run
        overwritten = {
            "mailbox": run.pipeline.skipped,
            "bridge": run.bridge.overwritten,
            "window": run.unpainted,
        }
        offered = counts.made + counts.duplicated
        passed = sum(overwritten.values())
        stations = {
            "source": self.bar.made == counts.made,
            "plan": offered == counts.delivered + counts.lost + counts.waiting,
            "recorder": counts.delivered == recorded["offered"],
            "written": is_accounted_for(recorded),
            "bridge": counts.delivered
            == overwritten["mailbox"] + overwritten["bridge"] + run.taken,
            "window": run.taken == run.painted + run.unpainted,
            "whole": offered == run.painted + passed + counts.lost,
        }
        return {
            "offered": offered,
            "shown": run.painted,
            "overwritten": overwritten,
            "lost": counts.lost,
            "closes": all(stations.values()),
            "does_not_close_at": [name for name, closes in stations.items() if not closes],
        }

    def _look(self) -> None:
        held_mib = {
            "resident_mib": read_resident_kib() / 1024,
            "anonymous_mib": read_anonymous_kib() / 1024,
        }
        self._least_mib = {name: min(self._least_mib[name], mib) for name, mib in held_mib.items()}

    def _sample(self) -> None:
        self._look()
        status = self.run.pipeline.recording_status()
        assert status is not None
        unwritten = status.frames_offered - status.frames_written - status.frames_lost
        self.samples.append(
            {
                "at_s": SAMPLE_S * (len(self.samples) + 1),
                **self._least_mib,
                "descriptors": count_descriptors(os.getpid()),
                "threads": count_threads(),
                "unwritten": unwritten,
            }
        )
        self._least_mib = dict.fromkeys(self._least_mib, math.inf)
        self.run.times_ms.clear()  # 4 MiB an hour, and of no use here
        empty_finished_videos(self._folder)


def empty_finished_videos(folder: Path) -> None:
    """All but the newest two: one is being written, one is being hashed."""
    for file in sorted(folder.glob("*/video-*.nut"))[:-2]:
        os.truncate(file, 0)


def is_accounted_for(recorded: Mapping[str, Any]) -> bool:
    """Whether each offered frame was written or lost, and the session has those written.

    The recorder's own count of lost ones is the rest in the end, so that the session is asked.
    """
    written: int = recorded["written"]
    whole: bool = recorded["offered"] == written + recorded["lost"]
    return whole and written == recorded["in_session"]


def _count_in_session(folder: Path) -> int:
    """Frames that have a place in the video, by the journal."""
    from guidance_app.session.reader import SessionReader

    (path,) = folder.glob("*.session")
    with SessionReader(path) as reader:
        return sum(record.place is not None for record in reader.frames)


def warm_samples(samples: list[dict[str, float]], rotation_s: float) -> list[dict[str, float]]:
    """Those after the warm-up, which is at most half of the run."""
    warm_up_s = min(WARM_UP_ROTATIONS * rotation_s, SAMPLE_S * len(samples) / 2)
    return [sample for sample in samples if sample["at_s"] > warm_up_s]


def memory(warm: list[dict[str, float]], name: str = "resident_mib") -> dict[str, float | None]:
    """Growth of one kind by least squares after the warm-up, and its extent."""
    if len(warm) < 3:
        return {"slope_mib_per_h": None}
    at_h = [sample["at_s"] / 3600 for sample in warm]
    held_mib = [sample[name] for sample in warm]
    return {
        "warm_from_s": warm[0]["at_s"],
        "slope_mib_per_h": round(float(np.polyfit(at_h, held_mib, 1)[0]), 2),
        "first_mib": round(held_mib[0], 1),
        "last_mib": round(held_mib[-1], 1),
        "most_mib": round(max(held_mib), 1),
    }


def extent(samples: list[dict[str, float]], name: str) -> dict[str, float]:
    """The least, the most and the last of one figure."""
    values = [sample[name] for sample in samples] or [0.0]
    return {"least": min(values), "most": max(values), "last": values[-1]}


def failures(
    minutes: float,
    warm: list[dict[str, float]],
    balance: Mapping[str, Any],
    recorded: Mapping[str, Any],
) -> list[str]:
    """What was not as it has to be; empty when the run is good."""
    slope = memory(warm)["slope_mib_per_h"]
    grows = minutes >= JUDGED_FROM_MINUTES and (slope is None or slope > MOST_MIB_PER_H)
    found = {
        "balance": not balance["closes"],
        "recorder": bool(recorded["fault"]),
        "memory": grows,
        "descriptors": _strays(warm, "descriptors"),
        "threads": _strays(warm, "threads"),
    }
    return [name for name, failed in found.items() if failed]


def _strays(warm: list[dict[str, float]], name: str) -> bool:
    return any(abs(sample[name] - warm[0][name]) > HANDLES_WITHIN for sample in warm)


def main() -> int:
    """Run, and print one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60.0, metavar="N")
    minutes = parser.parse_args().minutes
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as folder:
        soak = Soak(Path(folder), minutes)
        counted = soak.play()
    balance = soak.balance(counted["recorded"])
    rotation_s = max(fault.every_s or 0.0 for fault in rotating_plan().faults)
    warm = warm_samples(soak.samples, rotation_s)
    failed = failures(minutes, warm, balance, counted["recorded"])
    figures = {
        "benchmark": "soak",
        "minutes": minutes,
        "size": SIZE,
        "rate_hz": RATE_HZ,
        "failed": failed,
        "memory": memory(warm),
        "anonymous": memory(warm, "anonymous_mib"),
        "descriptors": extent(soak.samples, "descriptors"),
        "threads": extent(soak.samples, "threads"),
        "balance": balance,
        **counted,
        "samples": soak.samples,
    }
    print(json.dumps(figures))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
