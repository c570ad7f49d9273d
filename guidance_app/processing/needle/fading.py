"""Whether a shaft that is followed gets weaker without going on, as one that leaves the plane.

A cue and no proof: what lies above a shaft may shade it too, and a needle that is pushed on
into brighter tissue stands out less, which is why one that gets longer is not counted.
"""

from collections import deque

from guidance_app.processing.needle.found_tip import Tip

NEWEST_SHARE = 0.25
"""Share of the newest picture in the averages of contrast and length."""
BEFORE = 20
"""Pictures in which it gets weaker: a needle is tilted away within a second."""
WEAKER, NO_LONGER = 0.75, 1.15
"""Parts of the contrast and of the length then. In 24 simulated insertions it was said in 6 of the
10 seconds in which a tip left the plane, and in 2.3 % of the pictures in which none did."""
HELD = 15
"""Pictures for which it is said at least, so that it does not flicker."""


class Fading:
    """Contrast and length of one shaft, picture by picture; one thread."""

    def __init__(self) -> None:
        self._past: deque[tuple[float, float]] = deque(maxlen=BEFORE + 1)
        self._held = 0

    def after(self, tip: Tip) -> bool:
        """Whether it fades, after one more picture of it."""
        self._past.append(self._averaged(tip.contrast, tip.shaft.course.length_px))
        self._held = HELD if self._fades() else max(self._held - 1, 0)
        return self._held > 0

    def _averaged(self, contrast: float, length_px: float) -> tuple[float, float]:
        if not self._past:
            return contrast, length_px
        before = self._past[-1]
        return (
            before[0] + NEWEST_SHARE * (contrast - before[0]),
            before[1] + NEWEST_SHARE * (length_px - before[1]),
        )

    def _fades(self) -> bool:
        then, now = self._past[0], self._past[-1]
        whole = len(self._past) > BEFORE
        return whole and now[0] < WEAKER * then[0] and now[1] < NO_LONGER * then[1]
