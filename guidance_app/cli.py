"""The command line: `guidance` and its commands. Imports little; each command brings its own.

Ends with 0 done, 1 failed, 2 wrong usage, 3 done in part. Results go to standard output,
talk to standard error.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.api.errors import DeviceError
from guidance_app import (
    PURPOSE,
    __version__,
    advise,
    audit,
    checklist,
    curve,
    debrief,
    detect,
    doctor,
    export,
    people,
    ratings,
    score,
    session_search,
    standard,
)
from guidance_app.arguments import positive_seconds
from guidance_app.calibrate import add_actions
from guidance_app.domain.modality import Modality
from guidance_app.knowledge.facts import KnowledgeError
from guidance_app.progress import progress_bar
from guidance_app.session.errors import SessionError
from guidance_app.simulate import add_simulate

if TYPE_CHECKING:
    from guidance_app.session.info import SessionDocument, SessionEntry
    from guidance_app.session.manifest import Problem
    from guidance_app.session.reader import SessionReader
    from guidance_app.session.verify import CheckDocument

DONE, FAILED, DONE_IN_PART = 0, 1, 3

EARLIER_FORMAT = (
    "The recording is of an earlier version, which judged pictures by other measures: "
    "its snapshots are not computed again."
)

Handler = Callable[[argparse.Namespace], int]


class CommandFailed(Exception):
    """A command cannot do what was asked; `str()` is one sentence for the user."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status and never shows a stack trace for bad input."""
    options = _parser().parse_args(arguments)
    try:
        handler: Handler = options.handler
        status = handler(options)
        sys.stdout.flush()
        return status
    except BrokenPipeError:  # who reads the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except (DeviceError, SessionError, KnowledgeError, CommandFailed) as error:
        print(f"guidance: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="guidance", description=f"Procedure guidance on live ultrasound. {PURPOSE}"
    )
    parser.add_argument("--version", action="version", version=f"guidance {__version__}")
    parser.set_defaults(handler=_start)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    _add_run(commands.add_parser("run", help="open the live view on one source"))
    _add_demo(commands.add_parser("demo", help="a whole procedure on the simulator, unattended"))
    _add_devices(commands.add_parser("devices", help="what is attached and could be opened"))
    doctor.add_arguments(commands.add_parser("doctor", help="why there is no picture"))
    _add_replay(commands.add_parser("replay", help="look at a recorded session: the workspace"))
    _add_session(commands.add_parser("session", help="look at recorded sessions, repair them"))
    detect.add_arguments(commands.add_parser("detect", help="the needle in each recorded frame"))
    add_actions(commands.add_parser("calibrate", help="measure the scale of a picture"))
    checklist.add_actions(commands.add_parser("checklist", help="what is asked of a procedure"))
    advise.add_arguments(commands.add_parser("advise", help="what is advised for a procedure"))
    audit.add_actions(commands.add_parser("audit", help="whether the records were changed"))
    people.add_actions(commands.add_parser("people", help="who may do what"))
    score.add_arguments(commands.add_parser("score", help="how a procedure or a tool went"))
    ratings.add_arguments(
        commands.add_parser("ratings", help="what raters gave, and how they agree")
    )
    standard.add_arguments(commands.add_parser("standard", help="the pass line between two groups"))
    curve.add_arguments(commands.add_parser("curve", help="a trainee's learning curve"))
    debrief.add_arguments(commands.add_parser("debrief", help="a session to take away"))
    add_simulate(commands.add_parser("simulate", help="serve a simulated device, or faults"))
    return parser


def _add_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--video", required=True, metavar="ADDRESS", help="sim:knee, file:a.mp4 …")
    parser.add_argument("--procedure", metavar="ID", help="start with this procedure's set-up page")
    parser.add_argument(
        "--modality",
        choices=[modality.value for modality in Modality],
        default=Modality.ULTRASOUND.value,
        help="how the pictures are made; fluoroscopy: the last picture of an exposure may stay",
    )
    _add_record(parser)
    parser.add_argument(
        "--seconds", type=positive_seconds, metavar="N", help="end by itself after N s"
    )
    parser.set_defaults(handler=_run)


def _add_demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--scenario", default="knee", metavar="ID")
    parser.add_argument("--seconds", type=positive_seconds, metavar="N", help="break off after N s")
    parser.add_argument(
        "--out", type=Path, default=Path("guidance-demo"), metavar="DIR", help="where results go"
    )
    parser.set_defaults(handler=_demo)


def _add_devices(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON document")
    parser.set_defaults(handler=_devices)


def _add_replay(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("session", type=Path, metavar="SESSION")
    parser.set_defaults(handler=_replay)


def _add_session(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="the sessions in a folder")
    listing.add_argument("folder", type=Path, nargs="?", metavar="DIR")
    listing.add_argument("--json", action="store_true", help="one JSON document")
    listing.set_defaults(handler=_session_list)
    session_search.add_arguments(actions.add_parser("search", help="the sessions that fit"))
    for name, handler, about in (
        ("info", _session_info, "what a session holds"),
        ("verify", _session_verify, "whether a session is whole and replays to the same overlay"),
        ("recover", _session_recover, "repair a session that was not closed"),
    ):
        action = actions.add_parser(name, help=about)
        action.add_argument("session", type=Path, metavar="SESSION")
        action.add_argument("--json", action="store_true", help="one JSON document")
        action.set_defaults(handler=handler)
    export.add_arguments(actions.add_parser("export", help="in a format of other programs"))


def _add_record(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--record", type=Path, metavar="DIR", help="folder for the session; default: user's data"
    )


def _start(options: argparse.Namespace) -> int:
    _require_screen()
    from guidance_app.bootstrap import open_start_screen

    return open_start_screen()


def _run(options: argparse.Namespace) -> int:
    from guidance_app.bootstrap import open_live_view

    return open_live_view(
        options.video,
        options.procedure,
        options.record,
        options.seconds,
        Modality(options.modality),
    )


def _replay(options: argparse.Namespace) -> int:
    _require_screen()
    from guidance_app import config
    from guidance_app.bootstrap import Desktop
    from guidance_app.knowledge.site_file import load_at_site
    from guidance_app.session.manifest import read_manifest

    load_at_site(config.site_file())
    read_manifest(options.session)  # a sentence here, and not in a window
    desktop = Desktop(options.session.resolve().parent)
    return desktop.run(lambda: desktop.application.open_replay(options.session))


def _require_screen() -> None:
    """For what is only to be looked at; whoever has chosen a platform for Qt gets that one."""
    from guidance_app.screen import choose_platform

    if "QT_QPA_PLATFORM" not in os.environ and not choose_platform():
        raise CommandFailed(
            "There is no screen to open a window on. Start this on a desktop; "
            "guidance run and guidance demo also work without one."
        )


def _demo(options: argparse.Namespace) -> int:
    from guidance_app.demo import DemoFailed, run_demo
    from guidance_app.training.scenario import ScenarioError

    try:
        return run_demo(options.scenario, options.seconds, options.out)
    except (DemoFailed, ScenarioError) as error:
        raise CommandFailed(str(error)) from None
    except OSError as error:
        raise CommandFailed(f"{options.out} cannot be written to ({error.strerror}).") from None


def _devices(options: argparse.Namespace) -> int:
    from guidance_app.devices import run

    return run(options)


def _session_list(options: argparse.Namespace) -> int:
    from guidance_app import config
    from guidance_app.session.info import list_sessions

    folder = options.folder or config.sessions_folder()
    if options.folder is not None and not folder.is_dir():
        raise CommandFailed(f"{folder} is not a folder. Name the folder that holds the sessions.")
    entries = list_sessions(folder) if folder.is_dir() else []
    if options.json:
        _print_document([_list_document(entry) for entry in entries])
        return DONE
    if not entries:
        print(f"No sessions yet in {folder}", file=sys.stderr)
    for entry in entries:
        print(f"{entry.path}  {entry.problem or _entry_words(entry)}")
    return DONE


def _entry_words(entry: "SessionEntry") -> str:
    manifest = entry.manifest
    if manifest is None:
        return "not sealed"
    words = ["sealed" if manifest.sealed else "not sealed"]
    if manifest.record_closed_utc:
        words.append("record closed")
    if manifest.source.fault_plan:
        words.append(f"FAULT DRILL {manifest.source.fault_plan}")
    return "  ".join(words)


def _list_document(entry: "SessionEntry") -> dict[str, object]:
    return {
        "path": str(entry.path),
        "started": entry.manifest.started.utc if entry.manifest else None,
        "sealed": entry.manifest is not None and entry.manifest.sealed is not None,
        "problem": entry.problem,
    }


def _session_info(options: argparse.Namespace) -> int:
    from guidance_app.session.info import info

    document = info(options.session)
    if options.json:
        _print_document(document)
        return DONE
    source = document["sources"][0]
    marks = ["simulated"] if document["simulated"] else []
    if source["fault_plan"]:
        marks.append(f"FAULT DRILL {source['fault_plan']}")
    print("  ".join([options.session.name, *marks]))
    print(f"started    {document['started']}, {document['duration_s']:.1f} s")
    print(f"sealed     {_closed(document)}")
    print(
        f"source     {source['address']}, {source['unique_rate_hz'] or 0:.1f} new frames a second"
    )
    print(
        f"frames     {source['frames_offered']} offered, {source['frames_written']} written, "
        f"{source['frames_lost']} lost, {source['frames_missed']} never delivered by the source"
    )
    print(f"delay      {_latency(document)}")
    states = ", ".join(f"{name} {t:.1f} s" for name, t in document["states_s"].items() if t)
    print(f"states     {states}")
    causes = ", ".join(f"{name} {t:.1f} s" for name, t in document["causes_s"].items())
    if causes:
        print(f"of these   {causes}")
    print(f"guidance   drawn for {document['guidance_shown_s']:.1f} s")
    for problem in document["problems"]:
        print(f"problem    {problem['where']}: {problem['what']}")
    return DONE


def _latency(document: "SessionDocument") -> str:
    """From arrival to screen, of all pictures that came there."""
    latency = document["latency_ms"]
    if not latency["n"]:
        return "no picture came to a screen"
    return (
        f"{latency['p50']:.1f} ms to the screen (median), 95 % within {latency['p95']:.1f} ms, "
        f"99 % within {latency['p99']:.1f} ms, longest {latency['max']:.1f} ms"
    )


def _closed(document: "SessionDocument") -> str:
    """Whether and how a session was closed, and what to do if it was not."""
    if document["being_recorded"]:
        return "no: still being recorded"
    if not document["sealed"]:
        return "no: run guidance session recover"
    if not document["recovered"]:
        return "yes"
    kept = "see the problems" if document["problems"] else "the repair found nothing missing"
    return f"yes, recovered: {kept}"


def _session_verify(options: argparse.Namespace) -> int:
    from guidance_app.session.manifest import Problem
    from guidance_app.session.reader import SessionReader
    from guidance_app.session.verify import check_document, verify

    document = verify(options.session, progress_bar())
    with SessionReader(options.session) as reader:
        differing = _differences(reader)
    problems = [Problem(**problem) for problem in document["problems"]] + differing
    return _print_check(
        options, check_document(problems, document["frames"], document["events"]), FAILED
    )


def _session_recover(options: argparse.Namespace) -> int:
    from guidance_app.session.recover import recover

    document = recover(options.session, progress_bar())
    status = _print_check(options, document, DONE_IN_PART)
    if not options.json:
        print(document["note"])
    if not options.json and document["unrecorded"]:
        print(f"{document['unrecorded']} pictures at the end are in the video only, not counted.")
    return status


def _differences(reader: "SessionReader") -> "list[Problem]":
    """The first event that the same inputs do not give again; none when replay is exact."""
    from guidance_app.runtime.recompute import recompute
    from guidance_app.session.format import COMPUTED_AGAIN_FROM
    from guidance_app.session.manifest import Problem

    if reader.manifest.format < COMPUTED_AGAIN_FROM:
        print(EARLIER_FORMAT, file=sys.stderr)
        return []
    facts = (record.facts for record in reader.frames)
    for step in recompute(facts, reader.engine_events()):
        if step.again != step.recorded:
            what = f"event {step.recorded.index} comes out differently when computed again"
            return [Problem("journal.mcap", what)]
    return []


def _print_check(options: argparse.Namespace, document: "CheckDocument", otherwise: int) -> int:
    if options.json:
        _print_document(document)
    else:
        for problem in document["problems"]:
            print(f"{problem['where']}: {problem['what']}")
        verdict = "ok" if document["ok"] else "not complete"
        print(f"{verdict}: {document['frames']} frames, {document['events']} events intact")
    return DONE if document["ok"] else otherwise


def _print_document(document: object) -> None:
    print(json.dumps(document, indent=2))
