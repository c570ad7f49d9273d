"""A driver that breaks its contract ends the run with a sentence, not with silence."""

from drivers.api.clock import SystemClock
from drivers.api.ports import VideoSource
from guidance_app.runtime.pipeline import CaptureFailed, Pipeline

LIMIT_S = 10.0


def test_an_error_in_a_driver_while_it_opens_is_told_to_who_waits_for_it() -> None:
    def create() -> VideoSource:
        raise ZeroDivisionError

    pipeline = Pipeline(create, SystemClock())
    failure = pipeline.open().exception(LIMIT_S)
    pipeline.stop()
    assert isinstance(failure, CaptureFailed)
    assert "(ZeroDivisionError)" in str(failure)
