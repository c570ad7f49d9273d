"""What is asked for on the rating panel: filled in, kept beside the recording, told."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from PyQt6.QtCore import QObject

from guidance_app.presentation.rating_about import about_session, rater_fault
from guidance_app.presentation.rating_view import (
    Draft,
    next_open,
    own_rating,
    rating_view,
    still_missing,
)
from guidance_app.presentation.view import NO_TEXT, Text, Tone
from guidance_app.session.errors import SessionError
from guidance_app.session.review import Rating, add_to_review
from guidance_app.training.form_files import Forms
from guidance_app.training.rating_form import KnownForm, RatingRefused, tally
from guidance_app.training.ratings import Judged, judge_ratings, read_rated
from guidance_app.ui.intents import Intents
from guidance_app.ui.rating_page import RatingPage


class RatingDesk(QObject):
    """Connects the rating panel with the review of one session; GUI thread.

    A rating begins blinded. Once the blind was lifted, or where the rater had rated the session
    before, it does not count as blinded however it is shown.
    """

    def __init__(self, page: RatingPage, intents: Intents, now: Callable[[], datetime]) -> None:
        """`now` gives the time with its offset."""
        super().__init__()
        self._page, self._now = page, now
        self._session = Path()
        self._draft: Draft | None = None
        self._message = NO_TEXT
        intents.rating_form_chosen.connect(self._choose_form)
        intents.rater_named.connect(self._name_rater)
        intents.rating_item_chosen.connect(lambda item: self._change(current=item))
        intents.rating_given.connect(self._give)
        intents.rating_remarked.connect(self._remark)
        intents.rating_saved.connect(self._save)
        intents.blind_lifted.connect(lambda: self._change(blinded=False, counts_as_blinded=False))

    @property
    def blinded(self) -> bool:
        """Whether what surrounds the panel has to hide names, dates and scores too."""
        return self._draft is not None and self._draft.blinded

    @property
    def is_unsaved(self) -> bool:
        """Whether answers or a remark would be lost."""
        draft = self._draft
        return draft is not None and not draft.saved and bool(draft.given or draft.remark)

    def open(
        self, session: Path, forms: Forms, raters: tuple[str, ...] = (), *, blinded: bool = True
    ) -> None:
        """Begin to rate a session, by the first form that suits it; raises SessionError."""
        self._about = about_session(session, forms, raters)
        self._rated = read_rated(session)
        self._session = session
        self._message = Text(" ".join(forms.problems), Tone.CAUTION)
        self._draft = _begun(self._about.forms[0], Draft(self._about.forms[0]), blinded)
        self._render()

    def _choose_form(self, id_: str) -> None:
        form = next((one for one in self._about.forms if one.form.id == id_), None)
        if self._draft is None or form is None or form == self._draft.form:
            return
        self._draft = _begun(form, self._draft, self._draft.blinded)
        self._take_rater(self._draft, self._draft.rater)

    def _name_rater(self, code: str) -> None:
        """Told again when the field is left; it is the same rater then."""
        if self._draft is not None and code.strip() != self._draft.rater:
            self._take_rater(self._draft, code.strip())

    def _take_rater(self, draft: Draft, code: str) -> None:
        self._message = Text(rater_fault(code), Tone.CAUTION)
        before = own_rating(self._rated.ratings, draft.form, code)
        changed = replace(
            draft,
            rater="" if self._message.text else code,
            saved=False,
            rated_before=before is not None,
            counts_as_blinded=draft.counts_as_blinded and before is None,
        )
        self._draft = _filled(changed, before) if before and not draft.given else changed
        self._render()

    def _give(self, value: int) -> None:
        draft = self._draft
        if draft is None or not draft.current:
            return
        given = {**draft.answers, draft.current: value}
        answered = replace(draft, given=given, saved=False)
        self._draft, self._message = replace(answered, current=next_open(answered)), NO_TEXT
        self._render()

    def _remark(self, remark: str) -> None:
        if self._draft is not None and remark != self._draft.remark:
            self._change(remark=remark, saved=False)

    def _change(self, **what: str | bool) -> None:
        if self._draft is not None:
            self._draft = replace(self._draft, **what)  # type: ignore[arg-type]
            self._render()

    def _save(self) -> None:
        draft = self._draft
        if draft is None or draft.saved:
            return
        missing = still_missing(draft)
        if missing:
            self._say(Text(missing, Tone.CAUTION))
            return
        try:
            add_to_review(self._session, self._rating(draft))
            self._rated = read_rated(self._session)
        except SessionError as error:
            self._say(Text(str(error), Tone.ALARM))
            return
        self._draft = replace(draft, saved=True)
        how = "blinded" if draft.counts_as_blinded else "not blinded"
        self._say(Text(f"Kept as the rating of {draft.rater}, {how}.", Tone.GOOD))

    def _rating(self, draft: Draft) -> Rating:
        return Rating(
            form=draft.form.form.id,
            form_digest=draft.form.digest,
            rater=draft.rater,
            made_utc=self._now().isoformat(),
            given=dict(draft.answers),
            remark=draft.remark.strip(),
            blinded=draft.counts_as_blinded,
        )

    def _say(self, message: Text) -> None:
        self._message = message
        self._render()

    def _render(self) -> None:
        if self._draft is not None:
            others = self._others(self._draft)
            self._page.render_view(rating_view(self._about, self._draft, others, self._message))

    def _others(self, draft: Draft) -> tuple[Judged, ...]:
        judged = judge_ratings(draft.form, [self._rated])
        return tuple(one for one in judged if one.rating.rater != draft.rater)


def _begun(form: KnownForm, before: Draft, blinded: bool) -> Draft:
    """An empty form; whether the blind was ever lifted stays known."""
    return Draft(
        form,
        rater=before.rater,
        current=form.form.items[0].id,
        blinded=blinded,
        counts_as_blinded=before.counts_as_blinded and blinded,
    )


def _filled(draft: Draft, rating: Rating) -> Draft:
    """With what was given before; nothing of it where it does not fit the form."""
    try:
        tally(draft.form.form, rating.given)
    except RatingRefused:
        return draft
    return replace(draft, given=rating.given, remark=rating.remark, saved=True)
