"""The report of any recorded procedure, gathered from its session."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from drivers.api.address import public_text
from guidance_app.domain.commands import (
    CommandOutcome,
    MomentKind,
    MomentMarked,
    ProcedureStarted,
)
from guidance_app.domain.given_advice import GivenAdvice
from guidance_app.knowledge.advice import advise
from guidance_app.knowledge.cases import Plan
from guidance_app.knowledge.content import Knowledge
from guidance_app.knowledge.facts import KnowledgeError, Question
from guidance_app.knowledge.planning import procedure_case
from guidance_app.knowledge.wording import describe_trace
from guidance_app.presentation.advice_view import given_advice
from guidance_app.reports.content import (
    Closing,
    Moment,
    NoProcedure,
    Recording,
    RenderedReport,
    ReportContent,
)
from guidance_app.reports.procedure import page_title, render_report
from guidance_app.session.info import SessionDocument, describe_session
from guidance_app.session.manifest import moment_utc
from guidance_app.session.procedure import RecordedProcedure, recorded_procedure
from guidance_app.session.reader import SessionReader
from guidance_app.stored_images import stored_images

STILL_RECORDED = "It is still being recorded: what comes later is not in this report."
NOT_SEALED = "The recording was broken off: what came last may be missing."


def rendered_report(
    session: Path, knowledge: Knowledge, guided_view_png: bytes | None = None
) -> RenderedReport:
    """The report of a session; any thread. Raises SessionError, and NoProcedure."""
    content = report_content(session, knowledge, guided_view_png)
    page = render_report(content, _describer(knowledge))
    recording = content.recording
    return RenderedReport(page, page_title(content), recording.missing, _losses(recording))


def _losses(recording: Recording) -> str:
    lost, offered = recording.frames_lost, recording.frames_offered
    return f"{lost} of {offered} pictures are not in the recording." if lost else ""


def report_content(
    session: Path, knowledge: Knowledge, guided_view_png: bytes | None = None
) -> ReportContent:
    """What the report says of the last procedure in a session, also of one that is not closed.

    Raises SessionError, and NoProcedure.
    """
    with SessionReader(session) as reader:
        procedure = the_procedure(reader)
        since = [one for one in reader.commands if one.time_ns >= procedure.started_ns]
        started, shown = procedure.started, _advice(procedure.started, knowledge)
        return ReportContent(
            recording=_recording(reader),
            started_utc=moment_utc(reader.manifest.started, procedure.started_ns),
            patient=started.patient,
            side=started.side,
            people=started.people,
            checklist=procedure.checklist,
            closing=_closing(procedure),
            judged=procedure.started.judged,
            technique=_technique(started, knowledge),
            reason=started.reason,
            advice=tuple(one for one in shown if not _is_recommendation(one, knowledge)),
            as_this_version_advises=not started.advice,
            questions=started.questions,
            recommendations=tuple(one for one in shown if _is_recommendation(one, knowledge)),
            moments=_moments(since, reader.manifest.started.perf_counter_ns),
            images=stored_images(reader, since),
            guided_view_png=guided_view_png,
        )


def the_procedure(reader: SessionReader) -> RecordedProcedure:
    """The last procedure in a session; raises NoProcedure, and DamagedSession."""
    procedure = recorded_procedure(reader.commands)
    if procedure is None:
        raise NoProcedure("no procedure was started in it. Choose another session.")
    return procedure


def _recording(reader: SessionReader) -> Recording:
    document = describe_session(reader)
    (source,) = document["sources"]
    started = [one for one in reader.commands if isinstance(one.command, ProcedureStarted)]
    return Recording(
        session=reader.path.name,
        source=public_text(source["address"]),
        simulated=document["simulated"],
        duration_s=document["duration_s"],
        states_s=document["states_s"],
        guidance_shown_s=document["guidance_shown_s"],
        frames_offered=source["frames_offered"],
        frames_lost=source["frames_lost"],
        frames_missed=source["frames_missed"],
        fault_plan=source["fault_plan"],
        procedures=sum(one.refusal is None for one in started),
        missing=_missing(document),
    )


def _missing(document: SessionDocument) -> tuple[str, ...]:
    problems = [f"{problem['where']}: {problem['what']}" for problem in document["problems"]]
    if document["being_recorded"]:
        return (STILL_RECORDED, *problems)
    return tuple(problems) if document["sealed"] else (NOT_SEALED, *problems)


def _closing(procedure: RecordedProcedure) -> Closing | None:
    closed = procedure.closed
    return Closing(closed.person, closed.time_utc) if closed else None


def _technique(started: ProcedureStarted, knowledge: Knowledge) -> str:
    titles = [one.title for one in knowledge.techniques if one.id == started.technique]
    return titles[0] if titles else started.technique


def _advice(started: ProcedureStarted, knowledge: Knowledge) -> tuple[GivenAdvice, ...]:
    """As it was shown; recordings that do not hold it get what this version would say."""
    return started.advice or _advice_of_today(started, knowledge)


def _advice_of_today(started: ProcedureStarted, knowledge: Knowledge) -> tuple[GivenAdvice, ...]:
    """None for a procedure or a technique that this version does not know.

    Nobody was shown it, so nobody followed it or did not.
    """
    try:
        case = procedure_case(knowledge, started.procedure, Plan(started.technique))
        found = advise(knowledge, case, map(Question, started.questions))
    except ValueError:
        return ()
    given = given_advice(found.pieces, found.recommendations)
    return tuple(replace(one, followed=None) for one in given)


def _is_recommendation(given: GivenAdvice, knowledge: Knowledge) -> bool:
    return any(one.id == given.rule for one in knowledge.recommendations)


def _moments(outcomes: Iterable[CommandOutcome], began_ns: int) -> tuple[Moment, ...]:
    moments = []
    for outcome in outcomes:
        at_s = (outcome.time_ns - began_ns) / 1e9
        if outcome.refusal is not None:
            moments.append(Moment(at_s, f"refused: {outcome.refusal}", ""))
        elif isinstance(outcome.command, MomentMarked):
            moments.append(Moment(at_s, _label(outcome.command), outcome.command.person.code))
    return tuple(moments)


def _label(marked: MomentMarked) -> str:
    if marked.kind is MomentKind.MARK or marked.kind.value in marked.label:
        return marked.label
    return f"{marked.kind.value}: {marked.label}"


def _describer(knowledge: Knowledge) -> Callable[[tuple[str, ...]], str]:
    """Words for a trace; a record of another site or version may name what is not known here."""

    def describe(trace: tuple[str, ...]) -> str:
        return "\n".join(_described(id_, knowledge) for id_ in trace)

    return describe


def _described(id_: str, knowledge: Knowledge) -> str:
    try:
        return describe_trace((id_,), knowledge)
    except KnowledgeError:
        return f"{id_}: not known to this version"
