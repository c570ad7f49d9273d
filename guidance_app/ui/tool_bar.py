"""The row of tools at the bottom: every action with icon, word and key, large enough to touch."""

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QWidget

from guidance_app.ui.actions import ACTIONS, FOLLOW_ICON, FOLLOW_WORD, TOOLS, Action, Tool
from guidance_app.ui.steering import Practice
from guidance_app.ui.theme import Sizes
from guidance_app.ui.touch_button import TouchButton, bind_key


class ToolBar(QWidget):
    """Buttons for all actions; hiding is held, everything else is pressed."""

    chosen = pyqtSignal(object)
    """An `Action` was pressed."""
    hide_held = pyqtSignal(bool)
    """The hide button is down."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Tools")
        self.buttons: dict[Action, TouchButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for action in Action:
            self.buttons[action] = self._make_button(action)
            row.addWidget(self.buttons[action], 1)
        hide = self.buttons[Action.HIDE]
        hide.pressed.connect(lambda: self.hide_held.emit(True))
        hide.released.connect(lambda: self.hide_held.emit(False))
        self.show_practice(Practice.NONE)

    def _make_button(self, action: Action) -> TouchButton:
        spec = ACTIONS[action]
        button = TouchButton(spec.icon, spec.word, spec.key, spec.hint)
        button.setCheckable(action in TOOLS)
        if action is not Action.HIDE:
            button.clicked.connect(lambda: self.chosen.emit(action))
            bind_key(spec.key, button, self)
        return button

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window and screen."""
        self.setFixedHeight(sizes.touch + sizes.grid // 2)
        layout = self.layout()
        if layout is not None:
            layout.setSpacing(sizes.grid)
        for button in self.buttons.values():
            button.set_cap(sizes.hand_cap)

    def show_tool(self, tool: Tool | None) -> None:
        """Press in the button of the tool in hand."""
        for action, button in self.buttons.items():
            button.setChecked(tool is not None and tool.action is action)

    def show_practice(self, practice: Practice) -> None:
        """Whether hands can be taken over or scored; a simulator's picture is never missed."""
        shown = {Practice.NONE: Action.WHY, Practice.SCRIPT: Action.TAKE}
        wanted = shown.get(practice, Action.SCORE)
        for action in (Action.WHY, Action.TAKE, Action.SCORE):
            self.buttons[action].setVisible(action is wanted)

    def show_held(self, held: bool) -> None:
        """The Freeze button says Follow while a picture is held."""
        spec = ACTIONS[Action.HOLD]
        word, icon = (FOLLOW_WORD, FOLLOW_ICON) if held else (spec.word, spec.icon)
        self.buttons[Action.HOLD].set_word(word, icon)
