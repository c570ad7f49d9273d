"""A fault plan from entries as they stand in a file."""

import msgspec

from simulators.fault_kinds import KINDS, Fault
from simulators.fault_plan import FaultPlan


def plan(*entries: dict[str, object], seed: int = 1) -> FaultPlan:
    return FaultPlan("test", tuple(map(_fault, entries)), seed)


def _fault(entry: dict[str, object]) -> Fault:
    parameters = {name: value for name, value in entry.items() if name != "kind"}
    return msgspec.convert(parameters, KINDS[str(entry["kind"])])
