"""Cameras as Qt Multimedia names them; skipped where its own libraries are missing."""

import pytest
from pytestqt.qtbot import QtBot

pytest.importorskip("PyQt6.QtMultimedia", exc_type=ImportError)


def test_every_camera_that_qt_knows_is_listed_with_its_identity(qtbot: QtBot) -> None:
    from PyQt6.QtMultimedia import QMediaDevices

    from guidance_app.ui.attached_cameras import attached_cameras

    known = [bytes(device.id().data()).decode() for device in QMediaDevices.videoInputs()]
    found = attached_cameras()
    assert [device.identity for device in found] == known
    assert [device.address for device in found] == [f"camera:{n}" for n in range(len(known))]
