"""Invented scanners' screens: true to what they say, and read as a real scanner's are."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from drivers.api.samples import ImageU8, PictureGeometry, PixelFormat
from drivers.opencv import cv2
from guidance_app.cli import DONE, main
from guidance_app.domain.picture_area import AreaShape, PictureArea
from guidance_app.domain.snapshot import GRID_COLUMNS, GRID_ROWS
from guidance_app.processing.area import AreaWatch, watch
from guidance_app.processing.change import measure, thumbnail
from guidance_app.processing.layout import layout_changed
from guidance_app.processing.layout_finding import FoundLayout, find_layout
from guidance_app.processing.mirroring import Turn, place_of, sampled, turn_between
from simulators.anatomy.phantom import cyst_block
from simulators.consoles.console import LIVE, Console, Keys, ScreenTruth, show
from simulators.consoles.layouts import CONSOLES
from simulators.imaging.beams import Beams
from simulators.imaging.display import Display, PixelGrid, fit_grid
from simulators.imaging.looks import Moment
from simulators.imaging.machine import Machine
from simulators.imaging.settings import GAIN_DB, RANGES_DB, Settings, usual_settings
from simulators.imaging.transducer import CURVED, LINEAR, TRANSDUCERS, Transducer

SECOND_NS = 1_000_000_000
DEPTHS_MM = {"linear": (30.0, 45.0, 60.0), "curved": (80.0, 130.0, 200.0)}
WITH_RULER = [name for name, layout in CONSOLES.items() if layout.ruler]
WITHOUT_RULER = [name for name, layout in CONSOLES.items() if not layout.ruler]
CLOSE_PX, CORNER_PX, CLOSE = 3, 6, 0.01
TIMES_S = (0.2, 0.9, 1.6, 2.3)
EVERY_CONSOLE = pytest.mark.parametrize("name", CONSOLES)


@cache
def console(name: str, probe: str) -> Console:
    return Console(CONSOLES[name], TRANSDUCERS[probe])


@cache
def machine(name: str, probe: str, depth_mm: float) -> Machine:
    settings = usual_settings(TRANSDUCERS[probe], depth_mm)
    return Machine(cyst_block(2), TRANSDUCERS[probe], settings, *console(name, probe).picture_px)


@cache
def screens(name: str, probe: str, depth_mm: float) -> tuple[ImageU8, ...]:
    """Two seconds of a probe that is moved a little."""
    return tuple(
        show(console(name, probe), machine(name, probe, depth_mm), moved(time_s), time_s)
        for time_s in TIMES_S
    )


def moved(time_s: float) -> Moment:
    pose = np.eye(4)
    pose[:2, 3] = 0.8 * time_s, 0.5 * time_s
    return Moment(pose, round(30.0 * time_s))


def truth(name: str, probe: str, depth_mm: float) -> ScreenTruth:
    one = machine(name, probe, depth_mm)
    return console(name, probe).truth(one.grid, one.settings)


@cache
def found(name: str, probe: str, depth_mm: float) -> FoundLayout:
    layout = find_layout(screens(name, probe, depth_mm), lambda: ())
    assert layout is not None, "there is a picture on the screen"
    return layout


def off_px(area: PictureArea, true: ScreenTruth) -> int:
    """How far the worst edge is off; the thin upper corners of a fan may be lost on top."""
    top_px = area.top_px - true.top_px
    if area.shape is AreaShape.CURVED and 0 < top_px <= CORNER_PX:
        top_px = 0
    edges = area.left_px, area.right_px, area.bottom_px
    true_edges = true.left_px, true.right_px, true.bottom_px
    return max(abs(top_px), *(abs(a - b) for a, b in zip(edges, true_edges, strict=True)))


def drawn(
    name: str, picture: ImageU8 | None = None, time_s: float = 0.0, keys: Keys = LIVE
) -> ImageU8:
    """A linear probe's screen; black where no picture is given."""
    one = console(name, "linear")
    grid, settings = state(name)
    black = np.zeros(one.picture_px[::-1], np.uint8)
    return one.draw(black if picture is None else picture, grid, settings, time_s, keys)


def state(name: str) -> tuple[PixelGrid, Settings]:
    one = machine(name, "linear", 45.0)
    return one.grid, one.settings


def window(name: str, screen: ImageU8) -> ImageU8:
    return screen[CONSOLES[name].window.pixels]


CASES = [(probe, depth_mm) for probe, depths in DEPTHS_MM.items() for depth_mm in depths]
SPECKLE = "marks that lie on speckle are not told from it"
RUN = "marks that lie on the fan's corner break the row"
CHROME = "a black window on a lighter screen is taken for the picture"
NOT_YET = {
    ("meadow", "linear", 30.0): SPECKLE,
    ("meadow", "linear", 45.0): SPECKLE,
    ("meadow", "linear", 60.0): SPECKLE,
    ("meadow", "curved", 200.0): RUN,
}
"""What the application does not read yet on these screens, and why."""
UNWATCHED = {
    "lantern": "a clock close above the picture shares its cells, and those are not watched"
}


def cases(
    names: Sequence[str],
    reasons: Mapping[tuple[str, str, float], str],
    pictures: Sequence[tuple[str, float]] = CASES,
) -> list[object]:
    """Each console with each probe and depth; those with a reason are expected to fail."""
    return [
        pytest.param(name, probe, depth_mm, marks=expected(reasons.get((name, probe, depth_mm))))
        for name in names
        for probe, depth_mm in pictures
    ]


def expected(reason: str | None) -> list[pytest.MarkDecorator]:
    return [] if reason is None else [pytest.mark.xfail(reason=reason, raises=AssertionError)]


@pytest.mark.parametrize(("name", "probe", "depth_mm"), cases(WITH_RULER, {}))
def test_the_picture_is_found(name: str, probe: str, depth_mm: float) -> None:
    area = found(name, probe, depth_mm).area
    assert area.shape is AreaShape(probe)
    assert off_px(area, truth(name, probe, depth_mm)) <= CLOSE_PX


@pytest.mark.parametrize(("name", "probe", "depth_mm"), cases(WITH_RULER, NOT_YET))
def test_the_scale_is_offered(name: str, probe: str, depth_mm: float) -> None:
    true = truth(name, probe, depth_mm).mm_per_px
    offered = [proposal.mm_per_px for proposal in found(name, probe, depth_mm).proposals]
    assert any(mm == pytest.approx(true, rel=CLOSE) for mm in offered)


@pytest.mark.parametrize(("name", "probe", "depth_mm"), cases(WITHOUT_RULER, {}))
def test_without_a_ruler_no_scale_is_offered(name: str, probe: str, depth_mm: float) -> None:
    assert found(name, probe, depth_mm).proposals == ()


@pytest.mark.xfail(reason=CHROME, raises=AssertionError)
@pytest.mark.parametrize(("name", "probe", "depth_mm"), cases(WITHOUT_RULER, {}))
def test_the_picture_is_found_in_a_window(name: str, probe: str, depth_mm: float) -> None:
    area = found(name, probe, depth_mm).area
    assert off_px(area, truth(name, probe, depth_mm)) <= CLOSE_PX


def test_the_command_reads_a_screen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cv2.imwrite(str(tmp_path / "screen.png"), screens("harbour", "linear", 45.0)[-1])
    assert main(["calibrate", "scale", str(tmp_path / "screen.png"), "--json"]) == DONE
    document = json.loads(capsys.readouterr().out)
    true = truth("harbour", "linear", 45.0)
    assert any(
        mm == pytest.approx(true.mm_per_px, rel=CLOSE) for mm in document["candidates_mm_per_px"]
    )


@EVERY_CONSOLE
@pytest.mark.parametrize("transducer", [LINEAR, CURVED], ids=lambda one: one.id)
def test_the_picture_lies_where_the_truth_says(name: str, transducer: Transducer) -> None:
    depth_mm = DEPTHS_MM[transducer.id][1]
    one, true = machine(name, transducer.id, depth_mm), truth(name, transducer.id, depth_mm)
    white = np.where(Display(one.beams, one.settings, one.grid).inside, 255, 0).astype(np.uint8)
    screen = console(name, transducer.id).draw(white, one.grid, one.settings, 0.0)
    lit = np.zeros(screen.shape[:2], bool)
    lit[CONSOLES[name].window.pixels] = white > 0
    rows, columns = np.flatnonzero(lit.any(axis=1)), np.flatnonzero(lit.any(axis=0))
    assert (true.left_px, true.right_px) == (columns[0], columns[-1])
    assert (true.top_px, true.bottom_px) == (rows[0], rows[-1])
    shown = screen.min(axis=2) == 255
    assert np.count_nonzero(shown & lit) > 0.98 * np.count_nonzero(lit)


@pytest.mark.parametrize("name", WITH_RULER)
def test_marks_stand_where_the_truth_says(name: str) -> None:
    style, screen, (grid, settings) = CONSOLES[name].ruler, drawn(name), state(name)
    assert style is not None
    true = console(name, "linear").truth(grid, settings)
    assert len(true.marks_px) == int(settings.depth_mm / style.step_mm) + 1
    for number, (x, y) in enumerate(true.marks_px):
        assert tuple(screen[int(y), int(x)]) == style.colour
        exact = CONSOLES[name].window.top + grid.to_px((0.0, number * style.step_mm))[1]
        assert abs(y - exact) <= 0.5
    assert np.diff(true.marks_px, axis=0)[:, 1] == pytest.approx(
        true.step_mm / true.mm_per_px, abs=1.0
    )


@EVERY_CONSOLE
def test_the_clock_changes_once_a_second_and_nothing_else_outside_the_picture(name: str) -> None:
    first, later, next_second = (drawn(name, time_s=time_s) for time_s in (7.0, 7.97, 8.0))
    assert np.array_equal(first, later)
    rows, columns, _ = np.nonzero(first != next_second)
    clock = CONSOLES[name].clock
    assert np.ptp(columns) < 2 * clock.height_px, "one digit"
    assert abs(rows - clock.middle).max() <= clock.height_px
    assert clock.left <= columns.min()
    live = [
        show(console(name, "linear"), machine(name, "linear", 45.0), moved(time_s), 7.0)
        for time_s in (0.0, 0.5)
    ]
    differs = (live[0] != live[1]).any(axis=2)
    assert window(name, differs).any()
    window(name, differs)[:] = False
    assert not differs.any()


UNNOTICED = {
    ("meadow", "linear", 45.0): SPECKLE,
    ("lantern", "linear", 45.0): CHROME,
    ("lantern", "curved", 130.0): CHROME,
}
"""Where no change of depth is noticed yet, and why."""
MIDDLE = {probe: depths[1] for probe, depths in DEPTHS_MM.items()}


@pytest.mark.parametrize(
    ("name", "probe", "depth_mm"), cases(list(CONSOLES), UNNOTICED, list(MIDDLE.items()))
)
def test_another_depth_is_another_layout(name: str, probe: str, depth_mm: float) -> None:
    layout = found(name, probe, depth_mm).layout
    assert not any(layout_changed(layout, screen) for screen in screens(name, probe, depth_mm))
    deeper_mm = DEPTHS_MM[probe][2]
    assert all(layout_changed(layout, screen) for screen in screens(name, probe, deeper_mm))


@EVERY_CONSOLE
@pytest.mark.parametrize("changes", [{"gain_db": 6.0}, {"depth_mm": 50.0}], ids=["gain", "depth"])
def test_a_setting_redraws_the_text(name: str, changes: dict[str, float]) -> None:
    one, (grid, settings) = console(name, "linear"), state(name)
    black = np.zeros(one.picture_px[::-1], np.uint8)
    before = one.draw(black, grid, settings, 0.0)
    other = replace(settings, **changes)
    other_grid = fit_grid(Beams(LINEAR, other.depth_mm, 1), *one.picture_px)
    changed = one.draw(black, other_grid, other, 0.0)
    again = one.draw(black, grid, settings, 0.0)
    assert not np.array_equal(before, changed)
    assert np.array_equal(before, again)


@EVERY_CONSOLE
def test_a_mirrored_picture_is_noticed_and_its_mark_changes_sides(name: str) -> None:
    one, scanner = machine(name, "linear", 45.0), console(name, "linear")
    picture = one.image(moved(0.0))
    usual, mirrored = (
        scanner.draw(picture, one.grid, one.settings, 0.0, keys)
        for keys in (LIVE, Keys(mirrored=True))
    )
    area = found(name, "linear", 45.0).area
    height, width = usual.shape[:2]
    place = place_of(area, PictureGeometry(width, height, PixelFormat.BGR24))
    assert turn_between(sampled(usual), sampled(mirrored), place) is Turn.LEFT_RIGHT
    assert turn_between(sampled(usual), sampled(mirrored), None) is Turn.LEFT_RIGHT
    assert turn_between(sampled(usual), sampled(usual), place) is None
    mark, inside = CONSOLES[name].mark, CONSOLES[name].window
    sides = inside.left + mark.inset_px, inside.right - 1 - mark.inset_px
    row = inside.top + mark.drop_px + mark.radius_px - 2  # below its letter
    for screen, side in ((usual, sides[mark.on_right]), (mirrored, sides[not mark.on_right])):
        assert tuple(screen[row, side]) == mark.colour


@EVERY_CONSOLE
@pytest.mark.parametrize("keys", [LIVE, Keys(mirrored=True)], ids=["usual", "mirrored"])
def test_a_point_of_the_picture_is_found_on_the_screen(name: str, keys: Keys) -> None:
    scanner = console(name, "linear")
    picture = np.zeros(scanner.picture_px[::-1], np.uint8)
    picture[300, 250] = 255
    x, y = scanner.on_screen((250.0, 300.0), keys)
    assert drawn(name, picture, keys=keys)[int(y), int(x)].tolist() == [255, 255, 255]


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=expected(UNWATCHED.get(name))) for name in CONSOLES]
)
def test_a_frozen_console_holds_its_picture_and_runs_on(name: str) -> None:
    one = machine(name, "linear", 45.0)
    picture = one.image(moved(0.0))
    frames = [drawn(name, picture, 0.2 * n, Keys(frozen=214)) for n in range(60)]
    watching = watched(frames, found(name, "linear", 45.0).area, 0.2)
    now_ns = round(59 * 0.2 * SECOND_NS)
    assert watching.content.newest_ns == 0
    assert watching.clock_seen
    assert watching.console_runs(now_ns)


@EVERY_CONSOLE
def test_a_frozen_console_says_which_picture_it_holds(name: str) -> None:
    picture = machine(name, "linear", 45.0).image(moved(0.0))
    live, held, other = (drawn(name, picture, keys=Keys(frozen=n)) for n in (None, 214, 215))
    text = CONSOLES[name].frozen
    for one, another in ((live, held), (held, other)):
        rows, columns, _ = np.nonzero(one != another)
        assert abs(rows - text.middle).max() <= text.height_px
        assert text.left <= columns.min() <= columns.max() < CONSOLES[name].width_px


def watched(frames: list[ImageU8], area: PictureArea, step_s: float) -> AreaWatch:
    """What is known of a console after these frames."""
    height, width = frames[0].shape[:2]
    watching = watch(area, PictureGeometry(width, height, PixelFormat.BGR24))
    cells_ns = [0] * (GRID_ROWS * GRID_COLUMNS)
    before = None
    for number, frame in enumerate(frames):
        now = thumbnail(frame)
        rows = measure(before, now).changed_rows
        for cell in range(len(cells_ns)):
            if rows[cell // GRID_COLUMNS] >> cell % GRID_COLUMNS & 1:
                cells_ns[cell] = round(number * step_s * SECOND_NS)
        watching = watching.after(tuple(cells_ns))
        before = now
    return watching


@EVERY_CONSOLE
@pytest.mark.parametrize("probe", TRANSDUCERS)
def test_every_text_fits_whatever_is_set(name: str, probe: str) -> None:
    transducer = TRANSDUCERS[probe]
    scanner = Console(CONSOLES[name], transducer)
    depth_mm = transducer.depths_mm[1]
    settings = replace(
        usual_settings(transducer, depth_mm),
        focus_mm=depth_mm,
        gain_db=-GAIN_DB,
        range_db=RANGES_DB[1],
        mhz=transducer.band_mhz[1],
    )
    width, height = scanner.picture_px
    grid = PixelGrid(width, height, depth_mm / height, 0.0)
    picture = np.zeros((height, width), np.uint8)
    screen = scanner.draw(picture, grid, settings, 14.0 * 3600.0, Keys(frozen=99_999))
    assert screen.shape == (CONSOLES[name].height_px, CONSOLES[name].width_px, 3)


@EVERY_CONSOLE
def test_nobody_takes_it_for_a_patient(name: str) -> None:
    lines = [line for text in CONSOLES[name].texts for line in text.lines]
    assert any("SIMULATED" in line for line in lines)
    assert all("simulated" in line.lower() for line in lines if "MI " in line)


def test_a_picture_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match=r"640 x 480 pixels; the console harbour shows 800 x 600"):
        drawn("harbour", np.zeros((480, 640), np.uint8))
