"""Checks a resource before it leaves and after it came: structure, required codes, texts.

The library checks the structure. It knows the codes that FHIR requires and lets any pass, and
it lets pass control characters and texts of any length: those are checked here.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import BaseModel

MOST_CHARACTERS = 1 << 20
"""FHIR allows no longer text."""
ALLOWED_CONTROLS = "\t\n\r"
KINDS = ("Questionnaire", "QuestionnaireResponse", "Procedure", "Provenance", "Bundle")
SHOWN_CHARACTERS = 60
ITEM_TYPES = [
    *("group", "display", "boolean", "decimal", "integer", "date", "dateTime", "time", "string"),
    *("text", "url", "choice", "open-choice", "attachment", "reference", "quantity"),
]
CUT_SHORT = {"QuestionnaireItem.type": ITEM_TYPES, "Expression.language": []}
"""Codes of which the library names only the first; none are listed where FHIR allows others."""


class FhirRefused(ValueError):
    """A resource is not what it should be; `str()` is one sentence: what, and where."""


def check_resource(document: object) -> None:
    """Raise FhirRefused for the first thing that FHIR R4 does not allow in a resource."""
    kind = document.get("resourceType") if isinstance(document, dict) else None
    if kind not in KINDS:
        raise FhirRefused(f"This is not one of the resources {', '.join(KINDS)}.")
    try:
        _check_texts(document, kind)
        model = _parse(document, kind)
        for where, code, allowed in _wrong_codes(model, kind):
            raise FhirRefused(
                f"{where}: {_shown(code)} is not among the codes {', '.join(allowed)}."
            )
    except RecursionError:
        raise FhirRefused(f"{kind}: its parts are nested too deep to be read.") from None


def _parse(document: object, kind: str) -> "BaseModel":
    from fhir.resources.R4B import get_fhir_model_class  # noqa: PLC0415  # takes a third of a second
    from pydantic import ValidationError  # noqa: PLC0415

    try:
        return get_fhir_model_class(kind).model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join([kind, *map(str, first["loc"])])
        raise FhirRefused(f"{shortened(where)}: {_sentence(str(first['msg']))}.") from None


def _wrong_codes(model: "BaseModel", where: str) -> Iterator[tuple[str, str, list[str]]]:
    """Every code that is not among those that FHIR requires at its place."""
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        place = f"{where}.{field.alias or name}"
        codes = _required_codes(f"{type(model).__name__}.{name}", field.json_schema_extra)
        for each, at in _each(value, place):
            if hasattr(type(each), "model_fields"):
                yield from _wrong_codes(each, at)
            elif codes and each is not None and each not in codes:
                yield at, each, codes


def _required_codes(place: str, extra: object) -> list[str]:
    codes = extra.get("enum_values") if isinstance(extra, dict) else None
    return CUT_SHORT.get(place, [str(code) for code in codes or ()])


def _each(value: object, place: str) -> Iterator[tuple[Any, str]]:
    if isinstance(value, list):
        yield from ((one, f"{place}[{number}]") for number, one in enumerate(value))
    else:
        yield value, place


def _check_texts(value: object, where: str) -> None:
    if isinstance(value, dict):
        for name, one in value.items():
            _check_texts(one, f"{where}.{name}")
    elif isinstance(value, list):
        for number, one in enumerate(value):
            _check_texts(one, f"{where}[{number}]")
    elif isinstance(value, str):
        _check_text(value, shortened(where))


def _check_text(text: str, where: str) -> None:
    if len(text) > MOST_CHARACTERS:
        raise FhirRefused(
            f"{where}: the text has {len(text)} characters, and FHIR allows {MOST_CHARACTERS}."
        )
    if any(c < " " and c not in ALLOWED_CONTROLS for c in text):
        raise FhirRefused(f"{where}: the text holds control characters, which FHIR does not allow.")


def _shown(code: str) -> str:
    return f'"{shortened(code)}"'


def shortened(text: str) -> str:
    """Enough of a text that somebody else wrote to recognise it."""
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"


def _sentence(message: str) -> str:
    return " ".join(message.split()).removeprefix("Value error, ").rstrip(".")
