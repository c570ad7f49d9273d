"""What the checklist keeps shut: guidance and the mark of an injection; beneath them, why."""

from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from guidance_app.presentation.view import GuidanceButton, Tone
from guidance_app.ui.intents import Intents
from guidance_app.ui.lettering import FittedText
from guidance_app.ui.theme import Sizes
from guidance_app.ui.touch_button import TouchButton, bind_key

KEY = "G"
ICON = "crosshairs-gps"
INJECTION_KEY = "J"


class GuidanceSwitch(QWidget):
    """A button whose verb the record gives, two beside it, and one line for the reasons."""

    def __init__(self, intents: Intents) -> None:
        super().__init__()
        self.button = TouchButton(ICON, "Start guidance", KEY, "Guidance on or off", beside=True)
        self.button.setCheckable(True)
        self.injection = TouchButton("needle", "Injection", INJECTION_KEY, "An injection begins")
        self.emergency = TouchButton("alert", "Emergency", "", "Go on without the checklist")
        self.reason = FittedText(tone=Tone.MUTED)
        self.button.clicked.connect(intents.guidance_pressed)
        self.injection.clicked.connect(intents.injection_pressed)
        bind_key(KEY, self.button, self)
        bind_key(INJECTION_KEY, self.injection, self)
        keeping = self.injection.sizePolicy()
        keeping.setRetainSizeWhenHidden(True)
        self.injection.setSizePolicy(keeping)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        row = QHBoxLayout()
        for button, share in ((self.button, 5), (self.injection, 3), (self.emergency, 3)):
            row.addWidget(button, share)
        column.addLayout(row)
        column.addWidget(self.reason)

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window and screen."""
        for button in (self.button, self.injection, self.emergency):
            button.setFixedHeight(sizes.touch)
            button.set_cap(sizes.hand_cap)
        self.button.set_cap(sizes.hand_cap * 1.3)
        self.reason.setFixedHeight(round(sizes.hand_cap * 3.4))
        self.reason.set_cap(sizes.hand_cap)

    def render_view(self, view: GuidanceButton, injection: GuidanceButton | None) -> None:
        """Show the records; without one for the injection its place stays empty."""
        self.button.set_word(view.text)
        self.button.setEnabled(view.enabled)
        self.button.setChecked(view.on)
        self.emergency.setEnabled(view.emergency)
        self.injection.setVisible(injection is not None)
        self.injection.setEnabled(injection is not None and injection.enabled)
        reasons = (view.reason, injection.reason if injection else "")
        self.reason.say(" ".join(filter(None, reasons)))
