"""An installation takes exactly the libraries that were tested."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PINNED = re.compile(r"[\w.\-]+(\[[\w,]+\])?==[\w.]+( ;.*)?( --hash=sha256:[0-9a-f]{64})+")


@pytest.mark.parametrize("name", sorted(path.name for path in ROOT.glob("requirements*.txt")))
def test_every_library_has_one_version_and_its_hashes(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    joined = re.sub(r"\s*\\\n\s*", " ", text)
    lines = [line for line in joined.splitlines() if line and not line.lstrip().startswith("#")]
    assert len(lines) > 10
    assert [line for line in lines if not PINNED.fullmatch(line)] == []
