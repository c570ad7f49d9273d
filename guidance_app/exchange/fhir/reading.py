"""Reads a QuestionnaireResponse back into marks. Written for files from anywhere."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from guidance_app.domain.checklist import (
    Checklist,
    ChecklistEntry,
    ChecklistRefused,
    ChecklistTemplate,
    Mark,
    Phase,
    mark_item,
)
from guidance_app.domain.people import Person, Role
from guidance_app.exchange.fhir.check import FhirRefused, check_resource, shortened
from guidance_app.exchange.fhir.names import AUTHOR, own
from guidance_app.exchange.fhir.questionnaire import canonical, note_id, questionnaire_url
from guidance_app.exchange.fhir.response import ANSWERED, EARLIER, WORKING_ALONE

MOST_BYTES = 8 << 20


@dataclass(frozen=True, slots=True)
class _Identifier:
    system: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class _Reference:
    identifier: _Identifier | None = None


@dataclass(frozen=True, slots=True)
class _Coding:
    system: str = ""
    code: str = ""


@dataclass(frozen=True)
class _Extension:
    url: str
    extension: tuple["_Extension", ...] = ()
    valueBoolean: bool | None = None  # noqa: N815  # as FHIR spells it
    valueCoding: _Coding | None = None  # noqa: N815
    valueDateTime: str | None = None  # noqa: N815
    valuePositiveInt: int | None = None  # noqa: N815
    valueReference: _Reference | None = None  # noqa: N815
    valueString: str | None = None  # noqa: N815


@dataclass(frozen=True)
class _Answer:
    valueCoding: _Coding | None = None  # noqa: N815
    valueString: str | None = None  # noqa: N815
    item: tuple["_Item", ...] = ()


@dataclass(frozen=True)
class _Item:
    linkId: str  # noqa: N815
    extension: tuple[_Extension, ...] = ()
    answer: tuple[_Answer, ...] = ()
    item: tuple["_Item", ...] = ()


@dataclass(frozen=True)
class _Response:
    resourceType: str  # noqa: N815
    questionnaire: str = ""
    extension: tuple[_Extension, ...] = ()
    item: tuple[_Item, ...] = field(default=())


def read_response(content: bytes, template: ChecklistTemplate) -> tuple[ChecklistEntry, ...]:
    """Every mark in the order in which it was made, also those taken back.

    `template` is the checklist that was answered. Raises FhirRefused, also for a mark that the
    checklist would not have allowed.
    """
    response = _decode(content)
    _check_questionnaire(response.questionnaire, template)
    _check_once(response.item)
    numbered = [one for group in response.item for one in _group(group, template)]
    numbered.sort(key=lambda one: one[0])
    if [number for number, _ in numbered] != list(range(1, len(numbered) + 1)):
        raise FhirRefused("The order of the marks has gaps or repeats. Export the record again.")
    alone = any(e.url == own(WORKING_ALONE) and e.valueBoolean for e in response.extension)
    entries = tuple(entry for _, entry in numbered)
    _check_allowed(Checklist(template, working_alone=alone), entries)
    return entries


def _decode(content: bytes) -> _Response:
    if len(content) > MOST_BYTES:
        raise FhirRefused(
            f"The answers have {len(content)} bytes, and no checklist has more than {MOST_BYTES}."
        )
    try:
        document = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FhirRefused(f"The answers are not JSON: {error}.") from None
    kind = document.get("resourceType") if isinstance(document, dict) else None
    if kind != "QuestionnaireResponse":
        raise FhirRefused("The answers are not a QuestionnaireResponse. Choose that resource.")
    check_resource(document)
    try:
        return msgspec.convert(document, _Response)
    except msgspec.ValidationError as error:
        raise FhirRefused(f"The answers cannot be read: {error}.") from None


def _check_questionnaire(named: str, template: ChecklistTemplate) -> None:
    expected = canonical(template)
    if named == expected:
        return
    if named.split("|", maxsplit=1)[0] == questionnaire_url(template):
        raise FhirRefused(
            f"The answers belong to version {shortened(named.partition('|')[2]) or 'unknown'} of "
            f"“{template.title}”, not to {shortened(expected.partition('|')[2])}."
        )
    raise FhirRefused(f"The answers belong to another checklist than “{template.title}”.")


def _group(group: _Item, template: ChecklistTemplate) -> Iterator[tuple[int, ChecklistEntry]]:
    phases = {phase.value for phase in Phase}
    if group.linkId not in phases:
        raise FhirRefused(f"There is no part “{shortened(group.linkId)}” in “{template.title}”.")
    _check_once(group.item)
    known = {item.id for item in template.items if item.phase.value == group.linkId}
    for item in group.item:
        if item.linkId not in known:
            raise FhirRefused(
                f"There is no item “{shortened(item.linkId)}” in the part {group.linkId} of "
                f"“{template.title}”."
            )
        yield from _marks(item)


def _check_once(items: tuple[_Item, ...]) -> None:
    for link, count in Counter(item.linkId for item in items).items():
        if count > 1:
            raise FhirRefused(f"“{shortened(link)}” stands {count} times in the answers.")


def _marks(item: _Item) -> Iterator[tuple[int, ChecklistEntry]]:
    for one in item.extension:
        if one.url == own(EARLIER):
            parts = {part.url: part for part in one.extension}
            note = parts["note"].valueString if "note" in parts else ""
            yield _mark(item.linkId, parts, parts.get("mark"), parts.get("person"), note or "")
    if len(item.answer) > 1:
        raise FhirRefused(f"{item.linkId} has more than one answer.")
    for answer in item.answer:
        urls = {one.url: one for one in item.extension}
        by = urls.get(own(ANSWERED), _Extension(""))
        parts = {part.url: part for part in by.extension}
        yield _mark(item.linkId, parts, answer, urls.get(AUTHOR), _note(item.linkId, answer))


def _mark(
    item_id: str,
    parts: dict[str, _Extension],
    marked: _Extension | _Answer | None,
    person: _Extension | None,
    note: str,
) -> tuple[int, ChecklistEntry]:
    order = parts["order"].valuePositiveInt if "order" in parts else None
    time = parts["time"].valueDateTime if "time" in parts else None
    role = _code(parts.get("role"), "role")
    mark = _code(marked, "mark")
    code = _code_of(person)
    if not (order and time and role and mark and code):
        raise FhirRefused(f"{item_id}: it is not said who marked it, as what, when and how.")
    _check_time(item_id, time)
    if role not in set(Role) or mark not in set(Mark):
        raise FhirRefused(
            f"{item_id}: “{shortened(mark)}” by “{shortened(role)}” is no mark and role known here."
        )
    return order, ChecklistEntry(item_id, Mark(mark), Person(code, Role(role)), time, note)


def _code(place: _Extension | _Answer | None, system: str) -> str:
    coding = place.valueCoding if place else None
    return coding.code if coding and coding.system == own(system) else ""


def _code_of(person: _Extension | None) -> str:
    reference = person.valueReference if person else None
    identifier = reference.identifier if reference else None
    return identifier.value if identifier and identifier.system == own("person") else ""


def _note(item_id: str, answer: _Answer) -> str:
    for below in answer.item:
        if below.linkId != note_id(item_id):
            raise FhirRefused(f"There is no item “{shortened(below.linkId)}” below {item_id}.")
    texts = [text.valueString or "" for below in answer.item for text in below.answer]
    if len(texts) > 1:
        raise FhirRefused(f"{item_id} has more than one note.")
    return "".join(texts)


def _check_time(item_id: str, time: str) -> None:
    try:
        offset = datetime.fromisoformat(time).tzinfo
    except ValueError:
        offset = None
    if offset is None:
        raise FhirRefused(f"{item_id}: {shortened(time)} is not a time with its offset.")


def _check_allowed(checklist: Checklist, entries: tuple[ChecklistEntry, ...]) -> None:
    for entry in entries:
        try:
            checklist = mark_item(checklist, entry)
        except ChecklistRefused as error:
            raise FhirRefused(str(error)) from None
