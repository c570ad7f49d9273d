"""A simulated case as a file: whom, which view, whose hands, which needle, which settings."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from drivers.api.errors import DeviceError, NotFound, ProtocolViolation
from simulators.anatomy.body import Body, View
from simulators.anatomy.sites import SiteRefused, find_view, make_body
from simulators.consoles.layouts import CONSOLES
from simulators.hands import SKILLS, Operator, Way, make_hands
from simulators.imaging.settings import Settings, SettingsRefused, check_settings, usual_settings
from simulators.imaging.transducer import TRANSDUCERS
from simulators.needle import OUTER_MM, TIP_CURVATURES, NeedleKind
from simulators.plain_yaml import YamlRefused, in_plain_words, read_yaml
from simulators.probe import ProbeShift, held
from simulators.steered import YOU, SteeredHands

FOLDER, SUFFIX = "scenarios", ".yaml"
LARGEST_BYTES = 1 << 16
LARGEST_SEED = 999_999
SMALLEST_PX, MOST_PX = 64, 4096
"""Of either side of a picture."""


IN_PLANE, OUT_OF_PLANE = "in-plane", "out-of-plane"
BESIDE_MM, BESIDE_SHARE = 8.0, 0.6
"""How far beside the picture a needle from there goes in: at least, and for each mm of depth."""
USUAL_SIZE_PX = (640, 480)


class Scenario(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a scenario says; everything but the site has a usual value."""

    site: str
    title: str = ""
    """For people who read the file."""
    view: str = ""
    """Id of the view; the first one of the site where empty."""
    seed: Annotated[int, Meta(ge=0, le=LARGEST_SEED)] = 1
    operator: str = "expert"
    gauge: int = 22
    approach: str = IN_PLANE
    """Of scripted hands, and of yours at first: along the picture, or from beside it."""
    tip: str = "quincke"
    echogenic: bool = False
    width_px: Annotated[int, Meta(ge=SMALLEST_PX, le=MOST_PX)] = USUAL_SIZE_PX[0]
    height_px: Annotated[int, Meta(ge=SMALLEST_PX, le=MOST_PX)] = USUAL_SIZE_PX[1]
    console: str = ""
    """Name of the scanner around the picture, which gives it its size; the picture alone where
    empty."""
    depth_mm: float | None = None
    mhz: float | None = None
    focus_mm: float | None = None
    gain_db: float | None = None
    range_db: float | None = None
    persistence: float | None = None
    looks: int | None = None
    """How many pictures of tilted beams make one."""


class ScenarioRefused(ValueError):
    """There can be no such case; `str()` says what is wrong, and what there is."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Whom and what a scenario names."""

    body: Body
    view: View
    hands: Operator
    settings: Settings


def cast(scenario: Scenario) -> Cast:
    """Look up all that a scenario names; raises ScenarioRefused for what there is not."""
    _one_of("operator", scenario.operator, (*SKILLS, YOU))
    _one_of("gauge", str(scenario.gauge), [str(one) for one in OUTER_MM])
    _one_of("tip", scenario.tip, TIP_CURVATURES)
    _one_of("console", scenario.console, ("", *CONSOLES))
    _one_of("approach", scenario.approach, (IN_PLANE, OUT_OF_PLANE))
    if scenario.console and (scenario.width_px, scenario.height_px) != USUAL_SIZE_PX:
        raise ScenarioRefused("a console has a size of its own: leave out width_px and height_px.")
    try:
        body = make_body(scenario.site, scenario.seed)
        view = _approached(body, find_view(body, scenario.view), scenario.approach)
        settings = _settings(scenario, view)
    except (SiteRefused, SettingsRefused) as refused:
        raise ScenarioRefused(f"{str(refused).rstrip('.')}.") from None
    return Cast(body, view, _operator(scenario, body, view), settings)


def _operator(scenario: Scenario, body: Body, view: View) -> Operator:
    kind = NeedleKind(scenario.gauge, scenario.tip, scenario.echogenic)
    way = Way(kind, view.entry_mm, body.targets[view.target], view.hold)
    if scenario.operator == YOU:
        return SteeredHands(way, body)
    return make_hands(scenario.operator, scenario.seed, way)


def _approached(body: Body, view: View, approach: str) -> View:
    """The view with the needle going in where this approach begins."""
    if approach == IN_PLANE:
        return view
    x, y, depth_mm = body.targets[view.target]
    across = held(view.hold, ProbeShift())[:3, 1] * max(BESIDE_MM, BESIDE_SHARE * depth_mm)
    return replace(view, entry_mm=(x + float(across[0]), y + float(across[1]), 0.0))


def _one_of(what: str, wanted: str, existing: Collection[str]) -> None:
    if wanted not in existing:
        exist = ", ".join(filter(None, existing))
        raise ScenarioRefused(f'there is no {what} "{wanted}". Those that exist: {exist}.')


def _settings(scenario: Scenario, view: View) -> Settings:
    transducer = TRANSDUCERS[view.transducer]
    usual = usual_settings(transducer, scenario.depth_mm or view.depth_mm)
    asked = {
        name: value
        for name in ("mhz", "focus_mm", "gain_db", "range_db", "persistence", "looks")
        if (value := getattr(scenario, name)) is not None
    }
    settings = replace(usual, **asked)
    check_settings(settings, transducer)
    return settings


def scenarios() -> tuple[str, ...]:
    """The names of the scenarios that ship."""
    return tuple(sorted(f.name.removesuffix(SUFFIX) for f in _folder().iterdir()))


def load_scenario(name: str) -> Scenario:
    """The scenario that ships under this name, or the one in this file.

    NotFound when there is none; ProtocolViolation with line and cause when it is wrong.
    """
    if name in scenarios():
        return _parse(name, (_folder() / f"{name}{SUFFIX}").read_text("utf-8"))
    path = Path(name)
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_BYTES + 1)
    except OSError as error:
        cause = f"it cannot be read ({error.strerror})"
        advice = f"Name a file, or one of those that ship: {', '.join(scenarios())}."
        raise NotFound(_called(name), "open", cause, advice) from None
    if len(content) > LARGEST_BYTES:
        raise _wrong(path.name, "it is larger than a scenario (64 KiB)")
    return _parse(path.name, content.decode("utf-8", errors="replace"))


def _parse(name: str, text: str) -> Scenario:
    try:
        written = read_yaml(text)
    except YamlRefused as refused:
        raise _wrong(name, str(refused)) from None
    for key, line in written.lines.items():
        if key not in Scenario.__struct_fields__:
            names = ", ".join(Scenario.__struct_fields__)
            raise _wrong(name, f'line {line}: there is no "{key}", only {names}')
    try:
        return msgspec.convert(written.value, Scenario)
    except msgspec.ValidationError as error:
        words = in_plain_words(error)
        where = (f"line {n}: " for key, n in written.lines.items() if f'"{key}"' in words)
        raise _wrong(name, f"{next(where, '')}{words}") from None


def _folder() -> Traversable:
    return files("simulators") / FOLDER


def _wrong(name: str, cause: str) -> DeviceError:
    advice = "Write it like: site: knee, then one name and value a line."
    return ProtocolViolation(_called(name), "open", cause, advice)


def _called(name: str) -> str:
    return f'The scenario "{name}"'
