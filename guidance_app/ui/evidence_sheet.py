"""The sheet on which the evidence of one item is noted, in the place of the checklist's rows."""

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from guidance_app.domain.evidence import Evidence, evidence_refusal, value_refusal
from guidance_app.presentation.view import ChecklistRow, Text, Tone
from guidance_app.ui.evidence_inputs import GAP_PX, EvidenceInput
from guidance_app.ui.lettering import FittedText
from guidance_app.ui.theme import Sizes

TITLE_SHARE = 2.9
"""Height of the title in heights of its capitals."""


class EvidenceSheet(QWidget):
    """Inputs for the fields of an open item, as many a page as there is room for.

    The title is the item, or what is wrong with a value; what was entered is kept until another
    item is shown.
    """

    changed = pyqtSignal()
    """Something was entered."""
    left = pyqtSignal()
    """A line that was typed in is done with."""

    def __init__(self) -> None:
        super().__init__()
        self._row: ChecklistRow | None = None
        self._sizes: Sizes | None = None
        self._page = 0
        self._pages: list[list[EvidenceInput]] = []
        self.inputs: list[EvidenceInput] = []
        self.title = FittedText()
        self.setAccessibleName("Evidence")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GAP_PX)
        self._column.addWidget(self.title)
        self._column.addStretch(1)

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window and screen."""
        self._sizes = sizes
        self.title.setFixedHeight(round(sizes.hand_cap * TITLE_SHARE))
        self.title.set_cap(sizes.hand_cap)
        self._share_out()

    def show_item(self, row: ChecklistRow | None) -> None:
        """Take the fields of an item; the same one keeps what was entered."""
        if row is not None and self._row is not None and row.item == self._row.item:
            return
        self._row, self._page = row, 0
        for old in self.inputs:
            old.hide()
            old.deleteLater()
        self.inputs = [EvidenceInput(field) for field in row.fields] if row else []
        noted = {one.field: one.value for one in row.noted} if row else {}
        for number, one in enumerate(self.inputs):
            one.entry.set_value(noted.get(one.field.id, ""))
            one.entry.changed.connect(self._tell)
            one.entry.left.connect(self.left)
            self._column.insertWidget(1 + number, one)
        self._share_out()

    def evidence(self) -> tuple[Evidence, ...]:
        """What was entered, right or wrong."""
        return tuple(
            Evidence(one.field.id, one.entry.value) for one in self.inputs if one.entry.value
        )

    def refusal(self) -> str | None:
        """What keeps the item from being done with this evidence; None when nothing does."""
        return evidence_refusal([one.field for one in self.inputs], self.evidence())

    def tell_refusal(self) -> None:
        """Say what is wrong or missing, and turn to it."""
        refusal = self.refusal()
        if refusal is None:
            return
        page = next((n for n, page in enumerate(self._pages) if any(map(_is_due, page))), 0)
        self._page = page
        self._show_page(refusal)

    def turn(self, step: int) -> None:
        """Show the page before or after, if there is one."""
        self._page = min(max(self._page + step, 0), len(self._pages) - 1)
        self._show_page()

    @property
    def page_words(self) -> str:
        """Which page is shown."""
        return f"note {self._page + 1}/{len(self._pages)}"

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        """As many inputs a page as there is room for."""
        super().resizeEvent(event)
        self._share_out()

    def _tell(self) -> None:
        """Say what is wrong with what has been entered so far; what is missing can still come."""
        wrong = (
            value_refusal(one.field, one.entry.value) for one in self.inputs if one.entry.value
        )
        self._say(next(filter(None, wrong), None))
        self.changed.emit()

    def _say(self, refusal: str | None) -> None:
        item = f"{self._row.item}  {self._row.text}" if self._row else ""
        self.title.render_text(Text(refusal, Tone.CAUTION) if refusal else Text(item))

    def _share_out(self) -> None:
        """Pages of inputs that keep the height of a touch target."""
        if self._sizes is None:
            return
        room = self.height() - self.title.height()
        self._pages, left = [[]], room
        for one in self.inputs:
            height = min(one.height_px(self._sizes), room - GAP_PX)
            one.apply(self._sizes)
            one.setFixedHeight(max(height, 0))
            if self._pages[-1] and left < height + GAP_PX:
                self._pages.append([])
                left = room
            self._pages[-1].append(one)
            left -= height + GAP_PX
        self._page = min(self._page, len(self._pages) - 1)
        self._show_page()

    def _show_page(self, refusal: str | None = None) -> None:
        for number, page in enumerate(self._pages):
            for one in page:
                one.setVisible(number == self._page)
        self._say(refusal)


def _is_due(one: EvidenceInput) -> bool:
    """Whether its value is wrong, or missing though it is required."""
    if not one.entry.value:
        return one.field.required
    return value_refusal(one.field, one.entry.value) is not None
