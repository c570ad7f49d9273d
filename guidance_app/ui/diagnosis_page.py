"""Why there is no picture: what each check found, and what to do, in the order of looking."""

from dataclasses import dataclass

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QColor, QIcon
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListView,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from guidance_app.diagnosis.findings import Finding, Outcome
from guidance_app.presentation.view import Tone
from guidance_app.ui import theme
from guidance_app.ui.icons import icon_pixmap
from guidance_app.ui.intents import Intents
from guidance_app.ui.lettering import FittedText
from guidance_app.ui.page_sizes import size_page
from guidance_app.ui.theme import Sizes
from guidance_app.ui.touch_button import TouchButton, bind_key

SIGNS = {
    Outcome.OK: ("check-circle-outline", Tone.MUTED),
    Outcome.WARNING: ("alert", Tone.CAUTION),
    Outcome.FAILED: ("alert-octagon", Tone.ALARM),
}
"""Shape and colour of a finding; its words say it too."""

LOOKING = "Looking … this takes a few seconds."
ALL_WELL = "Everything that was looked at is in order."
SOME_WRONG = "See what is marked, from top to bottom."


@dataclass(frozen=True, slots=True)
class DiagnosisView:
    """The findings so far."""

    findings: tuple[Finding, ...] = ()
    looking: bool = False
    """More findings are to come."""


class DiagnosisPage(QWidget):
    """A list of findings, each with a shape, a sentence, and what to do."""

    def __init__(self, intents: Intents) -> None:
        super().__init__()
        self.title = FittedText(bold=True)
        self.findings = QListWidget()
        self.verdict = FittedText()
        self.again = TouchButton("refresh", "Look again", "R", beside=True)
        self.back = TouchButton("arrow-left-bold", "Back", "Esc", beside=True)
        self.title.say("Why is there no picture?")
        self.findings.setAccessibleName("What was found")
        self.findings.setWordWrap(True)
        self.findings.setResizeMode(QListView.ResizeMode.Adjust)
        self.findings.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.findings.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.findings.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._lay_out()
        self.again.clicked.connect(intents.diagnosis_repeated)
        self.back.clicked.connect(intents.diagnosis_left)
        bind_key("R", self.again, self)
        bind_key("Esc", self.back, self)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.addWidget(self.back, 1)
        buttons.addStretch(2)
        buttons.addWidget(self.again, 2)
        self._column = QVBoxLayout(self)
        for widget in (self.title, self.findings, self.verdict):
            self._column.addWidget(widget)
        self._column.addLayout(buttons)

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window and screen."""
        size_page(self._column, self.title, sizes)
        self.verdict.setFixedHeight(round(sizes.hand_cap * 3))
        self.verdict.set_cap(sizes.hand_cap * 1.2)
        shape = round(sizes.hand_cap * 2)
        self.findings.setIconSize(QSize(shape, shape))
        for button in (self.again, self.back):
            button.setFixedHeight(sizes.touch)
            button.set_cap(sizes.hand_cap * 1.2)

    def render_view(self, view: DiagnosisView) -> None:
        """Show the record; what stands there already keeps its place."""
        if self.findings.count() > len(view.findings):
            self.findings.clear()
        for finding in view.findings[self.findings.count() :]:
            self.findings.addItem(self._item(finding))
        self.again.setEnabled(not view.looking)
        wrong = any(finding.outcome is not Outcome.OK for finding in view.findings)
        self.verdict.say(LOOKING if view.looking else SOME_WRONG if wrong else ALL_WELL)

    def _item(self, finding: Finding) -> QListWidgetItem:
        shape, tone = SIGNS[finding.outcome]
        colour, side = theme.TONE_COLOURS[tone], self.findings.iconSize().width()
        icon = QIcon(icon_pixmap(shape, colour, side, self.devicePixelRatioF()))
        item = QListWidgetItem(icon, f"{finding.what}\n{finding.advice}".strip())
        item.setForeground(QColor(theme.TEXT if finding.outcome is not Outcome.OK else theme.MUTED))
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{finding.outcome}: {item.text()}")
        item.setFlags(Qt.ItemFlag.ItemIsEnabled)
        return item
