"""Reads the knowledge files and refuses wrong ones with file, id and cause."""

import dataclasses
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TypeVar

import msgspec
import yaml

from guidance_app.knowledge.check import check_knowledge
from guidance_app.knowledge.facts import (
    Companion,
    Item,
    Knowledge,
    KnowledgeError,
    Procedure,
    Recommendation,
    Source,
    Statement,
)

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
        procedures=_read_procedures(folder / "procedures"),
    )
    check_knowledge(knowledge)
    return knowledge


def _read_procedures(folder: Traversable) -> tuple[Procedure, ...]:
    found = sorted(folder.iterdir(), key=lambda file: file.name)
    return tuple(
        _convert(_parse(file), Procedure, f"procedures/{file.name}")
        for file in found
        if file.name.endswith(".yaml")
    )


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
    _refuse_unknown_names(raw, kind, where)
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        raise KnowledgeError(f"{where}: {error}.") from None


def _refuse_unknown_names(raw: Iterable[str], kind: type, where: str) -> None:
    """msgspec takes a dataclass with names it does not know; a misspelt name must not pass."""
    known = {field.name for field in dataclasses.fields(kind)}
    unknown = sorted(str(name) for name in raw if name not in known)
    if unknown:
        raise KnowledgeError(f"{where}: there is no field called {', '.join(unknown)}.")
