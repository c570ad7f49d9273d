"""`guidance simulate …`: simulated devices and faults on real wires, until they are stopped."""

import argparse
import contextlib
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from drivers.api.address import parse_address, public_text
from drivers.api.errors import NotFound
from guidance_app.progress import progress_bar

if TYPE_CHECKING:
    from drivers.api.ports import VideoSource
    from simulators.servers.relay import FaultyRelay
    from simulators.servers.serving import Server

DONE, FAILED = 0, 1
MOST_FRAMES = 1_000_000
LATEST_S = 3600
SIMULATED = "sim"
"""Scheme of what may be served: never the picture of a patient."""


def add_simulate(parser: argparse.ArgumentParser) -> None:
    """Describe the command to `parser`."""
    kinds = parser.add_subparsers(title="what", metavar="WHAT", required=True)
    relay = kinds.add_parser("relay", help="put faults into what a network device sends (TCP)")
    relay.add_argument("--to", required=True, type=_host_and_port, metavar="HOST:PORT")
    relay.add_argument(
        "--faults", required=True, metavar="PLAN", help="a file, or the name of a drill"
    )
    _add_port(relay)
    relay.set_defaults(handler=_relay)
    video = kinds.add_parser("video", help="serve a simulated picture as network video")
    _add_source(video)
    video.add_argument(
        "--protocol", choices=("mjpeg", "rtsp"), default="mjpeg", help="default: mjpeg"
    )
    video.set_defaults(handler=_video)
    igtl = kinds.add_parser("igtl", help="serve a simulated picture and pose by OpenIGTLink")
    _add_source(igtl)
    igtl.set_defaults(handler=_igtl)

    dataset = kinds.add_parser("dataset", help="write frames with their truth")
    dataset.add_argument(
        "--scenario", required=True, metavar="ID", help="one that ships, or a file"
    )
    dataset.add_argument("--frames", required=True, type=_count, metavar="N")
    dataset.add_argument(
        "--from",
        dest="from_s",
        type=_seconds,
        metavar="S",
        help="second of the scene to begin with; default: one before the needle goes in",
    )
    dataset.add_argument("--out", required=True, type=Path, metavar="DIR", help="a new folder")
    dataset.set_defaults(handler=_dataset)


def _add_source(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--source", required=True, metavar="ADDRESS", help="sim:knee, for example")
    _add_port(parser)


def _add_port(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=_port, default=0, metavar="N", help="default: a free one")


def _relay(options: argparse.Namespace) -> int:
    from simulators.fault_plan import load_plan
    from simulators.servers.relay import FaultyRelay

    plan = load_plan(options.faults, for_wire=True)
    left_out = sorted({fault.kind for fault in plan.faults if not fault.on_wire})
    with _saying_taken(options.port):
        relay = FaultyRelay(options.to, plan, port=options.port)
    if left_out:
        print(f"guidance: left out on a wire: {', '.join(left_out)}", file=sys.stderr)
    return _serve(relay)


def _video(options: argparse.Namespace) -> int:
    from simulators.servers.rtsp import RtspServer
    from simulators.servers.video import MjpegServer

    kind = RtspServer if options.protocol == "rtsp" else MjpegServer
    source = _simulated_source(options.source)
    with _saying_taken(options.port):
        server = kind(source, options.port)
    return _serve(server)


def _igtl(options: argparse.Namespace) -> int:
    from simulators.servers.igtl import IgtlServer
    from simulators.sources import pose_of

    source, pose = _simulated_source(options.source), pose_of(parse_address(options.source))
    with _saying_taken(options.port):
        server = IgtlServer(source, options.port, pose=pose)
    return _serve(server)


def _dataset(options: argparse.Namespace) -> int:
    from simulators.dataset import DatasetRefused
    from simulators.scenario import ScenarioRefused

    try:
        _write_dataset(options)
    except ScenarioRefused as refused:
        print(f'guidance: the scenario "{options.scenario}": {refused}', file=sys.stderr)
        return FAILED
    except DatasetRefused as refused:
        print(f"guidance: {refused}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("guidance: interrupted; nothing was written.", file=sys.stderr)
        return FAILED
    print(options.out)
    return DONE


def _write_dataset(options: argparse.Namespace) -> None:
    import msgspec

    from simulators.dataset import needle_goes_in, write_dataset
    from simulators.pictures import RATE_HZ, build_pictures
    from simulators.scenario import load_scenario

    scenario, told = load_scenario(options.scenario), progress_bar()
    pictures = build_pictures(scenario)
    from_s = options.from_s
    write_dataset(
        pictures,
        options.frames,
        options.out,
        lambda n: told(n / options.frames),
        first=needle_goes_in(pictures) if from_s is None else round(from_s * RATE_HZ),
        scenario=msgspec.to_builtins(scenario),
    )


def _simulated_source(text: str) -> "VideoSource":
    from guidance_app.bootstrap import create_source

    if parse_address(text).scheme != SIMULATED:
        raise NotFound(
            f'"{public_text(text)}"',
            "open",
            "only simulated pictures are served",
            "Write sim:knee, for example.",
        )
    return create_source(text)


def _serve(server: "Server[Any] | FaultyRelay") -> int:
    """Until interrupted; the first line printed is the address to connect to."""
    with server, contextlib.suppress(KeyboardInterrupt):
        print(server.address, flush=True)
        threading.Event().wait()
    return DONE


@contextlib.contextmanager
def _saying_taken(port: int) -> Iterator[None]:
    """Say in a sentence that a port cannot be had."""
    try:
        yield
    except OSError as error:
        cause = f"it cannot be used ({os.strerror(error.errno or 0)})"
        raise NotFound(f"The port {port}", "open", cause, "Leave --port out.") from None


def _host_and_port(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not (host and colon):
        raise argparse.ArgumentTypeError(
            f"write HOST:PORT, for example 192.168.0.20:8080, not {text}"
        )
    return host.strip("[]"), _port(port)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= MOST_FRAMES):
        raise argparse.ArgumentTypeError(f"frames go from 1 to {MOST_FRAMES}, not {text}")
    return int(text)


def _seconds(text: str) -> float:
    value = float(text) if text.replace(".", "", 1).isdigit() else -1.0
    if not 0.0 <= value <= LATEST_S:
        raise argparse.ArgumentTypeError(f"seconds go from 0 to {LATEST_S}, not {text}")
    return value


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise argparse.ArgumentTypeError(f"a port is a number from 1 to 65535, not {text}")
    return int(text)
