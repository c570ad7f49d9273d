"""Loading the knowledge, and one piece of advice from it.

The reference for loading parses the same YAML files and nothing more. Prints one JSON document:
median milliseconds, and ratios. Cold is measured in new processes, imports left out.
"""

import json
import statistics
import subprocess
import sys
import time
from importlib.resources import files

import yaml

from guidance_app.knowledge.advice import advise
from guidance_app.knowledge.cases import Plan
from guidance_app.knowledge.load import read_knowledge
from guidance_app.knowledge.planning import plan_case

COLD_RUNS, WARM_RUNS = 7, 300
GOALS_MS = {"cold": 50.0, "warm": 1.0}
COLD = """
import time
from guidance_app.knowledge import advice, cases, load, planning
began_s = time.perf_counter()
knowledge = load.shipped_knowledge()
case = planning.plan_case(knowledge, "sacroiliac-joint", "injection", cases.Plan.PALPATION)
advice.advise(knowledge, case)
print(1000 * (time.perf_counter() - began_s))
"""


def main() -> None:
    """Measure, and print one JSON document."""
    cold_ms = statistics.median(_cold_ms() for _ in range(COLD_RUNS))
    reference_ms = statistics.median(_parse_ms() for _ in range(COLD_RUNS))
    warm_ms = statistics.median(_warm_ms())
    figures = {
        "benchmark": "knowledge",
        "goals_ms": GOALS_MS,
        "cold_ms": round(cold_ms, 1),
        "warm_ms": round(warm_ms, 3),
        "reference": "parsing the same files",
        "reference_ms": round(reference_ms, 1),
        "ratio": round(cold_ms / reference_ms, 2),
    }
    print(json.dumps(figures))


def _cold_ms() -> float:
    done = subprocess.run([sys.executable, "-c", COLD], capture_output=True, text=True, check=True)
    return float(done.stdout)


def _parse_ms() -> float:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    texts = [
        file.read_text(encoding="utf-8")
        for file in files("guidance_app.knowledge").iterdir()
        if file.name.endswith(".yaml")
    ]
    began_s = time.perf_counter()
    for text in texts:
        yaml.load(text, Loader=loader)
    return 1000 * (time.perf_counter() - began_s)


def _warm_ms() -> list[float]:
    knowledge = read_knowledge(files("guidance_app.knowledge"))
    times_ms = []
    for _ in range(WARM_RUNS):
        began_s = time.perf_counter()
        case = plan_case(knowledge, "sacroiliac-joint", "injection", Plan.PALPATION)
        advise(knowledge, case)
        times_ms.append(1000 * (time.perf_counter() - began_s))
    return times_ms


if __name__ == "__main__":
    main()
