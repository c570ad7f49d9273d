"""Whether what is shown can be recorded: the folder, the disk, the records database."""

import shutil
import tempfile
from pathlib import Path

from guidance_app.diagnosis.findings import Finding, Outcome
from guidance_app.session.format import NEEDED_BYTES, RESERVE_BYTES

BYTES_A_MINUTE = 2_000_000_000
"""1920x1080 at 60 pictures a second, the most that was measured for common sources."""
FEWEST_MINUTES = 30
"""A procedure with its time-out and its end. Our own figure."""


def check_folder(folder: Path) -> Finding:
    """Whether a session can be written below `folder`, which may not exist yet."""
    try:
        with tempfile.TemporaryFile(dir=_existing(folder)) as file:
            file.write(b"guidance")
    except OSError as error:
        return Finding(
            "recording",
            Outcome.FAILED,
            f"Nothing can be recorded in {folder} ({error.strerror}).",
            "Allow writing to this folder, or choose another with --record.",
        )
    return Finding("recording", Outcome.OK, f"Sessions are recorded in {folder}.")


def check_space(folder: Path) -> Finding:
    """How long recording can go on."""
    try:
        free_bytes = shutil.disk_usage(_existing(folder)).free
    except OSError as error:
        return Finding(
            "disk",
            Outcome.FAILED,
            f"The disk with {folder} cannot be read ({error.strerror}).",
            "Check that it is connected.",
        )
    return judge_space(free_bytes)


def judge_space(free_bytes: int) -> Finding:
    """How long recording can go on with so much room."""
    minutes = max(0, free_bytes - RESERVE_BYTES) // BYTES_A_MINUTE
    what = f"The disk has room for at least {minutes} minutes of large pictures."
    if free_bytes < NEEDED_BYTES:
        what = f"The disk has only {free_bytes / 1e9:.1f} GB free; recording needs 1 GB and more."
        return Finding("disk", Outcome.FAILED, what, "Free some space, or choose another disk.")
    if minutes < FEWEST_MINUTES:
        return Finding("disk", Outcome.WARNING, what, "Free some space before a long procedure.")
    return Finding("disk", Outcome.OK, what)


def check_records(place: Path | str) -> Finding:
    """Whether the records database, a file or an address, can be opened, or begun."""
    from guidance_app.records.database import Records  # noqa: PLC0415 - loads SQLAlchemy
    from guidance_app.records.errors import RecordsError, without_journal  # noqa: PLC0415

    if isinstance(place, Path) and not place.exists():
        return Finding("records", Outcome.OK, "No procedure has been kept in the records yet.")
    try:
        Records.open(place).close()
    except RecordsError as error:
        what, _, advice = without_journal(error).partition(". ")
        return Finding("records", Outcome.FAILED, f"{what}.", advice)
    return Finding("records", Outcome.OK, "The records of procedures can be read and written.")


def _existing(folder: Path) -> Path:
    """The folder itself, or what is nearest above it; that may be a file."""
    return next((place for place in (folder, *folder.parents) if place.exists()), folder)
