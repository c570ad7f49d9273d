"""Real sessions with real review files, rated by a form of the test's own."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from recordings import (
    SOURCE,
    START_NS,
    every_command,
    make_frame,
    make_outcome,
    make_snapshot,
)

from drivers.api.clock import ManualClock
from guidance_app.domain.commands import ProcedureStarted
from guidance_app.domain.people import Person, Role
from guidance_app.session.disk import LOCAL_DISK
from guidance_app.session.review import Rating, add_to_review
from guidance_app.session.writer import SessionWriter
from guidance_app.training.form_files import read_form
from guidance_app.training.rating_form import NO, YES, KnownForm

BEGAN = datetime(2026, 3, 2, 9, tzinfo=UTC)
CHECKS = tuple(f"c{n}" for n in range(10))
SCALES = tuple(f"s{n}" for n in range(10))
FORM_FILE = "house.yaml"


def form_text(critical: str = "") -> str:
    """A form of ten items and ten scales, so that any published table can be given by it."""
    checks = "".join(
        f"  - {{id: {id_}, text: Item {id_}, trace: [OURS], certainty: O"
        f"{', critical: true' if id_ == critical else ''}}}\n"
        for id_ in CHECKS
    )
    scales = "".join(
        f"  - {{id: {id_}, text: Scale {id_}, trace: [OURS], certainty: O,"
        f" anchors: {{1: bad, 5: good}}}}\n"
        for id_ in SCALES
    )
    head = 'id: house\ntitle: House form\nversion: "1"\nstanding: for tests\n'
    return f"{head}checklist:\n{checks}scale:\n{scales}"


def house_form(critical: str = "") -> KnownForm:
    return read_form(form_text(critical).encode(), FORM_FILE, own=True)


def use_house_form(folder: Path, settings: Path, critical: str = "") -> KnownForm:
    """Put it into a folder that the settings name."""
    folder.mkdir(exist_ok=True)
    (folder / FORM_FILE).write_text(form_text(critical))
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_bytes(msgspec.json.encode({"rating_forms": str(folder)}))
    return house_form(critical)


def session_of(folder: Path, operator: str, days: float = 0.0) -> Path:
    """A sealed session of one operator, begun so many days after the first."""
    clock = ManualClock(START_NS)
    began = BEGAN + timedelta(days=days)
    folder.mkdir(parents=True, exist_ok=True)
    writer = SessionWriter.create(folder, SOURCE, clock, LOCAL_DISK, lambda: began)
    started = next(one for one in every_command() if isinstance(one, ProcedureStarted))
    people = (Person(operator, Role.OPERATOR),)
    writer.write_command(make_outcome(0, replace(started, people=people)))
    writer.write_frame(*make_frame(0))
    writer.write_snapshot(make_snapshot(1, 0))
    writer.seal()
    writer.abandon()
    return writer.path


def given(done: int, points: int = 30) -> dict[str, int]:
    """So many items done, and so many points over all ten scales."""
    checks = {id_: YES if n < done else NO for n, id_ in enumerate(CHECKS)}
    each, more = divmod(points, len(SCALES))
    return checks | {id_: each + (n < more) for n, id_ in enumerate(SCALES)}


def rate(
    session: Path, form: KnownForm, rater: str, what: Mapping[str, int], blinded: bool = True
) -> None:
    add_to_review(
        session,
        Rating(form.form.id, form.digest, rater, BEGAN.isoformat(), dict(what), "", blinded),
    )
