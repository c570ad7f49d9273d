"""Checklist items that the live state proves fill themselves; those that it contradicts reopen."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from drivers.api.samples import Origin
from guidance_app.domain.checklist import Checklist, ChecklistEntry, ChecklistItem, Mark, Proof
from guidance_app.domain.commands import Command, ItemMarked
from guidance_app.domain.people import DEVICE
from guidance_app.domain.snapshot import GuidanceMode, GuidanceSnapshot, TruthState
from guidance_app.runtime.engine import Published

SEEN = {
    Proof.PLAN_ON_LIVE_PICTURE: "target, entry and scale stand on the live picture, frame {}",
    Proof.TIP_SEEN: "tip marked on the live picture, frame {}",
}
GONE = "target, entry or scale are no longer what was seen"


class ItemProofs:
    """Watches what is published and marks as the device; one thread calls it.

    A recording brings the marks that were made with it, so a replay gets none.
    """

    def __init__(self, tell: Callable[[Command], None]) -> None:
        """`tell` asks the engine."""
        self._tell = tell
        self._proven: set[Proof] = set()
        """What was seen and has not been contradicted since."""
        self._procedure_id = ""

    def look_at(self, published: Published) -> None:
        """Mark what is proven now, and reopen what is contradicted; never blocks."""
        checklist, frame = published.state.checklist, published.frame
        if checklist is None or frame is None or frame.origin is Origin.REPLAY:
            return
        if checklist.procedure_id != self._procedure_id:
            self._procedure_id, self._proven = checklist.procedure_id, set()
        snapshot = published.snapshot
        fresh = set(_proofs(snapshot)) - self._proven
        gone = self._proven & set(_contradicted(snapshot))
        self._proven = (self._proven | fresh) - gone
        for item in _items(checklist, fresh):
            if checklist.status(item.id) is None:
                self._mark(item, Mark.DONE, _seen(item, snapshot))
        for item in _items(checklist, gone):
            if checklist.status(item.id) is not None:
                self._mark(item, Mark.REOPENED, GONE)

    def _mark(self, item: ChecklistItem, mark: Mark, note: str) -> None:
        time_utc = datetime.now(UTC).isoformat(timespec="milliseconds")
        self._tell(ItemMarked(ChecklistEntry(item.id, mark, DEVICE, time_utc, note)))


def _proofs(snapshot: GuidanceSnapshot) -> Iterator[Proof]:
    live = snapshot.truth.state is TruthState.LIVE and not snapshot.held
    if not (live and snapshot.plan_shown) or list(_contradicted(snapshot)):
        return
    yield Proof.PLAN_ON_LIVE_PICTURE
    if snapshot.plan.tip is not None and snapshot.guidance.mode is GuidanceMode.ON:
        yield Proof.TIP_SEEN


def _contradicted(snapshot: GuidanceSnapshot) -> Iterator[Proof]:
    plan = snapshot.plan
    if plan.target_px is None or plan.entry_px is None or snapshot.scale is None:
        yield Proof.PLAN_ON_LIVE_PICTURE


def _items(checklist: Checklist, proofs: set[Proof]) -> list[ChecklistItem]:
    return [item for item in checklist.template.items if item.proven_by in proofs]


def _seen(item: ChecklistItem, snapshot: GuidanceSnapshot) -> str:
    number = snapshot.frame.number if snapshot.frame else 0
    return SEEN[item.proven_by].format(number) if item.proven_by else ""
