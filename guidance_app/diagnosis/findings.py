"""What a check found: how it stands, what is so, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """How a checked thing stands."""

    OK = "ok"
    WARNING = "warning"
    """It works, or may work, and not as it should."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer of one check, in words for whoever stands beside the device."""

    check: str
    """What was looked at: "devices", "source v4l2:/dev/video0", "disk"."""
    outcome: Outcome
    what: str
    """What is so, one sentence."""
    advice: str = ""
    """What to do, one or two sentences; empty when there is nothing to do."""
