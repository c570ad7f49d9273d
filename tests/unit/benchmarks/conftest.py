"""The workbench's modules are found as they are when it runs: beside each other."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[3] / "benchmarks"))
