"""When something is advised, and published figures that are shown beside it: as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import ClassVar

from guidance_app.knowledge.cases import Case, Part, Plan
from guidance_app.knowledge.facts import Certainty, Target


class AdviceLevel(StrEnum):
    """How strictly advice holds; a design of this project."""

    HARD = "HARD"
    """The procedure cannot be begun."""
    SOFT = "SOFT"
    """Going on takes a typed reason."""
    ADVISORY = "ADV"
    """May be left aside."""
    INFO = "INFO"
    """Asks nothing."""


class Factor(StrEnum):
    """What OP-A has weighed when a technique is chosen."""

    SIDE_EFFECTS = "side effects"
    RADIATION = "radiation"
    AVAILABILITY = "availability"
    EXPERTISE = "expertise"
    COST = "cost"


@dataclass(frozen=True, slots=True)
class When:
    """All that is named must hold; what is not named does not matter."""

    region: tuple[Target, ...] = ()
    parts: tuple[Part, ...] = ()
    """One of them is enough."""
    plan: tuple[Plan, ...] = ()
    targeted: bool | None = None
    competent: bool | None = None
    supervised: bool | None = None

    def holds(self, case: Case) -> bool:
        """Whether this is such a case."""
        return (
            (not self.region or case.site.region in self.region)
            and (not self.parts or not set(self.parts).isdisjoint(case.site.parts))
            and (not self.plan or case.plan in self.plan)
            and self.targeted in (None, case.targeted)
            and self.competent in (None, case.competent)
            and self.supervised in (None, case.supervised)
        )


@dataclass(frozen=True, slots=True)
class Addition:
    """What a rule says, or rests on, in part of its cases only."""

    when: When
    text: str = ""
    origin: str = ""
    """Of what the trace adds; empty without one."""
    trace: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One piece of advice: when it is given, what it says, how strictly, and from where."""

    id: str
    when: tuple[When, ...]
    """One of them is enough."""
    text: str
    level: AdviceLevel
    origin: str
    """"P", "C", "O" or several of them."""
    trace: tuple[str, ...]
    certainty: Certainty | None
    level_when: Mapping[Plan, AdviceLevel] = field(default_factory=dict)
    ranks: tuple[Plan, ...] = ()
    """Techniques that the source prefers, in its order."""
    followed_when: tuple[When, ...] = ()
    """What it asks for beyond `ranks`, or without them; one of them is enough."""
    factors: tuple[Factor, ...] = ()
    """What is to be weighed where no technique is ranked."""
    additions: tuple[Addition, ...] = ()
    note: str = ""

    def as_said(self, case: Case) -> "Rule":
        """With the additions that hold for the case, each in its place."""
        more = [addition for addition in self.additions if addition.when.holds(case)]
        letters = {*self.origin, *(letter for one in more for letter in one.origin)}
        return replace(
            self,
            text=" ".join((self.text, *(one.text for one in more if one.text))),
            origin="".join(letter for letter in "PCO" if letter in letters),
            trace=(*self.trace, *(id_ for one in more for id_ in one.trace)),
        )

    def level_for(self, plan: Plan) -> AdviceLevel:
        """How strictly it holds under this plan."""
        return self.level_when.get(plan, self.level)

    def followed(self, case: Case) -> bool | None:
        """Whether the case is what it prefers; None where it prefers nothing or none is chosen."""
        if case.plan is Plan.UNDECIDED or not (self.ranks or self.followed_when):
            return None
        return case.plan in self.ranks or any(when.holds(case) for when in self.followed_when)


@dataclass(frozen=True, slots=True)
class BleedingClass:
    """One class of bleeding risk, from a secondary source; advisory."""

    FIGURES: ClassVar = ("inr", "platelets")

    id: str
    source: str
    risk: str
    regions: tuple[Target, ...]
    """Where it is the default here."""
    interventions: tuple[str, ...]
    """Of those that are known here, what the source names."""
    text: str
    certainty: Certainty
    parts: tuple[Part, ...] = ()
    """Of the region; empty: all of it."""
    inr: str | None = None
    platelets: str | None = None
    unknown: tuple[str, ...] = ()

    def holds(self, case: Case) -> bool:
        """Whether it is the default for this case."""
        of_part = not self.parts or not set(self.parts).isdisjoint(case.site.parts)
        named = case.intervention.id in self.interventions
        return case.site.region in self.regions and of_part and named


@dataclass(frozen=True, slots=True)
class PublishedDose:
    """An exposure that was published: something to compare with, no reference level."""

    FIGURES: ClassVar = (
        *("dap_median", "dap_mean", "dap_range", "time_median", "time_mean", "time_range"),
        *("effective_mean", "effective_range", "kerma_mean"),
    )

    id: str
    source: str
    sites: tuple[str, ...]
    technique: Plan
    what: str
    """How many of what."""
    certainty: Certainty
    dap_median: tuple[float, ...] | None = None
    """Gy cm2; several figures belong to the groups that `what` names."""
    dap_mean: tuple[float, ...] | None = None
    dap_range: tuple[float, float] | None = None
    time_median: tuple[float, ...] | None = None
    """Seconds."""
    time_mean: tuple[float, ...] | None = None
    time_range: tuple[float, float] | None = None
    effective_mean: tuple[float, ...] | None = None
    """mSv."""
    effective_range: tuple[float, float] | None = None
    kerma_mean: tuple[float, ...] | None = None
    """mGy."""
    unknown: tuple[str, ...] = ()
    note: str = ""
