"""Hands that are steered: the same requests move them alike, and no further than hands go."""

import json
import threading
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from drivers.api.address import parse_address
from drivers.api.clock import ManualClock
from drivers.api.ports import HandMove, Steered
from simulators.anatomy.body import Body
from simulators.anatomy.sites import find_view, make_body
from simulators.faults import wrap
from simulators.hands import Way
from simulators.motion import before_breath
from simulators.needle import NeedleKind
from simulators.pictures import build_pictures
from simulators.scenario import Scenario
from simulators.sources import create
from simulators.steered import INSIDE_MM, NEEDLE_MM, SPEEDS, STEPS_HZ, SteeredHands, Steering

SECOND_NS = 1_000_000_000
IN = HandMove(advance_mm=0.4)
OUT = HandMove(advance_mm=-0.4)
SMALL = "width_px=160&height_px=120"


@cache
def body(site: str) -> Body:
    return make_body(site, 1)


def hands(site: str = "knee", view: str = "") -> Steering:
    one = body(site)
    seen = find_view(one, view)
    way = Way(NeedleKind(), seen.entry_mm, one.targets[seen.target], seen.hold)
    return Steering(way, one)


def steer(steered: Steering, move: HandMove, from_s: float, until_s: float) -> None:
    """Ask for the same movement again and again, as a key does that is held down."""
    for step in range(round(from_s * STEPS_HZ), round(until_s * STEPS_HZ)):
        steered.move(step * SECOND_NS // STEPS_HZ, move)


def depth_mm(steered: Steering, time_s: float) -> float:
    needle = steered.needle(time_s)
    return 0.0 if needle is None else needle.inserted_mm


def test_hands_that_nobody_asks_hold_the_needle_outside_and_the_probe_still() -> None:
    steered = hands()
    assert steered.needle(100.0) is None
    assert steered.probe(0.0) == steered.probe(100.0)


def test_one_step_is_done_whole_after_the_moment_at_which_it_was_asked_for() -> None:
    steered = hands()
    steered.move(SECOND_NS, HandMove(advance_mm=2.0, slide_mm=1.5))
    assert (depth_mm(steered, 1.0), steered.probe(1.0).slide_mm) == (0.0, 0.0)
    assert steered.probe(1.0 + 1.0 / STEPS_HZ).slide_mm > 0.0
    assert depth_mm(steered, 3.0) == pytest.approx(2.0)
    assert steered.probe(3.0).slide_mm == pytest.approx(1.5)


def test_the_same_requests_give_the_same_movement_however_often_it_is_looked_at() -> None:
    seldom, often = hands(), hands()
    for steered in (seldom, often):
        steer(steered, IN, 0.5, 2.0)
        steer(steered, HandMove(swing_rad=0.01, sweep_mm=0.2), 1.2, 2.4)
    looked = [often.needle(step / STEPS_HZ) for step in range(90)]
    late = seldom.needle(89 / STEPS_HZ)
    assert late == looked[-1] is not None
    assert seldom.needle(40 / STEPS_HZ) == looked[40] is not None
    assert seldom.probe(2.0) == often.probe(2.0)


def test_what_is_asked_for_while_a_frame_is_made_belongs_to_the_next() -> None:
    steered = hands()
    assert steered.probe(1.0).slide_mm == 0.0
    steered.move(0, HandMove(slide_mm=1.0))
    assert steered.probe(1.0).slide_mm == 0.0
    assert steered.probe(2.0).slide_mm == pytest.approx(1.0)


def test_hands_are_no_faster_than_hands_and_forget_what_they_cannot_do() -> None:
    steered = hands("gel")
    steered.move(0, HandMove(advance_mm=1000.0, slide_mm=-1000.0))
    depths = [depth_mm(steered, step / STEPS_HZ) for step in range(60)]
    assert max(b - a for a, b in pairwise(depths)) <= SPEEDS.advance_mm / STEPS_HZ + 1e-9
    assert depths[-1] == pytest.approx(0.25 * SPEEDS.advance_mm)
    assert steered.probe(2.0).slide_mm == pytest.approx(-0.25 * SPEEDS.slide_mm)


def test_nothing_goes_beyond_its_reach() -> None:
    steered = hands("gel")
    everything = HandMove(5.0, 0.1, 0.1, 5.0, 5.0, 5.0, 0.1)
    steer(steered, everything, 0.0, 30.0)
    needle, probe = steered.needle(31.0), steered.probe(31.0)
    assert needle is not None and needle.inserted_mm == pytest.approx(NEEDLE_MM)
    assert needle.direction[2] > 0.0, "it points into the body"
    assert (probe.slide_mm, probe.sweep_mm, probe.rock_rad) == (25.0, 15.0, 0.4)
    steer(steered, OUT, 31.0, 60.0)
    assert steered.needle(61.0) is None
    steer(steered, IN, 61.0, 62.0)
    assert depth_mm(steered, 63.0) > 10.0, "what lay beyond the limits is not owed"


def test_the_skin_holds_a_needle_that_is_inside_and_lets_it_go_outside() -> None:
    steered = hands("gel")
    aside = HandMove(entry_mm=-1.0)
    steer(steered, aside, 0.0, 0.1)
    steer(steered, IN, 1.0, 2.0)
    inside = steered.needle(2.0)
    assert inside is not None and inside.entry_mm[0] == pytest.approx(-27.0)
    steer(steered, aside, 2.0, 3.0)
    kept = steered.needle(3.0)
    assert kept is not None and kept.entry_mm == inside.entry_mm
    steer(steered, OUT, 3.0, 5.0)
    steer(steered, aside, 5.0, 5.1)
    steer(steered, IN, 6.0, 7.0)
    anew = steered.needle(7.0)
    assert anew is not None and anew.entry_mm[0] == pytest.approx(-30.0)


def test_a_swing_to_the_right_brings_the_tip_to_the_right_from_either_side() -> None:
    for site in ("knee", "shoulder"):
        steered = hands(site)
        steer(steered, IN, 0.0, 1.0)
        before = steered.needle(2.0)
        steer(steered, HandMove(swing_rad=0.01), 2.0, 2.3)
        after = steered.needle(4.0)
        assert before is not None and after is not None
        assert after.entry_mm == before.entry_mm
        assert after.inserted_mm == before.inserted_mm
        assert after.tip_mm()[0] > before.tip_mm()[0] + 0.3
        assert after.tip_mm()[1] == pytest.approx(before.tip_mm()[1], abs=1e-9)


def test_lifting_brings_the_tip_out_of_the_plane() -> None:
    steered = hands("gel")
    steer(steered, IN, 0.0, 2.0)
    steer(steered, HandMove(lift_rad=0.01), 2.0, 2.3)
    needle = steered.needle(4.0)
    assert needle is not None and needle.tip_mm()[1] > 0.5
    assert np.dot(needle.direction, needle.aside) == pytest.approx(0.0, abs=1e-12)


def test_a_deep_tip_is_swung_slowly() -> None:
    steered = hands("gel")
    steer(steered, IN, 0.0, 8.0)
    steer(steered, HandMove(swing_rad=-0.1), 8.0, 9.0)
    tips = [steered.needle(8.2 + step / STEPS_HZ) for step in range(20)]
    moved = [np.linalg.norm(np.subtract(a.tip_mm(), b.tip_mm())) for a, b in pairwise(tips)]
    assert 0.3 < max(moved) * STEPS_HZ / 15.0 < 1.1


@pytest.mark.parametrize("site", ["knee", "shoulder", "wrist", "hip", "lumbar", "sacroiliac"])
def test_bone_stops_the_needle_and_it_can_be_drawn_back(site: str) -> None:
    steered, one = hands(site), body(site)
    view = find_view(one, "")
    steeper = 0.003 if view.entry_mm[0] > view.hold.x_mm else -0.003
    steer(steered, HandMove(advance_mm=0.4, swing_rad=steeper), 0.0, 12.0)
    depths = [depth_mm(steered, step / STEPS_HZ) for step in range(12 * STEPS_HZ)]
    reached = max(depths)
    assert INSIDE_MM < reached < NEEDLE_MM - 5.0
    time_s = depths.index(reached) / STEPS_HZ
    needle = steered.needle(time_s)
    assert needle is not None
    for further_mm, is_bone in ((0.0, False), (0.5, True)):
        beyond = needle.at(np.array([reached + further_mm]))
        rest = before_breath(beyond, one.motion, time_s)
        assert one.uppermost(rest, rest)[0].material.rigid is is_bone
    steer(steered, OUT, 12.0, 13.0)
    assert depth_mm(steered, 13.0) < reached - 5.0


def test_hands_that_are_held_still_sway_and_the_picture_does_not_look_frozen() -> None:
    """What a source shows without a movement is told from one that repeats its pictures."""
    pictures = build_pictures(Scenario("knee", operator="you"))
    steered = pictures.case.hands
    assert isinstance(steered, SteeredHands)
    steered.move(0, HandMove(advance_mm=2.0))
    for first in (5, 150, 900):
        frames = [pictures.image(first + k)[::4, ::4].astype(int) for k in range(20)]
        changed = [np.mean(np.abs(b - a) > 8) >= 0.0005 for a, b in pairwise(frames)]
        assert np.mean(changed) >= 0.95
    needles = [steered.needle(step / STEPS_HZ) for step in range(60, 120)]
    depths = [needle.inserted_mm for needle in needles if needle is not None]
    assert len(depths) == 60
    assert 0.0 < max(depths) - min(depths) < 0.4
    assert steered.probe(3.0) != steered.probe(4.0)
    assert (steered.injected(50.0), steered.injecting(50.0)) == (0.0, False)


def test_a_steered_source_shows_what_was_asked_for_and_opens_anew() -> None:
    clock = ManualClock()
    source = create(parse_address(f"sim:gel?operator=you&{SMALL}"), clock)
    assert isinstance(source, Steered)
    source.steer(HandMove(slide_mm=3.0))
    source.open()
    before = source.read().pixels
    source.steer(HandMove(slide_mm=3.0))
    for _ in range(30):
        after = source.read().pixels
    assert np.mean(np.abs(after.astype(int) - before) > 15) > 0.1
    source.close()
    source.open()
    assert np.array_equal(source.read().pixels, before)
    source.close()


def test_frames_depend_on_what_was_asked_when_and_not_on_who_reads_how_fast() -> None:
    shown = []
    for frames in ((0, 10, 20, 40), range(41)):
        clock = ManualClock()
        source = create(parse_address(f"sim:gel?operator=you&{SMALL}"), clock)
        assert isinstance(source, Steered)
        source.open()
        for number in frames:
            clock.wait_until(number * SECOND_NS // STEPS_HZ + 1, threading.Event())
            frame = source.read()
            if number == 10:
                source.steer(HandMove(advance_mm=3.0, slide_mm=2.0))
        shown.append(frame)
        source.close()
    assert shown[0].stamp.sequence == shown[1].stamp.sequence == 40
    assert np.array_equal(shown[0].pixels, shown[1].pixels)


def test_no_other_source_can_be_steered_and_a_drill_around_one_can() -> None:
    clock = ManualClock()
    script, you = (create(parse_address(f"sim:gel?operator={o}"), clock) for o in ("expert", "you"))
    assert not isinstance(script, Steered)
    assert not isinstance(wrap(script, "unplug", clock), Steered)
    assert isinstance(wrap(you, "unplug", clock), Steered)


def test_a_drill_hands_on_what_is_asked_for() -> None:
    clock = ManualClock()
    address = parse_address(f"sim:gel?operator=you&{SMALL}")
    plain, drilled = create(address, clock), wrap(create(address, clock), "late-video", clock)
    shown = []
    for source in (plain, drilled):
        assert isinstance(source, Steered)
        source.open()
        first = source.read()
        source.steer(HandMove(slide_mm=3.0))
        later = [source.read() for _ in range(20)][-1]
        shown.append(np.mean(np.abs(later.pixels.astype(int) - first.pixels)))
        source.close()
    assert min(shown) > 5.0


def test_the_truth_of_a_steered_source_is_kept_in_a_file_while_it_is_read(tmp_path: Path) -> None:
    clock = ManualClock()
    source = create(parse_address(f"sim:gel?operator=you&{SMALL}"), clock)
    assert isinstance(source, Steered)
    source.open()
    source.keep_truth(tmp_path / "truth.jsonl")
    source.steer(HandMove(advance_mm=3.0))
    numbers = [source.read().stamp.sequence for _ in range(20)]
    lines = [json.loads(line) for line in (tmp_path / "truth.jsonl").read_text().splitlines()]
    assert [line["frame"] for line in lines] == numbers
    assert lines[0]["shaft_mm"] == [] and lines[0]["hidden"] == "outside the skin"
    tip, entry = lines[-1]["shaft_mm"][0], lines[-1]["shaft_mm"][-1]
    assert tip == pytest.approx(lines[-1]["tip_mm"], abs=1e-3)
    assert np.linalg.norm(np.subtract(tip, entry)) == pytest.approx(3.0, abs=0.3)
    source.close()
    with pytest.raises(OSError, match="No such file"):
        source.keep_truth(tmp_path / "nowhere" / "truth.jsonl")
