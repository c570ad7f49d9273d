"""What a text may hold that is shown, stored and exchanged; a rule of this project. Pure."""

import unicodedata

TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Turn the direction of the text behind them, so that something else is read than is there."""
NO_LINES = frozenset({"Cc", "Zl", "Zp"})
"""Unicode's categories of control characters and of what breaks a line."""
HIDDEN = "holds a control character or one that turns the direction of the text"


def holds_hidden(text: str) -> bool:
    """Whether a text of one line holds what is not seen in it and changes how it is read."""
    return holds_control(text) or not TURNING.isdisjoint(text)


def holds_control(text: str) -> bool:
    """Whether a text of one line holds a control character, or what breaks the line."""
    return any(unicodedata.category(one) in NO_LINES for one in text)


def holds_hidden_in_lines(text: str) -> bool:
    """The same of a text that may have several lines."""
    return holds_hidden(text.replace("\n", " "))
