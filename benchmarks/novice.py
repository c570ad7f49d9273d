"""A scripted novice who does what the screen asks for, against one who judges the plan by eye.

Hands that are steered on the simulator, on stepped time. Both plan the same way, react late and
move inexactly; the one reads the correction that guidance gives, the other guesses needle and
target by eye from the plan that is drawn. Who stops beside the target draws back and tries again.
All figures of the novice are set by us; no study is behind them. Prints one JSON document.
"""

import argparse
import json
import math
from dataclasses import dataclass, field, replace
from functools import partial
from statistics import fmean, median

import numpy as np
from needle_frames import in_processes

from drivers.api.ports import HandMove
from drivers.api.samples import PictureGeometry, PixelFormat
from guidance_app.domain.calibration import scale_from_region
from guidance_app.domain.commands import NeedleSought
from guidance_app.domain.correction import Correction, Task, correct
from guidance_app.domain.guided_needle import GuidedNeedle
from guidance_app.domain.needle import NeedleSight, SeenNeedle
from guidance_app.domain.picture_area import area_of_region
from guidance_app.domain.plan import Plan
from guidance_app.processing.needle.search import NOT_FOUND, Looked, NeedleSearch
from guidance_app.processing.needle_guide import NeedleMemory, guide, remember
from guidance_app.training.metrics import passes
from simulators.case import Truth
from simulators.pictures import RATE_HZ, Pictures, build_pictures
from simulators.scenario import Scenario
from simulators.steered import YOU, SteeredHands

SITES = ("knee", "shoulder", "wrist", "hip")
SEEDS = 100
REACHED_MM = 2.0
LONGEST_S, MOST_STOPS = 150.0, 6

REACTS_S, LOOKS_S = 0.4, 0.9
"""From the picture to the hand, and from one decision to the next."""
HAND_SHARE, HAND_RAD, HAND_MM = 0.2, math.radians(1.0), 0.3
"""1 sigma of a movement: of its size, and besides."""
STRIDE_MM, STRIDE_SHARE = 6.0, 0.6
"""That is pushed on before looking again: at most, and of what is left."""
EYE_BIAS_RAD, EYE_RAD = math.radians(4.0), math.radians(2.0)
EYE_BIAS_MM, EYE_MM = 1.5, 1.0
"""1 sigma of what is judged by eye: throughout an attempt, and anew with each look."""
TRUE_SIGMA_MM, TRUE_SIGMA_RAD = 0.3, math.radians(0.25)
"""Of a tip from the truth as it is handed on, to which as much is added."""
BACK_MM = 15.0
"""Drawn back after a miss."""


@dataclass
class Attempt:
    """One person, one needle, until the target is reached or it is given up."""

    reached: bool = False
    first_stop: bool = False
    passes: int = 1
    stops: int = 0
    seconds: float = LONGEST_S
    error_mm: float = math.inf
    depths_mm: list[float] = field(default_factory=list)


class Novice:
    """Does one thing at a time, and looks again."""

    def __init__(self, pictures: Pictures, sights: str, guided: bool, seed: int) -> None:
        hands = pictures.case.hands
        assert isinstance(hands, SteeredHands)
        self._hands, self._pictures, self._guided = hands, pictures, guided
        self._draw = np.random.default_rng([seed, 20 + guided])
        self._search = NeedleSearch() if sights == "picture" else None
        self._memory, self._said = NeedleMemory(), None
        rows, columns = pictures.shape[:2]
        geometry = PictureGeometry(columns, rows, PixelFormat.GRAY8)
        self._scale = scale_from_region(pictures.regions[0], geometry)
        first = pictures.truth(0)
        self._plan = Plan(geometry, first.target_px, first.entry_px)
        self._bias_rad = float(self._draw.normal(0.0, EYE_BIAS_RAD))
        self._bias_mm = self._draw.normal(0.0, EYE_BIAS_MM, 2)
        self._due, self._seen = 0.0, []

    def attempt(self) -> Attempt:
        """Until it is over."""
        made = Attempt()
        for number in range(round(LONGEST_S * RATE_HZ)):
            truth = self._pictures.truth(number)
            made.depths_mm.append(_depth_mm(truth))
            self._look(number, truth)
            if number / RATE_HZ < self._due:
                continue
            self._due = number / RATE_HZ + LOOKS_S
            if self._act(number, truth, made):
                made.seconds = number / RATE_HZ
                break
        made.passes = passes(np.array(made.depths_mm))
        return made

    def _look(self, number: int, truth: Truth) -> None:
        """See what is on the screen; the hand will know of it later."""
        judged = self._judged(self._true_sight(truth).needle)
        guided = None
        if self._guided:
            sight = self._sight(number, truth)
            self._memory = remember(self._memory, NeedleSought(number, sight))
            self._memory, guided = guide(self._memory, number, self._plan, self._scale)
        self._seen.append((guided, judged))
        self._seen = self._seen[-round(REACTS_S * RATE_HZ) :]

    def _sight(self, number: int, truth: Truth) -> NeedleSight:
        if self._search is None or not self._guided:
            return self._true_sight(truth)
        pictures = self._pictures
        path = (self._plan.entry_px, self._plan.target_px)
        area = area_of_region(pictures.regions[0])
        scale = self._scale.mm_per_px_x
        return self._search.look(
            Looked(pictures.image(number), area, number, mm_per_px=scale, path_px=path)
        )

    def _true_sight(self, truth: Truth) -> NeedleSight:
        if truth.tip_px is None or truth.hidden == "beside the picture":
            return NeedleSight(None, NOT_FOUND)
        size, noise = self._scale.mm_per_px_x, self._draw.normal(0.0, 1.0, 3)
        (x, y), (back_x, back_y) = truth.shaft_px[:2]
        angle = math.atan2(y - back_y, x - back_x) + TRUE_SIGMA_RAD * float(noise[2])
        sigma_px = TRUE_SIGMA_MM / size
        tip = x + sigma_px * float(noise[0]), y + sigma_px * float(noise[1])
        within = math.pi / 2 - (math.pi / 2 - angle) % math.pi
        needle = SeenNeedle(
            tip, truth.shaft_px[-1], within, sigma_px, sigma_px, TRUE_SIGMA_RAD, 0.95
        )
        return NeedleSight(replace(needle, tip_visible=not truth.hidden))

    def _judged(self, needle: SeenNeedle | None) -> Correction | None:
        """What somebody does who sees needle and plan, and no figure."""
        if needle is None or not needle.tip_visible:
            return None
        size = self._scale.mm_per_px_x
        x, y = (self._bias_mm + self._draw.normal(0.0, EYE_MM, 2)) / size
        turn = self._bias_rad + float(self._draw.normal(0.0, EYE_RAD))
        angle = math.pi / 2 - (math.pi / 2 - needle.angle_rad - turn) % math.pi
        judged = replace(
            needle, tip_px=(needle.tip_px[0] + x, needle.tip_px[1] + y), angle_rad=angle
        )
        return correct(judged, self._plan, self._scale, None)

    def _act(self, number: int, truth: Truth, made: Attempt) -> bool:
        """One decision on what was seen a moment ago; True when it is over."""
        guided, judged = self._seen[0]
        shown = guided is not None and (guided.needle is not None or guided.advances_unseen)
        asked = guided.correction if guided is not None and shown else judged
        if asked is None:
            self._move(number, advance_mm=self._blind_mm(guided, truth))
            return False
        match asked.task:
            case Task.ARRIVED:
                return self._stop(number, truth, made)
            case Task.ADVANCE:
                left_mm = asked.along_mm or 0.0
                self._move(number, advance_mm=min(STRIDE_MM, max(0.5, STRIDE_SHARE * left_mm)))
            case Task.TURN:
                self._move(number, swing_rad=-math.radians(asked.turn_deg))
            case Task.WITHDRAW | Task.WITHDRAW_AND_TURN:
                self._move(number, advance_mm=asked.along_mm or 0.0)
        return False

    def _blind_mm(self, guided: GuidedNeedle | None, truth: Truth) -> float:
        """Nothing to follow: into the skin, on into the picture, or back until the tip shows."""
        if guided is not None and guided.advances_unseen:
            return -2.0
        return 4.0 if truth.hidden in ("outside the skin", "beside the picture") else -1.0

    def _stop(self, number: int, truth: Truth, made: Attempt) -> bool:
        """Say that it is there; who is not learns it when nothing comes, and draws back."""
        made.stops += 1
        made.error_mm = _error_mm(truth)
        made.reached = made.error_mm <= REACHED_MM
        made.first_stop = made.reached and made.stops == 1
        if made.reached or made.stops == MOST_STOPS:
            return True
        self._bias_rad = float(self._draw.normal(0.0, EYE_BIAS_RAD))
        self._bias_mm = self._draw.normal(0.0, EYE_BIAS_MM, 2)
        self._move(number, advance_mm=-BACK_MM)
        self._due += BACK_MM / 8.0
        return False

    def _move(self, number: int, advance_mm: float = 0.0, swing_rad: float = 0.0) -> None:
        """As exactly as the hand can."""
        share = float(self._draw.normal(1.0, HAND_SHARE))
        slip = float(self._draw.normal(0.0, 1.0))
        advance = advance_mm * share + HAND_MM * slip if advance_mm else 0.0
        swing = swing_rad * share + HAND_RAD * slip if swing_rad else 0.0
        now_ns = number * 1_000_000_000 // RATE_HZ
        while abs(advance) > 1e-9 or abs(swing) > 1e-9:
            step_mm = max(-2.5, min(2.5, advance))
            step_rad = max(-0.07, min(0.07, swing))
            self._hands.move(now_ns, HandMove(advance_mm=step_mm, swing_rad=step_rad))
            advance, swing = advance - step_mm, swing - step_rad
            now_ns += 1_000_000_000 // 4


def main() -> None:
    """Both novices on every seed."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--sights", choices=("truth", "picture"), default="truth")
    asked.add_argument("--seeds", type=int, default=SEEDS)
    options = asked.parse_args()
    arms = {
        name: _arm(options.sights, options.seeds, guided)
        for name, guided in (("guided", True), ("by_eye", False))
    }
    print(
        json.dumps({"benchmark": "novice", "sights": options.sights, "seeds": options.seeds} | arms)
    )


def _arm(sights: str, seeds: int, guided: bool) -> dict[str, object]:
    name = "guided" if guided else "by eye"
    all_made = in_processes(name, partial(_one, sights, guided), range(1, seeds + 1))
    missed = [f"{_site(seed)} {seed}" for seed, a in enumerate(all_made, 1) if not a.reached]
    return {
        "reached_within_2_mm": fmean(a.reached for a in all_made),
        "at_first_stop": fmean(a.first_stop for a in all_made),
        "passes": fmean(a.passes for a in all_made),
        "seconds": round(median(a.seconds for a in all_made), 1),
        "error_mm": round(median(a.error_mm for a in all_made), 2),
        "missed": missed,
    }


def _one(sights: str, guided: bool, seed: int) -> Attempt:
    pictures = build_pictures(Scenario(_site(seed), seed=seed, operator=YOU))
    return Novice(pictures, sights, guided, seed).attempt()


def _site(seed: int) -> str:
    return SITES[seed % len(SITES)]


def _depth_mm(truth: Truth) -> float:
    if truth.tip_mm is None or not truth.shaft_mm:
        return 0.0
    return math.dist(truth.tip_mm, truth.shaft_mm[-1])


def _error_mm(truth: Truth) -> float:
    return math.inf if truth.tip_mm is None else math.dist(truth.tip_mm, truth.target_mm)


if __name__ == "__main__":
    main()
