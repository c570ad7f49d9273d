"""Folders of small sessions in which known things happened, and the index of one."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
from recorded_procedures import STARTED, Session

from guidance_app.catalogue.indexing import Progress, read_on_cores, update_index
from guidance_app.domain.commands import NeedleSought, ProcedureStarted
from guidance_app.domain.guided_needle import GuidedNeedle, NeedleSource, NeedleState
from guidance_app.domain.needle import NeedleSight, SeenNeedle
from guidance_app.domain.people import Person, Role
from guidance_app.domain.snapshot import FrameFacts, GuidanceSnapshot, TruthState
from guidance_app.records.catalogue import FoundSession, LibraryQuery
from guidance_app.records.catalogue_index import LibraryIndex
from guidance_app.records.database import Records

BEN, ANNA = Person("S-2", Role.SUPERVISOR), Person("P-17", Role.OPERATOR)
NEEDLE = SeenNeedle((20.0, 10.0), (4.0, 2.0), 0.5, 1.0, 1.0, 0.01, 0.9)
PICTURE = np.full((16, 24), 9, np.uint8)
STEP_S = 0.04
"""Between two things that are recorded."""


def begun(procedure: str = "knee-injection", title: str = "Knee injection") -> ProcedureStarted:
    """A procedure with two people, the supervisor named first; by a trainee."""
    template = replace(STARTED.template, title=title)
    return replace(
        STARTED, procedure=procedure, template=template, people=(BEN, ANNA), trainee=True
    )


class Watched(Session):
    """A session of which every snapshot says what the test wants."""

    state = TruthState.LIVE
    needle: GuidedNeedle | None = None

    def pictures(self, count: int, state: TruthState = TruthState.LIVE) -> "Watched":
        """So many snapshots in this state, STEP_S apart."""
        self.state = state
        for _ in range(count):
            self.show(PICTURE)
        return self

    def needles(self, *advances: bool) -> "Watched":
        """Searches that each found one, and whether it went on unseen."""
        for unseen in advances:
            state = NeedleState.TIP_NOT_VISIBLE if unseen else NeedleState.SEEN
            self.needle = GuidedNeedle(
                NeedleSource.PICTURE, state, needle=NEEDLE, advances_unseen=unseen
            )
            self.show(PICTURE)
            self.do(NeedleSought(0, NeedleSight(replace(NEEDLE, tip_visible=not unseen))))
        return self

    def _snapshot(self, facts: FrameFacts) -> GuidanceSnapshot:
        snapshot = super()._snapshot(facts)
        truth = replace(snapshot.truth, state=self.state)
        return replace(snapshot, truth=truth, needle=self.needle)


def with_needle(folder: Path, *advances: bool) -> Path:
    """A session that can be scored."""
    return Watched(folder).do(begun()).needles(*(advances or (False,) * 8)).seal()


@contextmanager
def library(folder: Path, records: Path) -> Iterator[LibraryIndex]:
    """The index of the sessions in a folder."""
    with closing(Records.open(records)) as opened:
        yield opened.catalogue(folder)


def looked_at(
    folder: Path, records: Path, told: list[Progress] | None = None
) -> dict[str, FoundSession]:
    """All sessions after the index was brought up to date, by name."""
    tell = (lambda _: None) if told is None else told.append
    with library(folder, records) as index:
        update_index(index, folder, read_on_cores, tell)
        return {one.session.name: one for one in index.find(LibraryQuery())}
