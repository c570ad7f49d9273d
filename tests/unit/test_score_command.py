"""`guidance score` on recordings of other programs."""

import json
import pickle
from pathlib import Path

import pytest

from guidance_app.cli import DONE, DONE_IN_PART, FAILED, main
from guidance_app.training.motion_csv import MATRIX
from guidance_app.training.scoring import ScoreOptions, score_path
from guidance_app.training.tracked_files import read_recording

PLUS = Path(__file__).resolve().parents[3] / "shared" / "data" / "plus"

Capture = pytest.CaptureFixture[str]


def recording(path: Path, tools: dict[str, list[float]]) -> str:
    """Each tool moved along x to these places, one a second."""
    fields = [
        f"Seq_Frame{n:04d}_{tool}Transform = 1 0 0 {x} 0 1 0 0 0 0 1 0 0 0 0 1\n"
        for tool, places in tools.items()
        for n, x in enumerate(places)
    ]
    times = [f"Seq_Frame{n:04d}_Timestamp = {n}\n" for n in range(max(map(len, tools.values())))]
    lines = sorted([*fields, *times])
    path.write_text("ObjectType = Image\n" + "".join(lines) + "ElementDataFile = LOCAL\n")
    return str(path)


def test_figures_of_the_only_tool(tmp_path: Path, capsys: Capture) -> None:
    path = recording(tmp_path / "one.igs.mha", {"NeedleToReference": [0.0, 60.0, 30.0]})
    assert main(["score", path, "--json"]) == DONE
    document = json.loads(capsys.readouterr().out)
    assert set(document) == {"session", "pairing", "metrics", "tool"}
    assert (document["session"], document["pairing"]) == (path, "raw")
    assert document["tool"] == "NeedleToReference"
    assert document["metrics"]["path"] == {"value": 90.0, "unit": "mm", "version": 1}
    assert document["metrics"]["path_inefficiency"]["value"] == pytest.approx(200.0)
    assert document["metrics"]["mean_speed"]["value"] == pytest.approx(45.0)
    assert document["metrics"]["jerk"]["value"] is not None
    assert main(["score", path]) == DONE
    rows = capsys.readouterr().out
    assert "90.0 mm  Path of the tip" in rows
    assert len(rows.splitlines()) == len(document["metrics"])


def test_of_several_tools_one_is_named(tmp_path: Path, capsys: Capture) -> None:
    tools = {"ProbeToReference": [0.0, 1.0], "NeedleToReference": [0.0, 5.0]}
    path = recording(tmp_path / "two.seq.mha", tools)
    assert main(["score", path]) == FAILED
    said = "several tools. Name one with --tool: NeedleToReference, ProbeToReference."
    assert said in capsys.readouterr().err
    assert main(["score", path, "--tool", "Needle"]) == FAILED
    assert 'has no tool "Needle"' in capsys.readouterr().err
    assert main(["score", path, "--tool", "ProbeToReference"]) == DONE
    assert "1.0 mm  Path of the tip" in capsys.readouterr().out


def test_what_is_no_recording_is_told_in_one_sentence(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "one.xml").write_text("no")
    assert main(["score", str(tmp_path / "one.xml")]) == FAILED
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("guidance: one.xml is damaged, or no recording of tools:")
    assert len(shown.err.splitlines()) == 1
    assert main(["score", str(tmp_path), "--tool", "Needle"]) == FAILED
    assert "no tools to choose from" in capsys.readouterr().err


def test_a_figure_among_those_of_experts(tmp_path: Path, capsys: Capture) -> None:
    own = recording(tmp_path / "own.igs.mha", {"NeedleToReference": [0.0, 90.0]})
    ways = (60.0, 80.0, 90.0, 100.0)
    experts = [
        recording(tmp_path / f"expert-{n}.igs.mha", {"NeedleToReference": [0.0, way]})
        for n, way in enumerate(ways)
    ]
    assert main(["score", own, "--json", "--expert", *experts]) == DONE
    metrics = json.loads(capsys.readouterr().out)["metrics"]
    assert metrics["path"]["experts"] == {
        "count": 4,
        "mean": 82.5,
        "deviation": pytest.approx(17.078, abs=1e-3),
        "z": pytest.approx(0.4392, abs=1e-4),
        "percentile": 62.5,
    }
    assert metrics["elapsed"]["experts"]["z"] is None
    assert main(["score", own, "--expert", *experts]) == DONE
    rows = capsys.readouterr().out
    assert "z +0.4  path, of 4 experts: 62 % are lower, mean 82.5, deviation 17.1 mm" in rows
    assert main(["score", own, "--expert", experts[0]]) == FAILED
    assert "One expert shows no spread" in capsys.readouterr().err
    assert main(["score", own, "--expert", *experts, str(tmp_path)]) == FAILED
    assert "Compare like with like" in capsys.readouterr().err


def test_several_are_scored_one_a_line(tmp_path: Path, capsys: Capture) -> None:
    paths = [
        recording(tmp_path / f"{way:.0f}.igs.mha", {"NeedleToReference": [0.0, way]})
        for way in (10.0, 20.0)
    ]
    assert main(["score", *paths, "--json"]) == DONE
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["session"] for line in lines] == paths
    assert [line["metrics"]["path"]["value"] for line in lines] == [10.0, 20.0]
    assert main(["score", *paths]) == DONE
    assert capsys.readouterr().out.splitlines()[0] == paths[0]


def test_one_that_cannot_be_scored_does_not_hold_up_the_others(
    tmp_path: Path, capsys: Capture
) -> None:
    whole = recording(tmp_path / "whole.igs.mha", {"NeedleToReference": [0.0, 10.0]})
    missing = str(tmp_path / "missing.igs.mha")
    assert main(["score", missing, whole, "--json"]) == DONE_IN_PART
    shown = capsys.readouterr()
    assert [json.loads(line)["session"] for line in shown.out.splitlines()] == [whole]
    assert shown.err.startswith("guidance: missing.igs.mha cannot be read")
    assert main(["score", missing, missing]) == FAILED


def test_a_document_can_be_sent_to_another_process(tmp_path: Path) -> None:
    path = recording(tmp_path / "one.igs.mha", {"NeedleToReference": [0.0, 10.0]})
    options = ScoreOptions(tool="NeedleToReference")
    document = score_path(Path(path), pickle.loads(pickle.dumps(options)))
    assert pickle.loads(pickle.dumps(document)) == document


def metrics_of(capsys: Capture, *arguments: str) -> tuple[dict[str, float | None], dict[str, str]]:
    """Values by name, and the rest of the document."""
    assert main(["score", *arguments, "--json"]) == DONE
    document = json.loads(capsys.readouterr().out)
    return {name: one["value"] for name, one in document.pop("metrics").items()}, document


def test_a_needle_beside_a_probe_in_tissue(tmp_path: Path, capsys: Capture) -> None:
    turned = "0 0 1 {x} 0 1 0 {y} -1 0 0 0 0 0 0 1"
    lines = []
    for n, x in enumerate((-10.0, 0.5, 20.0, 41.0)):
        lines += [
            f"Seq_Frame{n:04d}_NeedleToReferenceTransform = {turned.format(x=x, y=0.5)}",
            f"Seq_Frame{n:04d}_ProbeToReferenceTransform = 1 0 0 5 0 0 1 0 0 -1 0 0 0 0 0 1",
            f"Seq_Frame{n:04d}_Timestamp = {n}",
        ]
    path = tmp_path / "one.seq.mha"
    path.write_text("\n".join(["ObjectType = Image", *lines, "ElementDataFile = LOCAL"]))
    asked = [str(path), "--tool", "NeedleToReference", "--probe", "ProbeToReference"]
    found, document = metrics_of(capsys, *asked, "--skin", "0,0,0,2,0,0", "--target", "44,0.5,4")
    assert document["probe"] == "ProbeToReference"
    assert document["image_plane"] == "x and y of the probe"
    assert (found["path_in_tissue"], found["time_in_tissue"], found["punctures"]) == (
        51.0,
        3.0,
        1.0,
    )
    assert (found["final_tip_error"], found["line_miss"], found["depth_error"]) == (5.0, 4.0, 3.0)
    assert found["needle_plane_distance"] == pytest.approx(0.5)
    assert found["in_plane_share"] == pytest.approx(100.0)
    assert (found["probe_path"], found["probe_rotation"]) == (0.0, 0.0)
    assert main(["score", *asked]) == DONE
    shown = capsys.readouterr()
    assert "Path of the probe" in shown.out and "image plane" not in shown.out
    assert "name the tissue with --tissue or --skin" in shown.err
    assert main(["score", *asked, "--skin", "0,0,0,1,0,0", "--target=-1,0,0"]) == DONE
    rows = capsys.readouterr().out.splitlines()
    assert len(rows) == len(found)


def test_tools_in_different_references_are_not_put_together(
    tmp_path: Path, capsys: Capture
) -> None:
    tools = {"NeedleToReference": [0.0, 5.0], "ProbeToTracker": [0.0, 1.0]}
    path = recording(tmp_path / "two.seq.mha", tools)
    arguments = ["score", path, "--tool", "NeedleToReference", "--probe", "ProbeToTracker"]
    assert main(arguments) == FAILED
    assert "are not in one reference" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--skin", "1,2,3"], "1,2,3 is not 6 numbers"),
        (["--skin", "1,2,3,0,0,0"], "point nowhere"),
        (["--target", "1,2,nan"], "is not 3 numbers"),
        (["--pairing", "none"], "invalid choice"),
        (["--skin", "0,0,0,0,0,1", "--tissue", "a.stl"], "not allowed with"),
    ],
)
def test_what_is_no_place_is_wrong_usage(arguments: list[str], words: str, capsys: Capture) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["score", "one.xml", *arguments])
    assert ended.value.code == 2
    assert words in capsys.readouterr().err


def test_tissue_that_cannot_be_read_is_told(tmp_path: Path, capsys: Capture) -> None:
    path = recording(tmp_path / "one.igs.mha", {"NeedleToReference": [0.0, 60.0]})
    (tmp_path / "body.stl").write_text("no")
    assert main(["score", path, "--tissue", str(tmp_path / "body.stl")]) == FAILED
    assert capsys.readouterr().err.startswith("guidance: body.stl encloses no tissue:")


def apart(path: Path, source: Path) -> str:
    """Two tools of a real sequence as a table, the first one with a third of its poses."""
    lines = ["time_ns,tool," + ",".join(MATRIX)]
    motions = read_recording(source).motions
    for step, name in ((3, "StylusToTracker"), (1, "ProbeToTracker")):
        motion = motions[name]
        for time_ns, pose in zip(motion.time_ns[::step], motion.poses[::step], strict=True):
            numbers = ",".join(map(repr, pose.ravel().tolist()))
            lines.append(f"{time_ns},{name},{numbers}")
    path.write_text("\n".join(lines))
    return str(path)


@pytest.mark.skipif(not PLUS.is_dir(), reason="the shared data is not there")
def test_figures_depend_on_how_poses_are_paired(tmp_path: Path, capsys: Capture) -> None:
    """At the times of a master a tool takes shorter ways: what it did in between is not seen."""
    source = PLUS / "WaterTankBottomTranslationTrackerBuffer-trimmed.igs.mha"
    path = apart(tmp_path / "apart.csv", source)
    first, second = list(read_recording(Path(path)).motions)
    raw, about_raw = metrics_of(capsys, path, "--tool", second)
    paired, about = metrics_of(capsys, path, "--tool", second, "--pairing", "pt-compat")
    assert (about_raw["pairing"], about["pairing"], about["master"]) == ("raw", "pt-compat", first)
    assert paired["path"] != pytest.approx(raw["path"], rel=1e-6)
    assert (paired["path"] or 0.0) < (raw["path"] or 0.0)
    own, _ = metrics_of(
        capsys, path, "--tool", second, "--pairing", "pt-compat", "--master", second
    )
    assert own == pytest.approx(raw, nan_ok=True)
    assert main(["score", path, "--tool", second, "--pairing", "pt-compat", "--master", "x"]) == 1
    assert 'no tool "x" to be the master' in capsys.readouterr().err


@pytest.mark.skipif(not PLUS.is_dir(), reason="the shared data is not there")
def test_tools_of_one_sequence_are_paired_already(capsys: Capture) -> None:
    path = str(PLUS / "SpinePhantomFreehand.igs.mha")
    raw, _ = metrics_of(capsys, path, "--tool", "StylusToTracker")
    paired, _ = metrics_of(capsys, path, "--tool", "StylusToTracker", "--pairing", "pt-compat")
    assert paired == raw


@pytest.mark.skipif(not PLUS.is_dir(), reason="the shared data is not there")
def test_a_frame_that_the_master_lost_is_left_out_for_all(capsys: Capture) -> None:
    """In this sequence the reference jumps while the probe, the first tool, is not seen."""
    path = str(PLUS / "TransformInterpolationTest.igs.mha")
    raw, _ = metrics_of(capsys, path, "--tool", "ReferenceToTracker")
    paired, _ = metrics_of(capsys, path, "--tool", "ReferenceToTracker", "--pairing", "pt-compat")
    assert raw["path"] == pytest.approx(3129.494, abs=1e-3)
    assert paired["path"] == pytest.approx(5.7985, abs=1e-3)
