"""A demonstration as data: what a scripted operator does, and when."""

from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable

import msgspec
import yaml

from guidance_app.domain.calibration import Point

FOLDER, SUFFIX = "scenarios", ".yaml"


class ScenarioError(ValueError):
    """There is no such scenario, or its file is wrong; `str()` says which and why."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing the operator does, in seconds since the live screen opened; one field is set."""

    at_s: float
    tick_phase: str = ""
    """All items of a phase that are open, one after the other, by the persons entitled to them."""
    tick: tuple[str, ...] = ()
    """These items, one after the other."""
    sign: str = ""
    """A phase that all who are present sign."""
    override: str = ""
    """An item gone on without, with `note` as the reason."""
    target: Point | None = None
    entry: Point | None = None
    corridor_steps: int = 0
    """Make the corridor wider by so many steps, or narrower."""
    no_go: tuple[Point, ...] = ()
    tip: Point | None = None
    hold: bool | None = None
    guidance: bool = False
    """Press the guidance switch."""
    injection: bool = False
    """Mark that an injection begins."""
    close: bool = False
    """Close the record, which ends the run."""
    store_image: bool = False
    """Store the picture that is shown."""
    moment: str = ""
    picture: bool = False
    """Keep the screen's picture as the decisive one."""
    note: str = ""

    @property
    def needs_picture(self) -> bool:
        """Nothing is placed, and guidance is not switched, without a live picture."""
        placed = self.target or self.entry or self.corridor_steps or self.no_go or self.tip
        return self.guidance or bool(placed)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A whole procedure on a simulated source, unattended."""

    id: str
    title: str
    address: str
    procedure: str
    plan: str
    """Id of the technique that guides the needle."""
    patient: str
    side: str
    operator: str
    assistant: str
    seconds: float
    """When it ends at the latest."""
    tick_every_s: float
    steps: tuple[Step, ...]
    evidence: dict[str, dict[str, str]] = field(default_factory=dict)
    """What is noted when an item is ticked: by item and field, where the item has the field."""


def scenarios() -> tuple[str, ...]:
    """The ids of the scenarios that ship."""
    return tuple(sorted(file.name.removesuffix(SUFFIX) for file in _folder().iterdir()))


def load_scenario(scenario_id: str) -> Scenario:
    """The scenario that ships under this id; raises ScenarioError with those that exist."""
    known = scenarios()
    if scenario_id not in known:
        raise ScenarioError(
            f'There is no scenario "{scenario_id}". Scenarios that exist: {", ".join(known)}.'
        )
    path = _folder() / f"{scenario_id}{SUFFIX}"
    try:
        return msgspec.convert(yaml.safe_load(path.read_text("utf-8")), Scenario)
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise ScenarioError(f"{path.name} cannot be read: {error}.") from None


def _folder() -> Traversable:
    return files("guidance_app.training") / FOLDER
