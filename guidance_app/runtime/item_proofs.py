"""Checklist items that the live state proves fill themselves; those that it contradicts reopen."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from drivers.api.samples import DoseReading, Origin
from guidance_app.domain.checklist import (
    Checklist,
    ChecklistEntry,
    ChecklistItem,
    Contradiction,
    Mark,
    Proof,
)
from guidance_app.domain.commands import Command, ItemMarked, PictureMirrored
from guidance_app.domain.evidence import Evidence, evidence_refusal
from guidance_app.domain.people import DEVICE
from guidance_app.domain.snapshot import GuidanceMode, GuidanceSnapshot, TruthState
from guidance_app.domain.stored_image import StoredImage
from guidance_app.runtime.engine import Published

WHY_REOPENED = {
    Contradiction.PLAN_GONE: "target, entry or scale are no longer what was seen",
    Contradiction.PICTURE_MIRRORED: "the console has mirrored the picture or turned it over",
}
FINEST_DIGITS = 6
"""Of a dose in its unit; none is known as finely."""

Kept = Callable[[int], bool | None]
"""Whether a frame is in the recording; None while that is open."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What was seen of an item, in words and in values for its fields."""

    note: str
    values: tuple[Evidence, ...] = ()
    frame: int | None = None
    """The picture that shows it: it counts once that is in the recording."""


class ItemProofs:
    """Watches what is published and marks as the device; one thread calls it.

    What rests on a picture is marked when the recorder has written that picture; where it was
    lost, the next one that shows the same takes its place. A recording brings the marks that
    were made with it, so a replay gets none.
    """

    def __init__(self, tell: Callable[[Command], None], kept: Kept) -> None:
        """`tell` asks the engine."""
        self._tell = tell
        self._kept = kept
        self._begin("")

    def _begin(self, procedure_id: str) -> None:
        self._procedure_id = procedure_id
        self._proven: set[Proof] = set()
        """What was seen and has not been contradicted since."""
        self._waiting: dict[Proof, Sight] = {}
        """What was seen on a picture that is not in the recording yet."""
        self._plan_stood = False

    def look_at(self, published: Published) -> None:
        """Mark what is proven now, and reopen what is contradicted; never blocks."""
        checklist, frame = published.state.checklist, published.frame
        if checklist is None or frame is None or frame.origin is Origin.REPLAY:
            return
        if checklist.procedure_id != self._procedure_id:
            self._begin(checklist.procedure_id)
        if checklist.closed:
            return
        for contradiction in self._contradictions(published):
            self._reopen(checklist, contradiction)
        sights = dict(_sights(published, self._kept))
        for proof, sight in sights.items():
            if proof not in self._proven:
                self._waiting.setdefault(proof, sight)
        for proof, sight in list(self._waiting.items()):
            self._settle(checklist, proof, sight, sights.get(proof))

    def _contradictions(self, published: Published) -> Iterator[Contradiction]:
        stands = _plan_stands(published.snapshot)
        if self._plan_stood and not stands:
            yield Contradiction.PLAN_GONE
        self._plan_stood = stands and (self._plan_stood or _is_live(published.snapshot))
        commands = (outcome.command for outcome in published.outcomes)
        if any(isinstance(command, PictureMirrored) for command in commands):
            yield Contradiction.PICTURE_MIRRORED

    def _reopen(self, checklist: Checklist, contradiction: Contradiction) -> None:
        for item in checklist.template.items:
            if item.contradicted_by is not contradiction:
                continue
            if item.proven_by is not None:
                self._proven.discard(item.proven_by)
                self._waiting.pop(item.proven_by, None)
            if checklist.status(item.id) is not None:
                self._mark(item, Mark.REOPENED, WHY_REOPENED[contradiction])

    def _settle(
        self, checklist: Checklist, proof: Proof, sight: Sight, newer: Sight | None
    ) -> None:
        """Mark what the recording holds now; `newer` is the same seen on the present picture."""
        kept = sight.frame is None or self._kept(sight.frame)
        if kept is None:
            return
        del self._waiting[proof]
        if not kept:
            if newer is not None:
                self._waiting[proof] = newer
            return
        self._proven.add(proof)
        for item in checklist.template.items:
            if item.proven_by is proof and checklist.status(item.id) is None:
                self._fill(item, sight)

    def _fill(self, item: ChecklistItem, sight: Sight) -> None:
        """Mark it, unless it asks for a value that was not seen: people do the rest."""
        known = {field.id for field in item.fields}
        values = tuple(value for value in sight.values if value.field in known)
        if evidence_refusal(item.fields, values) is None:
            self._mark(item, Mark.DONE, sight.note, values)

    def _mark(
        self, item: ChecklistItem, mark: Mark, note: str, values: tuple[Evidence, ...] = ()
    ) -> None:
        time_utc = datetime.now(UTC).isoformat(timespec="milliseconds")
        self._tell(ItemMarked(ChecklistEntry(item.id, mark, DEVICE, time_utc, note, values)))


def _sights(published: Published, kept: Kept) -> Iterator[tuple[Proof, Sight]]:
    snapshot, state = published.snapshot, published.state
    if snapshot.frame is not None and _is_live(snapshot) and _plan_stands(snapshot):
        yield from _on_the_picture(snapshot, snapshot.frame.number)
    stored = _stored_sight(state.stored, kept)
    if stored is not None:
        yield Proof.IMAGES_STORED, stored
    if state.dose is not None:
        yield Proof.DOSE_RECEIVED, _dose_sight(state.dose)


def _is_live(snapshot: GuidanceSnapshot) -> bool:
    return snapshot.truth.state is TruthState.LIVE and not snapshot.held and snapshot.plan_shown


def _plan_stands(snapshot: GuidanceSnapshot) -> bool:
    plan = snapshot.plan
    placed = plan.target_px is not None and plan.entry_px is not None
    return placed and snapshot.scale is not None


def _tip_is_shown(snapshot: GuidanceSnapshot) -> bool:
    """Marked lately, and on the planned path: then guidance shows how far it has to go."""
    lateral = snapshot.measures.lateral if snapshot.measures else None
    on_path = lateral is not None and abs(lateral.mm) <= snapshot.plan.corridor_mm
    return on_path and snapshot.guidance.mode is GuidanceMode.ON


def _on_the_picture(snapshot: GuidanceSnapshot, frame: int) -> Iterator[tuple[Proof, Sight]]:
    values = (Evidence("frame", str(frame)),)
    where = f"on the live picture, frame {frame} of the recording"
    plan = f"target, entry and scale stand {where}"
    yield Proof.PLAN_ON_LIVE_PICTURE, Sight(plan, values, frame)
    if _tip_is_shown(snapshot):
        yield Proof.TIP_SEEN, Sight(f"tip marked {where}", values, frame)


def _stored_sight(stored: Sequence[StoredImage], kept: Kept) -> Sight | None:
    """The first stored picture of each sort in the recording; None unless there are both."""
    before = next((i.frame for i in stored if not i.with_needle and kept(i.frame)), None)
    needle = next((i.frame for i in stored if i.with_needle and kept(i.frame)), None)
    if before is None or needle is None:
        return None
    note = f"stored: frame {before} before, frame {needle} with the needle, in the recording"
    return Sight(note, (Evidence("before", str(before)), Evidence("with", str(needle))))


def _dose_sight(reading: DoseReading) -> Sight:
    """The figures that the source gives, in the units of the fields."""
    reference_gy = reading.reference_point_gy
    figures = {
        "dap": reading.dose_area_product_gy_cm2,
        "reference_dose": None if reference_gy is None else reference_gy * 1000,
        "time": reading.fluoroscopy_s,
    }
    given = {name: value for name, value in figures.items() if value is not None}
    values = tuple(Evidence(name, _in_digits(value)) for name, value in given.items())
    return Sight(f"stated by {reading.source}", values)


def _in_digits(value: float) -> str:
    return f"{value:.{FINEST_DIGITS}f}".rstrip("0").rstrip(".")
