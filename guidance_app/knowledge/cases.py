"""What a procedure is meant for, what is done there, and how the needle is guided: as data."""

from dataclasses import dataclass, field
from enum import StrEnum

from guidance_app.domain.competence import Asked
from guidance_app.knowledge.facts import Condition, Target


class Plan(StrEnum):
    """How the needle is to be guided; the ids of the techniques, and that none is chosen yet."""

    UNDECIDED = "undecided"
    PALPATION = "palpation"
    ULTRASOUND = "us"
    FLUOROSCOPY = "fluoroscopy"
    CT = "ct"
    MRI = "mri"
    FUSION = "fusion"


class Part(StrEnum):
    """Anatomy that some advice depends on."""

    CERVICAL = "cervical"
    LUMBAR = "lumbar"
    CAUDAL = "caudal"
    SACROILIAC = "sacroiliac"
    FACET = "facet"
    ROOT = "root"
    INTERLAMINAR = "interlaminar"


@dataclass(frozen=True, slots=True)
class Site:
    """What a needle is meant for."""

    id: str
    title: str
    region: Target
    """As the points to consider divide the body."""
    spot: str
    """Where on the picture of a body it is chosen; several sites may share one."""
    family: str
    """What experience is counted by."""
    targeted: bool
    """Whether an intervention here needs precision, unless the operator says otherwise."""
    conditions: tuple[Condition, ...]
    complex: bool = False
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Intervention:
    """What is done there."""

    id: str
    title: str
    complex: bool
    targeted: bool
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Technique:
    """How the needle is guided."""

    id: Plan
    title: str
    how: str
    """Behind the title of a procedure, "under ultrasound"."""
    ionising: bool
    complex: bool
    skill: Plan
    """The technique that certificates and courses are for."""
    asks: tuple[Asked, ...]
    """What it asks of whoever uses it."""
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One planned procedure, as far as advice depends on it."""

    site: Site
    intervention: Intervention
    plan: Plan = Plan.UNDECIDED
    targeted: bool = True
    complex: bool = False
    competent: bool | None = None
    """Whether the operator is, in this technique and intervention; None while nobody has asked."""
    supervised: bool = False
    """By somebody who is competent in both."""
    unavailable: frozenset[Plan] = field(default_factory=frozenset)
    """Techniques that cannot be had here."""
