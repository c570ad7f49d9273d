"""A session as tables: its frames, its events, its snapshots and the figures of its score.

Times in `…_ns` are those of the host's clock; `t_s` counts from the session's start. Units stand in
the names. Every row says of which session it is, whether that was simulated, and what it is for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

import msgspec

from guidance_app import PURPOSE
from guidance_app.domain.commands import CommandOutcome
from guidance_app.domain.snapshot import Truth
from guidance_app.exporting.moments import began_ns, first_judgements
from guidance_app.exporting.output import ExportRefused
from guidance_app.exporting.pseudonyms import Pseudonyms
from guidance_app.exporting.snapshot_columns import SNAPSHOT_COLUMNS
from guidance_app.exporting.table_columns import Column, Table, number, text, whole, yes_no
from guidance_app.session.errors import SessionError
from guidance_app.session.format import FrameRecord
from guidance_app.session.reader import SessionReader
from guidance_app.training.metrics import Metric
from guidance_app.training.scoring import ScoreRefused, score_session

Row = TypeVar("Row")


class TableName(StrEnum):
    """Which table of a session."""

    FRAMES = "frames"
    EVENTS = "events"
    SNAPSHOTS = "snapshots"
    METRICS = "metrics"


@dataclass(frozen=True, slots=True)
class _Frame:
    record: FrameRecord
    truth: Truth | None
    """As it was first judged; None when it never was."""


@dataclass(frozen=True, slots=True)
class _Event:
    outcome: CommandOutcome
    body_json: str


FRAME_COLUMNS: tuple[Column[_Frame], ...] = (
    whole("frame", lambda one: one.record.facts.number),
    whole("arrival_ns", lambda one: one.record.facts.stamp.arrival_ns),
    whole("device_ns", lambda one: one.record.facts.stamp.device_ns),
    whole("sequence", lambda one: one.record.facts.stamp.sequence),
    whole("width_px", lambda one: one.record.facts.geometry.width_px),
    whole("height_px", lambda one: one.record.facts.geometry.height_px),
    text("pixel_format", lambda one: one.record.facts.geometry.pixel_format),
    yes_no("changed", lambda one: one.record.facts.changed),
    text("truth_state", lambda one: one.truth.state if one.truth else None),
    text("truth_cause", lambda one: one.truth.cause if one.truth else None),
    yes_no("lost", lambda one: one.record.place is None),
    text("why_lost", lambda one: one.record.why_lost),
)

EVENT_COLUMNS: tuple[Column[_Event], ...] = (
    whole("index", lambda one: one.outcome.index),
    whole("time_ns", lambda one: one.outcome.time_ns),
    whole("frames_seen", lambda one: one.outcome.frames_seen),
    text("kind", lambda one: type(one.outcome.command).__name__),
    yes_no("refused", lambda one: one.outcome.refusal is not None),
    text("body_json", lambda one: one.body_json),
)

METRIC_COLUMNS: tuple[Column[Metric], ...] = (
    text("name", lambda one: one.name),
    number("value", lambda one: one.value),
    text("unit", lambda one: one.unit),
    whole("version", lambda one: one.version),
)


def session_table(reader: SessionReader, name: TableName) -> Table[Any]:
    """One table of a session; raises ExportRefused for figures of a session that has none."""
    counts = reader.counts
    match name:
        case TableName.FRAMES:
            rows = _frames(reader)
            return _timed(reader, Table(FRAME_COLUMNS, rows, counts.frames_offered), "arrival_ns")
        case TableName.EVENTS:
            return _timed(reader, Table(EVENT_COLUMNS, _events(reader), counts.commands), "time_ns")
        case TableName.SNAPSHOTS:
            snapshots = Table(SNAPSHOT_COLUMNS, reader.snapshots(), counts.snapshots)
            return _timed(reader, snapshots, "evaluated_ns")
        case TableName.METRICS:
            figures = session_metrics(reader)
            return _marked(reader, Table(METRIC_COLUMNS, figures, len(figures)))


def session_metrics(reader: SessionReader) -> tuple[Metric, ...]:
    """The figures that `guidance score` gives; raises ExportRefused where there is none."""
    try:
        return score_session(reader).metrics
    except (ScoreRefused, SessionError) as refused:
        raise ExportRefused(str(refused)) from None


def _frames(reader: SessionReader) -> Iterator[_Frame]:
    judged = first_judgements(reader)
    number, snapshot = next(judged, (-1, None))
    for record in reader.frames:
        while snapshot is not None and number < record.facts.number:
            number, snapshot = next(judged, (-1, None))
        found = snapshot if number == record.facts.number else None
        yield _Frame(record, found.truth if found else None)


def _events(reader: SessionReader) -> Iterator[_Event]:
    pseudonyms = Pseudonyms()
    for outcome in reader.commands:
        body = msgspec.json.encode(pseudonyms.clean(outcome.command))
        yield _Event(outcome, body.decode())


def _timed(reader: SessionReader, table: Table[Row], of: str) -> Table[Row]:
    """With the time of a column in seconds from the start, before all others."""
    zero_ns = began_ns(reader)
    read = next(column.read for column in table.columns if column.name == of)

    def seconds(row: Row) -> float:
        return (int(read(row) or 0) - zero_ns) / 1e9

    columns = (number("t_s", seconds), *table.columns)
    return _marked(reader, Table(columns, table.rows, table.count))


def _marked(reader: SessionReader, table: Table[Row]) -> Table[Row]:
    manifest = reader.manifest
    columns: tuple[Column[Row], ...] = (
        text("session", lambda _: manifest.id),
        yes_no("simulated", lambda _: manifest.simulated),
        *table.columns,
        text("purpose", lambda _: PURPOSE),
    )
    return Table(columns, table.rows, table.count)
