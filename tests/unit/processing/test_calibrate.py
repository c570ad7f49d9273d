"""`guidance calibrate scale`: what it finds, what it says, and how it ends."""

import json
from pathlib import Path

import numpy as np
import pytest
from consoles import console, speckle, write

from drivers.opencv import cv2
from guidance_app.cli import DONE, DONE_IN_PART, FAILED, main

Capture = pytest.CaptureFixture[str]


def measured(capsys: Capture, image: object) -> dict[str, object]:
    status = main(["calibrate", "scale", str(image), "--json"])
    document = json.loads(capsys.readouterr().out)
    assert status == (DONE if document["mm_per_px"] else DONE_IN_PART)
    return dict(document)


def test_a_screen_gives_area_and_scale(tmp_path: Path, capsys: Capture) -> None:
    shown = console(12)
    cv2.imwrite(str(tmp_path / "screen.png"), shown.pixels)
    document = measured(capsys, tmp_path / "screen.png")
    left, top, right, bottom = shown.box
    assert document["area_px"] == pytest.approx([left, top, right - left, bottom - top], abs=8)
    candidates = document["candidates_mm_per_px"]
    assert isinstance(candidates, list)
    assert document["mm_per_px"] == candidates[0]
    assert min(abs(mm / shown.mm_per_px - 1) for mm in candidates) < 0.01
    assert 0 < float(str(document["sigma_percent"])) < 1


def test_a_person_reads_the_scale_and_is_told_to_confirm_it(
    shared_data: Path, capsys: Capture
) -> None:
    screen = shared_data / "needle/janwolzenburg/30.png"
    assert main(["calibrate", "scale", f"file:{screen}"]) == DONE
    area, scale, how, advice = capsys.readouterr().out.splitlines()
    assert area.startswith("area    65")
    assert area.endswith("linear")
    assert scale.startswith("scale   0.05899 mm a pixel ± 0.087 %: the picture is then 35.1 mm")
    assert how.startswith("how     15 ruler marks, every 4th longer, numbers rising by 1")
    assert advice == "Confirm it against the ruler before use."


def test_a_video_whose_ruler_can_be_read_in_several_ways_says_so(
    shared_data: Path, capsys: Capture
) -> None:
    video = shared_data / "needle/paulokwija/ph_dev_first3s.mp4"
    assert main(["calibrate", "scale", str(video)]) == DONE
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].startswith("scale   0.03538 mm a pixel")
    assert lines[2].startswith("or      ")
    assert "more than one way" in lines[-1]


def test_what_the_source_states_wins(shared_data: Path, capsys: Capture) -> None:
    document = measured(capsys, shared_data / "dicom/OBXXXX1A_rle_2frame.dcm")
    assert document["area_px"] == [120, 60, 680, 459]
    assert document["mm_per_px"] == pytest.approx(0.26229, abs=1e-5)
    assert document["how"] == "source"


def test_a_screen_without_a_picture_ends_in_part(tmp_path: Path, capsys: Capture) -> None:
    pixels = np.zeros((720, 1280, 3), np.uint8)
    for n in range(20):
        write(pixels, f"Patient {n}   Name   12-03-2024", 40, 40 + 32 * n, 0.8)
    cv2.imwrite(str(tmp_path / "text.png"), pixels)
    document = measured(capsys, tmp_path / "text.png")
    assert document["area_px"] is None
    assert document["how"] == "no image area found"
    assert main(["calibrate", "scale", str(tmp_path / "text.png")]) == DONE_IN_PART
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("guidance: No image area found. Show the ultrasound picture")
    assert said.err.count("\n") == 1


def test_a_picture_without_a_ruler_gives_its_area_alone(tmp_path: Path, capsys: Capture) -> None:
    pixels = np.zeros((600, 800), np.uint8)
    pixels[50:550, 200:600] = speckle(np.random.default_rng(0), 500, 400)
    cv2.imwrite(str(tmp_path / "bare.png"), pixels)
    document = measured(capsys, tmp_path / "bare.png")
    assert document["area_px"] == pytest.approx([200, 50, 400, 500], abs=8)
    assert document["mm_per_px"] is None
    assert document["how"] == "no ruler found"


def test_what_cannot_be_opened_is_said_in_one_sentence(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "broken.png").write_bytes(b"not a picture")
    for image in (tmp_path / "broken.png", tmp_path / "absent.png", "file:absent.png"):
        assert main(["calibrate", "scale", str(image), "--json"]) == FAILED
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.startswith("guidance: ")
        assert said.err.count("\n") == 1
