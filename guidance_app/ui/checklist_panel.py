"""The checklist beside the picture: one page of a phase, ticked with one key."""

from itertools import zip_longest

from PyQt6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from guidance_app.domain.evidence import Evidence, evidence_refusal
from guidance_app.presentation.view import ChecklistRow, ChecklistView, Signing, Text, Tone
from guidance_app.ui.checklist_row import ChecklistRowButton
from guidance_app.ui.evidence_sheet import EvidenceSheet
from guidance_app.ui.intents import Intents
from guidance_app.ui.lettering import CENTRE, FittedText
from guidance_app.ui.message_line import EscapableLine
from guidance_app.ui.source_sheet import SourceSheet
from guidance_app.ui.theme import Sizes
from guidance_app.ui.touch_button import TouchButton, bind_key

ROWS_A_PAGE = 5
EMPTY = ChecklistView("", "", (), None, "")
REASON_PROMPT, EMERGENCY_PROMPT = "Type why", "Why? Then Enter"
NEVER_HINT = "It does not apply: type why, then N/A"
BACK_HINT, FORTH_HINT = "Page or phase before", "Page or phase after"
NEXT = ("Next", "check-bold")
NEXT_WORDS = {
    Signing.OWN: ("Sign", "draw"),
    Signing.OTHER: ("Hand over", "account-switch"),
    Signing.ABSENT: ("Go on", "check-bold"),
    Signing.DONE: ("Go on", "check-bold"),
    Signing.CLOSING: ("Close record", "lock-check-outline"),
}
"""Word and icon of the button for the next step once all items of a phase are marked."""
CLOSED = ("Closed", "lock-outline")


class ChecklistPanel(QWidget):
    """Rows, a line for a remark or a reason, and buttons; nothing opens over the picture.

    Next ticks the current item, or an open item that was pressed. Skip takes the reason from
    the line. Enter in the line only leaves it, so that a reason never ticks an item. What an item
    asks to be noted is entered on a sheet in the place of the rows.
    """

    def __init__(self, intents: Intents) -> None:
        super().__init__()
        self._intents = intents
        self._view = EMPTY
        self._chosen: str | None = None
        self._page = 0
        self._declaring = False
        """The emergency was pressed, and its reason is being typed."""
        self._reopened: str | None = None
        """Whoever takes a mark back wants to put it right: that item stays the chosen one."""
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
        self.sheet = SourceSheet()
        self.evidence = EvidenceSheet()
        self.note = EscapableLine()
        self.source = TouchButton("information-outline", "Source", "S", "Source of this item")
        self.noting = TouchButton("clipboard-edit-outline", "Note", "V", "Note values of this item")
        self.skip = TouchButton("skip-next", "Skip", "X", "Go on without this item")
        self.never = TouchButton("cancel", "N/A", "Z", NEVER_HINT, beside=True)
        self.page = TouchButton("check-all", "Page", "A", "Tick all open items of this page")
        self.next = TouchButton("check-bold", "Next", "Space", "Tick the current item")
        self.source.setCheckable(True)
        self.noting.setCheckable(True)

    def _connect(self) -> None:
        self.back.clicked.connect(lambda: self._turn(-1))
        self.forth.clicked.connect(lambda: self._turn(1))
        self.person.clicked.connect(self._intents.person_switched)
        self.skip.clicked.connect(self._skip_or_reopen)
        self.never.clicked.connect(self._leave_out)
        self.page.clicked.connect(self._finish_page)
        self.next.clicked.connect(self._tick)
        self.source.toggled.connect(lambda on: self._bring(self.noting if on else None))
        self.noting.toggled.connect(lambda on: self._bring(self.source if on else None))
        self.evidence.changed.connect(self._show_page_button)
        self.evidence.left.connect(self.next.setFocus)
        self.note.returnPressed.connect(self._end_note)
        self.note.escaped.connect(self._drop_note)
        for row in self.rows:
            row.clicked.connect(lambda _=False, r=row: self._choose(r.row))
        for key, button in {
            "Space": self.next, "X": self.skip, "S": self.source, "W": self.person,
            "A": self.page, "Z": self.never, "V": self.noting,
            "PgUp": self.back, "PgDown": self.forth,
        }.items():  # fmt: skip
            bind_key(key, button, self)

    def _lay_out(self) -> None:
        self._rows = QWidget()
        rows = QVBoxLayout(self._rows)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(2)
        for row in self.rows:
            rows.addWidget(row, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._rows)
        self._stack.addWidget(self.sheet)
        self._stack.addWidget(self.evidence)
        self._head, self._line, self._feet = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        for widget, share in ((self.back, 2), (self.heading, 4), (self.forth, 2)):
            self._head.addWidget(widget, share)
        for part, share in ((self.note, 4), (self.never, 2), (self.person, 4)):
            self._line.addWidget(part, share)
        for widget, share in zip(self._foot_buttons(), (3, 3, 3, 4, 5), strict=True):
            self._feet.addWidget(widget, share)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._head)
        column.addWidget(self._stack, 1)
        column.addLayout(self._line)
        column.addLayout(self._feet)

    def _foot_buttons(self) -> tuple[TouchButton, ...]:
        return self.source, self.noting, self.skip, self.page, self.next

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window and screen."""
        for widget in (self.back, self.forth, self.person, self.note, self.never):
            widget.setFixedHeight(round(sizes.touch * 0.7))
        for button in self._foot_buttons():
            button.setFixedHeight(sizes.touch)
            button.set_cap(sizes.hand_cap)
        for button in (self.back, self.forth, self.person, self.never):
            button.set_cap(sizes.hand_cap)
        self.next.set_cap(min(sizes.hand_cap * 1.3, sizes.touch * 0.2))
        self.heading.set_cap(sizes.hand_cap * 1.1)
        self.sheet.apply(sizes)
        self.evidence.apply(sizes)
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
            self._chosen, self._reopened = self._reopened, None
            self._page = self._page_of(self._chosen or shown.current)
        self._show()

    def _forget_choice(self) -> None:
        self._chosen = None
        self.note.clear()
        self.source.setChecked(False)
        self.noting.setChecked(False)

    def _bring(self, other: TouchButton | None) -> None:
        """Show the sheet whose button was pressed, in place of that of the other, or the rows."""
        if other is not None:
            other.setChecked(False)
        sheets = {self.source: self.sheet, self.noting: self.evidence}
        front = next((sheet for button, sheet in sheets.items() if button.isChecked()), self._rows)
        self._stack.setCurrentWidget(front)
        self._show_heading()

    def _page_of(self, item: str | None) -> int:
        """Pages end with the last row: what the set-up settles stands at the top, and a first page
        that repeats rows costs no press."""
        ids = [row.item for row in self._view.rows]
        below = len(ids[ids.index(item) + 1 :]) if item in ids else len(ids[1:])
        return self._pages() - 1 - below // ROWS_A_PAGE

    def _pages(self) -> int:
        return max(1, -(-len(self._view.rows) // ROWS_A_PAGE))

    def _target(self) -> ChecklistRow | None:
        wanted = self._chosen or self._view.current
        return next((row for row in self._view.rows if row.item == wanted), None)

    def _rows_shown(self) -> tuple[ChecklistRow, ...]:
        pages_below = max(0, self._pages() - 1 - self._page)
        first = max(0, len(self._view.rows) - (pages_below + 1) * ROWS_A_PAGE)
        return self._view.rows[first : first + ROWS_A_PAGE]

    def _show(self) -> None:
        target, shown = self._target(), self._rows_shown()
        for button, row in zip_longest(self.rows, shown):
            button.show_row(row, row is not None and row is target)
        self.person.set_word(self._view.person)
        self.person.setEnabled(not self._view.closed)
        self._show_target(target)
        self._show_page_button()
        self._show_heading()

    def _open_of_page(self) -> list[ChecklistRow]:
        """What the person who acts could tick on this page."""
        if self._view.closed:
            return []
        return [
            row for row in self._rows_shown() if row.mark == "open" and row.mine and not row.alone
        ]

    def _noted(self, row: ChecklistRow) -> tuple[Evidence, ...]:
        """What was entered for an item; only that of one is kept."""
        return self.evidence.evidence() if row == self._target() else ()

    def _is_due(self, row: ChecklistRow) -> bool:
        """Whether its sheet has to be seen first: a value is missing, or is to be changed."""
        if evidence_refusal(row.fields, self._noted(row)) is not None:
            return True
        return bool(row.noted) and not (self.noting.isChecked() and row == self._target())

    def _page_signs(self) -> bool:
        """Whether ticking this page leaves nothing to tick in the phase."""
        ticked = [row.item for row in self._open_of_page() if not self._is_due(row)]
        rest = [r for r in self._view.rows if r.mark == "open" and r.item not in ticked]
        return bool(ticked) and not rest and self._view.signs

    def _show_page_button(self) -> None:
        self.page.setEnabled(bool(self._open_of_page()))
        self.page.set_word("Done, sign" if self._page_signs() else "Page done")

    def _finish_page(self) -> None:
        """Tick what can be ticked, and then ask for what is missing."""
        rows, signs = self._open_of_page(), self._page_signs()
        ticked = tuple((row.item, self._noted(row)) for row in rows if not self._is_due(row))
        due = next((row for row in rows if self._is_due(row)), None)
        if due is not None:
            self._ask_for_evidence(due)
        if ticked:
            self._intents.page_done.emit(ticked, signs)

    def _ask_for_evidence(self, row: ChecklistRow) -> None:
        if row != self._target():
            self._chosen = row.item
            self._show()
        if self.noting.isChecked():
            self.evidence.tell_refusal()
            self._show_heading()
        self.noting.setChecked(True)

    def _show_heading(self) -> None:
        emergency, closed = self._view.emergency, self._view.closed
        head = "EMERGENCY\n" if emergency else ""
        phase = f"{self._view.phase}  CLOSED" if closed else self._progress()
        words = f"{head}{phase}\n{self._page_words()}".strip()
        self.heading.render_text(Text(words, Tone.ALARM if emergency else Tone.NORMAL))
        self.heading.explain(emergency)

    def declare_emergency(self) -> None:
        """With the reason that was typed, or ask for it."""
        reason = self.note.text().strip()
        if reason:
            self._declaring = False
            self._intents.emergency_declared.emit(reason)
            self.note.clear()
            self.note.clearFocus()
        else:
            self._declaring = True
            self.note.setPlaceholderText(EMERGENCY_PROMPT)
            self.note.setFocus()

    def _end_note(self) -> None:
        """A typed reason declares the emergency that was asked for; else it only waits."""
        if self._declaring and self.note.text().strip():
            self.declare_emergency()
        else:
            self.next.setFocus()

    def _progress(self) -> str:
        return f"{self._view.phase}  {self._view.progress}"

    def _page_words(self) -> str:
        front = self._stack.currentWidget()
        if isinstance(front, SourceSheet | EvidenceSheet):
            return front.page_words
        return f"page {self._page + 1}/{self._pages()}" if self._pages() > 1 else ""

    def _show_target(self, target: ChecklistRow | None) -> None:
        pending = target is not None and target.mark == "open"
        marked = target is not None and not pending
        changing = not self._view.closed
        self._show_next(pending, finished=target is None and bool(self._view.rows))
        self.skip.set_word(
            "Reopen" if marked else "Skip", "undo-variant" if marked else "skip-next"
        )
        skippable = target is not None and (marked or target.level != "required")
        self.skip.setEnabled(skippable and changing)
        self.never.setEnabled(pending and target is not None and target.may_not_apply)
        self.source.setEnabled(target is not None)
        self.noting.setEnabled(changing and pending and bool(target and target.fields))
        self.note.setEnabled(changing and (pending or not self._view.emergency))
        self.note.setPlaceholderText(f"Note: {target.evidence}" if target and pending else "")
        self.note.setAccessibleName("Note or reason")
        self.sheet.show_lines(target.explanation if target else ())
        self.evidence.show_item(target if pending else None)

    def _hands_over(self) -> bool:
        """Whether Next lets somebody else act: the person who ticks has nothing to tick here."""
        return self._view.hand_over and self._chosen is None

    def _show_next(self, pending: bool, finished: bool) -> None:
        words = NEXT_WORDS[self._view.signing] if finished else NEXT
        words = NEXT_WORDS[Signing.OTHER] if self._hands_over() else words
        self.next.set_word(*(CLOSED if self._view.closed else words))
        self.next.setEnabled((pending or finished) and not self._view.closed)

    def _choose(self, row: ChecklistRow | None) -> None:
        if row is not None:
            self._chosen = None if self._chosen == row.item else row.item
            self._show()

    def _turn(self, step: int) -> None:
        front = self._stack.currentWidget()
        if isinstance(front, SourceSheet | EvidenceSheet):
            front.turn(step)
            self._show_heading()
        elif 0 <= self._page + step < self._pages():
            self._page += step
            self._show()
        else:
            self._intents.phase_stepped.emit(step)

    def _tick(self) -> None:
        target = self._target()
        if self._hands_over():
            self._intents.person_switched.emit()
        elif target is not None and self._is_due(target):
            self._ask_for_evidence(target)
        elif target is not None:
            noted = self._noted(target)
            self._intents.item_done.emit(target.item, self.note.text().strip(), noted)
        elif self._view.signing is Signing.CLOSING:
            self._intents.closing_asked.emit()
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
            self._reopened = target.item
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
        self._declaring = False
        self.note.clear()
        self.next.setFocus()


def _identity(row: ChecklistRow | None) -> tuple[str, str] | None:
    """What a note in the line belongs to: it is dropped when the item or its mark changes."""
    return None if row is None else (row.item, row.mark)
