"""All that the knowledge files hold, read and checked."""

from collections.abc import Mapping
from dataclasses import dataclass

from guidance_app.knowledge.cases import Intervention, Site, Technique
from guidance_app.knowledge.facts import (
    Companion,
    Condition,
    Item,
    Point,
    Recommendation,
    Source,
    Statement,
)
from guidance_app.knowledge.rules import BleedingClass, PublishedDose, Rule


@dataclass(frozen=True, slots=True)
class Procedure:
    """An intervention at a site that has a checklist."""

    id: str
    title: str
    version: str
    """Raised by hand with every change of what its checklist says."""
    site: str
    intervention: str
    conditions: tuple[Condition, ...] = ()
    """What holds beyond site, intervention and technique."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All knowledge files."""

    sources: tuple[Source, ...]
    statements: tuple[Statement, ...]
    recommendations: tuple[Recommendation, ...]
    companions: tuple[Companion, ...]
    items: tuple[Item, ...]
    sites: tuple[Site, ...]
    interventions: tuple[Intervention, ...]
    techniques: tuple[Technique, ...]
    rules: tuple[Rule, ...]
    bleeding: tuple[BleedingClass, ...]
    doses: tuple[PublishedDose, ...]
    procedures: tuple[Procedure, ...]

    def traceable(self) -> Mapping[str, Source | Point]:
        """Everything an item or rule may trace to, by id."""
        points: tuple[Point, ...] = (*self.statements, *self.recommendations, *self.companions)
        return {part.id: part for part in (*self.sources, *points)}
