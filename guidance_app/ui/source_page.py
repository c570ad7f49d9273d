"""Choosing a source: what is attached, or an address typed in."""

from dataclasses import dataclass

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from drivers.api.ports import DeviceInfo
from guidance_app.presentation.view import Text, Tone
from guidance_app.ui.intents import Intents
from guidance_app.ui.lettering import FittedText
from guidance_app.ui.message_line import EscapableLine
from guidance_app.ui.page_sizes import size_page
from guidance_app.ui.theme import Sizes
from guidance_app.ui.touch_button import TouchButton, bind_key

ADDRESS_ROLE = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class SourceView:
    """What can be opened, examples of addresses, and what went wrong last."""

    devices: tuple[DeviceInfo, ...]
    examples: tuple[str, ...]
    address: str = ""
    """The address in the field at first."""
    error: str = ""
    """One sentence, empty when nothing is wrong."""
    open_now: str = ""
    """What the source that is open delivers; empty when none is."""


class SourcePage(QWidget):
    """A list of devices, a field for an address with examples, and the last error."""

    def __init__(self, intents: Intents) -> None:
        super().__init__()
        self._intents = intents
        self._view: SourceView | None = None
        self.title = FittedText(bold=True)
        self.devices = QListWidget()
        self.address = EscapableLine()
        self.examples = FittedText(tone=Tone.MUTED)
        self.open_now = FittedText(tone=Tone.MUTED)
        self.error = FittedText()
        self.open = TouchButton("play", "Open source", "Enter", beside=True)
        self.why = TouchButton("stethoscope", "Why no picture?", "Ctrl+D", beside=True)
        self.back = TouchButton("arrow-left-bold", "Back", "Esc", beside=True)
        self.title.say("Where does the picture come from?")
        self.devices.setAccessibleName("Devices and sources found")
        self.address.setAccessibleName("Address of the source")
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self._column = QVBoxLayout(self)
        for widget in (self.title, self.open_now, self.devices, self.address):
            self._column.addWidget(widget)
        for widget in (self.examples, self.error):
            self._column.addWidget(widget)
        buttons = QHBoxLayout()
        buttons.addWidget(self.back, 1)
        buttons.addWidget(self.why, 2)
        buttons.addWidget(self.open, 2)
        self._column.addLayout(buttons)

    def _connect(self) -> None:
        # Not currentItemChanged: the list has a current item as soon as it has the keyboard.
        self.devices.itemSelectionChanged.connect(self._take_address)
        self.devices.itemActivated.connect(lambda _: self.open.click())
        self.address.returnPressed.connect(self.open.click)
        self.address.escaped.connect(self.back.click)
        self.open.clicked.connect(self._open)
        self.why.clicked.connect(self._ask_why)
        self.back.clicked.connect(self._intents.back_asked)
        bind_key("Ctrl+D", self.why, self)
        bind_key("Esc", self.back, self)

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window and screen."""
        size_page(self._column, self.title, sizes)
        self.open_now.setFixedHeight(round(sizes.hand_cap * 2.2))
        self.open_now.set_cap(sizes.hand_cap * 1.1)
        for line in (self.examples, self.error):
            line.setFixedHeight(round(sizes.hand_cap * 4.2))
            line.set_cap(sizes.hand_cap * 1.1)
        for widget in (self.address, self.open, self.why, self.back):
            widget.setFixedHeight(sizes.touch)
        for button in (self.open, self.why, self.back):
            button.set_cap(sizes.hand_cap * 1.2)

    def render_view(self, view: SourceView) -> None:
        """Show the record; the field is only filled where its address changed."""
        if self._view is None or view.devices != self._view.devices:
            self._list(view.devices)
        if self._view is None or view.address != self._view.address:
            self.address.setText(view.address)
        self._view = view
        self.examples.say("For example:  " + "   ".join(view.examples))
        self.error.render_text(Text(view.error))
        self.open_now.say(f"Open now:  {view.open_now}" if view.open_now else "")

    def _list(self, devices: tuple[DeviceInfo, ...]) -> None:
        self.devices.clear()
        for device in devices:
            words = (device.name, device.address, device.kind, device.reason)
            item = QListWidgetItem("  ·  ".join(word for word in words if word))
            item.setData(ADDRESS_ROLE, device.address)
            if not device.available:
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEnabled)
            self.devices.addItem(item)

    def _take_address(self) -> None:
        for item in self.devices.selectedItems():
            self.address.setText(item.data(ADDRESS_ROLE))

    def _ask_why(self) -> None:
        self._intents.address_diagnosis_asked.emit(self.address.text().strip())

    def _open(self) -> None:
        text = self.address.text().strip()
        if text:
            self._intents.source_chosen.emit(text)
        else:
            self.error.render_text(Text("Choose a source from the list or type its address."))
            self.address.setFocus()
