"""`guidance session export`: a session in a format of other programs."""

import argparse
import json
import math
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from guidance_app.arguments import LONGEST_S
from guidance_app.progress import progress_bar

if TYPE_CHECKING:
    from guidance_app.exporting.output import Written
    from guidance_app.session.reader import SessionReader

DONE, FAILED, DONE_IN_PART = 0, 1, 3
CLIPS, SEQUENCES = (".mp4", ".mkv"), (".igs.mha", ".seq.mha")
TABLES, PICTURES = (".csv", ".parquet"), (".png",)
ENDINGS = (*CLIPS, *SEQUENCES, *TABLES, *PICTURES)
TABLE_NAMES = ("frames", "events", "snapshots", "metrics")
AS_RECORDED = (
    "The pictures are as they were recorded: names that a console writes into them are still "
    "there. Look at them before you pass them on."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the action takes."""
    parser.description = (
        "Writes a session as a video, a tracked sequence, a table or a picture; the ending of "
        "OUT says which. docs/export.md has the details."
    )
    parser.add_argument("session", type=Path, metavar="SESSION")
    parser.add_argument(
        "--to", type=_output, required=True, metavar="OUT", help=f"a new file: {_listed(ENDINGS)}"
    )
    parser.add_argument(
        "--overlay", action="store_true", help="with what was drawn over it; of a video or picture"
    )
    moment = parser.add_mutually_exclusive_group()
    moment.add_argument(
        "--at", type=_seconds, metavar="S", help="the moment of a picture, seconds from the start"
    )
    moment.add_argument("--frame", type=_number, metavar="N", help="or the number of its frame")
    parser.add_argument("--table", choices=TABLE_NAMES, help="which table")
    parser.add_argument(
        "--uncompressed", action="store_true", help="pictures of a sequence as they are"
    )
    parser.add_argument("--json", action="store_true", help="one JSON document")
    parser.set_defaults(handler=run, refuse=parser.error)


def run(options: argparse.Namespace) -> int:
    """The action; returns the exit status."""
    from guidance_app.exporting.output import ExportRefused, new_file
    from guidance_app.session.reader import SessionReader

    _require_fitting(options)
    try:
        with (
            SessionReader(options.session) as reader,
            new_file(options.to, options.session) as path,
        ):
            written = _write(options, reader, path)
    except ExportRefused as refused:
        print(f"guidance: {refused}", file=sys.stderr)
        return FAILED
    _tell(options, written, reader.manifest.simulated)
    return DONE_IN_PART if written.missing else DONE


def _require_fitting(options: argparse.Namespace) -> None:
    """What is asked beside the file must be something that this kind of file has."""
    refuse: Callable[[str], None] = options.refuse
    ending = _ending(options.to)
    one_moment = options.at is not None or options.frame is not None
    if ending in PICTURES and not one_moment:
        refuse("a picture needs its moment: --at S or --frame N")
    if ending not in PICTURES and one_moment:
        refuse(f"--at and --frame are of a picture: {_listed(PICTURES)}")
    if ending in TABLES and options.table is None:
        refuse(f"a table needs its name: --table {'|'.join(TABLE_NAMES)}")
    if ending not in TABLES and options.table is not None:
        refuse(f"--table is of a table: {_listed(TABLES)}")
    if ending not in (*CLIPS, *PICTURES) and options.overlay:
        refuse(f"--overlay is of a video or picture: {_listed((*CLIPS, *PICTURES))}")
    if ending not in SEQUENCES and options.uncompressed:
        refuse(f"--uncompressed is of a sequence: {_listed(SEQUENCES)}")


def _write(options: argparse.Namespace, reader: "SessionReader", path: Path) -> "Written":
    ending = _ending(options.to)
    if ending in TABLES:
        return _write_table(options, reader, path)
    if ending in SEQUENCES:
        from guidance_app.exporting.sequence import write_sequence

        return write_sequence(path, reader, not options.uncompressed, progress_bar())
    return _write_painted(options, reader, path)


def _write_table(options: argparse.Namespace, reader: "SessionReader", path: Path) -> "Written":
    from guidance_app.exporting.output import (
        Written,
        lost_frames,
        missing_pictures,
        missing_records,
    )
    from guidance_app.exporting.table_files import write_csv, write_parquet
    from guidance_app.exporting.tables import TableName, session_table

    name = TableName(options.table)
    write = write_csv if _ending(options.to) == ".csv" else write_parquet
    count = write(path, session_table(reader, name), progress_bar())
    lost = missing_pictures(lost_frames(reader)) if name is TableName.FRAMES else ()
    return Written(count, (*lost, *missing_records(reader)))


def _write_painted(options: argparse.Namespace, reader: "SessionReader", path: Path) -> "Written":
    from guidance_app.screen import choose_platform

    choose_platform()
    from guidance_app.exporting.clip import ClipKind, write_clip
    from guidance_app.exporting.footage import Footage
    from guidance_app.exporting.still import frame_picture, picture_at, write_still
    from guidance_app.ui.clip_painter import drawing

    footage, overlay = Footage(reader), options.overlay
    with drawing():
        if _ending(options.to) in CLIPS:
            kind = ClipKind.MP4 if _ending(options.to) == ".mp4" else ClipKind.MKV
            return write_clip(path, kind, footage, overlay, progress_bar())
        if options.at is not None:
            picture = picture_at(footage, options.at, overlay)
        else:
            picture = frame_picture(footage, options.frame, overlay)
        return write_still(path, footage, picture, overlay)


def _tell(options: argparse.Namespace, written: "Written", simulated: bool) -> None:
    if _ending(options.to) not in TABLES and not simulated:
        print(f"guidance: {AS_RECORDED}", file=sys.stderr)
    if options.json:
        print(json.dumps(_document(options, written), indent=2))
        return
    what = "rows" if _ending(options.to) in TABLES else "pictures"
    lasts = f", {written.duration_ns / 1e9:.3f} s" if written.duration_ns is not None else ""
    print(f"written  {options.to}, {written.count} {what}{lasts}")
    for problem in written.missing:
        print(f"missing  {problem.where}: {problem.what}")


def _document(options: argparse.Namespace, written: "Written") -> dict[str, object]:
    duration_ns = written.duration_ns
    return {
        "session": str(options.session),
        "written": str(options.to),
        "kind": _ending(options.to),
        "table": options.table,
        "overlay": options.overlay,
        "bytes": options.to.stat().st_size,
        "count": written.count,
        "duration_s": None if duration_ns is None else duration_ns / 1e9,
        "missing": [asdict(problem) for problem in written.missing],
    }


def _ending(path: Path) -> str:
    """One of ENDINGS; `_output` has seen to that."""
    return next(ending for ending in ENDINGS if path.name.lower().endswith(ending))


def _output(text: str) -> Path:
    if not text.lower().endswith(ENDINGS):
        raise argparse.ArgumentTypeError(f'"{text}" ends in none of {_listed(ENDINGS)}')
    return Path(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds < LONGEST_S:
        raise argparse.ArgumentTypeError(f'"{text}" is no number of seconds from 0 on')
    return seconds


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 12:
        raise argparse.ArgumentTypeError(f'"{text}" is no number of a frame')
    return int(text)


def _listed(endings: tuple[str, ...]) -> str:
    return ", ".join(endings)
