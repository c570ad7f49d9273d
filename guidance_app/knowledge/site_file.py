"""What a site adds: items, stricter levels, its own thresholds; checked with line and cause."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec
import yaml

from guidance_app.domain.checklist import FROM_MILD_TO_STRICT, Level
from guidance_app.domain.competence import HIGHEST_LEVEL, LOWEST_LEVEL, CompetencePolicy
from guidance_app.knowledge.check import item_causes
from guidance_app.knowledge.content import Knowledge
from guidance_app.knowledge.facts import Item, KnowledgeError, Source
from guidance_app.knowledge.load import shipped_knowledge, unknown_names
from guidance_app.knowledge.site_text import SAFE, SiteText, parse_site
from guidance_app.knowledge.site_words import in_words, key_line

PREFIX = "S-"
"""What the ids of a site's own items begin with."""
LARGEST_BYTES = 1 << 20
MOST_SUPERVISED = 1000
FEWEST_COURSE_YEARS, MOST_COURSE_YEARS = 0.1, 50


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


def read_site(path: Path, knowledge: Knowledge) -> SiteRules:
    """Read and check a site's file; raises KnowledgeError naming file, line, id and cause."""
    return site_rules(read_text(path), path.name, knowledge)


def site_rules(text: str, file: str, knowledge: Knowledge) -> SiteRules:
    """The same of what stands, or would stand, in a file of this name."""
    parsed = parse_site(text, file)
    rules = _rules(parsed)
    for id_, cause in _causes(rules, knowledge):
        raise parsed.wrong(id_, cause)
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


def _rules(text: SiteText) -> SiteRules:
    if not isinstance(text.raw, dict):
        cause = "it must be a mapping that begins with site and version"
        raise text.wrong("the file", cause)
    for part in ("sources", "items"):
        entries = text.raw.get(part, [])
        if not isinstance(entries, list):
            raise text.wrong(part, "it must be a list of entries")
    _check_names(text, text.raw)
    try:
        return msgspec.convert(text.raw, SiteRules)
    except msgspec.ValidationError as error:
        raise in_words(text, str(error), SiteRules) from None


def _check_names(text: SiteText, raw: Mapping[str, Any]) -> None:
    for part, kind in (("sources", Source), ("items", Item)):
        for number, entry in enumerate(raw.get(part, [])):
            if isinstance(entry, dict):
                _refuse_unknown(text, entry, kind, f"entry {number + 1} of {part}")
    _refuse_unknown(text, raw, SiteRules, "the file")


def _refuse_unknown(text: SiteText, raw: Mapping[str, Any], kind: type, otherwise: str) -> None:
    unknown = sorted(unknown_names(raw, kind))
    if unknown:
        where = str(raw.get("id", raw.get("key", otherwise)))
        cause = f"there is no field called {', '.join(unknown)}"
        raise text.wrong(where, cause, key_line(text, unknown[0]))


def _causes(rules: SiteRules, knowledge: Knowledge) -> Iterator[tuple[str, str]]:
    yield from _text_causes(rules)
    yield from _threshold_causes(rules.competence)
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


def _text_causes(rules: SiteRules) -> Iterator[tuple[str, str]]:
    for name in ("site", "version"):
        if not getattr(rules, name).strip():
            yield name, "it is empty; a text is wanted here"
    for source in rules.sources:
        for name in ("key", "title", "citation", "where_read"):
            if not getattr(source, name).strip():
                yield source.key, f"its {name} is empty"


def _threshold_causes(policy: CompetencePolicy) -> Iterator[tuple[str, str]]:
    if not 0 <= policy.supervised_per_family <= MOST_SUPERVISED:
        yield "supervised_per_family", f"it lies from 0 to {MOST_SUPERVISED}"
    if not FEWEST_COURSE_YEARS <= policy.course_years <= MOST_COURSE_YEARS:
        yield "course_years", f"it lies from {FEWEST_COURSE_YEARS} to {MOST_COURSE_YEARS}"
    for name in ("levels_simple", "levels_complex"):
        yield from ((name, cause) for cause in _scheme_causes(getattr(policy, name)))
    for scheme in policy.levels_complex.keys() & policy.levels_simple.keys():
        least = policy.levels_simple[scheme]
        if policy.levels_complex[scheme] < least:
            yield "levels_complex", f"{scheme} lies below the {least} that suffices for simple ones"


def _scheme_causes(levels: Mapping[str, int]) -> Iterator[str]:
    if not levels:
        yield "some scheme with its level must be enough"
    for scheme, level in levels.items():
        if not scheme.strip():
            yield "the name of a scheme is empty"
        if not LOWEST_LEVEL <= level <= HIGHEST_LEVEL:
            yield f"the level of {scheme} lies from {LOWEST_LEVEL} to {HIGHEST_LEVEL}"


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
