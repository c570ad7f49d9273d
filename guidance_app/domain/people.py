"""Who takes part in a procedure, and in which role."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """In which role a person acts."""

    OPERATOR = "Op"
    ASSISTANT = "As"
    RADIOGRAPHER = "Rx"
    PATIENT = "Pt"
    SUPERVISOR = "Su"
    DEVICE = "Dv"
    """This program itself, for what it sees on the picture."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody taking part, under a pseudonym."""

    code: str
    role: Role


DEVICE = Person("device", Role.DEVICE)
"""Who marks what the picture proves, or contradicts."""
