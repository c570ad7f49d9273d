"""Faults on a script: what goes wrong, when and how often; read from YAML, the same each time.

The format with an example of every kind stands in docs/fault-plans.md.
"""

from collections.abc import Hashable, Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated

import msgspec
import numpy as np
import yaml
from msgspec import Meta

from drivers.api.errors import DeviceError, NotFound, ProtocolViolation
from simulators.fault_kinds import KINDS, Fault, Window

DRILLS = "drills"
SUFFIX = ".yaml"
LARGEST_PLAN_BYTES = 1 << 20
WORDS = {
    '"float"': "a number",
    '"int"': "a whole number",
    '"str"': "a text",
    '"bool"': "true or false",
    '"array"': "a list",
    '"object"': "names with values",
    '"null"': "nothing",
}
"""What msgspec calls a thing, and what a person does."""


class FaultPlan(msgspec.Struct, frozen=True):
    """Faults in the order in which they are put on top of each other."""

    name: str
    """What the file or the drill is called."""
    faults: tuple[Fault, ...]
    seed: int = 0
    title: str = ""

    def active(self, time_ns: int) -> Iterator[tuple[int, Fault, Window]]:
        """The faults that are going on, each with its place in the plan."""
        for place, fault in enumerate(self.faults):
            window = fault.window(time_ns)
            if window is not None:
                yield place, fault, window

    def chance(self, place: int, number: int) -> np.random.Generator:
        """Random numbers that belong to one entry and one picture, or one part of a wire."""
        return np.random.default_rng((self.seed, place, number))


class _Head(msgspec.Struct, forbid_unknown_fields=True):
    faults: list[dict[str, object]]
    seed: Annotated[int, Meta(ge=0, le=2**32)] = 0
    title: str = ""


class _Twice(yaml.MarkedYAMLError):
    """A name stands twice in one entry; YAML itself would take the last one."""


class _OnceLoader(yaml.SafeLoader):
    """Reads plain data, and refuses an entry that names a thing twice."""

    def construct_mapping(
        self, node: yaml.MappingNode, deep: bool = False
    ) -> dict[Hashable, object]:
        names = [key.value for key, _ in node.value]
        if len({str(name) for name in names}) < len(names):
            raise _Twice(problem_mark=node.start_mark)
        mapping: dict[Hashable, object] = super().construct_mapping(node, deep)
        return mapping


def drills() -> tuple[str, ...]:
    """The names of the plans that ship."""
    return tuple(sorted(f.name.removesuffix(SUFFIX) for f in _drill_folder().iterdir()))


def load_plan(name: str) -> FaultPlan:
    """The drill of this name, or the plan in this file.

    NotFound when there is none, ProtocolViolation with what to write when it is wrong.
    """
    if name in drills():
        return _parse(name, (_drill_folder() / f"{name}{SUFFIX}").read_text("utf-8"))
    path = Path(name)
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_PLAN_BYTES + 1)
    except OSError as error:
        cause = f"it cannot be read ({error.strerror})"
        advice = f"Name a file, or one of the drills: {', '.join(drills())}."
        raise NotFound(_called(name), "open", cause, advice) from None
    if len(content) > LARGEST_PLAN_BYTES:
        raise _wrong(
            path.name, "it is larger than a plan (1 MiB)", "Name a file with a list of faults."
        )
    return _parse(path.name, content.decode("utf-8", errors="replace"))


def _drill_folder() -> Traversable:
    return files("simulators") / DRILLS


def _parse(name: str, text: str) -> FaultPlan:
    try:
        head = msgspec.convert(yaml.load(text, _OnceLoader), _Head)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"line {mark.line + 1}" if mark else "it"
        what = "names a thing twice" if isinstance(error, _Twice) else "is not YAML"
        raise _wrong(name, f"{line} {what}", "Write it as in docs/fault-plans.md.") from None
    except RecursionError:
        raise _wrong(name, "it is nested too deep", "Write one entry a line.") from None
    except msgspec.ValidationError as error:
        advice = 'Begin with "seed: 1", then "faults:" and one entry a line.'
        raise _wrong(name, _plain(error), advice) from None
    faults = tuple(_fault(name, place + 1, entry) for place, entry in enumerate(head.faults))
    return FaultPlan(Path(name).stem, faults, head.seed, head.title)


def _fault(name: str, number: int, entry: dict[str, object]) -> Fault:
    parameters = dict(entry)
    kind = KINDS.get(str(parameters.pop("kind", "")))
    if kind is None:
        cause = f'entry {number}: there is no fault "{entry.get("kind", "")}"'
        raise _wrong(name, cause, f"Write kind: and one of {', '.join(sorted(KINDS))}.")
    try:
        return msgspec.convert(parameters, kind)
    except msgspec.ValidationError as error:
        wanted = ", ".join(filter(None, (f"kind: {kind.kind}, at: 5, for: 2", kind.example)))
        cause = f"entry {number} ({kind.kind}): {_plain(error)}"
        raise _wrong(name, cause, f"Write it like {{{wanted}}}.") from None


def _plain(error: Exception) -> str:
    """What msgspec says, without the signs of a programming language."""
    text = str(error).replace("`", '"').replace('"$.', '"').replace(' - at "$"', "")
    for word, plain in WORDS.items():
        text = text.replace(word, plain)
    return (text[:1].lower() + text[1:]).replace(" - at ", " at ")


def _wrong(name: str, cause: str, advice: str) -> DeviceError:
    return ProtocolViolation(_called(name), "open", cause, advice)


def _called(name: str) -> str:
    return f'The fault plan "{name}"'
