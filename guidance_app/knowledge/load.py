"""Reads the knowledge files and refuses wrong ones with file, id and cause."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, TypeVar, get_args, get_type_hints

import msgspec
import yaml

from guidance_app.knowledge.cases import Intervention, Site, Technique
from guidance_app.knowledge.check import check_knowledge
from guidance_app.knowledge.content import Knowledge, Procedure
from guidance_app.knowledge.facts import (
    Companion,
    Item,
    KnowledgeError,
    Recommendation,
    Source,
    Statement,
)
from guidance_app.knowledge.rules import BleedingClass, PublishedDose, Rule

T = TypeVar("T")


@cache
def shipped_knowledge() -> Knowledge:
    """The knowledge that ships with the application; read once."""
    return read_knowledge(files("guidance_app.knowledge"))


def load_sources() -> tuple[Source, ...]:
    """All sources, with where and in what form each was read."""
    return shipped_knowledge().sources


def load_statements() -> tuple[Statement, ...]:
    """The nine statements of the EULAR points to consider."""
    return shipped_knowledge().statements


def load_recommendations() -> tuple[Recommendation, ...]:
    """The ten EULAR recommendations on imaging in rheumatoid arthritis."""
    return shipped_knowledge().recommendations


def read_knowledge(folder: Traversable) -> Knowledge:
    """Read and check the files of one folder; raises KnowledgeError."""
    knowledge = Knowledge(
        sources=_read_list(folder / "sources.yaml", Source),
        statements=_read_list(folder / "statements.yaml", Statement),
        recommendations=_read_list(folder / "recommendations.yaml", Recommendation),
        companions=_read_list(folder / "companions.yaml", Companion),
        items=_read_list(folder / "items.yaml", Item),
        sites=_read_list(folder / "sites.yaml", Site),
        interventions=_read_list(folder / "interventions.yaml", Intervention),
        techniques=_read_list(folder / "techniques.yaml", Technique),
        rules=_read_list(folder / "rules.yaml", Rule),
        bleeding=_read_list(folder / "bleeding.yaml", BleedingClass),
        doses=_read_list(folder / "doses.yaml", PublishedDose),
        procedures=_read_list(folder / "procedures.yaml", Procedure),
    )
    check_knowledge(knowledge)
    return knowledge


def _read_list(file: Traversable, kind: type[T]) -> tuple[T, ...]:
    parsed = _parse(file)
    if not isinstance(parsed, list):
        raise KnowledgeError(f"{file.name}: it must be a list of entries.")
    return tuple(_convert(raw, kind, file.name) for raw in parsed)


def _parse(file: Traversable) -> object:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.load(file.read_text(encoding="utf-8"), Loader=loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise KnowledgeError(f"{file.name}, line {line}: {error.problem}.") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise KnowledgeError(f"{file.name}: it cannot be read ({error}).") from None


def _convert(raw: object, kind: type[T], file: str) -> T:
    if not isinstance(raw, dict):
        raise KnowledgeError(f"{file}: an entry is not a mapping of names to values.")
    where = f"{file}, {raw.get('id', raw.get('key', 'an entry without id'))}"
    unknown = sorted(unknown_names(raw, kind))
    if unknown:
        raise KnowledgeError(f"{where}: there is no field called {', '.join(unknown)}.")
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        raise KnowledgeError(f"{where}: {error}.") from None


def unknown_names(raw: Mapping[str, Any], kind: Any) -> Iterator[str]:  # noqa: ANN401
    """msgspec takes a dataclass with names it does not know; a misspelt name must not pass."""
    known = _parts(kind)
    for name, value in raw.items():
        if name not in known:
            yield str(name)
            continue
        part = known[name]
        entries = [] if part is None else [value, *_listed(value)]
        for entry in (entry for entry in entries if isinstance(entry, dict)):
            yield from unknown_names(entry, part)


@cache
def _parts(kind: Any) -> Mapping[str, Any]:  # noqa: ANN401 - mypy calls no type hashable
    """The fields of a dataclass, each with the dataclass that its values are made of, or None."""
    hints = get_type_hints(kind)
    return {field.name: _part(hints[field.name]) for field in fields(kind)}


def _part(hint: Any) -> Any:  # noqa: ANN401 - whatever stands behind a field's name
    within = (hint, *get_args(hint))
    return next((one for one in within if isinstance(one, type) and is_dataclass(one)), None)


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []
