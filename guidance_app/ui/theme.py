"""Colours, type sizes and the style sheet: the one place that says how things look.

Type sizes come from the screen's real size. What must be believed at two metres (key numbers,
alarm text, everything else) wants 12.8, 11.6 and 9.3 mm of cap height. These are ideals: each
size is also capped to a share of the window's height, because 9.3 mm for every text would leave
no room for the picture. What a hand operates (buttons, checklist rows) is read at 0.8 m, where
the same 16 minutes of arc are 3.7 mm. On a 24" screen at 1920x1080 the numbers, the state and
the alarms reach their ideal, the other fields of the state strip have 5 mm and the rows 3.7 mm;
in a window of 1280x720 everything is two thirds of that, and a larger screen comes closer.
Where a screen does not say its size, that of a 24" full-HD screen is taken.

Figures: ISO 9241-303 for cap heights, WCAG 2 for contrast, IEC 60601-1-8 for alarm colours.
"""

import math
from dataclasses import dataclass
from functools import cache

from PyQt6.QtCore import QSize
from PyQt6.QtGui import QFont, QFontMetricsF, QScreen

from guidance_app.presentation.primitives import Ink
from guidance_app.presentation.view import Tone

GROUND = "#0B0F14"
SURFACE = "#141A21"
RAISED = "#1D2630"
LINE = "#2B3744"
TEXT = "#E6EDF3"
MUTED = "#9AA7B4"
FOCUS = "#56B4E9"
GOOD = "#5CC98A"
HALO = "#000000"

ALARM_HIGH = "#FF7676"
ALARM_MEDIUM = "#FFD60A"
"""Red and yellow stand for alarms alone; cyan, the low alarm, is not used for anything."""

INK_COLOURS = {
    Ink.NEEDLE: "#FFFFFF",
    Ink.PLAN: "#E69F00",
    Ink.PREDICTION: "#56B4E9",
    Ink.NO_GO: "#FFFFFF",
}
TONE_COLOURS = {
    Tone.NORMAL: TEXT,
    Tone.MUTED: MUTED,
    Tone.GOOD: GOOD,
    Tone.CAUTION: ALARM_MEDIUM,
    Tone.ALARM: ALARM_HIGH,
}

FAMILIES = ("DejaVu Sans", "Verdana", "Segoe UI", "Helvetica Neue", "Arial")
"""All of them have figures of one width."""

UNKNOWN_SCREEN_DPI = 92.0
PLAUSIBLE_DPI = (60.0, 400.0)
MM_PER_INCH = 25.4


@dataclass(frozen=True, slots=True)
class Sizes:
    """Sizes for one window on one screen, logical pixels; `…_cap` are heights of capitals."""

    key_cap: float
    """Figures beside the picture."""
    alarm_cap: float
    """State and alarms."""
    strip_cap: float
    """The other fields of the state strip."""
    hand_cap: float
    """What is read at arm's length: buttons, rows, messages."""
    touch: int
    """Side of a touch target."""
    grid: int
    """The unit of margins and gaps."""
    strip_height: int
    footer_height: int
    panel_width: int


def sizes_for(window: QSize, dpi: float) -> Sizes:
    """Sizes for a window of this size on a screen of `dpi` real pixels an inch."""
    px_per_mm = dpi / MM_PER_INCH
    height = min(window.height(), window.width() * 9 / 16)
    return Sizes(
        key_cap=min(12.8 * px_per_mm, 0.043 * height),
        alarm_cap=min(11.6 * px_per_mm, 0.039 * height),
        strip_cap=min(9.3 * px_per_mm, 0.0175 * height),
        hand_cap=min(9.3 * px_per_mm, 0.0125 * height),
        touch=round(min(20.0 * px_per_mm, 0.067 * height)),
        grid=8 if height >= 900 else 6,
        strip_height=round(0.06 * height),
        footer_height=round(0.037 * height),
        panel_width=round(0.26 * window.width()),
    )


def screen_dpi(screen: QScreen | None) -> float:
    """Real pixels an inch of a screen; a usual value where it does not say or says nonsense."""
    if screen is None or screen.physicalSize().isEmpty():
        return UNKNOWN_SCREEN_DPI
    dpi = float(screen.physicalDotsPerInchY())
    low, high = PLAUSIBLE_DPI
    return dpi if low <= dpi <= high else UNKNOWN_SCREEN_DPI


def font_of(pixel_size: int, bold: bool = False) -> QFont:
    """The one type family at a size in pixels (of the whole letter, not its cap height)."""
    font = QFont()
    font.setFamilies(list(FAMILIES))
    font.setPixelSize(pixel_size)
    font.setBold(bold)
    return font


@cache
def _cap_share() -> float:
    return QFontMetricsF(font_of(1000)).capHeight() / 1000.0


def pixel_size(cap_px: float) -> int:
    """Font pixel size whose capitals are `cap_px` high; never below what can be read at all."""
    return max(10, math.ceil(cap_px / _cap_share()))


def style_sheet(sizes: Sizes) -> str:
    """The style of Qt's own widgets; what paints itself takes its colours from here too."""
    size, pad, radius = pixel_size(1.15 * sizes.hand_cap), sizes.grid, 4
    return f"""
    QWidget {{ background: {GROUND}; color: {TEXT}; font-size: {size}px; }}
    QToolTip {{ background: {RAISED}; color: {TEXT}; border: 1px solid {LINE}; }}
    QLineEdit, QComboBox {{ background: {RAISED}; border: 2px solid {LINE};
        border-radius: {radius}px; padding: 0 {pad}px; selection-background-color: {FOCUS};
        selection-color: {GROUND}; }}
    QLineEdit:focus, QComboBox:focus {{ border-color: {FOCUS}; }}
    QComboBox QAbstractItemView {{ background: {RAISED}; }}
    QListWidget, QTableView {{ background: {SURFACE}; border: 2px solid {LINE};
        border-radius: {radius}px; gridline-color: {LINE}; outline: 0; }}
    QListWidget:focus, QTableView:focus {{ border-color: {FOCUS}; }}
    QListWidget::item, QTableView::item {{ padding: {pad}px; }}
    QListWidget::item:selected, QTableView::item:selected {{ background: {RAISED};
        color: {TEXT}; }}
    QListWidget::item:disabled {{ color: {MUTED}; }}
    QHeaderView::section {{ background: {SURFACE}; color: {MUTED}; border: 0;
        padding: {pad}px; text-align: left; }}
    QScrollBar:vertical {{ background: {SURFACE}; width: {2 * pad}px; }}
    QScrollBar::handle:vertical {{ background: {LINE}; border-radius: {radius}px; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; }}
    """
