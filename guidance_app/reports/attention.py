"""What somebody who opens a report must see first: the strictest kind of thing at the top."""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from guidance_app.domain.checklist import Checklist, Level, Mark, Phase
from guidance_app.domain.given_advice import GivenAdvice
from guidance_app.domain.people import Role
from guidance_app.domain.sign_off import signature_states, unsigned
from guidance_app.domain.signature import Signature
from guidance_app.reports.content import ReportContent

PHASE_TITLES = {
    Phase.PRE: "Before",
    Phase.TIME_OUT: "Time-out",
    Phase.INTRA: "During",
    Phase.POST: "After",
}
LEFT_OUT = {Mark.OVERRIDDEN: "Gone on without", Mark.NOT_APPLICABLE: "Does not apply"}
OPEN_REQUIRED, OPEN, NOT_FOLLOWED = "Open, required", "Open", "Advice not followed"
INVALID, UNSIGNED = "Signature invalid", "Not signed"
VALID_WORDS, INVALID_WORDS, REPLACED_WORDS = "valid", "signature invalid", "signed again since"


@dataclass(frozen=True, slots=True)
class Attention:
    """One thing to look at."""

    kind: str
    what: str
    why: str = ""
    """The reason that was given, or what became of it."""
    person: str = ""
    """Who gave it, or signed."""
    time_utc: str = ""
    count: int = 1


NOBODY = Attention(
    "Nobody registered",
    "No competence was judged, and no PIN was asked of whoever signed",
)


def attention(content: ReportContent) -> tuple[Attention, ...]:
    """All of it: what was left out, what is open, what is not signed or not followed."""
    checklist = content.checklist
    return (
        *((NOBODY,) if content.judged is False else ()),
        *_left_out(checklist, Mark.OVERRIDDEN),
        *_left_out(checklist, Mark.NOT_APPLICABLE),
        *_open(checklist, OPEN_REQUIRED),
        *_open(checklist, OPEN),
        *_invalid(checklist),
        *_unsigned(checklist),
        *_not_followed(content.advice, content.reason),
    )


def glance(found: Sequence[Attention]) -> str:
    """How many of each kind there are, as in "Open: 3 · Not signed: 2"."""
    kinds = dict.fromkeys(one.kind for one in found)
    counts = {kind: sum(one.count for one in found if one.kind == kind) for kind in kinds}
    if not counts:
        return "Nothing left out, nothing open, every signature counts."
    return " · ".join(f"{kind}: {count}" for kind, count in counts.items())


def signature_words(checklist: Checklist) -> tuple[tuple[Signature, str], ...]:
    """Every signature that was made, and what it is worth now."""
    states = signature_states(checklist)
    standing = {(one.subject.part, one.person.role) for one, valid in states if valid}
    return tuple((signature, _worth(signature, valid, standing)) for signature, valid in states)


def _worth(signature: Signature, valid: bool, standing: Set[tuple[str, Role]]) -> str:
    if valid:
        return VALID_WORDS
    again = (signature.subject.part, signature.person.role) in standing
    return REPLACED_WORDS if again else INVALID_WORDS


def not_followed_reason(reason: str) -> str:
    """The reason given for another technique, or that there is none."""
    return reason or "no reason given"


def _left_out(checklist: Checklist, mark: Mark) -> Iterator[Attention]:
    for entry in checklist.entries:
        if entry.mark is mark:
            item = checklist.item(entry.item)
            later = "" if checklist.status(entry.item) is entry else "; taken back later"
            what, why = f"{item.id} {item.text}", f"{entry.note}{later}"
            yield Attention(LEFT_OUT[mark], what, why, entry.person.code, entry.time_utc)


def _open(checklist: Checklist, kind: str) -> Iterator[Attention]:
    for phase in Phase:
        found = checklist.open_items(phase)
        items = [one for one in found if (one.level is Level.HARD) is (kind == OPEN_REQUIRED)]
        if items:
            words = "; ".join(f"{item.id} {item.text}" for item in items)
            yield Attention(kind, f"{PHASE_TITLES[phase]}: {words}", count=len(items))


def _invalid(checklist: Checklist) -> Iterator[Attention]:
    """Those that nobody has put right by signing again."""
    for signature, words in signature_words(checklist):
        if words == INVALID_WORDS:
            what = f"{signature.subject.part} was changed after it was signed"
            yield Attention(INVALID, what, "", signature.person.code, signature.time_utc)


def _unsigned(checklist: Checklist) -> Iterator[Attention]:
    for phase in Phase:
        missing = unsigned(checklist, phase)
        for roles in dict.fromkeys(roles for _, signers in missing for roles in signers):
            parts = [part for part, signers in missing if roles in signers]
            who = " or ".join(sorted(role.name.lower() for role in roles))
            what = f"{PHASE_TITLES[phase]}, by the {who}: {', '.join(parts)}"
            yield Attention(UNSIGNED, what, count=len(parts))


def _not_followed(advice: Sequence[GivenAdvice], reason: str) -> Iterator[Attention]:
    for given in advice:
        if given.followed is False:
            what = f"{given.rule} {given.text.rstrip('.')}"
            yield Attention(NOT_FOLLOWED, what, not_followed_reason(reason))
