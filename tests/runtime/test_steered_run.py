"""A run hands movements on to a source that is steered, and lets them go where none is."""

import pytest

from drivers.api.address import parse_address
from drivers.api.clock import SystemClock
from drivers.api.ports import HandMove
from guidance_app.runtime.pipeline import Pipeline
from simulators.sources import create

LIMIT_S = 60.0


@pytest.mark.parametrize(("operator", "steered"), [("you", True), ("expert", False)])
def test_a_run_knows_whether_its_source_is_steered(operator: str, steered: bool) -> None:
    clock = SystemClock()
    address = parse_address(f"sim:gel?operator={operator}&width_px=64&height_px=64")
    pipeline = Pipeline(lambda: create(address, clock), clock)
    assert not pipeline.is_steered
    pipeline.steer(HandMove(advance_mm=1.0))
    try:
        pipeline.open().result(LIMIT_S)
        assert pipeline.is_steered is steered
        pipeline.steer(HandMove(advance_mm=1.0))
    finally:
        pipeline.stop()
    pipeline.steer(HandMove(advance_mm=1.0))
