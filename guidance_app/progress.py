"""How far long work has come, for whoever looks at the terminal."""

import sys
from collections.abc import Callable


def progress_bar() -> Callable[[float], None]:
    """Shows a share of the work, 0 to 1, on standard error, when somebody looks at it."""
    if not sys.stderr.isatty():
        return lambda fraction: None

    def show(fraction: float) -> None:
        done = round(fraction * 40)
        end = "\n" if fraction >= 1 else ""
        print(f"\r[{'#' * done}{'.' * (40 - done)}] {fraction:4.0%}", end=end, file=sys.stderr)

    return show
