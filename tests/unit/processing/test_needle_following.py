"""What the search knows beside one picture: the plan, the pictures before, a shaft that fades."""

import math
from functools import cache

import numpy as np
import pytest

from drivers.api.samples import ImageU8
from guidance_app.domain.needle import SeenNeedle
from guidance_app.domain.picture_area import area_of_region, rectangle
from guidance_app.processing.needle import search as searching
from guidance_app.processing.needle.courses import straight
from guidance_app.processing.needle.fading import BEFORE, HELD, Fading
from guidance_app.processing.needle.following import Known
from guidance_app.processing.needle.found_tip import Tip
from guidance_app.processing.needle.planned import LEAST, MOST, PlannedPath
from guidance_app.processing.needle.search import Looked, NeedleSearch
from guidance_app.processing.needle.segments import straight_between
from guidance_app.processing.needle.shaft import Shaft, refine_shaft
from guidance_app.processing.needle.tip import find_tip
from simulators.pictures import RATE_HZ, Pictures, build_pictures
from simulators.scenario import Scenario

ROWS = 480
PATH = PlannedPath((100.0, 50.0), (400.0, 250.0))


def tip(contrast: float, length_px: float = 200.0) -> Tip:
    course = straight((0.0, 0.0), (length_px, 0.0))
    shaft = Shaft(course, 1.0, np.eye(3) * 0.01)
    return Tip(shaft, 1.0, contrast, 2.0, 2.0, 0.0)


def shown(contrasts: list[float], lengths_px: list[float] | None = None) -> list[bool]:
    fading = Fading()
    lengths_px = lengths_px or [200.0] * len(contrasts)
    return [fading.after(tip(*pair)) for pair in zip(contrasts, lengths_px, strict=True)]


def test_a_shaft_that_gets_weaker_where_it_lies_fades() -> None:
    assert not any(shown([5.0] * 100))
    assert shown([5.0] * BEFORE + [3.0] * BEFORE)[-1]


def test_a_shaft_that_gets_weaker_as_it_goes_on_does_not() -> None:
    longer = list(np.linspace(100.0, 200.0, 2 * BEFORE))
    assert not any(shown([5.0] * BEFORE + [3.0] * BEFORE, longer))


def test_what_fades_is_said_for_a_while_and_not_for_ever() -> None:
    said = shown([5.0] * BEFORE + [3.0] * (3 * BEFORE + HELD))
    assert sum(said) > HELD
    assert not said[-1]


def test_a_line_along_the_plan_gains_and_one_across_it_loses() -> None:
    along = straight_between((150.0, 84.0), (350.0, 217.0))
    across = straight_between((150.0, 250.0), (350.0, 60.0))
    assert PATH.odds(along) == pytest.approx(MOST, abs=0.05)
    assert PATH.odds(across) == pytest.approx(LEAST, abs=0.05)


def test_a_line_loses_the_more_the_further_it_lies_off_the_plan() -> None:
    odds = [PATH.odds(straight_between((150.0, 84.0 + d), (350.0, 217.0 + d))) for d in (0, 40, 80)]
    assert odds == sorted(odds, reverse=True)
    assert odds[0] > odds[1] > odds[2]


def test_where_the_scale_is_known_a_needle_moves_in_millimetres() -> None:
    assert Known().moved_px(ROWS) == pytest.approx(0.03 * ROWS)
    assert Known(mm_per_px=0.5).moved_px(ROWS) == pytest.approx(3.0)
    assert Known(mm_per_px=0.01).moved_px(ROWS) == pytest.approx(0.03 * ROWS)


def test_a_level_needle_points_the_way_that_is_planned() -> None:
    picture = level_needle()
    inside = np.ones(picture.shape, np.bool_)
    shaft = refine_shaft(picture, inside, (150.0, 240.0), (350.0, 240.0))
    assert shaft is not None
    ends = {}
    for way in (1.0, -1.0):
        found = find_tip(picture, inside, shaft, (way, 0.0))
        assert found is not None
        ends[way] = found.tip_px[0]
    assert ends[1.0] == pytest.approx(400.0, abs=10.0)
    assert ends[-1.0] == pytest.approx(100.0, abs=10.0)


def level_needle() -> ImageU8:
    noise = np.random.default_rng(5).rayleigh(20.0, (ROWS, 640))
    noise[239:242, 100:401] += 120.0
    return np.clip(noise, 0.0, 255.0).astype(np.uint8)


@cache
def insertion() -> tuple[Pictures, int]:
    pictures = build_pictures(Scenario("knee", seed=41, operator="expert"))
    return pictures, int(pictures.case.hands.injection_s[0] * RATE_HZ)


def test_a_needle_that_is_not_scanned_for_is_still_seen_where_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With the needle followed most pictures are not scanned, and all say the same."""
    scans = []
    scan = searching.Scan

    def counted(grey: ImageU8, inside: np.ndarray) -> searching.Scan:
        scans.append(1)
        return scan(grey, inside)

    monkeypatch.setattr(searching, "Scan", counted)
    pictures, last = insertion()
    errors_px = []
    search = NeedleSearch()
    area = area_of_region(pictures.regions[0])
    for number in range(last - 50, last):
        needle = search.look(Looked(pictures.image(number), area, number)).needle
        true_px = pictures.truth(number).tip_px
        if needle is not None and true_px is not None and needle.tip_visible:
            errors_px.append(math.dist(needle.tip_px, true_px))
    assert len(errors_px) > 30
    assert float(np.median(errors_px)) < 3.0
    assert len(scans) < 35


def test_the_plan_is_taken_in_the_pixels_of_the_frame() -> None:
    """A needle along the plan is surer than one without a plan, with the picture framed."""
    pictures, last = insertion()
    truth = pictures.truth(last)
    assert truth.entry_px and truth.target_px
    picture = pictures.image(last)
    area = rectangle(40, 40, picture.shape[1] + 39, picture.shape[0] + 39)
    framed = np.pad(picture, 40)
    path = tuple((x + 40.0, y + 40.0) for x, y in (truth.entry_px, truth.target_px))
    without = found(Looked(framed, area, 0, alone=True))
    planned = found(Looked(framed, area, 0, alone=True, path_px=(path[0], path[1])))
    assert planned.tip_px == pytest.approx(without.tip_px)
    assert planned.confidence > without.confidence


def found(looked: Looked) -> SeenNeedle:
    needle = NeedleSearch().look(looked).needle
    assert needle is not None
    return needle
