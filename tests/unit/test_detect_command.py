"""`guidance detect`: a line for every picture of whatever it is given, and how it ends."""

import json
import math
import shutil
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from guidance_app.cli import DONE, DONE_IN_PART, FAILED, main
from guidance_app.detect import WRONG_USAGE, finding
from guidance_app.domain.needle import NeedleSight, SeenNeedle
from guidance_app.processing.followed_area import AreaNow
from guidance_app.processing.needle.frame_by_frame import LookedAt, box_area

Capture = pytest.CaptureFixture[str]
COMMAND = "from guidance_app.cli import main; raise SystemExit(main())"
PROMISED = {"frame", "t_s", "area_px", "mm_per_px", "needle", "ms"}
VIDEO = "needle/paulokwija/ph_dev_first3s.mp4"
SCREENS = "needle/janwolzenburg"


def lines(capsys: Capture, *arguments: object, status: int = DONE) -> list[dict[str, Any]]:
    """What the command prints, as documents."""
    assert main(["detect", *map(str, arguments)]) == status
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def reason(capsys: Capture, path: Path) -> str:
    """Why there is no needle in the only picture."""
    (line,) = lines(capsys, path)
    assert line["needle"] is None
    return str(line["reason"])


def usage_error(capsys: Capture, *arguments: object) -> str:
    with pytest.raises(SystemExit) as ended:
        main(["detect", *map(str, arguments)])
    assert ended.value.code == WRONG_USAGE
    return capsys.readouterr().err


def picture(shared_data: Path, size: tuple[int, int] | None = None) -> ImageU8:
    path = shared_data / "noneedle/usgra-seg/images/0030.png"
    pixels = np.asarray(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE), np.uint8)
    return pixels if size is None else np.asarray(cv2.resize(pixels, size), np.uint8)


def save(path: Path, pixels: ImageU8) -> Path:
    assert cv2.imwrite(str(path), pixels)
    return path


def save_video(path: Path, pictures: list[ImageU8], times_ms: list[int]) -> Path:
    with av.open(str(path), "w") as file:
        stream = file.add_stream("ffv1", rate=25)
        stream.height, stream.width = pictures[0].shape
        stream.pix_fmt = "gray"
        stream.codec_context.time_base = Fraction(1, 1000)
        for pixels, time_ms in zip(pictures, times_ms, strict=True):
            frame = av.VideoFrame.from_ndarray(pixels, format="gray")
            frame.pts, frame.time_base = time_ms, Fraction(1, 1000)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return path


def test_every_frame_of_a_real_video_gets_a_line_in_order(
    shared_data: Path, capsys: Capture
) -> None:
    found = lines(capsys, shared_data / VIDEO)
    assert [line["frame"] for line in found] == list(range(180))
    assert [line["t_s"] for line in found] == pytest.approx(np.arange(180) / 60, abs=0.001)
    assert 100 < sum(line["repeated"] for line in found) < 130
    for line in found:
        assert line.keys() >= PROMISED
        assert line["area_px"] == pytest.approx([0, 0, 1080, 860], abs=8)
        assert line["mm_per_px"] is None
        assert (line["needle"] is None) == ("reason" in line)


def test_a_ruler_that_can_be_read_in_several_ways_is_told_and_gives_no_scale(
    shared_data: Path, capsys: Capture
) -> None:
    assert main(["detect", str(shared_data / VIDEO)]) == DONE
    assert capsys.readouterr().err.startswith("guidance: The ruler can be read in more than one")
    assert main(["detect", str(shared_data / VIDEO), "--mm-per-px", "0.0354"]) == DONE
    said = capsys.readouterr()
    assert said.err == ""
    assert {json.loads(line)["mm_per_px"] for line in said.out.splitlines()} == {0.0354}


def test_a_folder_of_screens_gives_area_and_scale_of_each(
    shared_data: Path, capsys: Capture
) -> None:
    found = lines(capsys, shared_data / SCREENS)
    assert [line["file"] for line in found] == ["30.png", "34_main.png", "45.png", "69.png"]
    scales = [line["mm_per_px"] for line in found]
    assert scales == pytest.approx([0.05896, 0.0844, 0.05896, 0.05896], rel=0.01)
    for line in (found[0], found[2], found[3]):
        assert line["area_px"] == pytest.approx([366, 110, 651, 595], abs=8)


def test_with_and_without_json_the_lines_are_the_same(shared_data: Path, capsys: Capture) -> None:
    screen = shared_data / SCREENS / "30.png"
    plain, asked = lines(capsys, screen), lines(capsys, screen, "--json")
    for line in (*plain, *asked):
        del line["ms"]
    assert plain == asked


def test_what_a_dicom_file_states_is_its_scale(shared_data: Path, capsys: Capture) -> None:
    first, second = lines(capsys, shared_data / "dicom/OBXXXX1A_rle_2frame.dcm")
    assert first["mm_per_px"] == second["mm_per_px"] == pytest.approx(0.26229, abs=1e-5)
    assert (first["t_s"], second["t_s"]) == (0.0, 0.04)
    (curved,) = lines(capsys, shared_data / "dicom/JPGLosslessP14SV1_1s_1f_8b.dcm")
    assert curved["area_px"] == pytest.approx([106, 166, 833, 514], abs=8)


def test_colour_and_dual_views_are_refused_with_the_reason(
    shared_data: Path, capsys: Capture
) -> None:
    assert reason(capsys, shared_data / "dicom/US1_J2KR.dcm").startswith("Colour covers")
    assert reason(capsys, shared_data / "dicom/gdcm-US-ALOKA-16.dcm").startswith("Two pictures")


def test_of_a_dual_view_one_picture_may_be_named(shared_data: Path, capsys: Capture) -> None:
    dual = shared_data / "dicom/gdcm-US-ALOKA-16.dcm"
    (line,) = lines(capsys, dual, "--roi", "40,50,270,360")
    assert line["area_px"] == [40, 50, 270, 360]
    assert line["mm_per_px"] > 0


def test_pictures_that_show_nothing_or_hardly_anything(tmp_path: Path, capsys: Capture) -> None:
    black = save(tmp_path / "black.png", np.zeros((480, 640), np.uint8))
    tiny = save(tmp_path / "tiny.png", np.full((8, 8), 77, np.uint8))
    dot = save(tmp_path / "dot.png", np.zeros((1, 1, 3), np.uint8))
    assert reason(capsys, black) == "The picture is black or of one even colour."
    assert reason(capsys, tiny) == reason(capsys, dot) == "The picture is too small."


def test_a_photograph_and_an_x_ray_picture_give_no_needle(tmp_path: Path, capsys: Capture) -> None:
    rng = np.random.default_rng(3)
    colours = sum(
        np.asarray(cv2.resize(rng.uniform(0, 60, (n, n, 3)), (640, 480))) for n in (4, 16, 80)
    )
    photograph = save(tmp_path / "photo.jpg", np.clip(colours, 0, 255).astype(np.uint8))
    y, x = np.mgrid[:480, :640]
    field = 800 * np.exp(-1.0 - 0.8 * (np.abs(x - 300 - 0.3 * y) < 60) - 2 * (abs(y - x) < 3))
    x_ray = save(tmp_path / "x-ray.png", np.clip(rng.poisson(field) * 0.6, 0, 255).astype(np.uint8))
    assert reason(capsys, photograph)
    assert reason(capsys, x_ray) in (
        "No ultrasound picture is found in it.",
        "This does not look like ultrasound: its grain has no direction.",
    )


def test_a_picture_of_33_million_pixels_is_read(
    shared_data: Path, tmp_path: Path, capsys: Capture
) -> None:
    large = save(tmp_path / "8k.jpg", picture(shared_data, (7680, 4320)))
    (line,) = lines(capsys, large)
    assert line["area_px"][2:] == pytest.approx([7680, 4320], rel=0.1)


def test_pictures_of_several_sizes_in_one_folder_are_each_looked_at(
    shared_data: Path, tmp_path: Path, capsys: Capture
) -> None:
    save(tmp_path / "1.png", picture(shared_data))
    save(tmp_path / "2.png", picture(shared_data, (800, 600)))
    save(tmp_path / "10.png", np.zeros((5, 9), np.uint8))
    found = lines(capsys, tmp_path)
    assert [line["file"] for line in found] == ["1.png", "2.png", "10.png"]
    assert [line["t_s"] for line in found] == [0.0, 0.04, 0.08]
    assert found[0]["area_px"][2:] == pytest.approx([512, 474], abs=12)
    assert found[1]["area_px"][2:] == pytest.approx([800, 556], abs=12)
    assert found[2]["area_px"] is None


def test_what_cannot_be_read_in_a_folder_is_named_and_the_rest_is_done(
    shared_data: Path, tmp_path: Path, capsys: Capture
) -> None:
    whole = save(tmp_path / "1.png", picture(shared_data))
    (tmp_path / "2.png").write_bytes(whole.read_bytes()[:2000])
    (tmp_path / "3.jpg").write_text("no picture")
    shutil.copy(shared_data / "rdsr/philips_allura_clarity_u104.dcm", tmp_path / "4.dcm")
    save(tmp_path / "5.png", picture(shared_data))
    (tmp_path / "notes.txt").write_text("not read")
    assert main(["detect", str(tmp_path)]) == DONE_IN_PART
    said = capsys.readouterr()
    found = [json.loads(line) for line in said.out.splitlines()]
    assert [line["frame"] for line in found] == [0, 1, 2, 3, 4]
    for line, name in zip(found[1:4], ("2.png", "3.jpg", "4.dcm"), strict=True):
        assert line.keys() >= PROMISED
        assert line["needle"] is None
        assert line["reason"].startswith(f'"{name}": ')
        assert line["reason"] in said.err
    assert said.err.count("\n") == 3


def test_a_folder_of_which_nothing_can_be_read_has_failed(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "1.png").write_text("no picture")
    (line,) = lines(capsys, tmp_path, status=FAILED)
    assert line["needle"] is None
    (tmp_path / "1.png").unlink()
    assert main(["detect", str(tmp_path)]) == FAILED
    assert "there are no pictures in this folder" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["absent.mp4", "notes.txt", "empty.png", "sim:knee", "http://x/y"])
def test_what_is_no_picture_is_said_in_one_sentence(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("notes.txt").write_text("This is text.\n" * 50)
    Path("empty.png").touch()
    assert main(["detect", name]) == FAILED
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("guidance: ")
    assert said.err.count("\n") == 1


def test_a_video_that_breaks_off_is_done_in_part(
    shared_data: Path, tmp_path: Path, capsys: Capture
) -> None:
    pictures = [picture(shared_data)] * 30
    video = save_video(tmp_path / "whole.mkv", pictures, [40 * n for n in range(30)])
    cut = tmp_path / "cut.mkv"
    cut.write_bytes(video.read_bytes()[: video.stat().st_size // 2])
    assert main(["detect", str(cut)]) == DONE_IN_PART
    said = capsys.readouterr()
    assert 5 < len(said.out.splitlines()) < 25
    assert "the video breaks off after" in said.err


def test_a_place_that_was_named_is_the_only_one_that_is_looked_at(
    shared_data: Path, capsys: Capture
) -> None:
    (line,) = lines(capsys, shared_data / SCREENS / "30.png", "--roi", "380,130,300,280")
    assert line["area_px"] == [380, 130, 300, 280]
    assert line["mm_per_px"] == pytest.approx(0.05896, rel=0.01)


@pytest.mark.parametrize(
    "roi", ["1,2,3", "a,b,c,d", "0,0,0,10", "-5,0,10,10", "1.5,0,9,9", "0,0,1e9,5", ""]
)
def test_a_malformed_place_is_wrong_usage(roi: str, capsys: Capture) -> None:
    assert "--roi" in usage_error(capsys, "any.png", f"--roi={roi}")


@pytest.mark.parametrize("scale", ["-0.1", "0", "nan", "inf", "12", "wide"])
def test_a_scale_that_no_picture_has_is_wrong_usage(scale: str, capsys: Capture) -> None:
    assert "a pixel is 0.005 to 1 mm" in usage_error(capsys, "any.png", f"--mm-per-px={scale}")


def test_a_place_outside_the_picture_is_wrong_usage(shared_data: Path, capsys: Capture) -> None:
    screen = str(shared_data / SCREENS / "30.png")
    assert main(["detect", screen, "--roi", "1000,0,400,300"]) == WRONG_USAGE
    said = capsys.readouterr()
    assert said.out == ""
    assert "1000,0,400,300 does not lie within the picture of 1280 × 960 pixels" in said.err


def test_a_place_outside_some_pictures_is_done_in_part(
    shared_data: Path, tmp_path: Path, capsys: Capture
) -> None:
    save(tmp_path / "1.png", picture(shared_data))
    save(tmp_path / "2.png", picture(shared_data, (300, 300)))
    found = lines(capsys, tmp_path, "--roi", "20,20,400,400", status=DONE_IN_PART)
    assert found[0]["area_px"] == [20, 20, 400, 400]
    assert found[1]["area_px"] is None
    assert found[1]["reason"] == "The place that was given does not lie within this picture."


def test_the_overlay_of_a_video_has_its_pictures_at_their_times(
    shared_data: Path, tmp_path: Path, capsys: Capture
) -> None:
    pictures = [picture(shared_data, (301, 201))] * 4
    times_ms = [0, 100, 350, 400]
    video = save_video(tmp_path / "in.mkv", pictures, times_ms)
    out = tmp_path / "out.mp4"
    lines(capsys, video, "--overlay", out)
    with av.open(str(out)) as file:
        shown = list(file.decode(video=0))
    assert [round(float(frame.time or 0) * 1000) for frame in shown] == times_ms
    assert (shown[0].width, shown[0].height) == (302, 202)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.mkv", "out.mp4"]


def test_the_overlay_of_several_sizes_has_the_first_ones(
    shared_data: Path, tmp_path: Path, capsys: Capture
) -> None:
    (tmp_path / "in").mkdir()
    save(tmp_path / "in/1.png", picture(shared_data, (400, 300)))
    save(tmp_path / "in/2.png", picture(shared_data, (300, 600)))
    lines(capsys, tmp_path / "in", "--overlay", tmp_path / "out.mp4")
    with av.open(str(tmp_path / "out.mp4")) as file:
        first, second = (frame.to_ndarray(format="gray") for frame in file.decode(video=0))
    assert first.shape == second.shape == (300, 400)
    assert second[:, :120].max() < 8 > second[:, 280:].max()
    assert second[:, 130:270].mean() > 30


def test_the_overlay_of_one_picture_is_a_picture(
    shared_data: Path, tmp_path: Path, capsys: Capture
) -> None:
    screen, out = shared_data / SCREENS / "30.png", tmp_path / "out.png"
    lines(capsys, screen, "--overlay", out)
    drawn, before = cv2.imread(str(out)), cv2.imread(str(screen))
    assert drawn.shape == before.shape
    assert (drawn != before).any()


def test_an_overlay_never_replaces_a_file(
    shared_data: Path, tmp_path: Path, capsys: Capture
) -> None:
    mine = tmp_path / "mine.mp4"
    mine.write_text("mine")
    assert main(["detect", str(shared_data / VIDEO), "--overlay", str(mine)]) == FAILED
    assert "is there already" in capsys.readouterr().err
    assert mine.read_text() == "mine"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("out.avi", "neither an .mp4 nor a .png"),
        ("absent/out.mp4", "There is no folder"),
        ("out.png", "There is more than one picture"),
    ],
)
def test_an_overlay_that_cannot_be_is_said_and_leaves_nothing(
    name: str, why: str, shared_data: Path, tmp_path: Path, capsys: Capture
) -> None:
    out = str(tmp_path / name)
    assert main(["detect", str(shared_data / SCREENS), "--overlay", out]) == FAILED
    said = capsys.readouterr().err
    assert why in said
    assert said.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_an_input_that_fails_leaves_no_overlay(tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "out.mp4"
    assert main(["detect", str(tmp_path / "absent.mp4"), "--overlay", str(out)]) == FAILED
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full disk to write to")
@pytest.mark.parametrize("name", ["out.mp4", "out.png"])
def test_a_full_disk_is_said_and_leaves_nothing(
    name: str, shared_data: Path, tmp_path: Path, capsys: Capture
) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (60, 480, 640), dtype=np.uint8)
    video = name.endswith(".mp4")
    given = tmp_path / "in.mkv" if video else shared_data / SCREENS / "30.png"
    if video:
        save_video(given, list(noise), list(range(0, 60 * 40, 40)))
    (tmp_path / f"{name}.new").symlink_to("/dev/full")
    assert main(["detect", str(given), "--overlay", str(tmp_path / name)]) == FAILED
    said = capsys.readouterr().err
    assert said == f"guidance: {tmp_path / name} cannot be written (No space left on device).\n"
    assert not list(tmp_path.glob("out*"))


def test_a_needle_is_printed_in_degrees_and_pixels_and_needs_no_reason() -> None:
    needle = SeenNeedle(
        tip_px=(400.126, 300.0),
        far_px=(100.0, 100.0),
        angle_rad=math.radians(-33.69),
        sigma_along_px=6.0,
        sigma_across_px=2.0,
        sigma_angle_rad=math.radians(0.5),
        confidence=0.9,
        tip_visible=False,
        coasted=2,
    )
    place = AreaNow(box_area((10, 20, 600, 400)), 0.0589933)
    line = finding(LookedAt(NeedleSight(needle), place, False, 4_200_000))
    assert line == {
        "area_px": [10, 20, 600, 400],
        "mm_per_px": 0.058993,
        "needle": {
            "tip_px": [400.13, 300.0],
            "far_px": [100.0, 100.0],
            "angle_deg": -33.69,
            "sigma_tip_px": 6.0,
            "sigma_across_px": 2.0,
            "sigma_angle_deg": 0.5,
            "confidence": 0.9,
            "tip_visible": False,
            "coasted": 2,
            "fading": False,
        },
        "ms": 4.2,
        "repeated": True,
    }


def test_the_process_prints_lines_only_and_no_bar_where_nobody_looks(shared_data: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, "detect", str(shared_data / SCREENS / "30.png")],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stderr == ""
    assert json.loads(done.stdout)["frame"] == 0
