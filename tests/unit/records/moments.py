"""A clock for the records."""

from datetime import UTC, datetime, timedelta


class Moments:
    """The time of day, moved by hand."""

    def __init__(self) -> None:
        self.now = datetime(2025, 3, 1, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, duration: timedelta) -> None:
        self.now += duration
