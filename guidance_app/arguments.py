"""Values of the command line that several commands take."""

import argparse

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
