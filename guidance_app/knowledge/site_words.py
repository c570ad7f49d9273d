"""What does not fit in a site's file, in the words of whoever wrote it, with its line."""

import re
from dataclasses import dataclass
from enum import Enum
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import yaml

from guidance_app.knowledge.facts import KnowledgeError
from guidance_app.knowledge.site_text import TAG, SiteText, all_nodes, line_of

ERROR = re.compile(r"(?P<what>.*?)(?: - at (?P<key>`key` in )?`\$(?P<path>.*)`)?", re.DOTALL)
STEP = re.compile(r"\.(\w+)|\[(\d+|\.\.\.)\]")
KINDS = re.compile(r"Expected `(\w+)(?: \| null)?`, got `(\w+)`")
MISSING = re.compile(r"Object missing required field `(\w+)`")
WANTED = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list, as in [one, two],",
    "object": "a mapping of names to values",
}
GOT = {
    "str": "a text",
    "int": "a number",
    "float": "a number with a point",
    "bool": "true or false",
    "null": "nothing",
    "date": "a day",
    "datetime": "a time",
    "array": "a list",
    "object": "a mapping of names to values",
}
KIND_OF_TAG = {"timestamp": "date", "seq": "array", "map": "object"}
"""Where YAML and msgspec call it otherwise."""
NAMES, ANY = "`key`", "..."
"""Steps to the names of a mapping, and to all its values."""
ENTRIES = ("items", "sources")


@dataclass(frozen=True, slots=True)
class _Place:
    name: str
    """Under which the value stands."""
    node: yaml.Node


def in_words(text: SiteText, error: str, kind: Any) -> KnowledgeError:  # noqa: ANN401
    """The error of msgspec for the whole file, which was to become a `kind`."""
    found = ERROR.fullmatch(error)
    if found is None or text.root is None:
        return text.wrong("the file", "it cannot be used as it is")
    what, steps = (
        found["what"],
        [name or index for name, index in STEP.findall(found["path"] or "")],
    )
    if found["key"]:
        steps.append(NAMES)
    place = _place(text.root, steps, what)
    sentence = _sentence(what, place.node, _hint(kind, steps))
    entry = _entry_id(text, steps)
    if entry is None:
        return text.wrong(place.name, sentence, line_of(place.node))
    named = sentence if place.name in ENTRIES else f"{place.name}: {sentence}"
    return text.wrong(entry, named, line_of(place.node))


def key_line(text: SiteText, name: str) -> int | None:
    """The line of the one key of this name; None where there are several, or none."""
    nodes = [] if text.root is None else all_nodes(text.root)
    mappings = (node for node in nodes if isinstance(node, yaml.MappingNode))
    found = [line_of(key) for node in mappings for key, _ in node.value if key.value == name]
    return found[0] if len(found) == 1 else None


def _place(root: yaml.Node, steps: list[str], what: str) -> _Place:
    """As far as the steps lead; of several values the one that is spoken of."""
    places = [_Place("the file", root)]
    for step in steps:
        places = [next_ for place in places for next_ in _next(place, step)] or places
    return next((place for place in places if _is_meant(place.node, what)), places[0])


def _next(place: _Place, step: str) -> list[_Place]:
    if isinstance(place.node, yaml.SequenceNode):
        entries = place.node.value if step == ANY else place.node.value[int(step) :][:1]
        return [_Place(place.name, entry) for entry in entries]
    if not isinstance(place.node, yaml.MappingNode):
        return []
    if step == NAMES:
        return [_Place(place.name, key) for key, _ in place.node.value]
    pairs = [(key, value) for key, value in place.node.value if step in (ANY, key.value)]
    return [_Place(str(key.value), value) for key, value in pairs]


def _is_meant(node: yaml.Node, what: str) -> bool:
    kind = node.tag.removeprefix(TAG)
    got = f"got `{KIND_OF_TAG.get(kind, kind)}`"
    return what.endswith((f"value '{node.value}'", got))


def _hint(kind: Any, steps: list[str]) -> Any:  # noqa: ANN401 - types are of any kind here
    for step in steps:
        within = get_args(kind)
        if step == NAMES or step.isdecimal():
            kind = within[0]
        elif step == ANY:
            kind = within[-1]
        else:
            kind = get_type_hints(kind)[step]
        if get_origin(kind) in (Union, UnionType):
            (kind,) = set(get_args(kind)) - {type(None)}
    return kind


def _sentence(what: str, node: yaml.Node, hint: Any) -> str:  # noqa: ANN401
    if isinstance(hint, type) and issubclass(hint, Enum) and isinstance(node, yaml.ScalarNode):
        known = ", ".join(str(one.value) for one in hint)
        return f"there is no {node.value or 'empty value'} here; there are {known}"
    missing, kinds = MISSING.fullmatch(what), KINDS.fullmatch(what)
    if missing is not None:
        return f"{missing[1]} is missing"
    if kinds is None:
        return "it cannot be used as it is"
    wanted, got = WANTED.get(kinds[1], kinds[1]), GOT.get(kinds[2], kinds[2])
    quoted = kinds[1] == "str" and kinds[2] in ("int", "float", "bool", "date", "datetime")
    return f"{'write it in quotes; ' if quoted else ''}{wanted} is wanted here, not {got}"


def _entry_id(text: SiteText, steps: list[str]) -> str | None:
    """What an item or source is called, where the steps lead into one."""
    if len(steps) < 2 or steps[0] not in ENTRIES or not isinstance(text.raw, dict):
        return None
    entry = text.raw[steps[0]][int(steps[1])]
    named = entry.get("id", entry.get("key")) if isinstance(entry, dict) else None
    return f"entry {int(steps[1]) + 1} of {steps[0]}" if named is None else str(named)
