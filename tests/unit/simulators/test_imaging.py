"""The simulated machine against physics: speckle, sharpness, loss, contrast, shadow, distances."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from simulators.anatomy.body import Body, Structure
from simulators.anatomy.materials import BONE, CORTEX, FLUID, GEL_BLOCK, NO_EDGE, Material
from simulators.anatomy.phantom import (
    CONTRASTS_DB,
    CYST_MM,
    CYST_RADIUS_MM,
    WIRES_MM,
    cyst_block,
    even_block,
)
from simulators.anatomy.shapes import Ellipsoid
from simulators.imaging.looks import Moment
from simulators.imaging.machine import Machine
from simulators.imaging.points import Echoes
from simulators.imaging.settings import Settings, SettingsRefused, usual_settings
from simulators.imaging.tissues import MADE_GOOD_DB_CM_MHZ
from simulators.imaging.transducer import CURVED, LINEAR, SMALL, Transducer

DEPTHS_MM = {"linear": 38.4, "small": 25.0, "curved": 110.0}
SIZE_PX = (640, 480)
PROBES = pytest.mark.parametrize("transducer", [LINEAR, SMALL, CURVED], ids=lambda one: one.id)


def build(transducer: Transducer, body: Body) -> Machine:
    settings = usual_settings(transducer, DEPTHS_MM[transducer.id])
    return Machine(body, transducer, settings, *SIZE_PX)


@cache
def machine(transducer: Transducer) -> Machine:
    return build(transducer, even())


def even() -> Body:
    """A block that loses as much as the time gain makes good."""
    return block_of(replace(GEL_BLOCK, loss_db_cm_mhz=MADE_GOOD_DB_CM_MHZ))


def block_of(material: Material) -> Body:
    (block,) = even_block(1).structures
    return replace(even_block(1), structures=(replace(block, material=material),))


def still(**changes: object) -> Moment:
    return replace(Moment(np.eye(4)), **changes)  # type: ignore[arg-type]


def swept(y_mm: float) -> Moment:
    """The probe moved across its image plane."""
    pose = np.eye(4)
    pose[1, 3] = y_mm
    return Moment(pose)


def places(one: Machine) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """x and z in mm of every sample of every line."""
    line, depth = np.meshgrid(np.arange(one.beams.lines), one.receiver.depth_mm, indexing="ij")
    return one.beams.at(line.astype(float), depth)


def level_db(envelope: NDArray[np.float32], where: NDArray[np.bool_]) -> float:
    return float(10.0 * np.log10(np.mean(envelope[where].astype(float) ** 2)))


def focal_part(one: Machine, envelope: NDArray[np.float32]) -> NDArray[np.float32]:
    """The middle of the picture, where the beam is about as sharp everywhere."""
    first, last = round(0.35 * one.beams.samples), round(0.65 * one.beams.samples)
    return envelope[20:-20, first:last]


@PROBES
def test_speckle_in_an_even_patch_is_rayleigh(transducer: Transducer) -> None:
    one = machine(transducer)
    looks = [focal_part(one, one.envelope(swept(6.0 * n))) for n in range(4)]
    envelope = np.concatenate(looks).astype(float)
    assert envelope.mean() / envelope.std() == pytest.approx(1.913, abs=0.05)
    assert np.std(20.0 * np.log10(envelope)) == pytest.approx(5.57, abs=0.15)
    apart = np.sort(np.concatenate([look[::9, ::14].ravel() for look in looks]).astype(float))
    expected = 1.0 - np.exp(-(apart**2) / np.mean(apart**2))
    steps = np.arange(apart.size + 1) / apart.size
    distance = max(np.max(steps[1:] - expected), np.max(expected - steps[:-1]))
    assert distance < 1.36 / np.sqrt(apart.size), "Kolmogorov and Smirnov's test at 5 %"


@PROBES
def test_speckle_keeps_its_level_at_every_depth_and_its_scale(transducer: Transducer) -> None:
    one = machine(transducer)
    envelope = np.concatenate([one.envelope(swept(6.0 * n)) for n in range(4)])
    for share in (0.15, 0.4, 0.7, 0.85):
        first = round(share * one.beams.samples)
        part = envelope[20:-20, first : first + 60]
        assert 10.0 * np.log10(np.mean(part**2)) == pytest.approx(GEL_BLOCK.level_db, abs=0.7)


@PROBES
def test_speckle_is_as_large_as_the_stated_point_spread(transducer: Transducer) -> None:
    one = machine(transducer)
    looks = [focal_part(one, one.envelope(swept(6.0 * n))) for n in range(6)]
    depth_mm = np.array([0.5 * one.beams.depth_mm])
    across_mm = float(one.receiver.lateral_sigma_mm(depth_mm)[0])
    pitch_mm = float(one.beams.pitch_mm(depth_mm)[0])
    along = correlation_sigma(looks, axis=1) * one.beams.step_mm
    across = correlation_sigma(looks, axis=0) * pitch_mm
    assert along == pytest.approx(one.receiver.axial_sigma_mm, rel=0.10)
    assert across == pytest.approx(across_mm, rel=0.10)


def correlation_sigma(looks: list[NDArray[np.float32]], axis: int) -> float:
    """1 sigma of the point spread that gives this speckle, in samples.

    The power of fully developed speckle correlates as the square of the field's correlation, which
    for a Gaussian spread of sigma s is exp(-d²/4s²): so it falls as exp(-d²/2s²).
    """
    falls = []
    for look in looks:
        power = look.astype(float) ** 2
        power -= power.mean()
        spectrum = np.abs(np.fft.fft(power, n=2 * power.shape[axis], axis=axis)) ** 2
        falls.append(np.fft.ifft(spectrum, axis=axis).real.mean(axis=1 - axis))
    fall = np.mean(falls, axis=0)[:60]
    fall /= fall[0]
    near = max(1, int(np.argmax(fall < np.exp(-1.0))) - 1)
    return float(near / np.sqrt(-2.0 * np.log(fall[near])))


@PROBES
def test_loss_goes_as_frequency_times_depth(transducer: Transducer) -> None:
    one = build(transducer, block_of(GEL_BLOCK))
    envelope = np.concatenate([one.envelope(swept(6.0 * n)) for n in range(6)])[20:-20]
    level = 10.0 * np.log10(np.mean(envelope.astype(float) ** 2, axis=0))
    used = slice(round(0.15 * level.size), round(0.75 * level.size))
    slope = np.polyfit(one.receiver.depth_mm[used], level[used], 1)[0]
    lost = GEL_BLOCK.loss_db_cm_mhz * transducer.mhz * 2.0 / 10.0
    made_good = MADE_GOOD_DB_CM_MHZ * transducer.mhz * 2.0 / 10.0
    assert made_good - slope == pytest.approx(lost, rel=0.05)


def test_discs_have_the_contrast_they_were_given() -> None:
    one = build(LINEAR, cyst_block(4))
    envelopes = [one.envelope(swept(6.0 * n)) for n in range(4)]
    x, z = places(one)
    for place, expected in enumerate(CONTRASTS_DB):
        at_x, at_z = 4.0 + 9.0 * (place % 2), 12.0 + 14.0 * (place // 2)
        disc = np.hypot(x - at_x, z - at_z) < 2.5
        beside = (np.abs(z - at_z) < 2.5) & (np.abs(x) < 23.0) & (x > 18.0)
        got = np.mean([level_db(e, disc) - level_db(e, beside) for e in envelopes])
        assert got == pytest.approx(expected, abs=1.0)


def test_a_cyst_is_black() -> None:
    one = build(LINEAR, cyst_block(4))
    envelope = one.envelope(still())
    x, z = places(one)
    inside = np.hypot(x - CYST_MM[0], z - CYST_MM[2]) < CYST_RADIUS_MM - 1.5
    beside = (np.abs(z - CYST_MM[2]) < 3.0) & (x > -23.0) & (x < -18.0)
    assert level_db(envelope, inside) - level_db(envelope, beside) < -20.0


@pytest.mark.parametrize(
    ("material", "edge", "least_db", "most_db"),
    [(BONE, CORTEX, -90.0, -20.0), (FLUID, NO_EDGE, 8.0, 9.6)],
    ids=["bone casts a shadow", "fluid enhances"],
)
def test_what_lies_below(material: object, edge: object, least_db: float, most_db: float) -> None:
    egg = Ellipsoid((-6.0, 0.0, 12.0), (6.0, 30.0, 4.0))
    structures = (*even().structures, Structure("egg", material, egg, edge))  # type: ignore[arg-type]
    one = build(LINEAR, replace(even(), structures=structures))
    envelopes = [one.envelope(swept(4.0 * n)) for n in range(3)]
    x, z = places(one)
    deep = (z > 20.0) & (z < 26.0)
    below, beside = deep & (np.abs(x + 6.0) < 2.5), deep & (x > 6.0) & (x < 20.0)
    got = np.mean([level_db(e, below) - level_db(e, beside) for e in envelopes])
    assert least_db < got < most_db


@PROBES
def test_wires_stand_where_they_are(transducer: Transducer) -> None:
    scale = DEPTHS_MM[transducer.id] / 38.4 if transducer is CURVED else 0.6
    x_mm, z_mm = scale * np.array(WIRES_MM).T
    wires = Echoes(x_mm, np.zeros_like(x_mm), z_mm, np.full(x_mm.size, 2.0, np.complex64))
    one = build(transducer, block_of(replace(GEL_BLOCK, level_db=-90.0)))
    image = one.image(still(echoes=(wires,))).astype(float)
    found = 0
    for point in zip(x_mm.tolist(), z_mm.tolist(), strict=True):
        u, v = one.grid.to_px(point)
        if not (15 < u < SIZE_PX[0] - 15 and 14 < v < SIZE_PX[1] - 8):
            continue
        at = peak(image, round(u), round(v))
        error_mm = np.hypot(*(np.subtract(one.grid.to_mm(at), point)))
        assert error_mm < 0.1
        found += 1
    assert found >= 9


def peak(image: NDArray[np.float64], u: int, v: int) -> tuple[float, float]:
    """The middle of what is bright around a pixel."""
    part = image[v - 7 : v + 8, u - 14 : u + 15]
    bright = np.clip(part - 0.6 * part.max(), 0.0, None)
    rows, columns = np.mgrid[v - 7 : v + 8, u - 14 : u + 15]
    return float((bright * columns).sum() / bright.sum()), float(
        (bright * rows).sum() / bright.sum()
    )


def test_speckle_goes_with_the_tissue_and_changes_when_the_slice_moves() -> None:
    one = machine(LINEAR)
    first = one.envelope(still(number=1))[30:-30, 100:400]
    shift = 5  # lines
    pose = np.eye(4)
    pose[0, 3] = shift * one.beams.pitch
    moved = one.envelope(Moment(pose, number=2))[30 - shift : -30 - shift, 100:400]
    assert np.corrcoef(first.ravel(), moved.ravel())[0, 1] > 0.9
    fwhm_mm = LINEAR.slice_fwhm_mm
    alike = [
        np.corrcoef(first.ravel(), one.envelope(swept(y))[30:-30, 100:400].ravel())[0, 1]
        for y in (0.1 * fwhm_mm, 0.4 * fwhm_mm, 1.5 * fwhm_mm)
    ]
    assert alike[0] > 0.85 > alike[1] > alike[2]
    assert alike[2] < 0.3


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_person() -> None:
    pictures = [build(LINEAR, cyst_block(seed)).image(still()) for seed in (5, 5, 6)]
    assert pictures[0].tobytes() == pictures[1].tobytes()
    assert np.mean(np.abs(pictures[0].astype(float) - pictures[2])) > 5.0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"depth_mm": 500.0}, "depth in mm is 500"),
        ({"mhz": 40.0}, "frequency in MHz is 40"),
        ({"focus_mm": 99.0}, "focus in mm is 99"),
        ({"gain_db": 31.0}, "gain in dB is 31"),
        ({"range_db": 10.0}, "dynamic range in dB is 10"),
        ({"time_gain_db": (0.0,)}, "8 sliders"),
        ({"time_gain_db": (0.0,) * 7 + (float("nan"),)}, "time gain goes from"),
        ({"persistence": -0.1}, "persistence is -0.1"),
    ],
)
def test_a_console_that_cannot_be_set_like_that_says_so(
    changes: dict[str, object], words: str
) -> None:
    settings: Settings = replace(usual_settings(LINEAR, 40.0), **changes)  # type: ignore[arg-type]
    with pytest.raises(SettingsRefused, match=words):
        Machine(even(), LINEAR, settings, *SIZE_PX)


def test_beside_the_beams_of_a_curved_face_the_picture_is_black_and_nowhere_else() -> None:
    one = build(CURVED, block_of(replace(GEL_BLOCK, level_db=0.0)))
    image = one.image(still())
    v, u = np.mgrid[0 : SIZE_PX[1], 0 : SIZE_PX[0]].astype(float)
    x_mm, z_mm = one.grid.to_mm((u, v))  # type: ignore[arg-type]
    line, sample = one.beams.locate(np.asarray(x_mm), np.asarray(z_mm))
    beside = (line < -0.5) | (line > one.beams.lines - 0.5)
    beside |= (sample < -0.5) | (sample > one.beams.samples - 0.5)
    assert beside.mean() > 0.1
    assert np.all(image[beside] == 0)
    assert np.all(image[~beside] > 0)


def test_side_lobes_of_a_wire_fade_to_both_sides_without_a_step() -> None:
    one = build(LINEAR, block_of(replace(GEL_BLOCK, level_db=-150.0)))
    at_mm = np.array([one.beams.at(np.array([111.0]), np.zeros(1))[0][0]])
    wire = Echoes(at_mm, np.zeros(1), np.array([18.0]), np.array([9.0], np.complex64))
    envelope = one.envelope(still(echoes=(wire,)))
    row = envelope[:, int(envelope[111].argmax())].astype(float)
    db = 20.0 * np.log10(row / row[111])
    right, left = db[111 + 12 : 111 + 60], db[111 - 12 : 111 - 60 : -1]
    assert right == pytest.approx(left, abs=0.5)
    assert -65.0 < right[0] < -35.0
    assert np.all(np.diff(right) < 0.0)
    assert np.diff(right).min() > -1.5, "nowhere a border"
