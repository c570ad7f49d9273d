"""The state strip, changed only as often as a person can read it."""

from guidance_app.presentation.view import StateStrip

STRIP_NS = 250_000_000
"""Figures in the strip change at most so often: nobody reads them faster."""


class CalmStrip:
    """Keeps a strip until its figures are due or the state has changed."""

    def __init__(self) -> None:
        self._shown: StateStrip | None = None
        self._until_ns = 0

    def show(self, strip: StateStrip, now_ns: int) -> StateStrip:
        """The strip as it was, or this one from host time `now_ns` on."""
        shown = self._shown
        if shown is None or shown.state != strip.state or now_ns >= self._until_ns:
            self._shown, self._until_ns = strip, now_ns + STRIP_NS
            return strip
        return shown
