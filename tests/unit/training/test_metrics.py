"""The figures of an attempt on movements whose figures are known beforehand."""

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from guidance_app.presentation.primitives import Cross, Ink, Label, Ring
from guidance_app.presentation.primitives import Line as Line2D
from guidance_app.presentation.score_view import (
    CUT_OFF,
    NO_STANDARD,
    picture_age_words,
    score_view,
    truth_marks,
)
from guidance_app.training.attempt import (
    TRUTH_NAME,
    Attempt,
    AttemptRefused,
    Line,
    make_attempt,
    read_attempt,
)
from guidance_app.training.metrics import measure, structures_hit

ENTRY, TARGET = (-20.0, 0.0, 0.0), (10.0, 0.0, 40.0)
STILL = np.eye(4)
RATE_HZ = 30.0


def attempt(
    depths_mm: list[float],
    *,
    beside_mm: float = 0.0,
    seen: list[bool] | None = None,
    pose: NDArray[np.float64] = STILL,
    hit: tuple[str, ...] = (),
) -> Attempt:
    """A needle on the straight way to the target, so deep in each frame; 0 is outside."""
    seen = seen or [True] * len(depths_mm)
    frames = zip(depths_mm, seen, strict=True)
    return make_attempt(
        [line(k, depth, beside_mm, s, pose, hit) for k, (depth, s) in enumerate(frames)]
    )


def line(
    number: int,
    depth_mm: float,
    beside_mm: float,
    seen: bool,
    pose: NDArray[np.float64],
    hit: tuple[str, ...],
) -> Line:
    way = np.subtract(TARGET, ENTRY) / np.linalg.norm(np.subtract(TARGET, ENTRY))
    aside = np.array([0.0, beside_mm, 0.0])
    shaft = [tuple((ENTRY + aside + share * depth_mm * way).tolist()) for share in (1.0, 0.5, 0.0)]
    inside = depth_mm > 0.0
    return Line(
        frame=number,
        t_s=number / RATE_HZ,
        probe_to_body=tuple(map(tuple, pose.tolist())),  # type: ignore[arg-type]
        target_mm=TARGET,
        target_px=(320.0, 240.0),
        tip_visible=seen and inside,
        at_tip="muscle" if inside else "",
        hit=hit if inside else (),
        shaft_mm=tuple(shaft) if inside else (),  # type: ignore[arg-type]
        shaft_px=((300.0, 200.0), (100.0, 10.0)) if inside else (),
    )


def figures(one: Attempt) -> dict[str, float | None]:
    return {metric.name: metric.value for metric in measure(one)}


def test_a_straight_stab() -> None:
    found = figures(attempt([0.0, 0.0, *np.linspace(1.0, 48.0, 48).tolist()]))
    assert found["final_tip_error"] == pytest.approx(2.0)
    assert found["closest_tip_error"] == pytest.approx(2.0)
    assert found["target_reached"] == 1.0
    assert found["path_in_tissue"] == pytest.approx(47.0)
    assert (found["punctures"], found["passes"], found["structures_hit"]) == (1.0, 1.0, 0.0)
    assert found["tip_visible_share"] == found["in_plane_share"] == pytest.approx(100.0)
    assert found["elapsed"] == pytest.approx(49 / RATE_HZ)
    assert found["time_in_tissue"] == pytest.approx(48 / RATE_HZ)
    assert found["probe_path"] == 0.0


def test_a_needle_that_rests_has_no_shares_and_no_way() -> None:
    found = figures(attempt([20.0] * 30))
    assert found["tip_visible_share"] is None and found["in_plane_share"] is None
    assert found["path_in_tissue"] == 0.0 and found["passes"] == 1.0


@pytest.mark.parametrize(
    ("depths_mm", "passes", "punctures"),
    [
        ([10.0, 30.0, 21.0, 40.0], 1, 1),
        ([10.0, 30.0, 19.0, 23.0, 22.0, 23.5], 1, 1),
        ([10.0, 30.0, 19.0, 24.0], 2, 1),
        ([30.0, 25.0, 20.0, 22.0, 26.0, 15.0, 21.0], 3, 1),
        ([30.0, 0.0, 0.0, 30.0, 0.0, 8.0], 3, 3),
        ([4.0, 0.0, 4.0], 1, 2),
    ],
)
def test_passes_and_punctures(depths_mm: list[float], passes: int, punctures: int) -> None:
    found = figures(attempt([0.0, *depths_mm]))
    assert (found["passes"], found["punctures"]) == (passes, punctures)


def test_only_what_is_brought_forward_counts_for_the_shares() -> None:
    forward, back = np.linspace(1.0, 40.0, 40).tolist(), np.linspace(39.0, 20.0, 20).tolist()
    seen = [not 10.0 < depth <= 20.0 for depth in forward]
    found = figures(attempt([0.0, *forward], seen=[True, *seen]))
    assert found["advance_unseen"] == pytest.approx(10.0)
    assert found["tip_visible_share"] == pytest.approx(75.0)
    drawn = figures(attempt([0.0, *forward, *back], seen=[True, *seen, *[False] * 20]))
    assert drawn["advance_unseen"] == pytest.approx(10.0)


def test_tremor_makes_no_way() -> None:
    times_s = np.arange(300) / RATE_HZ
    trembling = 20.0 + 0.1 * np.sin(2.0 * np.pi * 9.7 * times_s)
    raw_mm = float(np.abs(np.diff(trembling)).sum())
    path_mm = figures(attempt(trembling.tolist()))["path_in_tissue"]
    assert path_mm is not None and path_mm < 0.2 * raw_mm


@pytest.mark.parametrize(("beside_mm", "share"), [(0.9, 100.0), (1.1, 0.0)])
def test_a_shaft_beside_the_slice_is_not_in_plane(beside_mm: float, share: float) -> None:
    assert figures(attempt([1.0, 20.0], beside_mm=beside_mm))["in_plane_share"] == share


@pytest.mark.parametrize(("angle_deg", "share"), [(4.5, 100.0), (5.5, 0.0)])
def test_a_shaft_at_an_angle_to_the_slice_is_not_in_plane(angle_deg: float, share: float) -> None:
    tips = [(0.0, d * np.sin(np.radians(angle_deg)), d) for d in (1.0, 8.0)]
    lines = [
        Line(
            k,
            k / RATE_HZ,
            _identity(),
            TARGET,
            (0.0, 0.0),
            True,
            "muscle",
            (),
            (tip, (0.0, 0.0, 0.0)),
            (),
        )
        for k, tip in enumerate(tips)
    ]
    assert figures(make_attempt(lines))["in_plane_share"] == share


def _identity() -> object:
    return tuple(map(tuple, STILL.tolist()))


def test_figures_do_not_depend_on_where_the_body_lies() -> None:
    depths = [0.0, 5.0, 12.0, 8.0, 25.0]
    angle = np.radians(35.0)
    pose = np.eye(4)
    pose[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    pose[:3, 3] = (7.0, -3.0, 2.0)
    here, there = figures(attempt(depths)), figures(attempt(depths, pose=pose))
    for name, value in here.items():
        assert there[name] == pytest.approx(value), name


def test_what_had_to_be_spared_is_named_once() -> None:
    one = attempt([0.0, 5.0, 10.0], hit=("femoral nerve", "femur"))
    assert structures_hit(one) == ("femoral nerve", "femur")
    rows = {row.words: row.value.text for row in score_view(one).rows}
    assert rows["Went through what must be spared: femoral nerve, femur"] == "2"
    assert rows["Where the tip lay at the end"] == "muscle"
    assert score_view(one).note == NO_STANDARD


def test_the_truth_is_marked_in_the_picture_that_it_belongs_to() -> None:
    one = attempt([0.0, 5.0, 10.0])
    outside, inside = truth_marks(one, 0), truth_marks(one, 2)
    assert [type(mark) for mark in outside] == [Cross, Label]
    assert [type(mark) for mark in inside] == [Cross, Label, Line2D, Ring]
    assert inside[0] == Cross((320.0, 240.0), 3.0, 12.0, Ink.PLAN)
    assert truth_marks(one, 3) == truth_marks(one, None) == ()


def write(session: Path, text: str) -> Path:
    session.mkdir(exist_ok=True)
    (session / TRUTH_NAME).write_text(text)
    return session


def test_a_file_that_was_cut_off_is_read_up_to_there(tmp_path: Path) -> None:
    lines = [
        {
            "frame": k,
            "t_s": k / RATE_HZ,
            "probe_to_body": STILL.tolist(),
            "target_mm": TARGET,
            "target_px": [320.0, 240.0],
            "tip_visible": True,
            "at_tip": "muscle",
            "hit": [],
            "shaft_mm": [[0.0, 0.0, 5.0 + k], [0.0, 0.0, 0.0]],
            "shaft_px": [[10.0, 5.0 + k], [10.0, 0.0]],
        }
        for k in range(10)
    ]
    text = "".join(json.dumps(one) + "\n" for one in lines)
    whole, cut = (read_attempt(write(tmp_path, part)) for part in (text, text[:-7]))
    assert (whole.t_s.size, cut.t_s.size) == (10, 9)
    assert score_view(whole).note == NO_STANDARD and score_view(cut).note == CUT_OFF


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "never in the skin"),
        ("garbage\n", "cannot be read"),
        ('{"t_s": "soon"}\n', "cannot be read"),
        ("\x00\xff\n", "cannot be read"),
    ],
)
def test_what_is_no_truth_is_refused_in_a_sentence(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(AttemptRefused, match=words):
        read_attempt(write(tmp_path, text))


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(AttemptRefused, match="There is no session"):
        read_attempt(tmp_path / "nowhere")


def test_a_picture_from_before_the_end_says_so() -> None:
    one = attempt([0.0, *[float(k) for k in range(1, 91)]])
    assert picture_age_words(one, 30) == "The picture is from 2 s before the end."
    assert picture_age_words(one, 90) == picture_age_words(one, None) == ""


def test_a_session_without_truth_says_what_can_be_scored(tmp_path: Path) -> None:
    with pytest.raises(AttemptRefused, match="your own hands can be scored"):
        read_attempt(tmp_path)
