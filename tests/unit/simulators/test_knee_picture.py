"""The picture of a knee: physics of its speckle, anatomy, needle, and how it changes in time."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from simulators.anatomy.knee_tissue import GRID, paint_knee
from simulators.anatomy.tissue import Field, Tissue
from simulators.beams import LINE_MM, LINES, SAMPLE_MM, SAMPLES, to_grey
from simulators.echoes import NeedleSurface
from simulators.hand import Hand
from simulators.scene import MM_PER_PX, Needle, Scene, make_scene, to_body, to_picture
from simulators.ultrasound import Ultrasound

X_MM = (np.arange(LINES) + 0.5) * LINE_MM
Z_MM = ((np.arange(SAMPLES) + 0.5) * SAMPLE_MM)[:, None]


def make_ultrasound(seed: int = 1, operator: str = "expert") -> Ultrasound:
    scene = make_scene(seed, operator)
    return Ultrasound(scene, paint_knee(scene.knee))


@pytest.fixture(scope="module")
def ultrasound() -> Ultrasound:
    return make_ultrasound()


@pytest.fixture(scope="module")
def even() -> Ultrasound:
    """The same probe on tissue that is the same everywhere."""
    diffuse = np.full((GRID.rows, GRID.columns), 0.02, np.float32)
    nothing = np.zeros_like(diffuse)
    return Ultrasound(make_scene(1, "expert"), Tissue(GRID, diffuse, nothing, nothing))


@pytest.fixture(scope="module")
def scene() -> Scene:
    return make_scene(1, "expert")


def level_db(envelope: Field, where: NDArray[np.bool_]) -> float:
    return float(10.0 * np.log10(np.mean(envelope[where] ** 2)))


def between(
    scene: Scene, time_s: float, name_low: str, low: float, name_high: str, high: float
) -> NDArray[np.bool_]:
    """Samples of the picture between two surfaces of the knee, each shifted by some mm."""
    x, z = to_body(*np.broadcast_arrays(X_MM, Z_MM), scene.hand.probe(time_s))
    upper, lower = getattr(scene.knee, name_low)(x) + low, getattr(scene.knee, name_high)(x) + high
    middle = (x > 20.0) & (x < 40.0)
    return middle & (z > upper) & (z < lower)


def test_the_same_seed_gives_the_same_bytes_in_any_order(ultrasound: Ultrasound) -> None:
    other = make_ultrasound()
    times = (31.0, 44.0, 5.0, 65.0)
    first = [ultrasound.image(t).tobytes() for t in times]
    again = [other.image(t).tobytes() for t in reversed(times)]
    assert first == again[::-1]


def test_another_seed_is_another_picture(ultrasound: Ultrasound) -> None:
    one, two = (u.image(5.0).astype(float) for u in (ultrasound, make_ultrasound(2)))
    assert np.mean(np.abs(one - two)) > 10.0


def test_speckle_is_fully_developed(even: Ultrasound) -> None:
    envelope = even.envelope(5.0)
    for rows in (slice(60, 200), slice(200, 340), slice(340, 460)):
        part = envelope[rows, 30:-30]
        assert part.mean() / part.std() == pytest.approx(1.913, abs=0.1)  # Rayleigh
        assert np.sqrt(np.mean(part**2)) == pytest.approx(0.02, rel=0.12)
    assert np.std(20 * np.log10(envelope[100:400, 30:-30])) == pytest.approx(5.57, abs=0.3)


def test_bone_casts_a_shadow(ultrasound: Ultrasound, scene: Scene) -> None:
    envelope = ultrasound.envelope(5.0)
    above = level_db(envelope, between(scene, 5.0, "recess_bottom", 0.8, "femur", -0.6))
    below = level_db(envelope, between(scene, 5.0, "femur", 2.5, "femur", 6.0))
    line = level_db(envelope, between(scene, 5.0, "femur", -0.2, "femur", 0.2))
    assert above - below > 15.0
    assert line - above > 12.0


def test_fluid_is_black_and_what_lies_behind_is_brighter(
    ultrasound: Ultrasound, scene: Scene
) -> None:
    envelope = ultrasound.envelope(5.0)
    fluid = level_db(envelope, between(scene, 5.0, "recess_top", 1.2, "recess_bottom", -0.7))
    above = level_db(envelope, between(scene, 5.0, "tendon_bottom", 1.0, "recess_top", -0.8))
    below = level_db(envelope, between(scene, 5.0, "recess_bottom", 0.8, "femur", -0.6))
    assert above - fluid > 15.0
    assert below - fluid > 15.0
    assert below - above > 1.0


def test_the_picture_is_exposed_like_a_console_s(ultrasound: Ultrasound) -> None:
    image = ultrasound.image(5.0)
    assert image.shape == (480, 640)
    assert image.dtype == np.uint8
    assert 40 < image.mean() < 100
    assert np.mean(image == 255) < 0.02


@pytest.mark.parametrize("time_s", [25.0, 26.5, 28.0, 31.0, 33.5, 36.0, 40.0, 51.0])
def test_the_needle_s_echo_ends_at_the_true_tip(
    ultrasound: Ultrasound, scene: Scene, time_s: float
) -> None:
    truth = scene.truth(time_s)
    assert truth.tip_visible
    assert truth.tip_px is not None
    image = cv2.GaussianBlur(ultrasound.image(time_s), (0, 0), 2.0)
    peaks = np.argwhere(image == cv2.dilate(image, np.ones((9, 9), np.uint8)))
    apart_px = np.hypot(peaks[:, 1] - truth.tip_px[0], peaks[:, 0] - truth.tip_px[1])
    tip = np.array(truth.tip_px)
    ahead = tip + 2.0 / MM_PER_PX * (tip - truth.entry_px) / np.hypot(*(tip - truth.entry_px))
    assert apart_px.min() * MM_PER_PX < 1.0
    assert grey_at(image, tip) > grey_at(image, ahead) + 30


def grey_at(image: ImageU8, point: NDArray[np.float64]) -> int:
    column, row = np.round(point).astype(int)
    return int(image[row, column])


def test_without_a_needle_there_is_no_such_echo(ultrasound: Ultrasound, scene: Scene) -> None:
    tip = np.array(scene.truth(36.0).tip_px)
    with_needle, without = ultrasound.image(36.0), ultrasound.image(15.0)
    assert grey_at(with_needle, tip) > grey_at(without, tip) + 60


def test_the_needle_fades_out_of_the_plane_and_with_its_tilt(scene: Scene) -> None:
    surface, probe = NeedleSurface(1), scene.hand.probe(10.0)

    def strength(elevation_mm: float, depth_mm: float) -> float:
        needle = Needle((1.0, 1.0), (25.0, depth_mm), elevation_mm, elevation_mm, 0.0)
        return float(np.mean(np.abs(surface.echoes(needle, probe).amplitude)))

    by_elevation = [strength(y, 15.0) for y in (0.0, 0.3, 0.6, 1.0, 1.6, 2.4)]
    assert by_elevation == sorted(by_elevation, reverse=True)
    assert by_elevation[-1] < 0.1 * by_elevation[0]
    assert strength(0.5, 15.0) == pytest.approx(strength(-0.5, 15.0))
    by_tilt = [strength(0.0, depth) for depth in (3.0, 8.0, 15.0, 25.0)]
    assert by_tilt == sorted(by_tilt, reverse=True)


@pytest.mark.parametrize("start_s", [5.0, 24.0, 36.0, 42.0, 70.0])
def test_nearly_every_frame_shows_something_new(ultrasound: Ultrasound, start_s: float) -> None:
    frames = [ultrasound.image(start_s + k / 30)[::4, ::4].astype(int) for k in range(31)]
    changed = [np.mean(np.abs(now - before) > 8) >= 0.0005 for before, now in pairwise(frames)]
    assert np.mean(changed) >= 0.95


def test_speckle_moves_with_the_tissue(ultrasound: Ultrasound, scene: Scene) -> None:
    before_s, after_s = two_moments(scene.hand, slid_mm=(0.8, 1.4), swept_mm=(0.0, 0.1))
    before, after = found_again(ultrasound, scene, before_s, after_s)
    unmoved = ultrasound.envelope(after_s)[BELOW_RECESS]
    assert correlation(before, after) > 0.9
    assert correlation(before, unmoved) < 0.6


def test_speckle_is_another_in_another_slice(even: Ultrasound, scene: Scene) -> None:
    before_s, after_s = two_moments(scene.hand, slid_mm=(0.0, 0.3), swept_mm=(1.2, 1.6))
    before, after = found_again(even, scene, before_s, after_s)
    assert abs(correlation(before, after)) < 0.3
    assert level_db(after, after > 0) == pytest.approx(level_db(before, before > 0), abs=1.0)


BELOW_RECESS = np.s_[252:278, 60:240]
"""Where the injectate lifts nothing."""


def two_moments(
    hand: Hand, slid_mm: tuple[float, float], swept_mm: tuple[float, float]
) -> tuple[float, float]:
    """Two moments of free scanning between which the probe has moved by this much."""
    times = np.arange(61.0, 83.0, 0.1)
    poses = [hand.probe(float(t)) for t in times]
    slides, sweeps = np.array([p.slide_mm for p in poses]), np.array([p.sweep_mm for p in poses])
    slid, swept = np.abs(slides[:, None] - slides), np.abs(sweeps[:, None] - sweeps)
    fits = (slid >= slid_mm[0]) & (slid <= slid_mm[1])
    fits &= (swept >= swept_mm[0]) & (swept <= swept_mm[1]) & (times[:, None] < times)
    first, second = np.argwhere(fits)[0]
    return float(times[first]), float(times[second])


def found_again(
    ultrasound: Ultrasound, scene: Scene, before_s: float, after_s: float
) -> tuple[Field, Field]:
    """The same tissue in two pictures, though the probe has moved between them."""
    x, z = (axis[BELOW_RECESS] for axis in np.broadcast_arrays(X_MM, Z_MM))
    here, there = scene.hand.probe(before_s), scene.hand.probe(after_s)
    moved_x, moved_z = to_picture(*to_body(x, z, here), there)
    column, row = moved_x / LINE_MM - 0.5, moved_z / SAMPLE_MM - 0.5
    after = ultrasound.envelope(after_s)
    found = cv2.remap(after, column.astype("f4"), row.astype("f4"), cv2.INTER_LINEAR)
    return ultrasound.envelope(before_s)[BELOW_RECESS], np.asarray(found, np.float32)


def correlation(one: Field, other: Field) -> float:
    return float(np.corrcoef(np.log(one).ravel(), np.log(other).ravel())[0, 1])


def test_grey_covers_the_range_and_rises_with_the_echo() -> None:
    levels = np.repeat(np.logspace(-4, 0.1, SAMPLES, dtype=np.float32)[:, None], LINES, axis=1)
    grey = to_grey(levels)[:, 320].astype(int)
    assert grey[0] == 0
    assert grey[-1] == 255
    assert np.all(np.diff(grey) >= 0)
