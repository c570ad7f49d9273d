"""`guidance ratings`, `standard` and `curve` on real sessions, against published figures."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rated_sessions import given, rate, session_of, use_house_form

from guidance_app import config
from guidance_app.cli import DONE, DONE_IN_PART, FAILED, main
from guidance_app.session.review import REVIEW_NAME
from guidance_app.training.attempt import TRUTH_NAME
from guidance_app.training.rating_form import KnownForm

Capture = pytest.CaptureFixture[str]
SHROUT_FLEISS = (
    (9, 2, 5, 8),
    (6, 1, 3, 2),
    (8, 4, 6, 8),
    (7, 1, 2, 6),
    (10, 5, 6, 9),
    (6, 2, 4, 7),
)
PUBLISHED = {
    "ICC(1,1)": (0.166, -0.133, 0.723),
    "ICC(2,1)": (0.290, 0.019, 0.761),
    "ICC(3,1)": (0.715, 0.342, 0.946),
    "ICC(1,k)": (0.443, -0.884, 0.912),
    "ICC(2,k)": (0.620, 0.071, 0.927),
    "ICC(3,k)": (0.909, 0.676, 0.986),
}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    return tmp_path


@pytest.fixture
def form(home: Path) -> KnownForm:
    return use_house_form(home / "forms", config.settings_file(), critical="c9")


def told(capsys: Capture, *arguments: str, status: int = DONE) -> Any:  # noqa: ANN401 - JSON
    assert main([*arguments, "--json"]) == status
    return json.loads(capsys.readouterr().out)


def shrout_fleiss(folder: Path, form: KnownForm) -> list[str]:
    sessions = [session_of(folder, f"OP-{n}", n) for n in range(len(SHROUT_FLEISS))]
    for session, row in zip(sessions, SHROUT_FLEISS, strict=True):
        for rater, done in zip("ABCD", row, strict=True):
            rate(session, form, rater, given(done))
    return [str(session) for session in sessions]


def test_the_published_agreement_comes_out_of_review_files(
    home: Path, form: KnownForm, capsys: Capture
) -> None:
    sessions = shrout_fleiss(home, form)
    (document,) = told(capsys, "ratings", *sessions)["forms"]
    agreed = document["agreement"]["checklist"]
    assert (agreed["sessions"], agreed["raters"], agreed["left_out"]) == (6, [*"ABCD"], 0)
    assert set(agreed["icc"]) == set(PUBLISHED)
    for model, figures in PUBLISHED.items():
        found = agreed["icc"][model]
        assert (found["value"], found["low"], found["high"]) == pytest.approx(figures, abs=6e-4)
    assert "rated alike" in document["agreement"]["scale"]["refused"]
    row = document["ratings"][0]
    assert (row["rater"], row["blinded"], row["checklist"]["done"]) == ("A", True, 9)
    assert row["critical_missed"] == ["c9"]
    assert main(["ratings", *sessions]) == DONE
    words = capsys.readouterr().out
    assert "6 sessions, 4 raters (A, B, C, D)" in words
    assert "ICC(2,1) 0.290, 95 % interval 0.019 to 0.761" in words
    assert "FAIL: critical missed (c9)" in words


def test_raters_who_did_not_rate_all_are_not_filled_in(
    home: Path, form: KnownForm, capsys: Capture
) -> None:
    sessions = shrout_fleiss(home, form)
    late = session_of(home, "OP-9", 9)
    rate(late, form, "A", given(5))
    rate(late, form, "B", given(4))
    rate(session_of(home, "OP-8", 8), form, "E", given(5))
    document = told(capsys, "ratings", *sessions, str(late))["forms"][0]
    agreed = document["agreement"]["checklist"]
    assert (agreed["sessions"], agreed["left_out"]) == (6, 1)
    two = told(capsys, "ratings", *sessions, "--rater", "A", "--rater", "D")["forms"][0]
    assert two["agreement"]["checklist"]["raters"] == ["A", "D"]
    one = told(capsys, "ratings", str(late), "--rater", "A")["forms"][0]
    assert "two raters or more; there is 1" in one["agreement"]["checklist"]["refused"]


def test_what_does_not_count_is_named(home: Path, form: KnownForm, capsys: Capture) -> None:
    session = session_of(home, "OP-1")
    rate(session, form, "A", given(5))
    other = use_house_form(home / "forms", config.settings_file(), critical="c0")
    rate(session, other, "B", given(5) | {"c1": 7})
    with (session / REVIEW_NAME).open("ab") as review:
        review.write(b"garbage\n")
    document = told(capsys, "ratings", str(session), str(home / "no"), status=DONE_IN_PART)
    problems = {row["rater"]: row["problem"] for row in document["forms"][0]["ratings"]}
    assert "another version" in problems["A"] and "7 cannot be given" in problems["B"]
    assert "scale" not in document["forms"][0]["ratings"][0]
    assert len(document["problems"]) == 2
    assert main(["ratings", str(home / "no")]) == FAILED
    assert "No rating was found" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("novices", "experts", "cut", "published"),
    [
        ((11, 15, 19), (40, 44, 48), 2.95, 3.0),
        ((16, 18, 20), (34, 39, 44), 2.44, 2.5),
    ],
)
def test_the_published_lines_of_osaus_come_out_of_review_files(
    home: Path,
    form: KnownForm,
    capsys: Capture,
    novices: tuple[int, ...],
    experts: tuple[int, ...],
    cut: float,
    published: float,
) -> None:
    """Means and deviations of Tolsgaard 2014: 1.5 ± 0.4 and 4.4 ± 0.4, 1.8 ± 0.2 and 3.9 ± 0.5."""
    groups = []
    for day, points in enumerate((*novices, *experts)):
        session = session_of(home, f"OP-{day}", day)
        rate(session, form, "A", given(10, points))
        groups.append(str(session))
    command = ("standard", "--novices", *groups[:3], "--experts", *groups[3:], "--form", "house")
    document = told(capsys, *command)
    assert document["cut"] == pytest.approx(cut, abs=0.005)
    assert document["cut"] == pytest.approx(published, abs=0.07)
    assert document["novices"]["mean"] == pytest.approx(sum(novices) / 30)
    assert document["novices"]["false_pass_observed"] == 0.0
    assert 0.0 < document["novices"]["false_pass"] < 0.01
    assert 0.0 < document["experts"]["false_fail"] < 0.01
    assert main([*command]) == DONE
    assert f"pass line {cut} points, higher is better" in capsys.readouterr().out


def test_groups_that_show_no_line_are_refused_in_words(
    home: Path, form: KnownForm, capsys: Capture
) -> None:
    sessions = [session_of(home, f"OP-{n}", n) for n in range(4)]
    for points, session in zip((40, 44, 20, 30), sessions, strict=True):
        rate(session, form, "A", given(10, points))
    paths = [str(one) for one in sessions]
    groups = ["--novices", *paths[:2], "--experts", *paths[2:]]
    for extra, words in (
        (["--form", "house"], "no better than the novices"),
        (["--form", "none"], "There is no form none. There are:"),
        (["--metric", "passes"], "has no such figure. No needle was seen"),
        (["--metric", "guided_time"], "Say it with --better"),
    ):
        assert main(["standard", *groups, *extra]) == FAILED
        shown = capsys.readouterr()
        assert shown.out == "" and words in shown.err and len(shown.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("rates", "s", "h", "shortest"),
    [
        (("0.1", "0.2"), 0.1452, 2.7095, 19),
        (("0.15", "0.3"), 0.2188, 2.4763, 12),
        (("0.05", "0.1"), 0.0724, 2.9406, 41),
    ],
)
def test_the_published_cusum_comes_out_of_review_files(
    home: Path,
    form: KnownForm,
    capsys: Capture,
    rates: tuple[str, str],
    s: float,
    h: float,
    shortest: int,
) -> None:
    points = [20, 30, 29, 50]
    for day in (3, 1, 0, 2):  # written in another order than tried
        rate(session_of(home, "TR-1", day), form, "A", given(9 if day == 3 else 10, points[day]))
    rate(session_of(home, "OP-2", 5), form, "A", given(10, 50))
    command = ("curve", str(home), "--trainee", "TR-1", "--form", "house")
    document = told(capsys, *command, "--pass", "3", "--rates", *rates)
    assert [one["value"] for one in document["points"]] == [2.0, 3.0, 2.9, 5.0]
    assert [one["success"] for one in document["points"]] == [False, True, False, False]
    assert document["points"][3]["critical_missed"]
    cusum, learning = document["cusum"], document["lc_cusum"]
    assert cusum["s"] == pytest.approx(s, abs=5e-5)
    assert (cusum["h0"], cusum["h1"]) == pytest.approx((h, h), abs=5e-5)
    assert cusum["shortest"] == shortest
    up = 1 - cusum["s"]
    assert cusum["curve"] == pytest.approx([up, up - s, 2 * up - s, 3 * up - s], abs=2e-4)
    assert (learning["pa"], learning["pu"]) == pytest.approx(tuple(map(float, rates)))
    assert learning["curve"][0] == 0.0 and learning["competent_after"] is None
    assert "not certification" in document["warning"]
    assert told(capsys, *command)["cusum"] is None


def test_experts_stand_beside_and_what_cannot_be_is_refused(
    home: Path, form: KnownForm, capsys: Capture
) -> None:
    own = session_of(home / "own", "TR-1")
    rate(own, form, "A", given(10, 30))
    rate(own, form, "B", given(10, 40))
    unrated = session_of(home / "own", "TR-1", 1)
    experts = [session_of(home / "experts", "EX", day) for day in range(3)]
    for session, points in zip(experts, (40, 44, 48), strict=True):
        rate(session, form, "A", given(10, points))
    paths = [str(one) for one in experts]
    command = ["curve", str(home / "own"), "--trainee", "TR-1", "--form", "house"]
    document = told(capsys, *command, "--expert", *paths)
    assert document["experts"] == {"mean": 4.4, "deviation": pytest.approx(0.4), "count": 3}
    assert [one["value"] for one in document["points"]] == [3.5]
    assert [one["session"] for one in document["left_out"]] == [str(unrated)]
    for extra, words in (
        (["--expert", paths[0]], "One expert shows no spread"),
        (["--expert", str(unrated), paths[0]], "has no such figure"),
        (["--rates", "0.2", "0.1"], "the better one below the worse"),
        (["--limit", "many", "0.1"], "--limit takes a number of attempts"),
        (["--trainee", "NOBODY"], "There is no session that NOBODY operated in"),
    ):
        assert main([*command, *extra, "--json"]) == FAILED
        shown = capsys.readouterr()
        assert shown.out == "" and words in shown.err and len(shown.err.splitlines()) == 1


def practise(folder: Path, day: int, seconds: float) -> Path:
    """A simulator's session in which the needle was in tissue for so long."""
    session = session_of(folder, "TR-1", day)
    still = {"probe_to_body": np.eye(4).tolist(), "target_mm": (0.0, 0.0, 20.0)}
    shown = {"target_px": (0.0, 0.0), "tip_visible": True, "at_tip": "muscle", "hit": ()}
    shaft = {"shaft_mm": ((0.0, 0.0, 19.0), (0.0, 0.0, 0.0)), "shaft_px": ()}
    lines = [still | shown | shaft | {"frame": n, "t_s": n * seconds} for n in range(2)]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (session / TRUTH_NAME).write_text(text)
    return session


def test_a_metric_of_which_less_is_better_is_followed_and_gives_a_line(
    home: Path, capsys: Capture
) -> None:
    slow = [str(practise(home / "own", day, took)) for day, took in enumerate((60, 50, 40))]
    fast = [str(practise(home / "experts", day, took)) for day, took in enumerate((12, 10, 8))]
    command = ("curve", str(home / "own"), "--metric", "elapsed", "--pass", "50")
    document = told(capsys, *command, "--expert", *fast)
    assert (document["unit"], document["better"]) == ("s", "lower")
    assert [one["value"] for one in document["points"]] == [60.0, 50.0, 40.0]
    assert [one["success"] for one in document["points"]] == [False, True, True]
    assert document["experts"]["mean"] == 10.0
    turned = told(capsys, *command, "--better", "higher")
    assert [one["success"] for one in turned["points"]] == [True, True, False]
    groups = ("--novices", *slow, "--experts", *fast)
    line = told(capsys, "standard", *groups, "--metric", "elapsed")
    assert 12.0 < line["cut"] < 40.0 and line["novices"]["mean"] == 50.0
