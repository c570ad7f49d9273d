"""What a site adds: items, stricter levels, its own thresholds; checked with line and cause."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import msgspec
import yaml

from guidance_app.domain.checklist import FROM_MILD_TO_STRICT, Level
from guidance_app.domain.competence import CompetencePolicy
from guidance_app.knowledge.check import item_causes
from guidance_app.knowledge.content import Knowledge
from guidance_app.knowledge.facts import Item, KnowledgeError, Source
from guidance_app.knowledge.load import shipped_knowledge, unknown_names

T = TypeVar("T")

PREFIX = "S-"
"""What the ids of a site's own items begin with."""
LARGEST_BYTES = 1 << 20
MOST_COURSE_YEARS = 100
SAFE = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class SiteRules:
    """The content of a site's file."""

    site: str
    """What the site is called."""
    version: str
    """Raised by the site with every change."""
    sources: tuple[Source, ...] = ()
    items: tuple[Item, ...] = ()
    levels: Mapping[str, Level] = field(default_factory=dict)
    """Stricter levels of shipped items, by id."""
    competence: CompetencePolicy = field(default_factory=CompetencePolicy)


Complain = Callable[[str, str], KnowledgeError]
"""Makes the error for an id and a cause."""


def read_site(path: Path, knowledge: Knowledge) -> SiteRules:
    """Read and check a site's file; raises KnowledgeError naming file, line, id and cause."""
    return site_rules(read_text(path), path.name, knowledge)


def site_rules(text: str, file: str, knowledge: Knowledge) -> SiteRules:
    """The same of what stands, or would stand, in a file of this name."""
    lines = _lines_of_ids(text, file)

    def complain(id_: str, cause: str) -> KnowledgeError:
        where = f"line {lines[id_]}, {id_}" if id_ in lines else id_
        return KnowledgeError(f"{file}, {where}: {cause}.")

    rules = _rules(yaml.load(text, Loader=SAFE), complain)
    for id_, cause in _causes(rules, knowledge):
        raise complain(id_, cause)
    return rules


@dataclass(frozen=True, slots=True)
class AtSite:
    """What holds at this site."""

    knowledge: Knowledge
    competence: CompetencePolicy
    rules: SiteRules | None = None
    """What its file adds; None where it has none."""
    own_thresholds: frozenset[str] = frozenset()
    """Names of those that it has set itself; the others are proposals of this project."""


def load_at_site(path: Path) -> AtSite:
    """With the site's file where there is one, else as shipped; raises KnowledgeError."""
    knowledge = shipped_knowledge()
    if not path.exists():
        return AtSite(knowledge, CompetencePolicy())
    text = read_text(path)
    rules = site_rules(text, path.name, knowledge)
    own = frozenset(yaml.load(text, Loader=SAFE).get("competence", ()))
    return AtSite(with_site(knowledge, rules), rules.competence, rules, own)


def with_site(knowledge: Knowledge, rules: SiteRules) -> Knowledge:
    """The knowledge as it holds at this site."""
    stricter = (_raised(item, rules.levels.get(item.id)) for item in knowledge.items)
    return replace(
        knowledge,
        sources=(*knowledge.sources, *rules.sources),
        items=(*stricter, *rules.items),
    )


def read_text(path: Path) -> str:
    """What stands in a site's file; raises KnowledgeError where it cannot be read."""
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise KnowledgeError(f"{path.name}: it is larger than a site's file can be.")
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise KnowledgeError(f"{path}: it cannot be read ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise KnowledgeError(f"{path.name}: it is no text in UTF-8.") from None


def _lines_of_ids(text: str, file: str) -> dict[str, int]:
    """Where each entry begins, by its id or key; of one that is there twice the second."""
    try:
        root = yaml.compose(text, Loader=SAFE)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise KnowledgeError(f"{file}, line {line}: {error.problem}.") from None
    except (yaml.YAMLError, RecursionError) as error:
        raise KnowledgeError(f"{file}: it cannot be read ({error}).") from None
    return dict(_named_lines(root))


def _named_lines(node: yaml.Node | None) -> Iterator[tuple[str, int]]:
    if isinstance(node, yaml.SequenceNode):
        for entry in node.value:
            yield from _named_lines(entry)
    if not isinstance(node, yaml.MappingNode):
        return
    for name, value in node.value:
        if name.value in ("id", "key"):
            yield str(value.value), node.start_mark.line + 1
        elif name.value in ("items", "sources"):
            yield from _named_lines(value)
        elif name.value == "levels" and isinstance(value, yaml.MappingNode):
            yield from ((str(id_.value), id_.start_mark.line + 1) for id_, _ in value.value)
        else:
            yield str(name.value), name.start_mark.line + 1


def _rules(raw: object, complain: Complain) -> SiteRules:
    if not isinstance(raw, dict):
        raise complain("the file", "it must be a mapping that begins with site and version")
    for part, kind in (("sources", Source), ("items", Item)):
        entries = raw.get(part, [])
        if not isinstance(entries, list):
            raise complain(part, "it must be a list of entries")
        for entry in entries:
            _convert(entry, kind, complain)
    return _convert(raw, SiteRules, complain)


def _convert(raw: object, kind: type[T], complain: Complain) -> T:
    if not isinstance(raw, dict):
        raise complain("the file", "an entry is not a mapping of names to values")
    id_ = str(raw.get("id", raw.get("key", "the file")))
    unknown = sorted(unknown_names(raw, kind))
    if unknown:
        raise complain(id_, f"there is no field called {', '.join(unknown)}")
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        raise complain(id_, str(error)) from None


def _causes(rules: SiteRules, knowledge: Knowledge) -> Iterator[tuple[str, str]]:
    yield from (("competence", cause) for cause in _threshold_causes(rules.competence))
    yield from _level_causes(rules, knowledge)
    taken = set(knowledge.traceable()) | {item.id for item in knowledge.items}
    for id_ in (*(source.id for source in rules.sources), *(item.id for item in rules.items)):
        if id_ in taken:
            yield id_, "this id is used already"
        taken.add(id_)
    at_site = with_site(knowledge, rules)
    for item in rules.items:
        if not item.id.startswith(PREFIX):
            yield item.id, f"the id of a site's own item begins with {PREFIX}"
        yield from ((item.id, cause) for cause in item_causes(item, at_site))
    yield from _order_causes(rules, at_site)


def _threshold_causes(policy: CompetencePolicy) -> Iterator[str]:
    if policy.supervised_per_family < 0:
        yield "supervised_per_family cannot be less than 0"
    if not 0 < policy.course_years <= MOST_COURSE_YEARS:
        yield f"course_years lies above 0 and is {MOST_COURSE_YEARS} at most"
    if any(level < 0 for levels in _all_levels(policy) for level in levels.values()):
        yield "a level cannot be less than 0"
    if not all(_all_levels(policy)):
        yield "some scheme with its level must be enough"


def _all_levels(policy: CompetencePolicy) -> tuple[Mapping[str, int], ...]:
    return policy.levels_simple, policy.levels_complex


def _level_causes(rules: SiteRules, knowledge: Knowledge) -> Iterator[tuple[str, str]]:
    shipped = {item.id: item for item in knowledge.items}
    for id_, level in rules.levels.items():
        if id_ not in shipped:
            yield id_, "there is no item with this id whose level could be raised"
        elif _rank(level) < _rank(shipped[id_].level):
            yield id_, f"its level {shipped[id_].level} can be raised, not lowered to {level}"


def _order_causes(rules: SiteRules, at_site: Knowledge) -> Iterator[tuple[str, str]]:
    """What an item waits for exists, and does not wait for the item itself in the end."""
    after = {item.id: item.after for item in at_site.items}
    for item in rules.items:
        for id_ in (id_ for id_ in item.after if id_ not in after):
            yield item.id, f"it waits for {id_}, which does not exist"
        if item.id in _waits_for(item.id, after):
            yield item.id, "in the end it waits for itself"


def _waits_for(id_: str, after: Mapping[str, tuple[str, ...]]) -> set[str]:
    found: set[str] = set()
    waiting = list(after.get(id_, ()))
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += after.get(one, ())
    return found


def _raised(item: Item, level: Level | None) -> Item:
    return item if level is None else replace(item, level=max(item.level, level, key=_rank))


def _rank(level: Level) -> int:
    return FROM_MILD_TO_STRICT.index(level)
