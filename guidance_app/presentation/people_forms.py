"""What can be changed of people: the forms, and what an entry asks the records to do."""

from collections.abc import Callable, Mapping

from guidance_app.domain.competence import RADIATION, Certificate, Course, StaffRole
from guidance_app.knowledge.content import Knowledge
from guidance_app.presentation.forms import (
    EntryRefused,
    FieldKind,
    FormEntry,
    FormField,
    FormView,
    Option,
    entered,
    entered_day,
    entered_day_or_none,
    entered_number,
)
from guidance_app.presentation.people import technique_titles
from guidance_app.records.registered import Change
from guidance_app.records.staff import StaffMember

ADD, ROLES, CERTIFICATE, COURSE, PIN = "add", "roles", "certificate", "course", "pin"
DAY = "2026-11-26"
ROLE_ICONS = {
    StaffRole.OPERATOR: "needle",
    StaffRole.ASSISTANT: "account-multiple",
    StaffRole.RADIOGRAPHER: "radioactive",
    StaffRole.SUPERVISOR: "account-eye",
    StaffRole.TRAINER: "school-outline",
    StaffRole.ENGINEER: "wrench",
}


def person_form(form: str, code: str, roles: tuple[str, ...], knowledge: Knowledge) -> FormView:
    """The empty form; `code` and `roles` are those of the person it is about."""
    make: Mapping[str, Callable[[], FormView]] = {
        ADD: _add_form,
        ROLES: lambda: _roles_form(code, roles),
        CERTIFICATE: lambda: _certificate_form(code, knowledge),
        COURSE: lambda: _course_form(code, knowledge),
        PIN: lambda: _pin_form(code),
    }
    return make[form]()


def _add_form() -> FormView:
    fields = (
        FormField("code", "Code", hint="under which the person acts, as in OP-1"),
        FormField("name", "Name"),
        _roles_field(()),
    )
    return FormView(ADD, "Add somebody", "Add", fields)


def _roles_form(code: str, roles: tuple[str, ...]) -> FormView:
    return FormView(ROLES, f"Roles of {code}", "Save roles", (_roles_field(roles),))


def _roles_field(roles: tuple[str, ...]) -> FormField:
    options = tuple(Option(role.value, role.capitalize(), ROLE_ICONS[role]) for role in StaffRole)
    return FormField("roles", "Roles", FieldKind.SOME, " ".join(roles), options=options)


def _certificate_form(code: str, knowledge: Knowledge) -> FormView:
    fields = (
        FormField("scheme", "Scheme", hint="EFSUMB, EULAR …"),
        FormField("level", "Level", hint="a whole number"),
        FormField("technique", "Technique", FieldKind.ONE, "us", options=_techniques(knowledge)),
        FormField("issued", "Issued on", hint=DAY),
        FormField("expires", "Expires on", hint="empty where it does not expire"),
    )
    return FormView(CERTIFICATE, f"A certificate of {code}", "Add certificate", fields)


def _course_form(code: str, knowledge: Knowledge) -> FormView:
    topics = (*_techniques(knowledge), Option(RADIATION, RADIATION.capitalize()))
    fields = (
        FormField("topic", "Topic", FieldKind.ONE, "us", options=topics),
        FormField("taken", "Taken on", hint=DAY),
        FormField("expires", "Expires on", hint="empty where it does not expire"),
    )
    return FormView(COURSE, f"A course of {code}", "Add course", fields)


def _techniques(knowledge: Knowledge) -> tuple[Option, ...]:
    return tuple(Option(id_, title) for id_, title in technique_titles(knowledge).items())


def _pin_form(code: str) -> FormView:
    fields = (
        FormField("first", "New PIN", FieldKind.SECRET, hint="4 to 12 digits"),
        FormField("again", "Once more", FieldKind.SECRET),
    )
    return FormView(PIN, f"The PIN of {code}", "Set PIN", fields)


def change_of(entry: FormEntry, code: str) -> tuple[Change, str, str]:
    """What is to be written, whose code it is, and what to say then; raises EntryRefused."""
    if entry.form == ADD:
        code = entered(entry, "code", "the code")
    return _CHANGES[entry.form](entry, code), code, _DONE[entry.form].format(code=code)


def activity_change(code: str, active: bool) -> tuple[Change, str]:
    """Let somebody act, or not any more, and what to say then."""
    done = f"{code} is active again." if active else f"{code} is not active any more."
    return lambda records: records.set_active(code, active), done


def _add(entry: FormEntry, code: str) -> Change:
    member = StaffMember(code, entered(entry, "name", "the name"))
    roles = _roles(entry)
    return lambda records: records.add_person(member, roles)


def _give_roles(entry: FormEntry, code: str) -> Change:
    roles = _roles(entry)
    return lambda records: records.set_roles(code, roles)


def _roles(entry: FormEntry) -> list[StaffRole]:
    roles = [StaffRole(role) for role in entry.values["roles"].split()]
    if not roles:
        raise EntryRefused("Still missing: a role.")
    return roles


def _give_certificate(entry: FormEntry, code: str) -> Change:
    certificate = Certificate(
        entered(entry, "scheme", "the scheme"),
        entered_number(entered(entry, "level", "the level"), "level"),
        entry.values["technique"],
        entered_day(entry, "issued", "the day of issue"),
        entered_day_or_none(entry, "expires", "the day on which it expires"),
    )
    return lambda records: records.add_certificate(code, certificate)


def _give_course(entry: FormEntry, code: str) -> Change:
    course = Course(
        entry.values["topic"],
        entered_day(entry, "taken", "the day on which it was taken"),
        entered_day_or_none(entry, "expires", "the day on which it expires"),
    )
    return lambda records: records.add_course(code, course)


def _set_pin(entry: FormEntry, code: str) -> Change:
    pin = entry.values["first"]
    if entry.values["again"] != pin:
        raise EntryRefused("The two differ. Nothing was changed: type the PIN twice again.")
    return lambda records: records.set_pin(code, pin)


_CHANGES: Mapping[str, Callable[[FormEntry, str], Change]] = {
    ADD: _add,
    ROLES: _give_roles,
    CERTIFICATE: _give_certificate,
    COURSE: _give_course,
    PIN: _set_pin,
}
_DONE = {
    ADD: "{code} is registered.",
    ROLES: "{code} has these roles now.",
    CERTIFICATE: "The certificate of {code} is on record.",
    COURSE: "The course of {code} is on record.",
    PIN: "{code} has a new PIN.",
}
