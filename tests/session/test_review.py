"""What is noted about a session afterwards is kept line by line, and read with care."""

from pathlib import Path
from time import process_time

import msgspec
import pytest
from recordings import record

from guidance_app.session.errors import SessionError
from guidance_app.session.review import (
    MAX_REVIEW_BYTES,
    REVIEW_NAME,
    Mark,
    MarkWithdrawn,
    Rating,
    add_to_review,
    read_review,
)
from guidance_app.session.verify import verify

CPU_S = 10.0
"""Of processor time; each line going through all lines before takes a minute and more."""
WHEN = "2026-05-05T10:00:00+00:00"


def mark(number: int, time_ns: int, text: str = "the tip is lost") -> Mark:
    return Mark(number, time_ns, time_ns, text, "T-1", WHEN)


def rating(rater: str, given: int) -> Rating:
    return Rating("block", "ab", rater, WHEN, {"tip": given})


def test_marks_and_ratings_come_back_in_order_and_the_recording_stays_whole(
    tmp_path: Path,
) -> None:
    session = record(tmp_path).path
    entries = [mark(0, 900), mark(1, 300), rating("A", 2), rating("B", 4), rating("A", 3)]
    for entry in [*entries, mark(2, 600), MarkWithdrawn(0, "T-1", WHEN)]:
        add_to_review(session, entry)
    review = read_review(session)
    assert [one.time_ns for one in review.marks] == [300, 600]
    assert [(one.rater, one.given) for one in review.ratings] == [
        ("B", {"tip": 4}),
        ("A", {"tip": 3}),
    ]
    assert (review.marks_made, review.problems) == (3, [])
    assert verify(session)["ok"]


def test_without_a_review_there_is_none(tmp_path: Path) -> None:
    assert read_review(record(tmp_path).path).marks_made == 0


def test_a_review_cut_off_at_any_byte_keeps_what_was_before(tmp_path: Path) -> None:
    session = record(tmp_path).path
    add_to_review(session, mark(0, 1))
    first = (session / REVIEW_NAME).read_bytes()
    add_to_review(session, mark(1, 2))
    whole = (session / REVIEW_NAME).read_bytes()
    for length in range(len(first), len(whole)):
        (session / REVIEW_NAME).write_bytes(whole[:length])
        assert read_review(session).marks[0].time_ns == 1
        add_to_review(session, mark(7, 3))
        assert [one.time_ns for one in read_review(session).marks][-1] == 3


@pytest.mark.parametrize(
    "line",
    [b"{}", b"[", b'{"type":"mark"}', b'{"type":"other"}', b"\xff", b"[" * 60_000, b'{"a":NaN}'],
)
def test_a_line_that_is_no_record_is_named_and_passed_over(tmp_path: Path, line: bytes) -> None:
    session = record(tmp_path).path
    (session / REVIEW_NAME).write_bytes(line + b"\n")
    add_to_review(session, mark(0, 1))
    review = read_review(session)
    assert len(review.marks) == 1
    assert review.problems[0].startswith(f"Line 1 of {REVIEW_NAME} cannot be read")


def test_what_is_too_long_is_refused_and_nothing_written(tmp_path: Path) -> None:
    session = record(tmp_path).path
    with pytest.raises(SessionError, match="too long"):
        add_to_review(session, mark(0, 1, "x" * 100_000))
    assert read_review(session).marks == []
    with (session / REVIEW_NAME).open("wb") as file:
        file.truncate(MAX_REVIEW_BYTES + 1)
    with pytest.raises(SessionError, match="larger than any review"):
        read_review(session)


def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    session = record(tmp_path).path
    (session / REVIEW_NAME).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SessionError):
        read_review(session)
    with pytest.raises(SessionError):
        add_to_review(session, mark(0, 1))
    assert not (tmp_path / "elsewhere").exists()


def test_a_review_made_to_take_long_is_read_at_once(tmp_path: Path) -> None:
    noted = [mark(number, number, "") for number in range(40_000)]
    withdrawn = [MarkWithdrawn(40_000 + number, "", "") for number in range(40_000)]
    lines = b"\n".join(map(msgspec.json.encode, [*noted, *withdrawn]))
    (tmp_path / REVIEW_NAME).write_bytes(lines)
    began_s = process_time()
    assert len(read_review(tmp_path).marks) == 40_000
    assert process_time() - began_s < CPU_S
