"""From what was entered on the set-up page to the command that begins the procedure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from guidance_app.domain.checklist import (
    MIDLINE,
    NO_SIDE,
    SIDE_FIELD,
    ChecklistEntry,
    ChecklistItem,
    ChecklistTemplate,
    Level,
    Mark,
    Proof,
)
from guidance_app.domain.commands import ProcedureStarted
from guidance_app.domain.competence import Certificate, Course, Skill
from guidance_app.domain.evidence import Evidence, value_refusal
from guidance_app.domain.people import DEVICE, Person, Role
from guidance_app.presentation.setup_choices import SetupAnswer, SetupEntry

PIN_GIVEN = "signed in with the PIN"
ON_RECORD = "read in the records"
ALONE = "working alone"


def started_procedure(
    entry: SetupEntry, answer: SetupAnswer, template: ChecklistTemplate, procedure_id: str
) -> ProcedureStarted:
    """The command, with the people present and the advice as it was shown."""
    return ProcedureStarted(
        entry.procedure,
        entry.patient,
        entry.side,
        template,
        _people(entry),
        entry.working_alone,
        entry.plan,
        entry.reason,
        procedure_id,
        answer.trainee,
        answer.given,
        tuple(question.value for question in entry.questions),
        answer.judged,
    )


def set_up_entries(
    started: ProcedureStarted, answer: SetupAnswer, now: datetime
) -> tuple[ChecklistEntry, ...]:
    """The marks on the items that setting up has settled; `now` has a zone.

    What is read in the records is marked by the device, all else by whoever answers for it.
    """
    settled = dict(_settled(started, answer, now))
    items = ((item, settled.get(item.proven_by)) for item in started.template.items)
    time_utc = now.astimezone(UTC).isoformat(timespec="milliseconds")
    return tuple(
        _entry(item, one, time_utc)
        for item, one in items
        if one is not None
        if one.mark is Mark.DONE or item.level is Level.ADVISORY
    )


@dataclass(frozen=True, slots=True)
class _Settled:
    """What is known of an item, and who answers for it; what a field does not take is left out."""

    person: Person
    values: Mapping[str, str]
    note: str = ""
    mark: Mark = Mark.DONE


def _entry(item: ChecklistItem, settled: _Settled, time_utc: str) -> ChecklistEntry:
    given = ((field, settled.values.get(field.id, "")) for field in item.fields)
    noted = tuple(Evidence(f.id, value) for f, value in given if value_refusal(f, value) is None)
    return ChecklistEntry(item.id, settled.mark, settled.person, time_utc, settled.note, noted)


def _settled(
    started: ProcedureStarted, answer: SetupAnswer, now: datetime
) -> Iterator[tuple[Proof | None, _Settled]]:
    people = {person.role: person for person in started.people}
    operator = people[Role.OPERATOR]
    yield Proof.TARGET_SET, _Settled(operator, _target_values(started, answer))
    if started.technique:
        chosen = {"modality": answer.technique}
        yield Proof.TECHNIQUE_CHOSEN, _Settled(operator, chosen, started.reason)
    yield from _by_who_is_there(people, started.working_alone, now)
    if answer.skill is not None:
        yield from _on_record(answer.skill)


def _by_who_is_there(
    people: Mapping[Role, Person], alone: bool, now: datetime
) -> Iterator[tuple[Proof, _Settled]]:
    operator = people[Role.OPERATOR]
    if Role.SUPERVISOR in people:
        present = {"supervisor": people[Role.SUPERVISOR].code, "from": f"{now.astimezone():%H:%M}"}
        yield Proof.SUPERVISOR_SIGNED_IN, _Settled(people[Role.SUPERVISOR], present, PIN_GIVEN)
    if Role.ASSISTANT in people:
        code = people[Role.ASSISTANT].code
        named = {"assistant": code, "second": code, "role": Role.ASSISTANT.name.lower()}
        yield Proof.ASSISTANT_NAMED, _Settled(operator, named)
    elif alone:
        yield Proof.ASSISTANT_NAMED, _Settled(operator, {}, ALONE, Mark.SKIPPED)


def _target_values(started: ProcedureStarted, answer: SetupAnswer) -> dict[str, str]:
    return {
        "target": started.template.title,
        SIDE_FIELD: NO_SIDE if started.side == MIDLINE else started.side,
        "targeted": "targeted" if answer.targeted else "not targeted",
        "complex": "complex" if answer.complex else "not complex",
    }


def _on_record(skill: Skill) -> Iterator[tuple[Proof, _Settled]]:
    """What is registered of a competent operator; what is not, people say."""
    if skill.certificate is not None:
        yield Proof.IMAGING_SKILL_ON_RECORD, _read(_certificate_values(skill.certificate))
    if skill.supervised > 0:
        yield Proof.PROCEDURE_SKILL_ON_RECORD, _read({"supervised": str(skill.supervised)})
    if skill.radiation is not None:
        yield Proof.RADIATION_TRAINING_ON_RECORD, _read(_course_values(skill.radiation))


def _read(values: Mapping[str, str]) -> _Settled:
    return _Settled(DEVICE, values, ON_RECORD)


def _certificate_values(held: Certificate) -> dict[str, str]:
    level, issued = str(held.level), held.issued.isoformat()
    return {"scheme": held.scheme, "level": level, "issued": issued}


def _course_values(course: Course) -> dict[str, str]:
    expires = course.expires.isoformat() if course.expires else ""
    return {"course": course.topic, "taken": course.taken.isoformat(), "expires": expires}


def _people(entry: SetupEntry) -> tuple[Person, ...]:
    codes = {
        Role.OPERATOR: entry.operator,
        Role.ASSISTANT: "" if entry.working_alone else entry.assistant,
        Role.SUPERVISOR: entry.supervisor,
        Role.RADIOGRAPHER: entry.radiographer,
    }
    return tuple(Person(code, role) for role, code in codes.items() if code)
