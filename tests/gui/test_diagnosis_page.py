"""The button that asks why there is no picture, from both places, on real sources."""

import socket
from contextlib import closing

import numpy as np
import pytest
from desk import Desk
from mjpeg_server import MjpegServer
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from drivers.api.samples import ImageU8
from guidance_app.domain.snapshot import TruthState
from guidance_app.ui.actions import Action
from guidance_app.ui.diagnosis_page import ALL_WELL, LOOKING, SOME_WRONG


def noise(number: int) -> ImageU8:
    return np.random.default_rng(number).integers(60, 200, (240, 320), dtype=np.uint8)


def answers(desk: Desk) -> list[str]:
    """What stands on the page once all has been looked at."""
    page = desk.window.diagnosis
    desk.wait(lambda: page.isVisible() and page.verdict.text != LOOKING and page.findings.count())
    return [page.findings.item(row).text() for row in range(page.findings.count())]


def test_an_address_that_refuses_is_explained_on_a_page_with_a_way_back(
    desk: Desk, free_port: int
) -> None:
    desk.application.show_sources("")
    desk.window.source.address.setText(f"http://127.0.0.1:{free_port}/video")
    desk.window.source.why.click()
    assert desk.window.diagnosis.verdict.text == LOOKING
    assert not desk.window.diagnosis.again.isEnabled()
    found = answers(desk)
    told = f"takes no connection on port {free_port}.\nStart sending"
    assert any(told in text for text in found)
    assert desk.window.diagnosis.verdict.text == SOME_WRONG
    QTest.keyClick(desk.window.diagnosis, Qt.Key.Key_Escape)
    assert desk.window.source.isVisible()
    assert desk.window.source.address.text() == f"http://127.0.0.1:{free_port}/video"


@pytest.mark.usefixtures("roomy_disk")
def test_it_can_be_asked_again_when_something_was_done(desk: Desk) -> None:
    with MjpegServer(noise, rate_hz=25) as camera:
        camera.unplug()
        desk.application.show_sources(camera.url)
        desk.window.source.why.click()
        assert any("takes no connection" in text for text in answers(desk))
        camera.plug_in()
        desk.window.diagnosis.again.click()
        assert any("delivers pictures of 320x240" in text for text in answers(desk))
        assert desk.window.diagnosis.verdict.text == ALL_WELL


def test_from_the_live_screen_the_run_is_explained_and_goes_on(desk: Desk) -> None:
    with MjpegServer(noise, rate_hz=25) as camera:
        desk.open(camera.url)
        camera.unplug()
        desk.wait(lambda: desk.snapshot.truth.state is TruthState.LOST)
        desk.window.live.tools.buttons[Action.WHY].click()
        assert any("takes no connection" in text for text in answers(desk))
        camera.plug_in()
        desk.wait(lambda: desk.snapshot.truth.state is TruthState.LIVE)
        desk.window.diagnosis.back.click()
        assert desk.window.live.isVisible()


def test_the_screen_stays_usable_while_a_device_is_silent(desk: Desk) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        port = silent.getsockname()[1]
        desk.application.show_sources(f"http://127.0.0.1:{port}/video")
        desk.window.source.why.click()
        QApplication.processEvents()
        desk.window.diagnosis.back.click()
        assert desk.window.source.isVisible()
        desk.window.source.why.click()  # waits for the one before, and not on this thread
        assert desk.window.diagnosis.verdict.text == LOOKING
        desk.close()  # and then no thread is left behind


def test_a_simulator_in_the_field_does_not_keep_it_from_looking_for_devices(desk: Desk) -> None:
    desk.application.show_sources("sim:knee")
    desk.window.source.why.click()
    assert not any("Simulated knee" in text for text in answers(desk))
