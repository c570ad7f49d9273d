"""From what was entered on the set-up page to the command that begins the procedure."""

from guidance_app.domain.checklist import ChecklistTemplate
from guidance_app.domain.commands import ProcedureStarted
from guidance_app.domain.people import Person, Role
from guidance_app.presentation.setup_choices import SetupAnswer, SetupEntry


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


def target_words(started: ProcedureStarted, answer: SetupAnswer) -> str:
    """What K-05 asks for: what and which side, and whether it is targeted and complex."""
    targeted = "targeted" if answer.targeted else "not targeted"
    complex_ = "complex" if answer.complex else "not complex"
    return f"{started.template.title}, {started.side}, {targeted}, {complex_}"


def _people(entry: SetupEntry) -> tuple[Person, ...]:
    codes = {
        Role.OPERATOR: entry.operator,
        Role.ASSISTANT: "" if entry.working_alone else entry.assistant,
        Role.SUPERVISOR: entry.supervisor,
        Role.RADIOGRAPHER: entry.radiographer,
    }
    return tuple(Person(code, role) for role, code in codes.items() if code)
