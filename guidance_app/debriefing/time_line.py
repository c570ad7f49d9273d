"""The lanes of a session as a drawing: in a page as wide as there is room, on paper of one width.

What means something by its colour means it by its shape too: a high bar is as it should be, a thin
one is not, as in the workspace; a dot was done, a ring was not, a square is a signature, a cross
a fault.
"""

from collections.abc import Callable, Iterator, Sequence
from xml.sax.saxutils import escape

from guidance_app.debriefing.events import Event, Kind
from guidance_app.debriefing.lanes import Lane, Stretch

LANE_PX = 28
AXIS_PX = 26
NAME_PX = 150
"""Of the names of the lanes, where they stand in the drawing."""
THIN_PX, MIDDLE_PX, HIGH_PX = 6, 14, 18
HEIGHTS_PX = dict.fromkeys(("frozen", "lost", "shaft", "waits", "trainer"), THIN_PX)
HEIGHTS_PX |= dict.fromkeys(("late",), MIDDLE_PX)
HEIGHTS_PX |= dict.fromkeys(("phase", "next-phase"), HIGH_PX)
"""Of a stretch; others are as high as their lane allows."""
FULL_PX = 20
NAMED, SHARE_FOR_A_NAME = ("phase", "next-phase"), 0.2
"""What has its name inside, where that is so much of the whole."""
STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
MOST_STEPS = 10
ROUND = (Kind.DONE, Kind.WITHOUT, Kind.REOPENED, Kind.MARK, Kind.IMAGE, Kind.TRAINER)
SQUARE = (Kind.SIGNED, Kind.CLOSED, Kind.INJECTION, Kind.EMERGENCY)
PAPER = """
text { font-family: "DejaVu Sans", Arial, sans-serif; font-size: 13px; fill: #14181d; }
.axis { stroke: #9aa7b4; } .row { fill: #f1f3f5; }
.live, .on, .tip { fill: #2f7d55; } .late, .frozen, .shaft, .waits { fill: #b58900; }
.lost { fill: #8c1d18; } .phase { fill: #c3ccd5; } .next-phase { fill: #dde3e9; }
.done, .signed, .closed, .mark, .image, .injection, .trainer { fill: #14181d; }
.without, .reopened { fill: none; stroke: #8c1d18; stroke-width: 2; }
.fault, .refused { stroke: #8c1d18; stroke-width: 2.5; } .emergency { fill: #8c1d18; }
"""
"""What looks are on paper; the style sheet of the page has its own."""

Place = Callable[[float], str]
"""Seconds to a length along the drawing."""


def height_px(lanes: Sequence[Lane]) -> int:
    """Of the whole drawing."""
    return LANE_PX * len(lanes) + AXIS_PX


def in_page(lanes: Sequence[Lane], length_s: float) -> str:
    """What stands inside the SVG element of a page: lengths are shares of its width."""
    longest_s = max(length_s, 1e-3)

    def share(seconds: float) -> str:
        return f"{100 * min(max(seconds / longest_s, 0.0), 1.0):.4f}%"

    return "".join(_drawn(lanes, length_s, share, "0%", "100%"))


def on_paper(lanes: Sequence[Lane], length_s: float, width_px: int) -> str:
    """A whole SVG drawing of this width, with the names of its lanes."""
    longest_s, room_px = max(length_s, 1e-3), width_px - NAME_PX - 20

    def along(seconds: float) -> str:
        return f"{NAME_PX + room_px * min(max(seconds / longest_s, 0.0), 1.0):.2f}"

    names = "".join(
        f'<text x="0" y="{LANE_PX * row + 19}">{escape(lane.name)}</text>'
        for row, lane in enumerate(lanes)
    )
    drawn = "".join(_drawn(lanes, length_s, along, str(NAME_PX), str(room_px)))
    size = f'width="{width_px}" height="{height_px(lanes)}"'
    style = f"<style>{PAPER}</style>"
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{style}{names}{drawn}</svg>'


def _drawn(
    lanes: Sequence[Lane], length_s: float, place: Place, left: str, width: str
) -> Iterator[str]:
    for row, lane in enumerate(lanes):
        top = LANE_PX * row
        yield f'<rect class="row" x="{left}" y="{top + 2}" width="{width}" height="{LANE_PX - 4}"/>'
        for stretch in lane.stretches:
            yield _stretch(stretch, top, place, length_s, width)
        for event in lane.events:
            yield _event(event, top + LANE_PX / 2, place)
    yield from _axis(LANE_PX * len(lanes), length_s, place)


def _stretch(one: Stretch, top: int, place: Place, length_s: float, width: str) -> str:
    high = HEIGHTS_PX.get(one.look, FULL_PX)
    y = top + (LANE_PX - high) / 2
    told = _title(f"{one.words}, {one.begin_s:.1f} to {one.end_s:.1f} s")
    share = min((one.end_s - one.begin_s) / max(length_s, 1e-3), 1.0)
    wide = f"{100 * share:.4f}%" if width.endswith("%") else f"{share * float(width):.2f}"
    box = f'x="{place(one.begin_s)}" y="{y}" width="{wide}" height="{high}"'
    inside = ""
    if one.look in NAMED and share > SHARE_FOR_A_NAME:
        x = place(one.begin_s)
        inside = f'<text class="inside" x="{x}" dx="6" y="{y + 13.5}">{one.words}</text>'
    return f'<rect class="{one.look}" {box}>{told}</rect>{inside}'


def _event(one: Event, y: float, place: Place) -> str:
    told = _title(f"{one.words}, {one.at_s:.1f} s" + (f", {one.who}" if one.who else ""))
    x = place(one.at_s)
    if one.kind in ROUND:
        return f'<circle class="{one.kind}" cx="{x}" cy="{y}" r="5">{told}</circle>'
    if one.kind in SQUARE:
        box = f'x="{x}" y="{y - 5.5}" width="11" height="11" transform="translate(-5.5 0)"'
        return f'<rect class="{one.kind}" {box}>{told}</rect>'
    arms = "".join(
        f'<line x1="{x}" y1="{y - 6}" x2="{x}" y2="{y + 6}" transform="translate({shift} 0)"/>'
        for shift in (-2.5, 2.5)
    )
    return f'<g class="{one.kind}">{told}{arms}</g>'


def _axis(top: int, length_s: float, place: Place) -> Iterator[str]:
    step_s = next((s for s in STEPS_S if length_s / s <= MOST_STEPS), STEPS_S[-1])
    for step in range(int(length_s / step_s) + 1):
        x, at_s = place(step * step_s), step * step_s
        yield f'<line class="axis" x1="{x}" y1="0" x2="{x}" y2="{top + 5}"/>'
        if at_s <= length_s * 0.97 or not step:
            yield f'<text x="{x}" y="{top + 20}">{clock(at_s)}</text>'


def clock(seconds: float) -> str:
    """As in "3:05"."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"


def _title(words: str) -> str:
    return f"<title>{escape(words)}</title>"
