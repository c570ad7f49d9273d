"""The text of a site's file as names and values, with their lines; what is unclear is refused."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from guidance_app.domain.written import HIDDEN, holds_control, holds_hidden_in_lines
from guidance_app.knowledge.facts import KnowledgeError

SAFE = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
TAG = "tag:yaml.org,2002:"
MERGE = f"{TAG}merge"
TAGS = frozenset(
    f"{TAG}{kind}" for kind in ("str", "int", "float", "bool", "null", "timestamp", "seq", "map")
) | {MERGE}
"""Of what a file may hold; all of it is told without a mark."""


@dataclass(frozen=True, slots=True)
class SiteText:
    """What stands in a site's file."""

    file: str
    """Its name."""
    raw: object
    root: yaml.Node | None
    """The same with lines; None where the file is empty."""
    lines: dict[str, int] = field(default_factory=dict)
    """Where each entry begins, by its id or key; of one that is there twice the second."""

    def wrong(self, where: str, cause: str, line: int | None = None) -> KnowledgeError:
        """The error for an id or name and a cause; the line is that of `where` if not given."""
        line = self.lines.get(where) if line is None else line
        place = where if line is None else f"line {line}, {where}"
        return KnowledgeError(f"{self.file}, {place}: {cause}.")


def parse_site(text: str, file: str) -> SiteText:
    """Read the text; raises KnowledgeError naming the line and what is wrong there."""
    _check_lines(text, file)
    try:
        root = yaml.compose(text, Loader=SAFE)
        nodes = [] if root is None else all_nodes(root)
        for node, cause in _causes(nodes):
            raise KnowledgeError(f"{file}, line {line_of(node)}: {cause}.")
        raw = yaml.load(text, Loader=SAFE)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise KnowledgeError(
            f"{file}, line {line}: from here on it cannot be read ({error.problem})."
        ) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise KnowledgeError(f"{file}: it cannot be read ({error}).") from None
    return SiteText(file, raw, root, dict(_named_lines(root)))


def _check_lines(text: str, file: str) -> None:
    for number, line in enumerate(text.split("\n"), start=1):
        if holds_control(line.replace("\t", "").rstrip("\r")):
            raise KnowledgeError(
                f"{file}, line {number}: it holds a control character; take it out."
            )


def line_of(node: yaml.Node) -> int:
    """The line on which it begins, from 1."""
    return int(node.start_mark.line) + 1


def all_nodes(root: yaml.Node) -> list[yaml.Node]:
    """Each once, in the order of the text, though others may refer to it."""
    found: dict[int, yaml.Node] = {}
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if id(node) not in found:
            found[id(node)] = node
            waiting += reversed(_children(node))
    return list(found.values())


def _children(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [one for pair in node.value for one in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _causes(nodes: list[yaml.Node]) -> Iterator[tuple[yaml.Node, str]]:
    for node in nodes:
        if node.tag not in TAGS:
            mark = node.tag.replace(TAG, "!!")
            yield node, f"a mark such as {mark} has no meaning here; take it away"
        elif isinstance(node, yaml.MappingNode):
            yield from _key_causes(node)
        elif isinstance(node, yaml.ScalarNode):
            yield from ((node, cause) for cause in _scalar_causes(node))


def _key_causes(node: yaml.MappingNode) -> Iterator[tuple[yaml.Node, str]]:
    seen: set[str] = set()
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            yield key, "a name is wanted here, not a list or names with values"
        elif key.value in seen:
            yield key, f"{key.value} is there twice, and only one would count; keep one"
        seen.add(str(key.value))


def _scalar_causes(node: yaml.ScalarNode) -> Iterator[str]:
    if holds_hidden_in_lines(node.value):
        yield f"the text {HIDDEN}; type it anew"
    if node.tag == MERGE:
        return
    try:
        yaml.constructor.SafeConstructor().construct_document(node)
    except (ValueError, LookupError, AttributeError, yaml.YAMLError):
        yield f"“{node.value}” cannot be read; write it in quotes, with no mark before it"


def _named_lines(node: yaml.Node | None) -> Iterator[tuple[str, int]]:
    if isinstance(node, yaml.SequenceNode):
        for entry in node.value:
            yield from _named_lines(entry)
    if not isinstance(node, yaml.MappingNode):
        return
    for name, value in node.value:
        if name.value in ("id", "key"):
            yield str(value.value), line_of(node)
        elif name.value in ("items", "sources") and isinstance(value, yaml.SequenceNode):
            yield from _named_lines(value)
        else:
            yield str(name.value), line_of(name)
        if name.value in ("levels", "competence") and isinstance(value, yaml.MappingNode):
            yield from ((str(one.value), line_of(one)) for one, _ in value.value)
