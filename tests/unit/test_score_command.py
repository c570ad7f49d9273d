"""`guidance score` on recordings of other programs."""

import json
import pickle
from pathlib import Path

import pytest

from guidance_app.cli import DONE, DONE_IN_PART, FAILED, main
from guidance_app.training.scoring import ScoreOptions, score_path

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
