"""The fields of a form: a text, a secret, one of several, any of several."""

from PyQt6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QWidget

from guidance_app.presentation.forms import FieldKind, FormField
from guidance_app.ui.message_line import EscapableLine
from guidance_app.ui.theme import Sizes
from guidance_app.ui.touch_button import TouchButton

IN_A_ROW = 3
"""Options of "any of several" beside each other."""


class TextField(EscapableLine):
    """A line to type in."""

    def __init__(self, field: FormField) -> None:
        super().__init__()
        self._secret = field.kind is FieldKind.SECRET
        self.setAccessibleName(field.label)
        self.setPlaceholderText(field.hint)
        self.setText(field.value)
        if self._secret:
            self.setEchoMode(QLineEdit.EchoMode.Password)

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window and screen."""
        self.setFixedHeight(row_height(sizes))

    def value(self) -> str:
        """What is entered now."""
        return self.text()

    def forget_secret(self) -> None:
        """Clear what was typed unseen."""
        if self._secret:
            self.clear()


class OneField(QComboBox):
    """A list from which one is chosen."""

    def __init__(self, field: FormField) -> None:
        super().__init__()
        self.setAccessibleName(field.label)
        for option in field.options:
            self.addItem(option.title, option.id)
        self.setCurrentIndex(self.findData(field.value))

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window and screen."""
        self.setFixedHeight(row_height(sizes))

    def value(self) -> str:
        """The id of what is chosen; empty when nothing is."""
        return str(self.currentData() or "")

    def forget_secret(self) -> None:
        """There is none."""


class SomeField(QWidget):
    """Buttons, any of which may be down."""

    def __init__(self, field: FormField) -> None:
        super().__init__()
        chosen = field.value.split()
        self.buttons = {
            option.id: TouchButton(option.icon, option.title, beside=True)
            for option in field.options
        }
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        for place, (id_, button) in enumerate(self.buttons.items()):
            button.setCheckable(True)
            button.setChecked(id_ in chosen)
            self._grid.addWidget(button, *divmod(place, IN_A_ROW))
        self.setFocusProxy(next(iter(self.buttons.values())))

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window and screen."""
        self._grid.setSpacing(sizes.grid)
        rows = -(-len(self.buttons) // IN_A_ROW)
        self.setFixedHeight(rows * (row_height(sizes) + sizes.grid) - sizes.grid)
        for button in self.buttons.values():
            button.setFixedHeight(row_height(sizes))
            button.set_cap(sizes.hand_cap * 1.2)

    def value(self) -> str:
        """The ids of those that are down, with spaces between them."""
        return " ".join(id_ for id_, button in self.buttons.items() if button.isChecked())

    def forget_secret(self) -> None:
        """There is none."""


Field = TextField | OneField | SomeField


def make_field(field: FormField) -> Field:
    """The widget for a field of this kind."""
    if field.kind is FieldKind.ONE:
        return OneField(field)
    return SomeField(field) if field.kind is FieldKind.SOME else TextField(field)


def row_height(sizes: Sizes) -> int:
    """Of one line of a form."""
    return round(sizes.touch * 0.9)
