"""Advice as lines for a terminal: what holds, what was assumed, and where each comes from."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from guidance_app.knowledge.advice import Advice
from guidance_app.knowledge.cases import Case, Plan
from guidance_app.knowledge.content import Knowledge
from guidance_app.knowledge.planning import find_technique, procedure_of
from guidance_app.knowledge.rules import PublishedDose
from guidance_app.knowledge.wording import describe_trace
from guidance_app.presentation.advice_view import WORDS

_FIGURES = {
    "dap_median": ("dose-area product, median", "Gy cm²"),
    "dap_mean": ("dose-area product, mean", "Gy cm²"),
    "dap_range": ("dose-area product, range", "Gy cm²"),
    "time_median": ("time, median", "s"),
    "time_mean": ("time, mean", "s"),
    "time_range": ("time, range", "s"),
    "effective_mean": ("effective dose, mean", "mSv"),
    "effective_range": ("effective dose, range", "mSv"),
    "kerma_mean": ("kerma, mean", "mGy"),
}


@dataclass(frozen=True, slots=True)
class AdviceText:
    """The advice for one case, for a person."""

    knowledge: Knowledge
    case: Case
    advice: Advice
    targeted_said: bool
    """Somebody said whether it is targeted; else that is an assumption."""

    def lines(self) -> Iterator[str]:
        """What is planned with what was assumed, then the advice, the strictest first."""
        yield f"{self.case.intervention.title}, {self.case.site.title.lower()}"
        yield self._targeted()
        yield self._complex()
        for piece in self.advice.pieces:
            word = WORDS[piece.level].text.lower()
            yield from self._sourced(word, piece.text, piece.trace)
        yield from self._choice()
        for one in self.advice.recommendations:
            yield from self._sourced("the target", one.paraphrase, (one.id,))
        yield from self._bleeding()
        yield from self._doses()
        yield self._checklist()

    def _targeted(self) -> str:
        targeted = self.case.targeted
        word = "targeted" if targeted else "not targeted"
        if self.targeted_said:
            return _line(word, f"as --{'' if targeted else 'no-'}targeted says")
        by_kind = self.case.intervention.targeted and not self.case.site.targeted
        what = "procedure" if by_kind else "site"
        other = "--no-targeted" if targeted else "--targeted"
        return _line(word, f"as assumed for this {what}; {other} says otherwise")

    def _complex(self) -> str:
        case, technique = self.case, find_technique(self.knowledge, self.case.plan)
        kinds = {
            "site": case.site.complex,
            "procedure": case.intervention.complex,
            "technique": technique is not None and technique.complex,
        }
        by_kind = [what for what, is_complex in kinds.items() if is_complex]
        if by_kind:
            return _line("complex", f"as assumed for this {', '.join(by_kind)}")
        if case.complex:
            return _line("complex", "as --complex says")
        return _line("not complex", "as assumed for this procedure; --complex says otherwise")

    def _choice(self) -> Iterator[str]:
        if self.case.unavailable:
            yield _line("available", self._available())
        if self.advice.factors:
            yield _line("weigh", ", ".join(self.advice.factors))

    def _available(self) -> str:
        ranked, lacking = self.advice.ranked, self.advice.lacking
        if ranked is None:
            return "no technique is preferred for this procedure"
        if not ranked:
            return f"{self._named(lacking)} cannot be had; the source names no alternative"
        if not lacking:
            return f"{self._named(ranked)} can be had, in the source's order"
        rank = "alternative" if self.advice.preferred[0] in lacking else "first choice"
        rest = f"{self._named(ranked)} is the source's {rank}"
        return f"{self._named(lacking)} cannot be had; {rest}"

    def _named(self, plans: Iterable[Plan]) -> str:
        titles = {technique.id: technique.title for technique in self.knowledge.techniques}
        return " and ".join(_within(titles[plan]) for plan in plans)

    def _bleeding(self) -> Iterator[str]:
        bleeding = self.advice.bleeding
        if bleeding is None:
            yield _line("bleeding", "no class found for this procedure")
            return
        risk = f"{bleeding.risk} risk. {bleeding.text}"
        yield from self._sourced("bleeding", risk, (bleeding.source,))

    def _doses(self) -> Iterator[str]:
        technique = find_technique(self.knowledge, self.case.plan)
        if technique is None or not technique.ionising:
            return
        for dose in self.advice.doses:
            told = f"{self._named([dose.technique])}, {dose.what}: {_figures(dose)}"
            yield from self._sourced("published", f"{told} (no reference level)", (dose.source,))
        if not self.advice.doses:
            yield _line("published", "no dose found for this site")

    def _checklist(self) -> str:
        procedure = procedure_of(self.knowledge, self.case)
        if procedure is None:
            return _line("checklist", "No checklist of this program covers it.")
        return _line("checklist", f"guidance checklist show --procedure {procedure.id}")

    def _sourced(self, word: str, told: str, trace: tuple[str, ...]) -> Iterator[str]:
        yield _line(word, told)
        for source in describe_trace(trace, self.knowledge).splitlines():
            yield _line("", f"  {source}")


def _line(word: str, told: str) -> str:
    return f"{word:15}{told}"


def _within(title: str) -> str:
    """Within a sentence; letters that stand for words stay large."""
    return title if title.isupper() else title[0].lower() + title[1:]


def _figures(dose: PublishedDose) -> str:
    told = ((name, _figure(dose, name)) for name in dose.FIGURES)
    return "; ".join(f"{_FIGURES[name][0]} {figure}" for name, figure in told if figure)


def _figure(dose: PublishedDose, name: str) -> str:
    if name in dose.unknown:
        return "not known"
    values: tuple[float, ...] | None = getattr(dose, name)
    if values is None:
        return ""
    between = " to " if name.endswith("_range") else " / "
    return f"{between.join(f'{value:g}' for value in values)} {_FIGURES[name][1]}"
