"""Cameras as Qt Multimedia names them; skipped where its own libraries are missing."""

import pytest
from pytestqt.qtbot import QtBot

pytest.importorskip("PyQt6.QtMultimedia", exc_type=ImportError)


def test_every_camera_that_qt_knows_is_listed_by_its_name(qtbot: QtBot) -> None:
    from PyQt6.QtMultimedia import QMediaDevices

    from guidance_app.ui.attached_cameras import attached_cameras

    known = [device.description() for device in QMediaDevices.videoInputs()]
    assert [name for name, _ in attached_cameras()] == known
