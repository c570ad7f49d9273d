"""A settings file of the test's own, and the command."""

from pathlib import Path

import pytest
from debriefs import Debrief

from guidance_app import config
from guidance_app.cli import main


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What is remembered for a device is remembered here."""
    path = tmp_path / "settings.json"
    monkeypatch.setattr(config, "settings_file", lambda: path)
    return path


@pytest.fixture
def debrief(tmp_path: Path, qapp: object) -> Debrief:
    """The page and the pages that the command makes of a session."""

    def make(session: Path, *options: str) -> tuple[str, bytes]:
        folder = tmp_path / f"made-{len(list(tmp_path.glob('made-*')))}"
        folder.mkdir()
        assert main(["debrief", str(session), "--to", str(folder), *options]) == 0
        (page,), (pdf,) = folder.glob("*.html"), folder.glob("*.pdf")
        return page.read_text("utf-8"), pdf.read_bytes()

    return make
