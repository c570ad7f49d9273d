"""How a picture is made. Imports nothing, so that the command line can offer it."""

from enum import StrEnum


class Modality(StrEnum):
    """Decides what it means that nothing in a picture changes."""

    ULTRASOUND = "ultrasound"
    FLUOROSCOPY = "fluoroscopy"
    """Pulsed: down to one new picture a second, and the last one stays when exposure ends."""
