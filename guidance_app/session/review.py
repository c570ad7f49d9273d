"""What trainers noted about a session afterwards: `review.jsonl` beside the recording.

The recording itself is never touched. A line is one record, appended and forced to the disk; a
line that cannot be read is named and passed over. Authors are pseudonyms.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import msgspec

from guidance_app.session.disk import open_plain
from guidance_app.session.errors import NotASession, SessionError

REVIEW_NAME = "review.jsonl"
MAX_REVIEW_BYTES = 16 << 20
MAX_LINE_BYTES = 64 << 10
MAX_PROBLEMS = 100


class Mark(msgspec.Struct, frozen=True, tag="mark"):
    """A moment, or a stretch, that a trainer speaks about."""

    number: int
    """Counts the marks of one review from 0."""
    time_ns: int
    """Host clock of the recording."""
    until_ns: int
    """Equal to `time_ns` for a moment."""
    text: str
    author: str
    made_utc: str
    """ISO 8601 with offset."""


class MarkWithdrawn(msgspec.Struct, frozen=True, tag="mark withdrawn"):
    """A mark that is not to be shown any more."""

    number: int
    author: str
    made_utc: str


class Rating(msgspec.Struct, frozen=True, tag="rating"):
    """A filled rating form. A later one of the same rater and form takes its place."""

    form: str
    form_digest: str
    """SHA-256 of the form as it was filled."""
    rater: str
    made_utc: str
    given: dict[str, int]
    """What was given for each item of the form, by its id."""
    remark: str = ""
    blinded: bool = False
    """The rater saw neither names nor scores."""


Entry = Mark | MarkWithdrawn | Rating


@dataclass(slots=True)
class Review:
    """All that was noted about a session."""

    marks: list[Mark] = field(default_factory=list)
    """In order of time, without those that were withdrawn."""
    ratings: list[Rating] = field(default_factory=list)
    """The latest of each rater on each form."""
    marks_made: int = 0
    """With those that were withdrawn: the number of the next one."""
    problems: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Kept:
    """What stands so far, found again without going through all of it."""

    marks: dict[int, list[Mark]] = field(default_factory=dict)
    ratings: dict[tuple[str, str], Rating] = field(default_factory=dict)


def read_review(session: Path) -> Review:
    """What was noted; empty where nothing was. Raises SessionError for a file that is none."""
    try:
        with open_plain(session / REVIEW_NAME) as file:
            content = _content(file)
    except NotASession:
        return Review()
    review, kept = Review(), _Kept()
    for number, line in enumerate(content.split(b"\n"), 1):
        if line:
            _take(review, kept, number, line)
    marks = (mark for under_one in kept.marks.values() for mark in under_one)
    review.marks = sorted(marks, key=lambda mark: (mark.time_ns, mark.number))
    review.ratings = list(kept.ratings.values())
    return review


def add_to_review(session: Path, entry: Entry) -> None:
    """Append one record; when this returns it would survive a power cut. Raises SessionError."""
    line = msgspec.json.encode(entry)
    path = session / REVIEW_NAME
    try:
        with open(path, "ab", opener=_open_plainly) as file:
            if file.tell() + len(line) > MAX_REVIEW_BYTES or len(line) > MAX_LINE_BYTES:
                raise SessionError("This note is too long to be kept.", "Write a shorter one.")
            file.write(_separator(path) + line + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise SessionError(
            f"The note could not be written to {path} ({error.strerror}).",
            "Check the disk and the permissions, and note it again.",
        ) from None


def _open_plainly(path: str, flags: int) -> int:
    """A link in its place is not followed."""
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), 0o666)


def _separator(path: Path) -> bytes:
    """Ends a line that a power cut left unfinished."""
    with open_plain(path) as file:
        length = os.fstat(file.fileno()).st_size
        file.seek(max(0, length - 1))
        return b"" if file.read(1) in (b"", b"\n") else b"\n"


def _content(file: BinaryIO) -> bytes:
    content = file.read(MAX_REVIEW_BYTES + 1)
    if len(content) > MAX_REVIEW_BYTES:
        raise SessionError(f"{REVIEW_NAME} is larger than any review.", "Move it away.")
    return content


_DECODER = msgspec.json.Decoder(Entry)


def _take(review: Review, kept: _Kept, number: int, line: bytes) -> None:
    try:
        entry = _DECODER.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        if len(review.problems) < MAX_PROBLEMS:
            review.problems.append(f"Line {number} of {REVIEW_NAME} cannot be read: {error}.")
        return
    match entry:
        case Mark():
            kept.marks.setdefault(entry.number, []).append(entry)
            review.marks_made = max(review.marks_made, entry.number + 1)
        case MarkWithdrawn(number=withdrawn):
            kept.marks.pop(withdrawn, None)
        case Rating(form=form, rater=rater):
            kept.ratings.pop((form, rater), None)  # the latest stands last
            kept.ratings[form, rater] = entry
