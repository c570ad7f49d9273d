"""`guidance people`: who is registered, with roles, certificates, courses and counts."""

import argparse
import getpass
import json
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING

from guidance_app.arguments import day
from guidance_app.domain.competence import RADIATION, Certificate, Course, StaffRecord, StaffRole

if TYPE_CHECKING:
    from guidance_app.records.database import Records
    from guidance_app.records.staff import StaffMember

DONE, FAILED = 0, 1


def add_actions(parser: argparse.ArgumentParser) -> None:
    """Add the actions of `guidance people` to its parser."""
    parser.description = "Names and codes stay in the records database, and nowhere else."
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="who is registered")
    listing.add_argument("--json", action="store_true", help="one JSON document")
    listing.set_defaults(handler=_list)
    for name, about, describe, work in (
        ("add", "register somebody", _describe_add, _add),
        ("roles", "give somebody other roles", _describe_roles, _roles),
        ("certificate", "add a certificate", _describe_certificate, _certificate),
        ("course", "add a course", _describe_course, _course),
        ("pin", "set the PIN; it is typed, not shown", None, _pin),
        ("deactivate", "let somebody act no more; what they did stays", None, _deactivate),
        ("activate", "let somebody act again", None, _activate),
    ):
        action = actions.add_parser(name, help=about)
        action.add_argument("code", metavar="CODE", help="under which the person acts")
        if describe is not None:
            describe(action)
        action.set_defaults(handler=_handler(work))


def _describe_add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME")
    _describe_roles(parser)


def _describe_roles(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--role",
        action="append",
        required=True,
        choices=[role.value for role in StaffRole],
        help="may be repeated",
    )


def _describe_certificate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--scheme", required=True, metavar="NAME", help="EFSUMB, EULAR …")
    parser.add_argument("--level", required=True, type=int, metavar="N")
    parser.add_argument("--technique", default="us", metavar="ID", help="default: us")
    parser.add_argument("--issued", required=True, type=day, metavar="YYYY-MM-DD")
    parser.add_argument("--expires", type=day, metavar="YYYY-MM-DD")


def _describe_course(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--topic", required=True, metavar="ID", help=f"us, mri … or “{RADIATION}”")
    parser.add_argument("--taken", required=True, type=day, metavar="YYYY-MM-DD")
    parser.add_argument("--expires", type=day, metavar="YYYY-MM-DD")


def _handler(
    work: Callable[["Records", argparse.Namespace], None],
) -> Callable[[argparse.Namespace], int]:
    def handle(options: argparse.Namespace) -> int:
        from guidance_app.records.errors import RecordsError, without_journal

        try:
            with _records() as records:
                work(records, options)
        except (RecordsError, ValueError) as error:
            print(f"guidance: {without_journal(error)}", file=sys.stderr)
            return FAILED
        return DONE

    return handle


def _records() -> "closing[Records]":
    from guidance_app import config
    from guidance_app.records.database import Records
    from guidance_app.settings import records_place

    place = records_place(config.settings_file(), config.records_file(), _tell)
    return closing(Records.open(place))


def _tell(sentence: str) -> None:
    print(f"guidance: {sentence}", file=sys.stderr)


def _add(records: "Records", options: argparse.Namespace) -> None:
    from guidance_app.records.staff import StaffMember

    roles = [StaffRole(role) for role in options.role]
    records.add_person(StaffMember(options.code, options.name), roles)
    print(_line(records, options.code))


def _roles(records: "Records", options: argparse.Namespace) -> None:
    records.set_roles(options.code, [StaffRole(role) for role in options.role])
    print(_line(records, options.code))


def _certificate(records: "Records", options: argparse.Namespace) -> None:
    certificate = Certificate(
        options.scheme, options.level, options.technique, options.issued, options.expires
    )
    records.add_certificate(options.code, certificate)
    print(_line(records, options.code))


def _course(records: "Records", options: argparse.Namespace) -> None:
    records.add_course(options.code, Course(options.topic, options.taken, options.expires))
    print(_line(records, options.code))


def _pin(records: "Records", options: argparse.Namespace) -> None:
    if records.staff_record(options.code) is None:
        raise ValueError(f"Nobody is registered here under the code {options.code}.")
    first = _typed("New PIN: ")
    if _typed("Again: ") != first:
        raise ValueError("The two differ. Nothing was changed.")
    records.set_pin(options.code, first)
    print(f"{options.code} has a new PIN.")


def _typed(prompt: str) -> str:
    try:
        return getpass.getpass(prompt)
    except EOFError:
        raise ValueError("No PIN was typed. Nothing was changed.") from None


def _deactivate(records: "Records", options: argparse.Namespace) -> None:
    records.set_active(options.code, False)
    print(_line(records, options.code))


def _activate(records: "Records", options: argparse.Namespace) -> None:
    records.set_active(options.code, True)
    print(_line(records, options.code))


def _list(options: argparse.Namespace) -> int:
    import msgspec

    from guidance_app.records.errors import RecordsError

    try:
        with _records() as records:
            people = [(one, records.staff_record(one.code)) for one in records.people()]
    except RecordsError as error:
        print(f"guidance: {error}", file=sys.stderr)
        return FAILED
    if options.json:
        document = [msgspec.to_builtins(one) | msgspec.to_builtins(held) for one, held in people]
        print(json.dumps(document, indent=2, ensure_ascii=False))
        return DONE
    for one, held in people:
        print(_words(one, held))
    if not people:
        print("Nobody is registered. Begin with: guidance people add CODE NAME --role operator")
    return DONE


def _line(records: "Records", code: str) -> str:
    person = next(one for one in records.people() if one.code == code)
    return _words(person, records.staff_record(code))


def _words(person: "StaffMember", held: StaffRecord | None) -> str:
    if held is None:
        return f"{person.code}  {person.name}"
    roles = ", ".join(sorted(held.roles)) or "no role" if person.active else "not active"
    lines = [f"{person.code}  {person.name}: {roles}"]
    for one in held.certificates:
        what = f"{one.scheme} level {one.level}, {one.technique}"
        lines.append(f"    certificate  {what}{_until(one.expires)}")
    for course in held.courses:
        lines.append(f"    course       {course.topic}, {course.taken}{_until(course.expires)}")
    for count in held.counts:
        done = f"{count.supervised} supervised, {count.independent} independent"
        lines.append(f"    procedures   {count.family}: {done}")
    return "\n".join(lines)


def _until(expires: date | None) -> str:
    if expires is None:
        return ""
    return f", EXPIRED on {expires}" if expires < date.today() else f", until {expires}"
