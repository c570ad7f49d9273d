"""`guidance ratings`: what raters gave sessions, and how far they agree."""

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from guidance_app.asked_figure import tell
from guidance_app.session.errors import SessionError

if TYPE_CHECKING:
    from guidance_app.training.rating_form import KnownForm, Part
    from guidance_app.training.ratings import Agreed, Judged, RatedSession

DONE, FAILED, DONE_IN_PART = 0, 1, 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `guidance ratings` takes."""
    parser.description = (
        "What raters gave the sessions, and how far they agree. docs/judgement.md has the words."
    )
    parser.add_argument("sessions", type=Path, nargs="+", metavar="SESSION")
    parser.add_argument("--form", metavar="ID", help="only ratings by this form")
    parser.add_argument(
        "--rater", action="append", default=[], metavar="CODE", help="agreement of these; repeat"
    )
    parser.add_argument("--json", action="store_true", help="one JSON document")
    parser.set_defaults(handler=run)


def run(options: argparse.Namespace) -> int:
    """The command; returns the exit status."""
    from guidance_app.rating_forms_in_use import forms_in_use
    from guidance_app.training.ratings import form_ids

    rated, problems = _read(options.sessions)
    wanted = [options.form] if options.form else form_ids(rated)
    forms = forms_in_use(tell)
    parts = [_by_form(id_, forms.find(id_), rated, options.rater) for id_ in wanted]
    problems += [f"The form {one.id} is not here." for one in parts if one.known is None]
    if options.json:
        print(
            json.dumps({"forms": [one.document() for one in parts], "problems": problems}, indent=2)
        )
    else:
        for one in parts:
            print("\n".join(one.lines()))
    for problem in problems if not options.json else ():
        tell(problem)
    if not any(one.judged for one in parts):
        tell("No rating was found that can be read. A session is rated in its replay.")
        return FAILED
    return DONE_IN_PART if problems else DONE


def _read(sessions: Iterable[Path]) -> tuple[list["RatedSession"], list[str]]:
    from guidance_app.training.ratings import read_rated

    rated, problems = [], []
    for session in sessions:
        try:
            rated.append(read_rated(session))
        except SessionError as error:
            problems.append(str(error))
    problems += [f"{one.session.name}: {problem}" for one in rated for problem in one.problems]
    return rated, problems


@dataclass(frozen=True, slots=True)
class _ByForm:
    """All ratings by one form, and agreement about each of its parts."""

    id: str
    known: "KnownForm | None"
    judged: "tuple[Judged, ...]"
    agreed: "dict[Part, Agreed | str]"
    """Or why none is told."""

    def document(self) -> dict[str, object]:
        """In JSON."""
        form = self.known.form if self.known else None
        return {
            "form": self.id,
            "title": form.title if form else None,
            "standing": form.standing if form else None,
            "digest": self.known.digest if self.known else None,
            "ratings": [_rating_document(one) for one in self.judged],
            "agreement": {part.value: _agreed_document(one) for part, one in self.agreed.items()},
        }

    def lines(self) -> Iterable[str]:
        """In words."""
        if self.known is None:
            return
        yield f"{self.known.form.title} ({self.known.form.standing})"
        yield from (_rating_line(self.known, one) for one in self.judged)
        for part, agreed in self.agreed.items():
            yield from _agreed_lines(part, agreed)


def _by_form(
    id_: str, known: "KnownForm | None", rated: Sequence["RatedSession"], raters: Sequence[str]
) -> _ByForm:
    from guidance_app.training.agreement import RatingsRefused
    from guidance_app.training.rating_form import Part
    from guidance_app.training.ratings import agreement_of, judge_ratings

    if known is None:
        return _ByForm(id_, None, (), {})
    judged = judge_ratings(known, rated)
    agreed: dict[Part, Agreed | str] = {}
    for part in (Part.CHECKLIST, Part.SCALE):
        if known.form.checklist if part is Part.CHECKLIST else known.form.scale:
            try:
                agreed[part] = agreement_of(judged, part, raters)
            except RatingsRefused as refused:
                agreed[part] = str(refused)
    return _ByForm(id_, known, judged, agreed)


def _rating_document(one: "Judged") -> dict[str, object]:
    found = one.tally
    about: dict[str, object] = {
        "session": str(one.session),
        "rater": one.rating.rater,
        "blinded": one.rating.blinded,
        "made_utc": one.rating.made_utc,
        "remark": one.rating.remark,
        "problem": one.problem or None,
    }
    if found is None:
        return about
    return about | {
        "checklist": {"done": found.done, "judged": found.judged, "percent": found.percent},
        "scale": found.scale,
        "lowering": found.lowering,
        "critical_missed": list(found.critical_missed),
        "critical_not_seen": list(found.critical_not_seen),
    }


def _rating_line(known: "KnownForm", one: "Judged") -> str:
    from guidance_app.presentation.rating_view import tally_words

    blinded = "blinded" if one.rating.blinded else "not blinded"
    words = one.problem if one.tally is None else tally_words(known, one.tally)
    return f"  {one.session.name}  {one.rating.rater}, {blinded}: {words}"


def _agreed_document(agreed: "Agreed | str") -> dict[str, object]:
    if isinstance(agreed, str):
        return {"refused": agreed}
    return {
        "sessions": agreed.sessions,
        "raters": list(agreed.raters),
        "ratings_each": agreed.ratings_each,
        "left_out": agreed.left_out,
        "icc": {
            one.model.value: {"value": one.value, "low": one.low, "high": one.high}
            for one in agreed.found
        },
    }


def _agreed_lines(part: "Part", agreed: "Agreed | str") -> Iterable[str]:
    from guidance_app.presentation.judgement_words import agreement_head, agreement_line

    if isinstance(agreed, str):
        yield f"Agreement about the {part}: not told. {agreed}"
        return
    yield agreement_head(part, agreed)
    yield from (f"  {agreement_line(one)}" for one in agreed.found)
