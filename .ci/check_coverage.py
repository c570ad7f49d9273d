"""Ends with 1 when a part that must be well tested is not. Usage: check_coverage.py REPORT.json.

Says nothing when all is well, so that the test summary stays the last thing printed.
"""

import json
import sys
from pathlib import Path

FLOOR_PERCENT = 95.0
PARTS = (
    "drivers/codecs/",
    "guidance_app/processing/area.py",
    "guidance_app/processing/device_times.py",
    "guidance_app/processing/rhythm.py",
    "guidance_app/processing/truth.py",
    "guidance_app/session/",
    "guidance_app/domain/",
)
FIELDS = {
    "branches": ("num_branches", "missing_branches"),
    "statements": ("num_statements", "missing_lines"),
}
"""What is counted, and where the report has its total and what is missing of it."""


def percent_covered(summaries: list[dict[str, int]], what: str) -> float:
    """Covered share of the branches or statements of some files."""
    total_field, missing_field = FIELDS[what]
    total = sum(summary[total_field] for summary in summaries)
    missing = sum(summary[missing_field] for summary in summaries)
    return 100.0 * (total - missing) / total if total else 100.0


def below_floor(files: dict[str, dict[str, dict[str, int]]]) -> list[str]:
    """One sentence for each figure of a part that is below the floor."""
    sentences = []
    for part in PARTS:
        summaries = [record["summary"] for name, record in files.items() if name.startswith(part)]
        if not summaries:
            sentences.append(f"{part}: nothing of it is in the report.")
        for what in FIELDS:
            percent = percent_covered(summaries, what)
            if percent < FLOOR_PERCENT:
                sentences.append(f"{part}: {percent:.1f} % of its {what} are tested.")
    return sentences


def main() -> int:
    """Print what is below the floor; 1 when there is anything."""
    sentences = below_floor(json.loads(Path(sys.argv[1]).read_text())["files"])
    if sentences:
        print(*sentences, f"At least {FLOOR_PERCENT:.0f} % are needed.", sep="\n")
    return 1 if sentences else 0


if __name__ == "__main__":
    sys.exit(main())
