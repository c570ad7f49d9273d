"""What is read of a QuestionnaireResponse, as it stands in its JSON."""

from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Identifier:
    """A name in a system of names."""

    system: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """Somebody, by an identifier."""

    identifier: Identifier | None = None


@dataclass(frozen=True, slots=True)
class Coding:
    """A code of a system."""

    system: str = ""
    code: str = ""


@dataclass(frozen=True)
class Extension:
    """What FHIR itself has no place for."""

    url: str
    extension: tuple["Extension", ...] = ()
    valueBoolean: bool | None = None  # noqa: N815  # as FHIR spells it
    valueCoding: Coding | None = None  # noqa: N815
    valueDateTime: str | None = None  # noqa: N815
    valuePositiveInt: int | None = None  # noqa: N815
    valueReference: Reference | None = None  # noqa: N815
    valueString: str | None = None  # noqa: N815


@dataclass(frozen=True)
class Answer:
    """One answer; of the values it holds one."""

    valueBoolean: bool | None = None  # noqa: N815
    valueCoding: Coding | None = None  # noqa: N815
    valueDate: str | None = None  # noqa: N815
    valueDecimal: Decimal | None = None  # noqa: N815
    """To the digit that was written."""
    valueString: str | None = None  # noqa: N815
    valueTime: str | None = None  # noqa: N815
    item: tuple["Item", ...] = ()


@dataclass(frozen=True)
class Item:
    """A question that was answered, or a group of them."""

    linkId: str  # noqa: N815
    extension: tuple[Extension, ...] = ()
    answer: tuple[Answer, ...] = ()
    item: tuple["Item", ...] = ()


@dataclass(frozen=True)
class Response:
    """A QuestionnaireResponse."""

    resourceType: str  # noqa: N815
    questionnaire: str = ""
    extension: tuple[Extension, ...] = ()
    item: tuple[Item, ...] = field(default=())
