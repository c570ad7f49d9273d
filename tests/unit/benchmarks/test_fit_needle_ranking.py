"""Whether the ranking is fitted to what is true of the pictures, and always alike."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from drawn_needles import DrawnNeedle, draw
from needle_scenes import Floats
from painted_needle import painted
from ranking_figures import figures, least_evidence
from ranking_fit import LEFT_OUT, fit
from ranking_pictures import PAINTED, SIMULATED, Example, warped
from ranking_rows import Rows, is_on, joined, rows_of

from drivers.opencv import cv2
from guidance_app.processing.needle.features import NAMES
from guidance_app.processing.needle.ranking import ranking, read_ranking
from guidance_app.processing.needle.segments import Segment

RANKING = Path(__file__).parents[3] / "guidance_app" / "processing" / "needle" / "ranking.json"


def drawn_examples() -> Iterator[Example]:
    """Pictures with a needle and, each after it, without."""
    for seed in range(4):
        entry, tip = (60.0, 40.0 + 20.0 * seed), (420.0, 300.0)
        inside = np.ones((480, 640), np.bool_)
        for contrast_db in (14.0, -60.0):
            needle = DrawnNeedle(entry, tip, contrast_db=contrast_db, seed=seed)
            shaft = needle.points(np.linspace(0.0, 1.0, 60))
            shaft = shaft if contrast_db > 0 else np.zeros((0, 2))
            yield Example(f"{seed}", SIMULATED, seed % 2, draw(needle), inside, shaft)


@pytest.fixture(scope="module")
def rows() -> Rows:
    return rows_of(drawn_examples())


def brightness_along(grey: Floats, points: Floats, off_px: float) -> float:
    """Mean grey beside a line, that far to its left."""
    way = np.gradient(points, axis=0)
    across = np.stack([-way[:, 1], way[:, 0]], 1) / np.linalg.norm(way, axis=1)[:, None]
    places = (points + off_px * across).astype(np.float32)
    taken = cv2.remap(grey.astype(np.float32), places[:, :1], places[:, 1:], cv2.INTER_LINEAR)
    return float(np.mean(taken))


def test_the_ranking_that_is_brought_along_names_its_features() -> None:
    names = json.loads(RANKING.read_text("utf-8"))["features"]
    assert names == [name for name in NAMES if name not in LEFT_OUT]
    assert [NAMES[column] for column in ranking().columns] == names


def test_a_ranking_of_other_features_is_refused() -> None:
    file = json.loads(RANKING.read_text("utf-8"))
    file["features"][3] = "colour"
    with pytest.raises(ValueError, match="colour"):
        read_ranking(json.dumps(file).encode())


def test_a_feature_counts_by_its_name_wherever_it_stands() -> None:
    file = json.loads(RANKING.read_text("utf-8"))
    turned = dict(file)
    for name in ("features", "mean", "spread", "linear"):
        turned[name] = file[name][::-1]
    turned["quadratic"] = np.array(file["quadratic"])[::-1, ::-1].tolist()
    told = np.random.default_rng(1).normal(0.5, 0.5, (30, len(NAMES)))
    same = read_ranking(json.dumps(turned).encode()).evidence(told)
    assert np.allclose(ranking().evidence(told), same)


def test_the_same_pictures_give_the_same_ranking(rows: Rows, tmp_path: Path) -> None:
    again = rows_of(drawn_examples())
    for name, made in (("first", rows), ("second", again)):
        fit(made.told, made.is_needle, np.ones(len(made.told))).write(tmp_path / name)
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()


def test_what_is_written_ranks_as_what_was_fitted(rows: Rows, tmp_path: Path) -> None:
    fitted = fit(rows.told, rows.is_needle, np.ones(len(rows.told))).shifted(0.5)
    fitted.write(tmp_path / "ranking.json")
    read = read_ranking((tmp_path / "ranking.json").read_bytes())
    assert np.allclose(read.evidence(rows.told), fitted.ranking().evidence(rows.told), atol=0.01)


def test_the_odds_that_made_the_rows_are_found_again() -> None:
    rng = np.random.default_rng(2)
    told = rng.normal(0.0, 1.0, (40_000, len(NAMES)))
    true = 1.5 * told[:, 0] - told[:, 2] * told[:, 5] + 0.7 * told[:, 7] ** 2 - 2.0
    is_needle = rng.random(len(told)) < 1.0 / (1.0 + np.exp(-true))
    found = fit(told, is_needle, np.ones(len(told))).ranking().evidence(told)
    assert np.sqrt(np.mean((found - true) ** 2)) < 0.35
    assert abs(np.mean(found - true)) < 0.05


def test_needles_that_weigh_more_have_more_evidence(rows: Rows) -> None:
    even = fit(rows.told, rows.is_needle, np.ones(len(rows.told))).ranking().evidence(rows.told)
    weight = np.where(rows.is_needle, 5.0, 1.0)
    more = fit(rows.told, rows.is_needle, weight).ranking().evidence(rows.told)
    assert (more > even).mean() > 0.95


def test_a_drawn_needle_is_among_the_stretches_and_nothing_is_without_one(rows: Rows) -> None:
    for picture in range(rows.half.size):
        on_it = rows.is_needle[rows.picture == picture]
        assert on_it.any() == rows.needle[picture]
        assert on_it.mean() < 0.2


SHAFT = np.linspace((100.0, 100.0), (400.0, 250.0), 60)


def stretch(start: tuple[float, float], end: tuple[float, float]) -> Segment:
    way = np.subtract(end, start)
    return Segment(1.0, float(np.degrees(np.arctan2(way[1], way[0]))), start, end)


@pytest.mark.parametrize(
    ("start", "end", "on"),
    [
        ((100.0, 100.0), (400.0, 250.0), True),
        ((180.0, 142.0), (400.0, 251.0), True),
        ((100.0, 110.0), (400.0, 260.0), False),  # beside it
        ((240.0, 170.0), (310.0, 205.0), False),  # too little of it
        ((160.0, 118.0), (340.0, 232.0), False),  # turned against it
        ((420.0, 260.0), (600.0, 350.0), False),  # behind its tip
    ],
)
def test_a_stretch_is_the_needle_where_it_lies_on_it(
    start: tuple[float, float], end: tuple[float, float], on: bool
) -> None:
    assert is_on(stretch(start, end), SHAFT, 480) is on
    twice = Segment(1.0, 0.0, start, end).scaled(2.0)
    assert is_on(replace(twice, angle_deg=stretch(start, end).angle_deg), 2 * SHAFT, 960) is on


@pytest.mark.parametrize("strongly", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_the_truth_of_a_changed_copy_is_changed_alike(seed: int, strongly: bool) -> None:
    example = next(drawn_examples())
    copy = warped(example, np.random.default_rng(seed), strongly)
    grey = copy.grey.astype(float)
    assert len(copy.shaft_px) > 10
    beside = [brightness_along(grey, copy.shaft_px, off_px) for off_px in (-14.0, 14.0)]
    assert brightness_along(grey, copy.shaft_px, 0.0) > max(beside) + 25.0
    assert not grey[~copy.inside].any()


@pytest.mark.parametrize("seed", range(6))
def test_a_painted_needle_lies_where_it_is_said_to(seed: int) -> None:
    dark, inside = np.full((480, 640), 20, np.uint8), np.ones((480, 640), np.bool_)
    grey, points = painted(dark, inside, np.random.default_rng(seed))
    within = (points >= 16).all(1) & (points[:, 0] < 624) & (points[:, 1] < 464)
    offs = np.arange(-30.0, 31.0, 2.0)
    profile = [brightness_along(grey.astype(float), points[within], off) for off in offs]
    assert abs(offs[np.argmax(profile)]) <= 4.0
    assert max(profile) > 28.0
    assert min(profile[0], profile[-1]) < 22.0


def test_figures_count_pictures_and_not_stretches() -> None:
    def picture(source: str, evidence: list[float], needle: int | None) -> Rows:
        n = len(evidence)
        told = np.zeros((n, len(NAMES)))
        told[:, 0] = evidence
        on_it = np.arange(n) == (-1 if needle is None else needle)
        flags = [np.array([value]) for value in (needle is not None, False, True)]
        names = np.array(["x"]), np.array([source]), np.array([0])
        return Rows(told, on_it, np.zeros(n, np.int64), *names, *flags)

    free = [picture(SIMULATED, [0.0, 1.0], None) for _ in range(99)]
    found = picture(SIMULATED, [0.5, 3.0], 1)
    beaten = picture(SIMULATED, [2.0, 3.0], 0)
    weak = picture(PAINTED, [0.2, 0.4], 1)
    nothing = picture(SIMULATED, [], None)
    rows = joined([*free, nothing, found, beaten, weak])
    evidence = rows.told[:, 0]
    assert least_evidence(rows, evidence) == 1.0
    told = figures(rows, evidence)
    standard = {"pictures": 2, "among_the_stretches": 1.0, "first": 0.5, "recall": 0.5}
    assert told["needles"]["standard"] == standard
    assert told["needles"]["painted"]["first"] == 1.0
    assert told["needles"]["painted"]["recall"] == 0.0
    assert told["false_share"]["simulated"] == 0.0
    half = rows.picked(rows.needle)
    assert half.picture.tolist() == [0, 0, 1, 1, 2, 2]
