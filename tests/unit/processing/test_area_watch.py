"""Which cells belong to the area, and what their changes tell of the console."""

import pytest
from rectangles import rectangle

from drivers.api.samples import PictureGeometry, PixelFormat
from guidance_app.domain.picture_area import AreaShape, PictureArea
from guidance_app.domain.snapshot import GRID_COLUMNS, GRID_ROWS
from guidance_app.processing.area import AreaWatch, watch

MS = 1_000_000
GEOMETRY = PictureGeometry(640, 480, PixelFormat.GRAY8)  # a cell is 40 x 40 px


def places(cells: tuple[int, ...]) -> set[tuple[int, int]]:
    return {divmod(cell, GRID_COLUMNS) for cell in cells}


def times(inside: AreaWatch, content_ms: int, around_ms: int) -> tuple[int, ...]:
    of_content = set(inside.inside)
    count = GRID_ROWS * GRID_COLUMNS
    return tuple((content_ms if cell in of_content else around_ms) * MS for cell in range(count))


def test_cells_at_the_edge_count_for_neither_side() -> None:
    watching = watch(rectangle(100, 100, 379, 339), GEOMETRY)
    assert places(watching.inside) == {(r, c) for r in range(3, 8) for c in range(3, 9)}
    touched = {(r, c) for r in range(2, 9) for c in range(2, 10)}
    everywhere = {(r, c) for r in range(GRID_ROWS) for c in range(GRID_COLUMNS)}
    assert places(watching.outside) == everywhere - touched


def test_a_fan_leaves_its_corners_outside() -> None:
    outline = ((280.0, 40.0), (360.0, 40.0), (600.0, 440.0), (40.0, 440.0))
    watching = watch(PictureArea(40, 40, 600, 440, AreaShape.CURVED, outline), GEOMETRY)
    assert (2, 2) in places(watching.outside)
    assert (9, 7) in places(watching.inside)


@pytest.mark.parametrize(
    "area",
    [
        rectangle(205, 205, 210, 210),
        rectangle(0, 205, 639, 210),
        PictureArea(0, 0, 9, 9, AreaShape.CURVED, ((-16e3, -5.0), (16e3, 9.0), (5.0, 16e3))),
    ],
)
def test_any_area_has_cells_of_its_own(area: PictureArea) -> None:
    watching = watch(area, GEOMETRY)
    assert watching.inside
    assert not set(watching.inside) & set(watching.outside)


def test_an_area_that_fills_the_frame_has_no_console_around_it() -> None:
    watching = watch(rectangle(0, 0, 639, 479), GEOMETRY)
    watching = watching.after(times(watching, 5, 5))
    assert len(watching.inside) == GRID_ROWS * GRID_COLUMNS
    assert not watching.console_runs(5 * MS)
    assert not watching.clock_stands(60_000 * MS)


def test_the_console_runs_while_something_outside_has_changed_since() -> None:
    watching = watch(rectangle(100, 100, 379, 339), GEOMETRY)
    assert not watching.console_runs(0)
    assert watching.after(()) is watching
    still = watching.after(times(watching, 1_000, 1_000))
    assert not still.console_runs(1_500 * MS)
    ticked = still.after(times(watching, 1_000, 2_000))
    assert ticked.console_runs(2_500 * MS)
    assert not ticked.console_runs(5_001 * MS)


def test_only_what_changes_once_a_second_is_a_clock() -> None:
    watching = watch(rectangle(100, 100, 379, 339), GEOMETRY)
    for step_ms, is_clock in ((1_000, True), (300, False)):
        seen = watching
        for tick in range(1, 8):
            seen = seen.after(times(watching, tick * step_ms, tick * step_ms))
        last_ms = 7 * step_ms
        assert not seen.clock_stands((last_ms + 4_999) * MS)
        assert seen.clock_stands((last_ms + 5_001) * MS) is is_clock
