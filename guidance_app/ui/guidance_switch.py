"""The guidance switch and, beneath it, why it cannot be pressed."""

from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from guidance_app.presentation.view import GuidanceButton, Tone
from guidance_app.ui.intents import Intents
from guidance_app.ui.lettering import FittedText
from guidance_app.ui.theme import Sizes
from guidance_app.ui.touch_button import TouchButton, bind_key

KEY = "G"
ICON = "crosshairs-gps"


class GuidanceSwitch(QWidget):
    """One button whose verb the record gives, and one line for the reason."""

    def __init__(self, intents: Intents) -> None:
        super().__init__()
        self.button = TouchButton(ICON, "Start guidance", KEY, "Guidance on or off", beside=True)
        self.button.setCheckable(True)
        self.emergency = TouchButton("alert", "Emergency", "", "Go on without the checklist")
        self.reason = FittedText(tone=Tone.MUTED)
        self.button.clicked.connect(intents.guidance_pressed)
        bind_key(KEY, self.button, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        row = QHBoxLayout()
        row.addWidget(self.button, 7)
        row.addWidget(self.emergency, 3)
        column.addLayout(row)
        column.addWidget(self.reason)

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window and screen."""
        for button in (self.button, self.emergency):
            button.setFixedHeight(sizes.touch)
        self.emergency.set_cap(sizes.hand_cap)
        self.button.set_cap(sizes.hand_cap * 1.3)
        self.reason.setFixedHeight(round(sizes.hand_cap * 3.4))
        self.reason.set_cap(sizes.hand_cap)

    def render_view(self, view: GuidanceButton) -> None:
        """Show the record."""
        self.button.set_word(view.text)
        self.button.setEnabled(view.enabled)
        self.button.setChecked(view.on)
        self.emergency.setEnabled(view.emergency)
        self.reason.say(view.reason)
