"""What a replayed source had been asked when it was recorded, for the engine to be asked again."""

from collections.abc import Iterable
from dataclasses import replace

from drivers.api.ports import VideoSource
from drivers.api.samples import VideoFrame
from guidance_app.domain.commands import Command, PlanChanged
from guidance_app.session.replay import ReplaySource


def recorded_commands(source: VideoSource, frame: VideoFrame) -> Iterable[Command]:
    """What a replayed source had been asked before this frame, with times moved to now."""
    if not isinstance(source, ReplaySource):
        return ()
    recorded_ns = frame.stamp.device_ns or 0
    shift_ns = frame.stamp.arrival_ns - recorded_ns
    return [_moved(c, shift_ns) for c in source.commands_until(frame.stamp.sequence)]


def _moved(command: Command, shift_ns: int) -> Command:
    if not isinstance(command, PlanChanged) or command.plan.tip is None:
        return command
    tip = replace(command.plan.tip, marked_ns=command.plan.tip.marked_ns + shift_ns)
    return replace(command, plan=replace(command.plan, tip=tip))
