"""Functions that are compiled to machine code when they are first called, and kept on disk."""

from collections.abc import Callable
from typing import TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """Compile a function over arrays and numbers; other threads may run while it works.

    Arithmetic is kept as it is written, so that the same numbers come out everywhere.
    """
    return cast(F, numba.njit(cache=True, nogil=True)(function))


def inlined(function: F) -> F:
    """The same, put into the place where it is called: handing over arrays takes longer than using
    them."""
    return cast(F, numba.njit(inline="always")(function))
