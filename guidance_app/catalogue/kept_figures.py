"""Scores that were computed, kept in the index of the library that the session lies in."""

from collections import defaultdict
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from guidance_app import __version__
from guidance_app.catalogue.reading import plain, read_beginning
from guidance_app.records.catalogue import Figure
from guidance_app.records.errors import RecordsError, without_journal
from guidance_app.session.format import SESSION_SUFFIX
from guidance_app.training.scoring import ScoreDocument

if TYPE_CHECKING:
    from guidance_app.records.database import Records

KEPT_TOGETHER = 50


class KeptFigures:
    """Takes scores as they come and writes them together. One thread.

    Where the records cannot be written that is told once, and the scores are not kept: they can be
    computed again.
    """

    def __init__(self, place: Path | str, tell: Callable[[str], None]) -> None:
        self._place = place
        self._tell = tell
        self._waiting: defaultdict[Path, dict[str, ScoreDocument]] = defaultdict(dict)
        self._count = 0
        self._refused = False

    def keep(self, path: Path, document: ScoreDocument) -> None:
        """Keep the score of what lies at a path, where that is a session of a library."""
        session = path.resolve()
        if session.suffix == SESSION_SUFFIX and not self._refused:
            self._waiting[session.parent][session.name] = document
            self._count += 1
        if self._count >= KEPT_TOGETHER:
            self.write()

    def write(self) -> None:
        """Write what waits."""
        if not self._waiting:
            return
        from guidance_app.records.database import Records  # noqa: PLC0415 - SQLAlchemy is slow

        try:
            with closing(Records.open(self._place)) as records:
                for folder, documents in self._waiting.items():
                    _write(records, folder, documents)
        except RecordsError as error:
            self._refused = True
            self._tell(f"The figures cannot be searched for. {without_journal(error)}")
        self._waiting.clear()
        self._count = 0


def _write(records: "Records", folder: Path, documents: dict[str, ScoreDocument]) -> None:
    index = records.catalogue(folder)
    known = index.known()
    new = [name for name in documents if plain(name) not in known]
    if new:
        index.put(read_beginning(folder / name) for name in new)
    index.put_figures({plain(name): _figures(one) for name, one in documents.items()})


def _figures(document: ScoreDocument) -> list[Figure]:
    pairing = document.pairing.value
    return [
        Figure(one.name, one.value, one.unit, one.version, pairing, __version__)
        for one in document.metrics
    ]
