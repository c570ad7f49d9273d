"""`guidance devices`: what is attached and could be opened, and why not."""

import argparse
import json
import sys
from dataclasses import asdict

from guidance_app.bootstrap import chain_delays, discover
from guidance_app.domain.chain_delay import device_key
from guidance_app.presentation.source_words import device_words


def run(options: argparse.Namespace) -> int:
    """The command; returns the exit status."""
    delays = chain_delays(lambda sentence: print(f"guidance: {sentence}", file=sys.stderr))
    found = [(d, delays.get(device_key(d))) for d in discover()]
    if options.json:
        document = [
            asdict(device) | {"chain_delay": asdict(delay) if delay else None}
            for device, delay in found
        ]
        print(json.dumps(document, indent=2))
        return 0
    for device, delay in found:
        print(*device_words(device, delay), sep="\n")
    return 0
