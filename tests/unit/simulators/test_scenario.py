"""Scenarios as files: what they say, what is wrong with them, and the data made from them."""

import json
from pathlib import Path

import numpy as np
import pytest
from metaimage import read_metaimage
from numpy.typing import NDArray

from drivers.api.errors import DeviceError
from drivers.opencv import cv2
from simulators.dataset import FRAMES, SEQUENCE, TRUTH, DatasetRefused, write_dataset
from simulators.pictures import build_pictures
from simulators.scenario import ScenarioRefused, cast, load_scenario, scenarios

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
    assert one == two and len(one) == 4


def test_nothing_is_written_over(small: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(DatasetRefused, match=r"is not empty\. Name a new folder"):
        write_dataset(build_pictures(load_scenario(str(small))), 1, tmp_path / "out")
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["mine.txt"]
