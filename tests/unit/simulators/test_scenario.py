"""Scenarios as files: what they say, what is wrong with them, and the data made from them."""

import json
from pathlib import Path

import msgspec
import numpy as np
import pytest
from metaimage import read_metaimage
from numpy.typing import NDArray

from drivers.api.errors import DeviceError
from drivers.opencv import cv2
from simulators.anatomy.sites import SITES, make_body, view_id
from simulators.dataset import (
    ABOUT,
    FRAMES,
    SEQUENCE,
    TRUTH,
    DatasetRefused,
    needle_goes_in,
    write_dataset,
)
from simulators.hands import Hands
from simulators.pictures import RATE_HZ, build_pictures
from simulators.scenario import (
    OUT_OF_PLANE,
    Scenario,
    ScenarioRefused,
    cast,
    load_scenario,
    scenarios,
)

ROOT = Path(__file__).resolve().parents[3]
SMALL = "site: gel\noperator: intermediate\nwidth_px: 160\nheight_px: 120\n"


def test_every_scenario_that_ships_can_be_cast() -> None:
    assert "knee-expert" in scenarios()
    for name in scenarios():
        assert cast(load_scenario(name)).body.views


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("site: knee\noperater: novice", 'line 2: there is no "operater", only site'),
        ("operator: novice", 'missing required field "site"'),
        ("site: knee\nseed: seven", "line 2: expected a whole number"),
        ("site: knee\nseed: -1", "line 2: "),
        ("site: knee\nwidth_px: 0", "line 2: "),
        ("site: knee\nheight_px: 1000000000", "line 2: "),
        ("site: knee\nsite: hip", "line 1 names a thing twice"),
        ("site: [knee", "is not YAML"),
        ("", "expected names with values, got nothing"),
    ],
)
def test_a_wrong_file_is_told_with_line_and_cause(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DeviceError) as refused:
        load_scenario(str(path))
    assert words in str(refused.value)
    assert "mine.yaml" in str(refused.value)


def test_a_file_that_is_not_there_names_those_that_ship(tmp_path: Path) -> None:
    with pytest.raises(DeviceError, match="gel-block, knee-expert, knee-novice"):
        load_scenario(str(tmp_path / "none.yaml"))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("site: elbow", "Sites that exist: knee"),
        ("site: knee\nview: lateral", "Views that exist: suprapatellar-long-axis"),
        ("site: knee\noperator: surgeon", "Those that exist: expert"),
        ("site: knee\ngauge: 14", "Those that exist: 18, 19"),
        ("site: knee\nmhz: 40", "The frequency in MHz is 40: from 5 to 14 is possible"),
        ("site: knee\ndepth_mm: .nan", "The depth in mm is nan"),
        ("site: knee\napproach: above", "Those that exist: in-plane, out-of-plane"),
        ("site: knee\nconsole: radar", "Those that exist: harbour, "),
        ("site: knee\nconsole: harbour\nwidth_px: 800", "a console has a size of its own"),
    ],
)
def test_what_does_not_exist_is_refused_with_what_does(
    tmp_path: Path, line: str, words: str
) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(ScenarioRefused, match=words):
        cast(load_scenario(str(path)))


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def test_a_dataset_holds_frames_their_truth_and_a_tracked_sequence(
    small: Path, tmp_path: Path
) -> None:
    pictures = build_pictures(load_scenario(str(small)))
    out, told = tmp_path / "out", []
    write_dataset(pictures, 4, out, told.append)
    assert told == [1, 2, 3, 4]
    truths = [json.loads(line) for line in (out / TRUTH).read_text("utf-8").splitlines()]
    assert [truth["frame"] for truth in truths] == [0, 1, 2, 3]
    assert truths[0]["target_px"] == pytest.approx(pictures.truth(0).target_px, abs=1e-3)
    assert (truths[0]["tip_px"], truths[0]["tip_visible"]) == (None, False)
    frames = sorted((out / FRAMES).iterdir())
    sequence = read_metaimage(out / SEQUENCE)
    for number, path in enumerate(frames):
        picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        assert np.array_equal(picture, pictures.image(number))
        assert np.array_equal(sequence[number], picture)
    pose = transform(out / SEQUENCE, 2, "ProbeToTracker")
    assert pose == pytest.approx(pictures.truth(2).probe_to_body, abs=1e-5)
    to_probe = transform(out / SEQUENCE, 0, "ImageToProbe")
    assert np.linalg.det(to_probe) > 0
    target = to_probe @ [*truths[0]["target_px"], 0.0, 1.0]
    x, _, z = truths[0]["target_mm"]
    assert target[[0, 2]] == pytest.approx((x, z), abs=1e-2)


def transform(sequence: Path, frame: int, name: str) -> NDArray[np.float64]:
    head = sequence.read_bytes().partition(b"ElementDataFile")[0].decode("ascii")
    wanted = f"Seq_Frame{frame:04}_{name}Transform = "
    (line,) = [line for line in head.splitlines() if line.startswith(wanted)]
    return np.array(line.removeprefix(wanted).split(), float).reshape(4, 4)


def test_the_same_scenario_gives_the_same_bytes(small: Path, tmp_path: Path) -> None:
    folders = tmp_path / "one", tmp_path / "two"
    for folder in folders:
        write_dataset(build_pictures(load_scenario(str(small))), 2, folder)
    one, two = (
        {p.relative_to(f): p.read_bytes() for p in f.rglob("*") if p.is_file()} for f in folders
    )
    assert one == two and len(one) == 5


def test_nothing_is_written_over(small: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(DatasetRefused, match=r"is not empty\. Name a new folder"):
        write_dataset(build_pictures(load_scenario(str(small))), 1, tmp_path / "out")
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["mine.txt"]


def test_a_dataset_says_what_it_is_and_begins_where_the_needle_does(
    small: Path, tmp_path: Path
) -> None:
    scenario = load_scenario(str(small))
    pictures = build_pictures(scenario)
    first = needle_goes_in(pictures)
    said = msgspec.to_builtins(scenario)
    write_dataset(pictures, 40, tmp_path / "out", first=first, scenario=said)
    about = json.loads((tmp_path / "out" / ABOUT).read_text("utf-8"))
    assert msgspec.convert(about["scenario"], Scenario) == scenario
    assert (about["first_frame"], about["frames"], about["size_px"]) == (first, 40, [160, 120])
    truths = [json.loads(line) for line in (tmp_path / "out" / TRUTH).read_text().splitlines()]
    assert [truth["tip_mm"] is None for truth in truths] == [True] * 30 + [False] * 10
    assert truths[0]["t_s"] == pytest.approx(first / RATE_HZ, abs=1e-5)
    target = np.array(about["image_to_probe"]) @ [*truths[0]["target_px"], 0.0, 1.0]
    assert target[:3] == pytest.approx(
        (*truths[0]["target_mm"][:1], 0.0, truths[0]["target_mm"][2]), abs=1e-2
    )


def test_of_a_dataset_that_is_broken_off_nothing_is_left(small: Path, tmp_path: Path) -> None:
    def interrupt(written: int) -> None:
        if written == 2:
            raise KeyboardInterrupt

    before = sorted(tmp_path.iterdir())
    with pytest.raises(KeyboardInterrupt):
        write_dataset(build_pictures(load_scenario(str(small))), 4, tmp_path / "out", interrupt)
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("site", ["knee", "wrist", "hip"])
def test_a_needle_from_beside_the_picture_crosses_it_at_the_target(site: str) -> None:
    pictures = build_pictures(Scenario(site, approach=OUT_OF_PLANE))
    hands = pictures.case.hands
    assert isinstance(hands, Hands)
    first = needle_goes_in(pictures) + 2 * RATE_HZ
    outside, inside = pictures.truth(first), pictures.truth(round(hands.injection_s[0] * RATE_HZ))
    assert outside.tip_mm is not None and inside.tip_mm is not None
    assert outside.hidden == "beside the image plane"
    assert inside.shaft_mm[-1][1] > 7.0
    assert np.linalg.norm(np.subtract(inside.tip_mm, inside.target_mm)) < 2.0


def test_a_tip_that_no_beam_reaches_is_not_seen() -> None:
    pictures = build_pictures(
        Scenario("hip", operator="novice", seed=42, width_px=801, height_px=603)
    )
    left, _, right, _ = pictures.area_px
    first = needle_goes_in(pictures)
    truths = [pictures.truth(first + n) for n in range(0, 150, 5)]
    beside = [t for t in truths if t.tip_px and not left - 1 <= t.tip_px[0] <= right + 1]
    assert beside and all(t.hidden == "beside the picture" for t in beside)


@pytest.mark.parametrize("site", SITES)
def test_every_view_stands_in_the_documentation(site: str) -> None:
    text = (ROOT / "docs" / "simulator.md").read_text("utf-8")
    views = make_body(site, 1).views
    assert f"| {site} |" in text or f"{site}," in text or f", {site} |" in text
    if len(views) > 1:
        assert [view_id(view) for view in views if f"`{view_id(view)}`" not in text] == []
