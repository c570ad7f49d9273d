"""What the knowledge files hold: sources, statements, recommendations, items, procedures.

Everything is paraphrased. A figure that was not seen is None and listed in `unknown`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

from guidance_app.domain.checklist import Contradiction, Level, Phase, Proof
from guidance_app.domain.evidence import EvidenceField
from guidance_app.domain.people import Role

OURS = "OURS"
"""The source that stands for a proposal of this project."""


class KnowledgeError(ValueError):
    """The knowledge files are wrong, or lack what was asked; `str()` is one sentence."""


class Certainty(StrEnum):
    """How a fact was read."""

    READ = "V"
    """In the source itself: its text, a table or its abstract."""
    SECONDARY = "S"
    """In a secondary source."""
    OURS = "O"
    """No source states it: a proposal of this project."""
    NOT_FOUND = "?"
    """Not found; never to be shown as a fact."""


class Seen(StrEnum):
    """Which part of a source was read."""

    FULL = "full"
    TABLE = "table"
    ABSTRACT = "abstract"
    EXCERPT = "excerpt"
    SECONDARY = "secondary"


class Verb(StrEnum):
    """How strongly a statement is worded."""

    MUST = "must"
    SHOULD = "should"
    MAY = "may"


class Modality(StrEnum):
    """Imaging techniques as the sources name them; IMAGING means no single one is named."""

    ALL = "all"
    IMAGING = "imaging"
    ULTRASOUND = "US"
    FLUOROSCOPY = "FL"
    RADIOGRAPHY = "CR"
    MRI = "MRI"


class Target(StrEnum):
    """What a statement is about."""

    ALL = "all"
    COMPLEX = "complex"
    PERIPHERAL_JOINT = "peripheral joint"
    PERIARTICULAR = "periarticular"
    PERIPHERAL_NERVE = "peripheral nerve"
    SPINE = "spine"
    SACROILIAC = "sacroiliac"


class Condition(StrEnum):
    """Properties of a procedure that decide which items apply, and how strictly."""

    ALL = "all"
    IONISING = "ionising"
    COMPLEX = "complex"
    SPINE = "spine"
    EPIDURAL = "epidural"
    ROOT = "root"
    ASPIRATION = "aspiration"
    FLUOROSCOPY = "fluoroscopy"
    CT = "ct"
    JOINT = "joint"
    GUIDED = "guided"
    ULTRASOUND = "ultrasound"
    SIDED = "sided"
    MULTILEVEL = "multilevel"
    GLUCOCORTICOID = "glucocorticoid"
    SPECIMEN = "specimen"
    TRAINEE = "trainee"
    PREGNANCY_RELEVANT = "pregnancy_relevant"


@dataclass(frozen=True, slots=True)
class Source:
    """A paper, a checklist, a law: what it is, and where and in what form it was read."""

    key: str
    title: str
    citation: str
    where_read: str
    seen: tuple[Seen, ...]
    certainty: Certainty | None
    """None where it was not noted, or differs from part to part."""

    @property
    def id(self) -> str:
        """The key, under the name that everything else traceable uses."""
        return self.key


@dataclass(frozen=True, slots=True)
class Statement:
    """One of the nine statements of the EULAR points to consider."""

    FIGURES: ClassVar = ("loe", "loa_mean", "loa_sd", "pct_ge8")

    id: str
    source: str
    paraphrase: str
    verbs: tuple[Verb, ...]
    loe: str | None
    """Level of evidence as printed."""
    loa_mean: float
    """Level of agreement among the experts, 0 to 10."""
    loa_sd: float
    pct_ge8: float | None
    """Share of the experts at 8 or more, percent."""
    targets: tuple[Target, ...]
    modalities: tuple[Modality, ...]
    certainty: Certainty
    unknown: tuple[str, ...] = ()
    loe_note: str = ""
    preference: str = ""
    """What the statement prefers among modalities."""
    note: str = ""


class Question(StrEnum):
    """What is asked of a patient who has, or may have, rheumatoid arthritis."""

    DOUBTFUL_DIAGNOSIS = "doubtful diagnosis"
    EARLY_DISEASE = "early disease"
    ACTIVITY = "activity"
    TREATMENT = "treatment"
    DAMAGE = "damage"
    NECK = "neck"
    REMISSION = "remission"


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One of the ten EULAR recommendations on imaging in rheumatoid arthritis."""

    FIGURES: ClassVar = ("strength", "strength_low", "strength_high", "loe")

    id: str
    source: str
    paraphrase: str
    modalities: tuple[Modality, ...]
    strength: float
    """Mean strength, 0 to 10, and its 95 % interval."""
    strength_low: float
    strength_high: float
    loe: str | None
    data_needed: tuple[str, ...]
    """What a rule would have to know; a proposal of this project."""
    fits: tuple[Question, ...]
    """The questions it may help with; a proposal of this project."""
    certainty: Certainty
    unknown: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Companion:
    """One point of another source that items trace to."""

    FIGURES: ClassVar = ("agreement_pct", "evidence")

    id: str
    source: str
    paraphrase: str
    certainty: Certainty
    agreement_pct: float | None = None
    evidence: str | None = None
    """Level and grade as printed, "4/D"."""
    unknown: tuple[str, ...] = ()
    note: str = ""


Point = Statement | Recommendation | Companion
"""One worded point of a source, with its figures."""


@dataclass(frozen=True, slots=True)
class ItemField(EvidenceField):
    """A field of an item for any procedure, before a procedure decides on it."""

    when: tuple[Condition, ...] = ()
    """Any of these; empty where it is asked for wherever its item is."""


@dataclass(frozen=True, slots=True)
class Item:
    """A checklist item for any procedure, before a procedure decides on it."""

    id: str
    phase: Phase
    text: str
    """At most 45 characters, for the panel."""
    detail: str
    """The whole item, with its hedges."""
    origin: str
    """"P", "C", "O" or several of them."""
    trace: tuple[str, ...]
    level: Level
    applies: tuple[Condition, ...]
    evidence: str
    sign: tuple[Role, ...]
    certainty: Certainty | None
    """Of the least certain source; None where that was not noted."""
    level_when: Mapping[Condition, Level] = field(default_factory=dict)
    excluded_by: tuple[Condition, ...] = ()
    before_injection: bool = False
    """It must be settled before an injection is marked; ours."""
    may_not_apply: bool = False
    """Though required, it may be marked as not applicable, with the reason; ours."""
    proven_by: Proof | None = None
    """What this program can see of it by itself; ours."""
    contradicted_by: Contradiction | None = None
    """What this program sees that takes a mark back; ours."""
    after: tuple[str, ...] = ()
    """Ids of items that must be settled first."""
    fields: tuple[ItemField, ...] = ()
    """What to note, each with its kind and limits; ours."""
    note: str = ""
