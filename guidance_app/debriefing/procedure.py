"""The procedure of a session as a debrief tells it: what was done, left out and signed, and why."""

from collections import Counter
from collections.abc import Iterator, Sequence

from guidance_app.debriefing.content import (
    AdviceRow,
    ItemRow,
    PhaseRows,
    ProcedureRecord,
    SignatureRow,
)
from guidance_app.debriefing.words import LEFT_OUT, Words, side
from guidance_app.domain.checklist import ChecklistEntry, ChecklistItem, Mark, Phase
from guidance_app.domain.commands import CommandOutcome, ItemMarked, ProcedureStarted
from guidance_app.domain.evidence import Evidence, EvidenceKind, evidence_words, value_refusal
from guidance_app.domain.given_advice import GivenAdvice
from guidance_app.knowledge.content import Knowledge
from guidance_app.knowledge.facts import KnowledgeError
from guidance_app.knowledge.wording import describe_trace
from guidance_app.reports.attention import PHASE_TITLES, signature_words
from guidance_app.reports.procedure import ADVICE_WORDS, LEVEL_WORDS, MARK_WORDS
from guidance_app.session.procedure import RecordedProcedure, recorded_procedure
from guidance_app.session.reader import SessionReader

NAMES_NOBODY = frozenset({EvidenceKind.NUMBER, EvidenceKind.CHOICE, EvidenceKind.TICK})
"""Values inside the limits of such fields; a day, a time or a text may name somebody."""
ORIGINS = frozenset("PCO")


def procedure_record(
    reader: SessionReader, knowledge: Knowledge, words: Words
) -> ProcedureRecord | None:
    """The last procedure in a session; None where none was started. Raises DamagedSession."""
    found = recorded_procedure(reader.commands)
    return _Told(found, reader, knowledge, words).record() if found else None


class _Told:
    """One procedure, told in the words that may leave the session."""

    def __init__(
        self, found: RecordedProcedure, reader: SessionReader, knowledge: Knowledge, words: Words
    ) -> None:
        self._started, self._checklist = found.started, found.checklist
        self._closed = found.closed is not None
        self._knowledge, self._words = knowledge, words
        self._zero_ns = reader.manifest.started.perf_counter_ns
        self._commands = reader.commands
        marked = _marked_since(reader.commands, found.started_ns)
        self._entries = list(zip(found.checklist.entries, marked, strict=True))
        """Every mark with its time on the host clock, oldest first."""

    def record(self) -> ProcedureRecord:
        checklist, words = self._checklist, self._words
        people = ", ".join(words.person(one) for one in self._started.people)
        emergency = checklist.emergency
        phases = tuple(PhaseRows(PHASE_TITLES[one], tuple(self._rows(one))) for one in Phase)
        return ProcedureRecord(
            title=self._title(),
            side=side(self._started.side),
            people=people + ("; the operator is a trainee" if self._started.trainee else ""),
            technique=self._technique(),
            glance=_glance(phases),
            closed=self._closed,
            emergency=words.typed(emergency.reason) if emergency else "",
            phases=phases,
            signatures=tuple(self._signatures()),
            advice=tuple(map(self._advice, self._started.advice)),
            procedures=_count(self._commands),
        )

    def _title(self) -> str:
        titles = {one.id: one.title for one in self._knowledge.procedures}
        return titles.get(self._started.procedure, "A procedure of the site's own")

    def _technique(self) -> str:
        titles = {one.id.value: one.title for one in self._knowledge.techniques}
        return titles.get(self._started.technique, "not recorded")

    def _rows(self, phase: Phase) -> Iterator[ItemRow]:
        for item in self._checklist.items(phase):
            counts = self._checklist.status(item.id)
            marks = [(entry, ns) for entry, ns in self._entries if entry.item == item.id]
            at_ns = next((ns for entry, ns in reversed(marks) if entry is counts), None)
            yield ItemRow(
                item=self._words.item(item.id),
                text=self._words.shipped(item.text, LEFT_OUT),
                level=self._level(item),
                sources=self._traced(item.trace),
                mark=MARK_WORDS[counts.mark] if counts else "open",
                stands_out=counts is None or counts.mark is not Mark.DONE,
                at_s=None if at_ns is None else self._at_s(at_ns),
                who=self._words.person(counts.person) if counts else "",
                noted=tuple(self._noted(counts)) if counts else (),
                earlier=tuple(
                    f"{MARK_WORDS[entry.mark]}, {self._words.person(entry.person)}, "
                    f"{self._at_s(ns):.1f} s"
                    for entry, ns in marks
                    if entry is not counts
                ),
            )

    @staticmethod
    def _level(item: ChecklistItem) -> str:
        origin = item.origin if ORIGINS.issuperset(item.origin) else ""
        return ", ".join(filter(None, (origin, LEVEL_WORDS[item.level])))

    def _traced(self, trace: Sequence[str]) -> str:
        """What the program knows of where it is from."""
        found = []
        for id_ in trace:
            try:
                found.append(describe_trace((id_,), self._knowledge))
            except KnowledgeError:
                continue
        return "; ".join(found)

    def _noted(self, entry: ChecklistEntry) -> Iterator[str]:
        fields = self._words.fields(entry.item)
        for one in entry.evidence:
            field = fields.get(one.field)
            if field is None:
                yield self._words.typed(one.value)
            elif field.kind in NAMES_NOBODY and value_refusal(field, one.value) is None:
                yield from evidence_words((field,), (one,))
            else:
                value = Evidence(one.field, self._words.typed(one.value))
                yield from evidence_words((field,), (value,))
        if entry.note:
            yield self._words.typed(entry.note)

    def _signatures(self) -> Iterator[SignatureRow]:
        parts = {phase.value: title for phase, title in PHASE_TITLES.items()}
        for signature, worth in signature_words(self._checklist):
            part = signature.subject.part
            yield SignatureRow(
                parts.get(part) or self._words.item(part),
                self._words.person(signature.person),
                signature.meaning.value,
                worth,
            )

    def _advice(self, given: GivenAdvice) -> AdviceRow:
        followed = {True: "followed", False: "not followed", None: "prefers nothing"}
        reason = self._words.typed(self._started.reason) if given.followed is False else ""
        agreement = f"; agreement {given.agreement:.1f} of 10" if given.agreement else ""
        return AdviceRow(
            ADVICE_WORDS.get(given.level, ""),
            self._words.advice(given),
            self._traced(given.trace) + agreement,
            followed[given.followed] + (f": {reason}" if reason else ""),
        )

    def _at_s(self, time_ns: int) -> float:
        return max(0.0, (time_ns - self._zero_ns) / 1e9)


def _marked_since(commands: Sequence[CommandOutcome], started_ns: int) -> list[int]:
    """When each mark was made that counts towards the last procedure."""
    return [
        one.time_ns
        for one in commands
        if isinstance(one.command, ItemMarked) and one.refusal is None and one.time_ns >= started_ns
    ]


def _count(commands: Sequence[CommandOutcome]) -> int:
    started = [one for one in commands if isinstance(one.command, ProcedureStarted)]
    return sum(one.refusal is None for one in started)


def _glance(phases: Sequence[PhaseRows]) -> str:
    """As in "done: 21 · open: 2"."""
    counts = Counter(row.mark for phase in phases for row in phase.rows)
    return " · ".join(f"{mark}: {number}" for mark, number in counts.most_common())
