"""Values of the command line that several commands take."""

import argparse
from datetime import date

LONGEST_S = 1e6


def positive_seconds(text: str) -> float:
    """A time above 0 and under LONGEST_S; raises argparse.ArgumentTypeError, in words."""
    try:
        seconds = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a number of seconds") from None
    if not 0 < seconds < LONGEST_S:
        raise argparse.ArgumentTypeError(f"the seconds must lie above 0 and under {LONGEST_S:,.0f}")
    return seconds


def positive_count(text: str) -> int:
    """A whole number from 1 on; for argparse's `type`."""
    try:
        count = int(text)
    except ValueError:
        count = 0
    if count < 1:
        raise argparse.ArgumentTypeError(f"{text} is no number from 1 on")
    return count


def day(text: str) -> date:
    """A day of the calendar; for argparse's `type`."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no day; write 2026-11-26") from None
