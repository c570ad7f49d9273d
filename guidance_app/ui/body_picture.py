"""A person seen from the front, with a spot for each site: one tap says where and which side."""

from collections.abc import Iterable

from PyQt6.QtCore import QPointF, QRect, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import (
    QColor,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTransform,
)
from PyQt6.QtWidgets import QWidget

from guidance_app.ui import theme
from guidance_app.ui.body_places import OUTLINE_HEIGHT, PLACES, WIDTH, body_outline
from guidance_app.ui.icons import icon_pixmap
from guidance_app.ui.lettering import CENTRE, draw_text, is_shown_whole
from guidance_app.ui.theme import Sizes
from guidance_app.ui.touch_button import RADIUS_PX, PressButton

LEFT, RIGHT, MIDLINE = "left", "right", "midline"
OUTWARDS = {RIGHT: -1, MIDLINE: 0, LEFT: 1}
"""The patient's right is at the left of the picture."""
LETTERS = {RIGHT: "R", LEFT: "L"}
LETTER_Y = 0.30
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
WORD_MARGIN_PX = 4


class BodyPicture(QWidget):
    """Tab leads to one spot, the arrow keys from there to the others, Enter taps it."""

    tapped = pyqtSignal(str, str)
    """A spot and the side of the patient, "left", "right" or "midline"."""

    def __init__(self) -> None:
        super().__init__()
        self.spots: dict[tuple[str, str], SpotButton] = {}
        self._touch = 48
        self._cap_px = 9.0
        self._outline = body_outline()
        self.setAccessibleName("Body seen from the front")

    def offer(self, spots: Iterable[tuple[str, bool]]) -> None:
        """Show these spots, each with whether it is sided, from the crown down."""
        wanted = [
            (spot, side)
            for spot, sided in sorted(set(spots), key=lambda one: PLACES[one[0]].y)
            for side in ((RIGHT, LEFT) if sided else (MIDLINE,))
        ]
        if wanted == list(self.spots):
            return
        for button in self.spots.values():
            button.deleteLater()
        self.spots = {key: self._button(*key) for key in wanted}
        self._place()
        self.mark("", "")

    def mark(self, spot: str, side: str) -> None:
        """Show what is chosen; without a side both spots of the site are offered."""
        for (one, its_side), button in self.spots.items():
            button.setChecked((one, its_side) == (spot, side))
            button.set_offered(one == spot and not side)
        here = (spot, side) if (spot, side) in self.spots else (spot, RIGHT)
        self._lead_to(here if here in self.spots else next(iter(self.spots), None))

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window and screen."""
        self._touch, self._cap_px = sizes.touch, sizes.hand_cap
        self._place()

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        """Put the spots where the joints are now."""
        super().resizeEvent(event)
        self._place()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        """An arrow leads to the nearest spot in its direction."""
        step = ARROWS.get(Qt.Key(event.key())) if event is not None else None
        here = next((key for key, spot in self.spots.items() if spot.hasFocus()), None)
        if step is None or here is None:
            super().keyPressEvent(event)
            return
        there = self._nearest(here, step)
        self._lead_to(there)
        self.spots[there].setFocus(Qt.FocusReason.TabFocusReason)

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Draw the outline, and which side is which."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(theme.SURFACE))
        painter.setPen(QPen(QColor(theme.LINE), 2.0))
        shrunk = QTransform.fromScale(1 / OUTLINE_HEIGHT, 1 / OUTLINE_HEIGHT)
        painter.drawPath((shrunk * self._to_screen()).map(self._outline))
        for side, letter in LETTERS.items():
            centre = self._to_screen().map(QPointF(OUTWARDS[side] * 0.30, LETTER_Y))
            box = QRectF(0, 0, self._cap_px * 5, self._cap_px * 5)
            box.moveCenter(centre)
            cap = self._cap_px * 2.2
            draw_text(painter, box, letter, cap, theme.MUTED, bold=True, align=CENTRE)

    def _button(self, spot: str, side: str) -> "SpotButton":
        button = SpotButton(spot, side, self)
        button.clicked.connect(lambda: self.tapped.emit(spot, side))
        button.show()
        return button

    def _place(self) -> None:
        for (spot, side), button in self.spots.items():
            place = PLACES[spot]
            button.set_cap(self._cap_px)
            box = QRect(0, 0, max(button.word_width(), self._touch), self._touch)
            where = QPointF(OUTWARDS[side] * place.x, place.y)
            box.moveCenter(self._to_screen().map(where).toPoint())
            button.setGeometry(box)
        self.update()

    def _to_screen(self) -> QTransform:
        unit = min(float(self.height()), self.width() / WIDTH)
        return QTransform.fromTranslate(self.width() / 2, 0).scale(unit, unit)

    def _lead_to(self, key: tuple[str, str] | None) -> None:
        for one, button in self.spots.items():
            leads = one == key
            policy = Qt.FocusPolicy.StrongFocus if leads else Qt.FocusPolicy.ClickFocus
            button.setFocusPolicy(policy)

    def _nearest(self, here: tuple[str, str], step: tuple[int, int]) -> tuple[str, str]:
        from_ = self.spots[here].geometry().center()

        def cost(key: tuple[str, str]) -> float:
            way = self.spots[key].geometry().center() - from_
            along = way.x() * step[0] + way.y() * step[1]
            across = abs(way.x() * step[1]) + abs(way.y() * step[0])
            return along + 2 * across if along > 0 else float("inf")

        nearest = min(self.spots, key=cost)
        return nearest if cost(nearest) < float("inf") else here


class SpotButton(PressButton):
    """A ring and a word; chosen it is a plate with a tick, and its word names the side."""

    def __init__(self, spot: str, side: str, parent: QWidget) -> None:
        super().__init__()
        self.setParent(parent)
        self.setCheckable(True)
        self._letter = LETTERS.get(side, "")
        self._offered = False
        self._cap_px = 9.0
        self.setText(PLACES[spot].word)
        name = f"{spot.capitalize()}, {side}"
        self.setAccessibleName(name)
        self.setToolTip(f"{name} (arrow keys, Enter)")

    def set_cap(self, cap_px: float) -> None:
        """Cap height of the word, where it fits."""
        self._cap_px = cap_px
        self.update()

    def word(self) -> str:
        """What it says: which side as well once it is chosen."""
        return f"{self.text()} {self._letter}".strip() if self.isChecked() else self.text()

    def is_whole(self) -> bool:
        """Whether its word is shown without shortening at the present size."""
        return is_shown_whole(self.word(), self._word_box(), self._cap_px, self.isChecked())

    def word_width(self) -> int:
        """How wide it is with the word it has when it is chosen."""
        metrics = QFontMetrics(theme.font_of(theme.pixel_size(self._cap_px), bold=True))
        return metrics.horizontalAdvance(f"{self.text()} {self._letter}") + 2 * WORD_MARGIN_PX

    def set_offered(self, offered: bool) -> None:
        """The site is chosen and the side is not."""
        self._offered = offered
        self.update()

    def nextCheckState(self) -> None:  # noqa: N802
        """Whether it is chosen is shown when it is known, not when it is pressed."""

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Draw plate, ring and word."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_plate(painter)
        side = self.height() * 0.36
        ring = QRectF((self.width() - side) / 2, self.height() * 0.12, side, side)
        painter.setPen(QPen(QColor(theme.FOCUS if self.isChecked() else theme.MUTED), 2.0))
        painter.setBrush(QColor(theme.FOCUS if self.isChecked() else theme.GROUND))
        painter.drawEllipse(ring)
        if self.isChecked():
            tick = icon_pixmap("check-bold", theme.GROUND, round(side), self.devicePixelRatioF())
            painter.drawPixmap(ring.topLeft(), tick)
        self._paint_word(painter)

    def _paint_plate(self, painter: QPainter) -> None:
        if not (self.isChecked() or self._offered or self.isDown() or self.hasFocus()):
            return
        ring = self.isChecked() or self.hasFocus()
        painter.setPen(QPen(QColor(theme.FOCUS if ring else theme.TEXT), 2.0))
        painter.setBrush(QColor(theme.RAISED))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), RADIUS_PX, RADIUS_PX)

    def _paint_word(self, painter: QPainter) -> None:
        chosen, box = self.isChecked(), self._word_box()
        colour = theme.TEXT if chosen or self._offered else theme.MUTED
        draw_text(painter, box, self.word(), self._cap_px, colour, bold=chosen, align=CENTRE)

    def _word_box(self) -> QRectF:
        return QRectF(2, self.height() * 0.5, self.width() - 4, self.height() * 0.46)
