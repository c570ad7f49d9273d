"""The rating of one session by one rater, as the page words it; what is blinded is not in it.

Others' ratings are told only once the rater's own is saved. While a rating is blinded the view
holds no name, no date and no score of anybody else, so that nothing can show them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from guidance_app.knowledge.facts import OURS, Certainty
from guidance_app.presentation.forms import Option
from guidance_app.presentation.view import NO_TEXT, Text, Tone
from guidance_app.session.review import Rating
from guidance_app.training.rating_form import (
    NO,
    NOT_SEEN,
    POINTS,
    YES,
    CheckItem,
    Item,
    KnownForm,
    Part,
    ScaleItem,
    Tally,
    tally,
)
from guidance_app.training.ratings import Judged

BLINDED = "Blinded: names, dates and the scores of others are hidden."
NOT_BLINDED = "Not blinded."
BLIND_LIFTED = "The blind was lifted: this rating does not count as blinded."
RATED_BEFORE = "Rated before, so that it does not count as blinded."
CERTAINTIES = {
    Certainty.READ: "read in the source",
    Certainty.SECONDARY: "read in a secondary source",
    Certainty.OURS: "a proposal: no source states it",
    Certainty.NOT_FOUND: "not found",
}
HEADINGS = ("Checklist", "Scale", "Lowers the quality")
YES_NO_ANSWERS = (("Yes", YES, "Y"), ("No", NO, "N"), ("Not seen", NOT_SEEN, "X"))
SCALE_ANSWERS = (*((str(n), n, str(n)) for n in POINTS), ("Not seen", NOT_SEEN, "X"))


@dataclass(frozen=True, slots=True)
class Answer:
    """A button by which an item is answered."""

    word: str
    value: int
    key: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class RatingRow:
    """One item in the list."""

    item: str
    text: str
    given: Text
    """"yes", "4", "not seen"; empty while it is open."""
    heading: str = ""
    """Of the part that begins here."""


@dataclass(frozen=True, slots=True)
class CurrentItem:
    """The item that is answered now."""

    item: str
    text: str
    details: str
    """What the points stand for, where the item comes from, and how sure that is."""
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class RatingView:
    """The whole panel."""

    title: str
    standing: str
    """What is known of the form: "ours, not validated"."""
    about: Text
    """What is rated, or that it is blinded."""
    forms: tuple[Option, ...]
    form: str
    raters: tuple[str, ...]
    """Codes of who is registered."""
    rater: str
    rows: tuple[RatingRow, ...]
    current: CurrentItem | None
    remark: str
    score: tuple[Text, ...]
    others: tuple[Text, ...]
    message: Text
    may_save: bool
    blinded: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """A rating as far as it was filled in."""

    form: KnownForm
    rater: str = ""
    given: Mapping[str, int] | None = None
    current: str = ""
    """Id of the item that is answered now."""
    remark: str = ""
    blinded: bool = True
    """Names and scores are hidden now."""
    counts_as_blinded: bool = True
    """They were hidden all along."""
    rated_before: bool = False
    """This rater had rated the session before the page was opened."""
    saved: bool = False
    """What stands here is what was saved."""

    @property
    def answers(self) -> Mapping[str, int]:
        """What was given so far."""
        return self.given or {}


@dataclass(frozen=True, slots=True)
class About:
    """What is known of the session, and of who could rate it by what."""

    words: str
    """Names and dates among them."""
    forms: tuple[KnownForm, ...]
    raters: tuple[str, ...] = ()


def rating_view(
    about: About, draft: Draft, others: Iterable[Judged] = (), message: Text = NO_TEXT
) -> RatingView:
    """The panel; `others` are shown only when the own rating is saved and nothing is blinded."""
    form = draft.form.form
    found = tally(form, draft.answers)
    shown = draft.saved and not draft.blinded
    return RatingView(
        title=form.title,
        standing=f"Form {form.id}, version {form.version}: {form.standing}.",
        about=_about(about, draft),
        forms=tuple(Option(one.form.id, one.form.title) for one in about.forms),
        form=form.id,
        raters=about.raters,
        rater=draft.rater,
        rows=tuple(_rows(draft)),
        current=_current(draft),
        remark=draft.remark,
        score=tuple(score_lines(draft.form, found)),
        others=tuple(_others(draft.form, tuple(others), shown)),
        message=message,
        may_save=not found.missing and bool(draft.rater.strip()) and not draft.saved,
        blinded=draft.blinded,
    )


def next_open(draft: Draft) -> str:
    """Id of the first open item behind the current one, else before it; the current if none."""
    ids = [item.id for item in draft.form.form.items]
    place = ids.index(draft.current) + 1 if draft.current in ids else 0
    waiting = (id_ for id_ in (*ids[place:], *ids[:place]) if id_ not in draft.answers)
    return next(waiting, draft.current)


def still_missing(draft: Draft) -> str:
    """What keeps a draft from being saved, a sentence; empty when nothing does."""
    if not draft.rater.strip():
        return "Still missing: the code of who rates."
    open_ = tally(draft.form.form, draft.answers).missing
    return f"Still open: {len(open_)} of {len(draft.form.form.items)} items." if open_ else ""


def score_lines(known: KnownForm, found: Tally) -> Iterable[Text]:
    """What a form comes to, part by part; a critical item that was missed stands beside it."""
    form, parts = known.form, []
    if form.checklist:
        unseen = len(form.checklist) - found.judged
        hidden = f" ({unseen} open or not seen)" if unseen else ""
        parts.append(f"Checklist {found.done} of {found.judged}{hidden}")
    if form.scale:
        parts.append("scale -" if found.scale is None else f"scale {found.scale:.1f} of 5")
    if form.lowering:
        parts.append(f"lowering {found.lowering} of {len(form.lowering)}")
    yield Text(" · ".join(parts))
    yield _critical(known, found)


def figure_words(known: KnownForm, part: Part) -> str:
    """What a figure of a form is called."""
    what = "checklist, per cent done" if part is Part.CHECKLIST else "scale, mean of 1 to 5"
    return f"{known.form.title}: {what} ({known.form.standing})"


def _critical(known: KnownForm, found: Tally) -> Text:
    texts = {item.id: item.text for item in known.form.checklist}
    critical = [item for item in known.form.checklist if item.critical]
    if found.critical_missed:
        missed = "; ".join(texts[id_] for id_ in found.critical_missed)
        return Text(f"FAIL: critical item missed: {missed}", Tone.CAUTION)
    unsure = set(found.critical_not_seen) | (set(found.missing) & {item.id for item in critical})
    if unsure:
        return Text(f"Critical items: {len(unsure)} of {len(critical)} open or not seen")
    return Text(f"Critical items: all {len(critical)} done" if critical else "No critical items")


def _about(about: About, draft: Draft) -> Text:
    if draft.blinded:
        return Text(BLINDED + (f" {RATED_BEFORE}" if draft.rated_before else ""))
    note = RATED_BEFORE if draft.rated_before else BLIND_LIFTED
    return Text(f"{about.words}. {NOT_BLINDED if draft.counts_as_blinded else note}", Tone.MUTED)


def _rows(draft: Draft) -> Iterable[RatingRow]:
    form = draft.form.form
    parts: tuple[tuple[Item, ...], ...] = (form.checklist, form.scale, form.lowering)
    for heading, part in zip(HEADINGS, parts, strict=True):
        for place, item in enumerate(part):
            given = _given(item, draft.answers.get(item.id))
            yield RatingRow(item.id, _marked(item), given, "" if place else heading)


def _marked(item: Item) -> str:
    critical = isinstance(item, CheckItem) and item.critical
    return f"◆ {item.text}" if critical else item.text


def _given(item: Item, value: int | None) -> Text:
    if value is None:
        return NO_TEXT
    if value == NOT_SEEN:
        return Text("not seen", Tone.MUTED)
    if isinstance(item, ScaleItem):
        return Text(str(value))
    missed = isinstance(item, CheckItem) and item.critical and value == NO
    return Text("yes" if value == YES else "no", Tone.CAUTION if missed else Tone.NORMAL)


def _current(draft: Draft) -> CurrentItem | None:
    item = next((one for one in draft.form.form.items if one.id == draft.current), None)
    if item is None:
        return None
    given = draft.answers.get(item.id)
    offered = SCALE_ANSWERS if isinstance(item, ScaleItem) else YES_NO_ANSWERS
    answers = tuple(Answer(word, value, key, value == given) for word, value, key in offered)
    return CurrentItem(item.id, _marked(item), _details(item), answers)


def _details(item: Item) -> str:
    anchors = item.anchors if isinstance(item, ScaleItem) else {}
    points = [f"{point}: {text}." for point, text in sorted(anchors.items())]
    critical = (
        ["Critical: who misses it fails."] if isinstance(item, CheckItem) and item.critical else []
    )
    return "\n".join((*points, *critical, _source(item)))


def _source(item: Item) -> str:
    named = [name for name in item.trace if name != OURS]
    if not named:
        return f"{CERTAINTIES[item.certainty].capitalize()}."
    return f"From {', '.join(named)}; {CERTAINTIES[item.certainty]}."


def _others(known: KnownForm, others: tuple[Judged, ...], shown: bool) -> Iterable[Text]:
    if shown or not others:
        return (_other(known, one) for one in others)
    count = "1 rating" if len(others) == 1 else f"{len(others)} ratings"
    return (Text(f"{count} of others: shown once yours is saved and not blinded.", Tone.MUTED),)


def _other(known: KnownForm, judged: Judged) -> Text:
    rating = judged.rating
    blinded = ", blinded" if rating.blinded else ""
    if judged.tally is None:
        return Text(f"{rating.rater}{blinded}: does not count. {judged.problem}", Tone.MUTED)
    remark = f" “{rating.remark}”" if rating.remark else ""
    return Text(f"{rating.rater}{blinded}: {tally_words(known, judged.tally)}{remark}")


def tally_words(known: KnownForm, found: Tally) -> str:
    """All parts in one line: "8 of 9, scale 3.4, lowering 1, FAIL critical"."""
    parts = []
    if known.form.checklist:
        parts.append(f"{found.done} of {found.judged} done")
    if known.form.scale:
        parts.append("scale -" if found.scale is None else f"scale {found.scale:.1f}")
    if known.form.lowering:
        parts.append(f"lowering {found.lowering}")
    if found.critical_missed:
        parts.append(f"FAIL: critical missed ({', '.join(found.critical_missed)})")
    return ", ".join(parts)


def own_rating(ratings: Iterable[Rating], form: KnownForm, rater: str) -> Rating | None:
    """What this rater gave on this very form before."""
    return next(
        (
            one
            for one in ratings
            if (one.rater, one.form, one.form_digest) == (rater, form.form.id, form.digest)
        ),
        None,
    )
