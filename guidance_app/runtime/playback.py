"""Where a replay stands: it runs at a speed, stops, jumps and loops; times are handed in."""

from dataclasses import dataclass, replace

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0)


@dataclass(frozen=True, slots=True)
class Playback:
    """The position in a recording as a function of host time; all times in nanoseconds.

    Positions are of the recording's own clock. While it plays the position follows from one
    anchor, so that no error adds up.
    """

    begin_ns: int
    end_ns: int
    anchor_ns: int
    """Position at the host time `since_ns`."""
    since_ns: int = 0
    playing: bool = False
    speed: float = 1.0
    loop_ns: tuple[int, int] | None = None
    """From where to where it is repeated."""

    def position_ns(self, now_ns: int) -> int:
        """Where it stands at host time `now_ns`."""
        if not self.playing:
            return self.anchor_ns
        reached_ns = self.anchor_ns + round((now_ns - self.since_ns) * self.speed)
        if self.loop_ns is not None:
            return _in_loop(self.anchor_ns, reached_ns, *self.loop_ns)
        return min(reached_ns, self.end_ns)

    def is_over(self, now_ns: int) -> bool:
        """It has played to the end, which it stays at."""
        return self.loop_ns is None and self.position_ns(now_ns) >= self.end_ns

    def played(self, now_ns: int) -> "Playback":
        """It runs from here, or from the start again when it had come to the end."""
        at_ns = self.begin_ns if self.is_over(now_ns) else self.position_ns(now_ns)
        return replace(self, anchor_ns=at_ns, since_ns=now_ns, playing=True)

    def paused(self, now_ns: int) -> "Playback":
        """It stands where it is."""
        return replace(self, anchor_ns=self.position_ns(now_ns), playing=False)

    def moved_to(self, position_ns: int, now_ns: int) -> "Playback":
        """It goes on from another place, at most to the ends."""
        inside_ns = min(max(position_ns, self.begin_ns), self.end_ns)
        return replace(self, anchor_ns=inside_ns, since_ns=now_ns)

    def at_speed(self, speed: float, now_ns: int) -> "Playback":
        """It goes on from here at another speed."""
        return replace(self, anchor_ns=self.position_ns(now_ns), since_ns=now_ns, speed=speed)

    def looped(self, loop_ns: tuple[int, int] | None, now_ns: int) -> "Playback":
        """It repeats a stretch, or nothing any more."""
        at_ns = self.position_ns(now_ns)
        return replace(self, anchor_ns=at_ns, since_ns=now_ns, loop_ns=loop_ns)


def next_speed(speed: float, step: int) -> float:
    """The speed so many steps faster, or slower."""
    place = SPEEDS.index(speed) + step
    return SPEEDS[min(max(place, 0), len(SPEEDS) - 1)]


def _in_loop(anchor_ns: int, reached_ns: int, begin_ns: int, end_ns: int) -> int:
    """From before a loop it runs into it, from behind it begins anew."""
    if anchor_ns > end_ns:
        reached_ns += begin_ns - anchor_ns
    if reached_ns <= end_ns:
        return reached_ns
    return begin_ns + (reached_ns - begin_ns) % max(1, end_ns - begin_ns)
