"""A 32-bit counter of a driver, as a number that only rises."""

_TURN = 1 << 32


class SequenceUnwrapper:
    """Follows the sequence numbers of one device."""

    def __init__(self) -> None:
        self._raw: int | None = None
        self._unwrapped = 0

    def follow(self, raw: int) -> int:
        """The rising number for the driver's next `raw`; the first keeps its own.

        It rises by as much as the driver's does, over the turn at 2^32 too. A driver that stands
        still or jumps back does not count; its pictures then follow one another without a gap.
        """
        if self._raw is None:
            self._unwrapped = raw
        else:
            step = (raw - self._raw) % _TURN
            self._unwrapped += step if 0 < step < _TURN // 2 else 1
        self._raw = raw
        return self._unwrapped
