"""Simulated pictures with an ordinary needle, as faint as it is in real ones, and their truth.

All sites, all their views, needles of 18 to 27 gauge with every tip, operators of every skill; the
needle goes in along the picture. Its echo is weakened until the shaft stands out of what is around
it as much as in the reference's two sets: 21, 15 and 9 dB (standard), 13.7, 7.1 and 3.6 dB (hard)
at tilts of up to 25, up to 40 and more than 40 degrees against the line at right angles to the
beam, with a standard deviation of 2.5 dB from needle to needle. A seed always gives the same scene.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from simulators.anatomy.body import Body, View
from simulators.anatomy.sites import make_body, view_id
from simulators.case import SEEN_FWHM, Case, inverse
from simulators.hands import SKILLS, Hands
from simulators.imaging.beams import Beams
from simulators.imaging.looks import Mat4, Met
from simulators.imaging.march import Floats as March
from simulators.imaging.points import Echoes
from simulators.imaging.settings import Settings
from simulators.needle import OUTER_MM, TIP_CURVATURES, Needle
from simulators.pictures import RATE_HZ, Pictures
from simulators.scenario import USUAL_SIZE_PX, Scenario, cast

Floats = NDArray[np.float64]

SITES = ("knee", "shoulder", "wrist", "hip", "lumbar", "sacroiliac")
SHAFT_POINTS = 60
LEAST_VISIBLE = 3
"""Of SHAFT_POINTS: with fewer there is nothing whose contrast could be measured."""
TILTS_DEG = (25.0, 40.0)
STANDARD_DB, HARD_DB = (21.0, 15.0, 9.0), (13.7, 7.1, 3.6)
SPREAD_DB, FAINTEST_DB = 2.5, 1.5
CLOSE_DB, TRIES = 1.0, 4
WEAKEST_DB, STRONGEST_DB = -45.0, 6.0
FRAMES_A_SCENE = 5
"""With a needle; as many without."""
FREE_S = 2.0
"""Without a needle before and after an insertion."""
QUICKER, REST_QUICKER = 4.0, 15.0
"""Insertions are done as much faster than scripted, the rest in the target is cut shorter."""


@dataclass(frozen=True, slots=True, eq=False)
class Lie:
    """Where a needle lies in one picture."""

    shaft_px: Floats
    """(SHAFT_POINTS, 2), from the tip to the entry; Image space."""
    shaft_mm: Floats
    """(SHAFT_POINTS, 3) of probe space; the second is the distance from the image plane."""
    visible: NDArray[np.bool_]
    """Whether beams reach that point, and it is within the slice's thickness."""
    tilt_deg: float
    """Of the shaft's middle against the line at right angles to the beam."""


NOWHERE = Lie(
    np.full((SHAFT_POINTS, 2), np.nan),
    np.full((SHAFT_POINTS, 3), np.nan),
    np.zeros(SHAFT_POINTS, bool),
    math.nan,
)


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """A picture and its truth."""

    pixels: ImageU8
    number: int
    lie: Lie
    """NOWHERE without a needle."""
    hard: bool = False
    contrast_db: float = math.nan
    """Of the shaft, as measured; of an insertion, where most of it is seen."""


class FaintPictures(Pictures):
    """Pictures whose needle echoes less."""

    def __init__(
        self, body: Body, view: View, hands: Hands, settings: Settings, size_px: tuple[int, int]
    ) -> None:
        super().__init__(Case(body, view, hands), settings, size_px)
        self.hands = hands
        self.echo_db = 0.0
        """Added to all echoes of the needle; minus infinity takes them and its shadow away."""

    @property
    def inside(self) -> NDArray[np.bool_]:
        """Which pixels beams reach."""
        return np.asarray(self._machine._displays[0].inside)

    @property
    def range_db(self) -> float:
        """From black to white."""
        return self._settings.range_db

    def lie(self, number: int) -> Lie:
        """Where the needle is in that frame."""
        time_s = number / RATE_HZ
        needle = self.case.needle(time_s)
        if needle is None or needle.inserted_mm <= 0.0:
            return NOWHERE
        to_probe = inverse(self.case.probe_to_body(time_s))
        along_mm = np.linspace(needle.inserted_mm, 0.0, SHAFT_POINTS)
        shaft_mm = (to_probe[:3, :3] @ needle.at(along_mm) + to_probe[:3, 3:]).T
        shaft_px = np.array([self.to_px((x, z)) for x, _, z in shaft_mm.tolist()])
        near_mm = SEEN_FWHM * self._transducer.slice_fwhm_mm
        visible = _within(self.inside, shaft_px) & (np.abs(shaft_mm[:, 1]) <= near_mm)
        return Lie(shaft_px, shaft_mm, visible, self._tilt_deg(shaft_mm))

    def _tilt_deg(self, shaft_mm: Floats) -> float:
        x, _, z = shaft_mm[SHAFT_POINTS // 2]
        line = self._machine.beams.locate(np.array([x]), np.array([z]))[0]
        across, down = (float(part[0]) for part in self._machine.beams.directions(line))
        way = shaft_mm[0] - shaft_mm[-1]
        along_beam = abs(way[0] * across + way[2] * down) / float(np.linalg.norm(way))
        return math.degrees(math.asin(min(1.0, along_beam)))

    def _met(self, needle: Needle, to_probe: Mat4) -> Met:
        met, factor = super()._met(needle, to_probe), 10.0 ** (self.echo_db / 20.0)

        def weakened(beams: Beams) -> tuple[Echoes, March]:
            echoes, shade_db = met(beams)
            amplitude = (echoes.amplitude * factor).astype(np.complex64)
            return replace(echoes, amplitude=amplitude), shade_db * np.float32(factor > 0.0)

        return weakened

    def without(self, number: int) -> ImageU8:
        """The same picture without the needle."""
        kept, self.echo_db = self.echo_db, -math.inf
        picture = self.image(number)
        self.echo_db = kept
        return picture


def _within(inside: NDArray[np.bool_], points_px: Floats) -> NDArray[np.bool_]:
    rows, columns = inside.shape
    x, y = np.round(points_px).astype(int).T
    held = (x >= 0) & (y >= 0) & (x < columns) & (y < rows)
    return np.asarray(held & inside[np.clip(y, 0, rows - 1), np.clip(x, 0, columns - 1)])


@cache
def views() -> tuple[tuple[str, str], ...]:
    """Every site with each of its views; a needle goes in along the picture in all of them."""
    return tuple((site, view_id(view)) for site in SITES for view in make_body(site, 1).views)


def scenario_of(seed: int, size_px: tuple[int, int] = USUAL_SIZE_PX) -> Scenario:
    """The scene with this number."""
    rng = np.random.default_rng([seed, 99])
    site, view = views()[seed % len(views())]
    return Scenario(
        site,
        view=view,
        seed=seed,
        operator=str(rng.choice(list(SKILLS))),
        gauge=int(rng.choice([gauge for gauge in OUTER_MM if 18 <= gauge <= 27])),
        tip=str(rng.choice(list(TIP_CURVATURES))),
        echogenic=bool(rng.random() < 0.2),
        width_px=size_px[0],
        height_px=size_px[1],
    )


def build(scenario: Scenario, quick: bool = False) -> FaintPictures:
    """Its pictures; `quick` hands take some ten seconds for an insertion."""
    found = cast(scenario)
    assert isinstance(found.hands, Hands), "these hands follow no script"
    hands, size_px = found.hands, (scenario.width_px, scenario.height_px)
    hands = _quicker(hands) if quick else hands
    return FaintPictures(found.body, found.view, hands, found.settings, size_px)


def _quicker(hands: Hands) -> Hands:
    """The same moves in less time."""
    begins_s, ends_s = hands.injection_s
    old = [0.0, _enters_s(hands), begins_s - 2.0, ends_s + 1.5, _out_s(hands)]
    pace = (1.0, QUICKER, REST_QUICKER, QUICKER)
    new = np.concatenate([[0.0], np.cumsum(np.diff(old) / pace)])

    def sooner(time_s: float) -> float:
        return float(np.interp(time_s, old, new)) + max(0.0, time_s - old[-1])

    knots = tuple((sooner(time_s), share, aim, off) for time_s, share, aim, off in hands.knots)
    return replace(hands, knots=knots, injection_s=(sooner(begins_s), sooner(ends_s)))


def _enters_s(hands: Hands) -> float:
    return hands.knots[1][0]


def _out_s(hands: Hands) -> float:
    return hands.knots[-2][0]


def frames(seed: int, size_px: tuple[int, int] = USUAL_SIZE_PX) -> Iterator[Shot]:
    """Single pictures of one scene: FRAMES_A_SCENE with a needle in the tissue, as many without.

    Those without are taken before the needle enters, while the probe moves about after it has
    left, and one with the needle in the tissue and none of its echoes.
    """
    pictures = build(scenario_of(seed, size_px))
    rng = np.random.default_rng([seed, 98])
    hard, hands = bool(rng.random() < 0.5), pictures.hands
    in_s, out_s = _enters_s(hands), _out_s(hands)
    taken = 0
    for time_s in rng.uniform(in_s, out_s, 4 * FRAMES_A_SCENE).tolist():
        number = round(time_s * RATE_HZ)
        lie = pictures.lie(number)
        if taken < FRAMES_A_SCENE and lie.visible.sum() >= LEAST_VISIBLE:
            taken += 1
            contrast_db = _weaken(pictures, number, lie, _wanted_db(rng, lie, hard))
            yield Shot(pictures.image(number), number, lie, hard, contrast_db)
    before, after = rng.uniform(1.0, in_s, 2), rng.uniform(out_s + 1.0, hands.round_s - 1.0, 2)
    for time_s in (*before.tolist(), *after.tolist(), rng.uniform(in_s, out_s)):
        number = round(time_s * RATE_HZ)
        yield Shot(pictures.without(number), number, NOWHERE)


def insertion(seed: int) -> Iterator[Shot]:
    """A whole insertion at RATE_HZ, FREE_S without a needle before and after it.

    The needle's echo is weakened alike in all of it, so that the contrast changes with the tilt.
    """
    pictures = build(scenario_of(seed), quick=True)
    rng = np.random.default_rng([seed, 97])
    hard, hands = bool(rng.random() < 0.5), pictures.hands
    enters, rests, out = (
        round(time_s * RATE_HZ)
        for time_s in (_enters_s(hands), hands.injection_s[0], _out_s(hands))
    )
    seen_best = max(range(enters, rests), key=lambda number: pictures.lie(number).visible.sum())
    lie = pictures.lie(seen_best)
    contrast_db = _weaken(pictures, seen_best, lie, _wanted_db(rng, lie, hard))
    first, last = enters - round(FREE_S * RATE_HZ), out + round(FREE_S * RATE_HZ)
    for number in range(first, last):
        yield Shot(pictures.image(number), number, pictures.lie(number), hard, contrast_db)


def _wanted_db(rng: np.random.Generator, lie: Lie, hard: bool) -> float:
    medians_db = HARD_DB if hard else STANDARD_DB
    median_db = medians_db[sum(lie.tilt_deg >= limit for limit in TILTS_DEG)]
    return max(FAINTEST_DB, median_db + float(rng.normal(0.0, SPREAD_DB)))


def _weaken(pictures: FaintPictures, number: int, lie: Lie, wanted_db: float) -> float:
    """Set the needle's echo to the wanted contrast; the contrast that it then has."""
    around = np.asarray(cv2.blur(pictures.without(number).astype(np.float32), (9, 9)))
    x, y = np.round(lie.shaft_px[lie.visible]).astype(int).T
    pictures.echo_db = 0.0
    for tries_left in reversed(range(TRIES + 1)):
        shaft = np.asarray(cv2.blur(pictures.image(number).astype(np.float32), (3, 3)))
        contrast_db = float(np.median(shaft[y, x] - around[y, x])) / 255.0 * pictures.range_db
        if not tries_left or abs(contrast_db - wanted_db) < CLOSE_DB:
            break
        changed_db = pictures.echo_db + 0.9 * (wanted_db - contrast_db)
        pictures.echo_db = min(STRONGEST_DB, max(WEAKEST_DB, changed_db))
    return contrast_db
