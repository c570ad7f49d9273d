"""The checklist beside the picture: one page of a phase, ticked with one key."""

from itertools import zip_longest

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from guidance_app.presentation.view import ChecklistRow, ChecklistView, Signing, Text, Tone
from guidance_app.ui.checklist_row import ChecklistRowButton
from guidance_app.ui.intents import Intents
from guidance_app.ui.lettering import CENTRE, FittedText
from guidance_app.ui.message_line import EscapableLine
from guidance_app.ui.theme import Sizes
from guidance_app.ui.touch_button import TouchButton, bind_key

ROWS_A_PAGE = 5
EMPTY = ChecklistView("", "", (), None, "")
REASON_PROMPT = "Type the reason first"
BACK_HINT, FORTH_HINT = "Page or phase before", "Page or phase after"
NEXT = ("Next", "check-bold")
NEXT_WORDS = {
    Signing.OWN: ("Sign", "draw"),
    Signing.OTHER: ("Hand over", "account-switch"),
    Signing.ABSENT: ("Go on", "check-bold"),
    Signing.DONE: ("Go on", "check-bold"),
}
"""Word and icon of the button for the next step once all items of a phase are marked."""
TOP_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop


class ChecklistPanel(QWidget):
    """Rows, a line for evidence or a reason, and buttons; nothing opens over the picture.

    Next ticks the current item, or an open item that was pressed. Skip takes the reason from
    the line. Enter in the line only leaves it, so that a reason never ticks an item.
    """

    def __init__(self, intents: Intents) -> None:
        super().__init__()
        self._intents = intents
        self._view = EMPTY
        self._chosen: str | None = None
        self._page = 0
        self.setAccessibleName("Checklist")
        keeping = self.sizePolicy()
        keeping.setRetainSizeWhenHidden(True)
        self.setSizePolicy(keeping)
        self._make_parts()
        self._connect()
        self._lay_out()
        self.render_view(None)

    def _make_parts(self) -> None:
        self.back = TouchButton("chevron-left", "Back", "PgUp", BACK_HINT, beside=True)
        self.forth = TouchButton("chevron-right", "More", "PgDown", FORTH_HINT, beside=True)
        self.heading = FittedText(bold=True, align=CENTRE)
        self.person = TouchButton("account-switch", "", "W", "Who ticks", beside=True)
        self.rows = [ChecklistRowButton() for _ in range(ROWS_A_PAGE)]
        self.sheet = FittedText(align=TOP_LEFT)
        self.note = EscapableLine()
        self.source = TouchButton("information-outline", "Source", "S", "Source of this item")
        self.skip = TouchButton("skip-next", "Skip", "X", "Go on without this item")
        self.never = TouchButton("cancel", "N/A", "Z", "It does not apply: type why, then N/A")
        self.page = TouchButton("check-all", "Page", "A", "Tick all open items of this page")
        self.next = TouchButton("check-bold", "Next", "Space", "Tick the current item")
        self.source.setCheckable(True)

    def _connect(self) -> None:
        self.back.clicked.connect(lambda: self._turn(-1))
        self.forth.clicked.connect(lambda: self._turn(1))
        self.person.clicked.connect(self._intents.person_switched)
        self.skip.clicked.connect(self._skip_or_reopen)
        self.never.clicked.connect(self._leave_out)
        self.page.clicked.connect(self._finish_page)
        self.next.clicked.connect(self._tick)
        self.source.toggled.connect(lambda on: self._stack.setCurrentIndex(int(on)))
        self.note.returnPressed.connect(self.next.setFocus)
        self.note.escaped.connect(self._drop_note)
        for row in self.rows:
            row.clicked.connect(lambda _=False, r=row: self._choose(r.row))
        for key, button in {
            "Space": self.next, "X": self.skip, "S": self.source, "W": self.person,
            "A": self.page, "Z": self.never, "PgUp": self.back, "PgDown": self.forth,
        }.items():  # fmt: skip
            bind_key(key, button, self)

    def _lay_out(self) -> None:
        page = QWidget()
        rows = QVBoxLayout(page)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(2)
        for row in self.rows:
            rows.addWidget(row, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(page)
        self._stack.addWidget(self.sheet)
        self._head, self._line, self._feet = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        for widget, share in ((self.back, 2), (self.heading, 4), (self.forth, 2)):
            self._head.addWidget(widget, share)
        self._line.addWidget(self.note, 1)
        self._line.addWidget(self.person, 1)
        for widget, share in zip(self._foot_buttons(), (3, 2, 3, 4, 3), strict=True):
            self._feet.addWidget(widget, share)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._head)
        column.addWidget(self._stack, 1)
        column.addLayout(self._line)
        column.addLayout(self._feet)

    def _foot_buttons(self) -> tuple[TouchButton, ...]:
        return self.source, self.never, self.skip, self.page, self.next

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window and screen."""
        for widget in (self.back, self.forth, self.person, self.note):
            widget.setFixedHeight(round(sizes.touch * 0.7))
        for button in self._foot_buttons():
            button.setFixedHeight(sizes.touch)
            button.set_cap(sizes.hand_cap)
        for button in (self.back, self.forth, self.person):
            button.set_cap(sizes.hand_cap)
        self.next.set_cap(min(sizes.hand_cap * 1.3, sizes.touch * 0.2))
        self.heading.set_cap(sizes.hand_cap * 1.1)
        self.sheet.set_cap(sizes.hand_cap)
        for row in self.rows:
            row.set_cap(sizes.hand_cap)
        for line in (self._head, self._line, self._feet):
            line.setSpacing(sizes.grid)

    def render_view(self, view: ChecklistView | None) -> None:
        """Show the record; without a checklist the place stays empty."""
        self.setVisible(view is not None)
        shown = view or EMPTY
        if shown == self._view and view is not None:
            return
        before = _identity(self._target())
        self._view = shown
        if _identity(self._target()) != before:
            self._forget_choice()
            self._page = self._page_of(shown.current)
        self._show()

    def _forget_choice(self) -> None:
        self._chosen = None
        self.note.clear()
        self.source.setChecked(False)

    def _page_of(self, item: str | None) -> int:
        ids = [row.item for row in self._view.rows]
        return ids.index(item) // ROWS_A_PAGE if item in ids else 0

    def _pages(self) -> int:
        return max(1, -(-len(self._view.rows) // ROWS_A_PAGE))

    def _target(self) -> ChecklistRow | None:
        wanted = self._chosen or self._view.current
        return next((row for row in self._view.rows if row.item == wanted), None)

    def _rows_shown(self) -> tuple[ChecklistRow, ...]:
        first = max(0, min(self._page * ROWS_A_PAGE, len(self._view.rows) - ROWS_A_PAGE))
        return self._view.rows[first : first + ROWS_A_PAGE]

    def _show(self) -> None:
        target, shown = self._target(), self._rows_shown()
        for button, row in zip_longest(self.rows, shown):
            button.show_row(row, row is not None and row is target)
        self._show_page_button()
        self._show_heading()
        self.person.set_word(self._view.person)
        self._show_target(target)

    def _open_of_page(self) -> tuple[str, ...]:
        """What the person who acts could tick on this page."""
        return tuple(r.item for r in self._rows_shown() if r.mark == "open" and r.mine)

    def _page_signs(self) -> bool:
        """Whether ticking this page leaves nothing to tick in the phase."""
        ticked = self._open_of_page()
        rest = [r for r in self._view.rows if r.mark == "open" and r.item not in ticked]
        return bool(ticked) and not rest and self._view.signs

    def _show_page_button(self) -> None:
        self.page.setEnabled(bool(self._open_of_page()))
        self.page.set_word("Done, sign" if self._page_signs() else "Page done")

    def _finish_page(self) -> None:
        self._intents.page_done.emit(self._open_of_page(), self._page_signs())

    def _show_heading(self) -> None:
        emergency = self._view.emergency
        head = "EMERGENCY\n" if emergency else ""
        words = f"{head}{self._view.phase}  {self._view.progress}\n{self._page_words()}".strip()
        self.heading.render_text(Text(words, Tone.ALARM if emergency else Tone.NORMAL))
        self.heading.explain(emergency)

    def declare_emergency(self) -> None:
        """With the reason that was typed, or ask for it."""
        reason = self.note.text().strip()
        if reason:
            self._intents.emergency_declared.emit(reason)
            self.note.clear()
        else:
            self._ask_for_reason()

    def _page_words(self) -> str:
        return f"page {self._page + 1}/{self._pages()}" if self._pages() > 1 else ""

    def _show_target(self, target: ChecklistRow | None) -> None:
        pending = target is not None and target.mark == "open"
        marked = target is not None and not pending
        finished = target is None and bool(self._view.rows)
        self.next.setEnabled(pending or finished)
        self.next.set_word(*(NEXT_WORDS[self._view.signing] if finished else NEXT))
        self.skip.set_word(
            "Reopen" if marked else "Skip", "undo-variant" if marked else "skip-next"
        )
        self.skip.setEnabled(target is not None and (marked or target.level != "required"))
        self.never.setEnabled(pending and target is not None and target.may_not_apply)
        self.source.setEnabled(target is not None)
        self.note.setEnabled(pending or not self._view.emergency)
        self.note.setPlaceholderText(f"Note: {target.evidence}" if target and pending else "")
        self.note.setAccessibleName("Note or reason")
        self.sheet.say(_describe(target) if target else "")

    def _choose(self, row: ChecklistRow | None) -> None:
        if row is not None:
            self._chosen = None if self._chosen == row.item else row.item
            self._show()

    def _turn(self, step: int) -> None:
        if 0 <= self._page + step < self._pages():
            self._page += step
            self._show()
        else:
            self._intents.phase_stepped.emit(step)

    def _tick(self) -> None:
        target = self._target()
        if target is not None:
            self._intents.item_done.emit(target.item, self.note.text().strip())
        elif self._view.signing is Signing.OWN:
            self._intents.phase_signed.emit()
        elif self._view.signing is Signing.OTHER:
            self._intents.person_switched.emit()
        else:
            self._intents.phase_stepped.emit(+1)

    def _skip_or_reopen(self) -> None:
        target, reason = self._target(), self.note.text().strip()
        if target is None:
            return
        if target.mark != "open":
            self._intents.item_reopened.emit(target.item)
        elif target.level == "advisory":
            self._intents.item_skipped.emit(target.item)
        elif reason:
            self._intents.item_overridden.emit(target.item, reason)
        else:
            self._ask_for_reason()

    def _leave_out(self) -> None:
        target, reason = self._target(), self.note.text().strip()
        if target is not None and reason:
            self._intents.item_left_out.emit(target.item, reason)
        else:
            self._ask_for_reason()

    def _ask_for_reason(self) -> None:
        self.note.setPlaceholderText(REASON_PROMPT)
        self.note.setFocus()

    def _drop_note(self) -> None:
        self.note.clear()
        self.next.setFocus()


def _identity(row: ChecklistRow | None) -> tuple[str, str] | None:
    """What a note in the line belongs to: it is dropped when the item or its mark changes."""
    return None if row is None else (row.item, row.mark)


def _describe(row: ChecklistRow) -> str:
    parts = (
        f"{row.item}  {row.text}",
        f"{row.level}, ticked by {row.sign}",
        f"Evidence: {row.evidence}",
        f"Source ({row.origin}): {row.source}",
        f"Marked {row.mark}: {row.note}" if row.mark != "open" else "",
    )
    return "\n".join(part for part in parts if part)
