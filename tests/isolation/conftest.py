"""What all tests with child processes share."""

import pytest


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A child that is starved on a busy machine is not taken for one that hangs."""
    monkeypatch.setattr("drivers.isolation.source.HEARTBEAT_LIMIT_S", 20.0)
