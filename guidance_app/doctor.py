"""`guidance doctor`: why there is no picture or no recording, and how late a device is."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from guidance_app.arguments import positive_seconds

if TYPE_CHECKING:
    from guidance_app.diagnosis.findings import Finding

DONE, FAILED, WRONG_USAGE, DONE_IN_PART = 0, 1, 2, 3

LATENCY = "latency"
LONGEST_S = 30.0
"""A person aims a camera within this time."""

ABOUT = (
    "Finds out why there is no picture, or no recording: of the addresses, or of every device that "
    "is attached. `guidance doctor latency --video ADDRESS` shows a pattern on the screen and "
    "measures how late the device is that sees it."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.description = ABOUT
    parser.add_argument("what", nargs="*", metavar="ADDRESS", help=f'sources, or "{LATENCY}"')
    parser.add_argument("--video", metavar="ADDRESS", help=f"the device, for {LATENCY}")
    parser.add_argument(
        "--seconds",
        type=positive_seconds,
        metavar="N",
        help=f"longest time for {LATENCY}, {LONGEST_S:g}",
    )
    parser.add_argument("--json", action="store_true", help="one JSON document")
    parser.set_defaults(handler=run)


def run(options: argparse.Namespace) -> int:
    """The command; returns the exit status."""
    if options.what == [LATENCY]:
        if not options.video:
            return _refuse("say which device: guidance doctor latency --video ADDRESS")
        return _measure(options.video, options.seconds or LONGEST_S, options.json)
    if options.video or options.seconds:
        return _refuse("--video and --seconds belong to latency; else: guidance doctor ADDRESS")
    return _diagnose(options.what, options.json)


def _refuse(sentence: str) -> int:
    print(f"guidance: {sentence}", file=sys.stderr)
    return WRONG_USAGE


def _diagnose(addresses: Sequence[str], as_json: bool) -> int:
    from guidance_app import config
    from guidance_app.bootstrap import diagnose
    from guidance_app.screen import choose_platform

    findings = []
    for finding in diagnose(addresses, config.sessions_folder(), choose_platform()).findings():
        findings.append(finding)
        if not as_json:
            print(_words(finding))
    if as_json:
        checks = [asdict(finding) for finding in findings]
        print(json.dumps({"ok": exit_status(findings) == DONE, "checks": checks}, indent=2))
    return exit_status(findings)


def exit_status(findings: "Sequence[Finding]") -> int:
    """FAILED when a check failed, DONE_IN_PART when one is in doubt, else DONE."""
    from guidance_app.diagnosis.findings import Outcome

    outcomes = {finding.outcome for finding in findings}
    if Outcome.FAILED in outcomes:
        return FAILED
    return DONE_IN_PART if Outcome.WARNING in outcomes else DONE


def _words(finding: "Finding") -> str:
    advice = f"\n         {finding.advice}" if finding.advice else ""
    return f"{finding.outcome:8} {finding.what}{advice}"


def _measure(address: str, seconds: float, as_json: bool) -> int:
    from guidance_app.bootstrap import measure_chain_delay
    from guidance_app.presentation.source_words import chain_words
    from guidance_app.ui.chain_measurement import MeasurementFailed

    try:
        info, delay = measure_chain_delay(address, seconds)
    except MeasurementFailed as error:
        print(f"guidance: {error}", file=sys.stderr)
        return FAILED
    if as_json:
        print(json.dumps({"address": info.address, "identity": info.identity} | asdict(delay)))
    else:
        print(f"{info.name}: {chain_words(delay)}")
        print(f"95 % of {delay.count} pictures within {delay.p95_ms:.0f} ms. Kept for this device.")
    return DONE
