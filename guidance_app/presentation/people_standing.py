"""What each person on the set-up page may do: one line beside the code, and every reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from guidance_app.domain.competence import (
    Asked,
    CompetencePolicy,
    Demand,
    Skill,
    StaffRecord,
    Standing,
    Verdict,
    judge,
    judge_assistant,
    judge_radiographer,
    judge_supervisor,
    skill_on_record,
)
from guidance_app.domain.people import Role
from guidance_app.presentation.advice_view import AdviceLine
from guidance_app.presentation.view import Text, Tone

Staff = Mapping[str, StaffRecord]
"""Everybody who is registered, by code."""
NOT_CHECKED = Text("Competence is not checked: nobody is registered yet.", Tone.MUTED)
NOT_KNOWN = Text("Competence is not known: the records do not answer.", Tone.CAUTION)
ABSENT = Verdict(Standing.NOT, ("A competent supervisor has to be present.",))
ALONE = Text("Working alone: this is recorded.", Tone.MUTED)
WELL = {
    Role.OPERATOR: "competent",
    Role.SUPERVISOR: "competent",
    Role.ASSISTANT: "registered for this",
    Role.RADIOGRAPHER: "registered, radiation training current",
}
"""What was looked at and found, of each role."""
THRESHOLDS = "PTC-6; how many: Settings"


@dataclass(frozen=True, slots=True)
class Present:
    """The codes that were entered; empty where nobody was."""

    operator: str = ""
    supervisor: str = ""
    assistant: str = ""
    """Empty when working alone."""
    radiographer: str = ""
    working_alone: bool = False


@dataclass(frozen=True, slots=True)
class PeopleStanding:
    """What is known of those who were entered."""

    verdicts: Mapping[Role, Verdict]
    """Of those who are judged: whoever was entered, once people are registered."""
    lines: Mapping[Role, Text]
    """One for each person, to stand beside the code."""
    reasons: tuple[AdviceLine, ...]
    """All that keeps somebody from it, where one line does not hold it."""
    judged: bool
    """The operator's competence was looked at."""
    missing: tuple[str, ...]
    """Who else has to be there."""
    skill: Skill | None = None
    """What the operator was found competent by; None for whoever was not."""

    def may(self, role: Role) -> bool:
        """Whether whoever has this role was found to be competent in it."""
        return self._standing(role) is Standing.COMPETENT

    @property
    def trainee(self) -> bool:
        """The operator may only under supervision."""
        return self._standing(Role.OPERATOR) is Standing.SUPERVISED

    @property
    def competent(self) -> bool | None:
        """Whether the operator is; None while that is not looked at."""
        return self.may(Role.OPERATOR) if self.judged else None

    def _standing(self, role: Role) -> Standing | None:
        verdict = self.verdicts.get(role)
        return verdict.standing if verdict else None


def judge_people(
    present: Present, staff: Staff | None, demand: Demand, policy: CompetencePolicy, today: date
) -> PeopleStanding:
    """Judge whoever was entered; without any staff nobody is judged, and that is said.

    None says that it is not known who is registered.
    """
    codes = _codes(present)
    verdicts = _verdicts(codes, staff, demand, policy, today) if staff else _own_help(codes)
    lines = {role: _line(role, codes[role], verdict) for role, verdict in verdicts.items()}
    if not staff and present.operator:
        lines[Role.OPERATOR] = NOT_KNOWN if staff is None else NOT_CHECKED
    if present.working_alone:
        lines[Role.ASSISTANT] = ALONE
    if _is_trainee(verdicts):
        lines[Role.OPERATOR] = _trainee_line(codes, verdicts)
        lines.setdefault(Role.SUPERVISOR, Text(ABSENT.reasons[0], Tone.CAUTION))
    reasons = tuple(_reasons(codes, verdicts))
    missing = tuple(_missing(present, verdicts, Asked.RADIATION_TRAINING in demand.asks))
    judged, skill = Role.OPERATOR in verdicts, None
    operator = (staff or {}).get(present.operator)
    if operator is not None and verdicts[Role.OPERATOR].standing is Standing.COMPETENT:
        skill = skill_on_record(operator, demand, policy, today)
    return PeopleStanding(verdicts, lines, reasons, judged, missing, skill)


def _codes(present: Present) -> dict[Role, str]:
    return {
        Role.OPERATOR: present.operator,
        Role.SUPERVISOR: present.supervisor,
        Role.ASSISTANT: present.assistant,
        Role.RADIOGRAPHER: present.radiographer,
    }


def _verdicts(
    codes: Mapping[Role, str], staff: Staff, demand: Demand, policy: CompetencePolicy, today: date
) -> dict[Role, Verdict]:
    known = {role: staff.get(code) for role, code in codes.items()}
    judged = {
        Role.OPERATOR: judge(known[Role.OPERATOR], demand, policy, today),
        Role.SUPERVISOR: judge_supervisor(known[Role.SUPERVISOR], demand, policy, today),
        Role.ASSISTANT: judge_assistant(known[Role.ASSISTANT]),
        Role.RADIOGRAPHER: judge_radiographer(known[Role.RADIOGRAPHER], today),
    }
    entered = {role: verdict for role, verdict in judged.items() if codes[role]}
    return {**entered, **_own_help(codes)}


def _own_help(codes: Mapping[Role, str]) -> dict[Role, Verdict]:
    """Whoever was entered as the operator's supervisor or assistant, and is the operator."""
    sentences = {
        Role.SUPERVISOR: "Nobody supervises himself or herself.",
        Role.ASSISTANT: "Nobody assists himself or herself.",
    }
    operator = codes[Role.OPERATOR]
    return {
        role: Verdict(Standing.NOT, (sentence,))
        for role, sentence in sentences.items()
        if operator and codes[role] == operator
    }


def _is_trainee(verdicts: Mapping[Role, Verdict]) -> bool:
    operator = verdicts.get(Role.OPERATOR)
    return operator is not None and operator.standing is Standing.SUPERVISED


def _line(role: Role, code: str, verdict: Verdict) -> Text:
    if verdict.standing is Standing.COMPETENT:
        return Text(f"{code}: {WELL[role]}.", Tone.GOOD)
    if verdict.standing is Standing.SUPERVISED or len(verdict.reasons) > 1:
        return Text(f"{code}: {_in_short(verdict)}.", Tone.CAUTION)
    (reason,) = verdict.reasons
    return Text(reason if reason.startswith(code) else f"{code}: {reason}", Tone.CAUTION)


def _in_short(verdict: Verdict) -> str:
    return verdict.standing if verdict.standing is Standing.SUPERVISED else "may not do this"


def _trainee_line(codes: Mapping[Role, str], verdicts: Mapping[Role, Verdict]) -> Text:
    operator, supervisor = codes[Role.OPERATOR], codes[Role.SUPERVISOR]
    if verdicts.get(Role.SUPERVISOR, ABSENT).standing is Standing.COMPETENT:
        return Text(f"{operator}: under supervision of {supervisor}.", Tone.GOOD)
    return _line(Role.OPERATOR, operator, verdicts[Role.OPERATOR])


def _reasons(codes: Mapping[Role, str], verdicts: Mapping[Role, Verdict]) -> list[AdviceLine]:
    """The operator's are told until a supervisor makes them good."""
    supervised = verdicts.get(Role.SUPERVISOR, ABSENT).standing is Standing.COMPETENT
    held_back = {
        role: verdict
        for role, verdict in verdicts.items()
        if verdict.standing is Standing.SUPERVISED or len(verdict.reasons) > 1
        if not (role is Role.OPERATOR and supervised)
    }
    return [
        AdviceLine(
            Text(f"{codes[role]}: {_in_short(verdict)}", Tone.CAUTION),
            " ".join(verdict.reasons),
            THRESHOLDS,
            "",
        )
        for role, verdict in held_back.items()
    ]


def _missing(present: Present, verdicts: Mapping[Role, Verdict], ionising: bool) -> list[str]:
    def wrong(role: Role) -> bool:
        return role in verdicts and verdicts[role].standing is not Standing.COMPETENT

    no_supervisor = verdicts.get(Role.SUPERVISOR, ABSENT).standing is not Standing.COMPETENT
    operator = verdicts.get(Role.OPERATOR)
    asked = {
        "the operator's code": not present.operator,
        "the assistant's code or “working alone”": not (present.assistant or present.working_alone),
        "an assistant who may help": wrong(Role.ASSISTANT),
        "a competent supervisor's code": _is_trainee(verdicts) and no_supervisor,
        "the radiographer's code": ionising and not present.radiographer,
        "a radiographer who may do this": wrong(Role.RADIOGRAPHER),
        "an operator who may do this": operator is not None and operator.standing is Standing.NOT,
    }
    return [words for words, is_asked in asked.items() if is_asked]
