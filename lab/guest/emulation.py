"""Limits that a computer keeps easily, and a machine made of software does not."""

from drivers.isolation import source

SLOWER = 20
LIMITS = ("START_LIMIT_S", "OPEN_LIMIT_S", "HEARTBEAT_LIMIT_S")
"""For what the processor does. Those for the device itself stay as they are."""


def stretch_limits() -> None:
    """Give the child process the time that it needs here."""
    for name in LIMITS:
        setattr(source, name, SLOWER * getattr(source, name))
