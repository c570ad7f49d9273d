"""What was advised when a procedure was set up, kept as it was shown."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GivenAdvice:
    """One piece of advice as somebody read it; later editions of the knowledge do not change it."""

    rule: str
    """"M-1", or the id of a recommendation."""
    level: str
    """"HARD", "SOFT", "ADV", "INFO"."""
    text: str
    trace: tuple[str, ...]
    origin: str
    """"P", "C", "O" or several of them."""
    agreement: float | None = None
    """Mean agreement of the experts, 0 to 10; None where there is none."""
    followed: bool | None = None
    """Whether what was chosen is what it prefers; None where it prefers nothing."""
