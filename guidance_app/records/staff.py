"""Somebody who works with the application, as the records know them; no database in here."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A person under the code by which everything else names them."""

    code: str
    name: str
    """As it is shown."""
    active: bool = True
    """Whoever is not can neither sign nor use a PIN; what they did stays."""
