"""YAML that people write: read strictly, and what is wrong is told with its line in plain words."""

from collections.abc import Hashable
from dataclasses import dataclass, field

import yaml

LARGEST_NUMBER_BITS = 64
WORDS = {
    '"float | null"': "a number",
    '"float"': "a number",
    '"int"': "a whole number",
    '"str"': "a text",
    '"bool"': "true or false",
    '"array"': "a list",
    '"object"': "names with values",
    '"null"': "nothing",
}
"""What msgspec calls a thing, and what a person does."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a text says."""

    value: object
    lines: dict[str, int] = field(default_factory=dict)
    """Line of each name at its top level, from 1."""


class YamlRefused(ValueError):
    """A text cannot be read; `str()` says where and why: "line 3 is not YAML"."""


def read_yaml(text: str) -> Written:
    """Plain data; raises YamlRefused."""
    try:
        value: object = yaml.load(text, _Strict)
        top = yaml.compose(text, _Strict)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"line {mark.line + 1}" if mark else "it"
        raise YamlRefused(f"{line} {_what_is_wrong(error)}") from None
    except RecursionError:
        raise YamlRefused("it is nested too deep") from None
    pairs = top.value if isinstance(top, yaml.MappingNode) else []
    return Written(value, {str(key.value): key.start_mark.line + 1 for key, _ in pairs})


def in_plain_words(error: Exception) -> str:
    """What msgspec says, without the signs of a programming language."""
    text = str(error).replace("`", '"').replace('"$.', '"').replace(' - at "$"', "")
    for word, plain in WORDS.items():
        text = text.replace(word, plain)
    return (text[:1].lower() + text[1:]).replace(" - at ", " at ")


class _Twice(yaml.MarkedYAMLError):
    """A name stands twice in one entry; YAML itself would take the last one."""


class _Unreadable(yaml.MarkedYAMLError):
    """A value looks like a date or a number, and there is none like it."""


class _Strict(yaml.SafeLoader):
    """Reads plain data, and refuses a mapping that names a thing twice."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> object:
        try:
            value: object = super().construct_object(node, deep)
        except (ValueError, ArithmeticError, LookupError, AttributeError):
            raise _Unreadable(problem_mark=node.start_mark) from None
        if isinstance(value, int) and value.bit_length() > LARGEST_NUMBER_BITS:
            raise _Unreadable(problem_mark=node.start_mark)
        return value

    def construct_mapping(
        self, node: yaml.MappingNode, deep: bool = False
    ) -> dict[Hashable, object]:
        if isinstance(node, yaml.MappingNode):  # what is tagged as one need not be one
            names = [str(key.value) for key, _ in node.value]
            if len(set(names)) < len(names):
                raise _Twice(problem_mark=node.start_mark)
        mapping: dict[Hashable, object] = super().construct_mapping(node, deep)
        return mapping


def _what_is_wrong(error: yaml.YAMLError) -> str:
    if isinstance(error, _Twice):
        return "names a thing twice"
    if isinstance(error, _Unreadable):
        return "holds a date or a number that does not exist or is too large"
    return "is not YAML"
