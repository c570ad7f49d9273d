"""Rules that the import contracts and the linter cannot say."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("drivers", "guidance_app", "lab", "simulators")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))

FUNCTION_LINES = 60
MODULE_LINES = 400
HIGHGUI = {"imshow", "namedWindow", "waitKey", "selectROI", "createTrackbar"}
"""These start a second Qt inside the process, which can abort it."""
COSTLY = (
    "alembic",
    "argon2",
    "av",
    "fhir",
    "psycopg",
    "pyarrow",
    "pydantic",
    "pydicom",
    "pyqtgraph",
    "scipy",
    "sqlalchemy",
)


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text(encoding="utf-8"), filename=str(path)))


def at(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def test_sources_are_found() -> None:
    assert len(SOURCES) > 20


def test_modules_are_short() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert [at(path, n) for path, n in lengths.items() if n > MODULE_LINES] == []


def test_functions_are_short() -> None:
    long = [
        f"{at(path, node.lineno)} {node.name}"
        for path in SOURCES
        for node in nodes(path)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > FUNCTION_LINES
    ]
    assert long == []


def test_package_files_import_nothing() -> None:
    importing = [
        at(path, node.lineno)
        for path in SOURCES
        if path.name == "__init__.py"
        for node in nodes(path)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert importing == []


def test_no_opencv_windows() -> None:
    used = [
        at(path, node.lineno)
        for path in SOURCES
        for node in nodes(path)
        if (isinstance(node, ast.Attribute) and node.attr in HIGHGUI)
        or (isinstance(node, ast.Name) and node.id in HIGHGUI)
    ]
    assert used == []


@pytest.mark.skipif(
    find_spec("guidance_app.cli") is None, reason="there is no command line to import yet"
)
def test_the_command_line_starts_without_costly_libraries() -> None:
    report = "print(*sorted(set(sys.argv[1:]) & set(sys.modules)))"
    command = [sys.executable, "-c", f"import sys, guidance_app.cli; {report}", *COSTLY]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
