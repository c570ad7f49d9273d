"""The index of a library where the records are; where they cannot be used, one for the moment."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from guidance_app.records.catalogue_index import LibraryIndex
from guidance_app.records.errors import RecordsError, without_journal

FOR_THE_MOMENT = "The sessions are read anew for now, and figures cannot be searched for."


@contextmanager
def opened_index(
    place: Path | str, folder: Path, tell: Callable[[str], None]
) -> Iterator[LibraryIndex]:
    """Of the sessions in a folder; `tell` is given the sentence when the records cannot be used."""
    with usable_place(place, tell) as usable, index_at(usable, folder) as index:
        yield index


@contextmanager
def usable_place(place: Path | str, tell: Callable[[str], None]) -> Iterator[Path | str]:
    """That of the records, or a new file in a temporary folder, which goes with its use."""
    from guidance_app.records.database import Records  # noqa: PLC0415 - SQLAlchemy is slow

    try:
        Records.open(place).close()
    except RecordsError as error:
        tell(f"{without_journal(error)} {FOR_THE_MOMENT}")
        with TemporaryDirectory(prefix="guidance-") as folder:
            yield Path(folder) / "library.sqlite"
    else:
        yield place


@contextmanager
def index_at(place: Path | str, folder: Path) -> Iterator[LibraryIndex]:
    """Of the sessions in a folder, in the records at a place; raises RecordsError."""
    from guidance_app.records.database import Records  # noqa: PLC0415 - SQLAlchemy is slow

    with closing(Records.open(place)) as records:
        yield records.catalogue(folder)
