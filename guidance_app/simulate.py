"""`guidance simulate …`: simulated devices and faults on real wires, until they are stopped."""

import argparse
import contextlib
import sys
import threading

from drivers.api.errors import NotFound

DONE = 0


def add_simulate(parser: argparse.ArgumentParser) -> None:
    """Describe the command to `parser`."""
    kinds = parser.add_subparsers(title="what", metavar="WHAT", required=True)
    relay = kinds.add_parser("relay", help="put faults into what a network device sends (TCP)")
    relay.add_argument("--to", required=True, type=_host_and_port, metavar="HOST:PORT")
    relay.add_argument(
        "--faults", required=True, metavar="PLAN", help="a file, or the name of a drill"
    )
    relay.add_argument("--port", type=_port, default=0, metavar="N", help="default: a free one")
    relay.set_defaults(handler=_relay)


def _relay(options: argparse.Namespace) -> int:
    """Serve until interrupted; the first line printed is the address to connect to."""
    from simulators.fault_plan import load_plan
    from simulators.servers.relay import FaultyRelay

    plan = load_plan(options.faults, for_wire=True)
    left_out = sorted({fault.kind for fault in plan.faults if not fault.on_wire})
    try:
        relay = FaultyRelay(options.to, plan, port=options.port)
    except OSError as error:
        cause = f"it cannot be used ({error.strerror})"
        raise NotFound(f"The port {options.port}", "open", cause, "Leave --port out.") from None
    if left_out:
        print(f"guidance: left out on a wire: {', '.join(left_out)}", file=sys.stderr)
    with relay, contextlib.suppress(KeyboardInterrupt):
        print(relay.address, flush=True)
        threading.Event().wait()
    return DONE


def _host_and_port(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not (host and colon):
        raise argparse.ArgumentTypeError(
            f"write HOST:PORT, for example 192.168.0.20:8080, not {text}"
        )
    return host.strip("[]"), _port(port)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise argparse.ArgumentTypeError(f"a port is a number from 1 to 65535, not {text}")
    return int(text)
