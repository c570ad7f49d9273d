"""Reads a QuestionnaireResponse back into marks. Written for files from anywhere."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import msgspec

from guidance_app.domain.checklist import (
    Checklist,
    ChecklistEntry,
    ChecklistItem,
    ChecklistRefused,
    ChecklistTemplate,
    Mark,
    Phase,
    mark_item,
)
from guidance_app.domain.evidence import Evidence
from guidance_app.domain.people import Person, Role
from guidance_app.exchange.fhir.check import FhirRefused, check_resource, shortened
from guidance_app.exchange.fhir.evidence import field_link, noted_value
from guidance_app.exchange.fhir.names import AUTHOR, own
from guidance_app.exchange.fhir.questionnaire import canonical, note_id, questionnaire_url
from guidance_app.exchange.fhir.response import ANSWERED, EARLIER, NOTED, WORKING_ALONE
from guidance_app.exchange.fhir.wire import Answer, Extension, Item, Response

MOST_BYTES = 8 << 20


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


def _decode(content: bytes) -> Response:
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
        return msgspec.json.decode(content, type=Response)
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


def _group(group: Item, template: ChecklistTemplate) -> Iterator[tuple[int, ChecklistEntry]]:
    phases = {phase.value for phase in Phase}
    if group.linkId not in phases:
        raise FhirRefused(f"There is no part “{shortened(group.linkId)}” in “{template.title}”.")
    _check_once(group.item)
    known = {item.id: item for item in template.items if item.phase.value == group.linkId}
    for item in group.item:
        if item.linkId not in known:
            raise FhirRefused(
                f"There is no item “{shortened(item.linkId)}” in the part {group.linkId} of "
                f"“{template.title}”."
            )
        yield from _marks(item, known[item.linkId])


def _check_once(items: tuple[Item, ...]) -> None:
    for link, count in Counter(item.linkId for item in items).items():
        if count > 1:
            raise FhirRefused(f"“{shortened(link)}” stands {count} times in the answers.")


def _marks(item: Item, asked: ChecklistItem) -> Iterator[tuple[int, ChecklistEntry]]:
    for one in item.extension:
        if one.url == own(EARLIER):
            yield _earlier(item.linkId, one.extension)
    if len(item.answer) > 1:
        raise FhirRefused(f"{item.linkId} has more than one answer.")
    for answer in item.answer:
        urls = {one.url: one for one in item.extension}
        by = urls.get(own(ANSWERED), Extension(""))
        parts = {part.url: part for part in by.extension}
        number, entry = _mark(item.linkId, parts, answer, urls.get(AUTHOR), _note(asked, answer))
        yield number, replace(entry, evidence=tuple(_evidence(asked, answer)))


def _earlier(item_id: str, content: tuple[Extension, ...]) -> tuple[int, ChecklistEntry]:
    parts = {part.url: part for part in content}
    note = parts["note"].valueString if "note" in parts else ""
    number, entry = _mark(item_id, parts, parts.get("mark"), parts.get("person"), note or "")
    noted = (_earlier_evidence(part.extension) for part in content if part.url == NOTED)
    return number, replace(entry, evidence=tuple(noted))


def _earlier_evidence(content: tuple[Extension, ...]) -> Evidence:
    parts = {part.url: part.valueString or "" for part in content}
    return Evidence(parts.get("field", ""), parts.get("value", ""))


def _mark(
    item_id: str,
    parts: dict[str, Extension],
    marked: Extension | Answer | None,
    person: Extension | None,
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


def _code(place: Extension | Answer | None, system: str) -> str:
    coding = place.valueCoding if place else None
    return coding.code if coding and coding.system == own(system) else ""


def _code_of(person: Extension | None) -> str:
    reference = person.valueReference if person else None
    identifier = reference.identifier if reference else None
    return identifier.value if identifier and identifier.system == own("person") else ""


def _note(asked: ChecklistItem, answer: Answer) -> str:
    known = {note_id(asked.id), *(field_link(asked.id, field.id) for field in asked.fields)}
    for below in answer.item:
        if below.linkId not in known:
            raise FhirRefused(f"There is no item “{shortened(below.linkId)}” below {asked.id}.")
    texts = [
        text.valueString or ""
        for below in answer.item
        if below.linkId == note_id(asked.id)
        for text in below.answer
    ]
    if len(texts) > 1:
        raise FhirRefused(f"{asked.id} has more than one note.")
    return "".join(texts)


def _evidence(asked: ChecklistItem, answer: Answer) -> Iterator[Evidence]:
    """In the order in which it stands there, which is that in which it was noted."""
    fields = {field_link(asked.id, field.id): field for field in asked.fields}
    for below in (below for below in answer.item if below.linkId in fields):
        field = fields[below.linkId]
        for one in below.answer:
            value = noted_value(asked.id, field, one)
            if value is None:
                raise FhirRefused(f"{below.linkId}: the answer is no {field.kind}.")
            yield Evidence(field.id, value)


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
