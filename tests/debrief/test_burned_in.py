"""What a console writes beside the ultrasound is filled, or the debrief is not made."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from debrief_sessions import (
    GEOMETRY,
    GRABBER,
    ULTRASOUND,
    banner,
    console_session,
    numbered_session,
)
from debriefs import Debrief
from recorded_procedures import STARTED, Session

from guidance_app.cli import FAILED, main
from guidance_app.debriefing.burned_in import (
    AREA_WORDS,
    FILLING,
    MASK_WORDS,
    UNKNOWN,
    BurnedIn,
    burned_in,
)
from guidance_app.domain.commands import LayoutFound, LayoutLost, PictureMirrored
from guidance_app.presentation.recorded import RecordedScreen
from guidance_app.session.reader import SessionReader
from guidance_app.settings import BannerMask, load_settings

Capture = pytest.CaptureFixture[str]


def hidden(reader: SessionReader, filling: BurnedIn, number: int) -> np.ndarray:
    """Which pixels of a frame are filled; no picture has that tone elsewhere."""
    frame = RecordedScreen(reader).at_time(reader.frame(number).facts.stamp.arrival_ns).frame
    pixels = filling.filled(frame, reader.frame(number).facts).pixels
    assert np.array_equal(pixels[pixels != FILLING[1]], frame.pixels[pixels != FILLING[1]])
    return pixels == FILLING[1]


def outside() -> np.ndarray:
    whole = np.ones((GEOMETRY.height_px, GEOMETRY.width_px), bool)
    whole[100:460, 80:560] = False
    return whole


def show(session: Session, frames: int) -> Session:
    for number in range(frames):
        session.show(toneless(number % 3))
    return session


def toneless(number: int = 0) -> np.ndarray:
    """A console's screen without the tone that is filled with."""
    pixels = banner("A", number)
    return np.where(pixels == FILLING[1], FILLING[1] + 1, pixels).astype(np.uint8)


def test_only_the_ultrasound_is_left_while_it_is_known_where_it_lies(tmp_path: Path) -> None:
    session, found = Session(tmp_path, GRABBER).do(STARTED), LayoutFound(0, ULTRASOUND, GEOMETRY)
    show(session, 60).do(found)
    show(session, 2).do(LayoutLost(0))  # the newest, 61, shows another layout
    show(session, 1).do(found)  # of the layout before: too late
    show(session, 60).do(replace(found, number=1))
    show(session, 2).do(PictureMirrored())  # the newest, 124
    with SessionReader(show(session, 1).seal()) as reader:
        filling = burned_in(reader, None, unmasked=False)
        for number in (15, 59, 60, 80, 123):
            assert np.array_equal(hidden(reader, filling, number), outside()), number
        for number in (0, 9, 61, 62, 63, 124, 125):
            assert hidden(reader, filling, number).all(), number
        assert filling.words == AREA_WORDS


def test_named_rectangles_are_filled_besides_or_alone(tmp_path: Path) -> None:
    mask = BannerMask(GEOMETRY.width_px, GEOMETRY.height_px, ((200, 150, 40, 20),))
    named = np.zeros_like(outside())
    named[150:170, 200:240] = True
    for found, filled in ((True, outside() | named), (False, named)):
        (tmp_path / str(found)).mkdir()
        session = Session(tmp_path / str(found), GRABBER).show(toneless())
        session.do(*[LayoutFound(0, ULTRASOUND, GEOMETRY)] * found).show(toneless(1))
        with SessionReader(session.seal()) as reader:
            filling = burned_in(reader, mask, unmasked=False)
            assert np.array_equal(hidden(reader, filling, 1), filled)
            assert MASK_WORDS in filling.words
            other = BannerMask(320, 240, ((0, 0, 9, 9),))
            assert hidden(reader, burned_in(reader, other, unmasked=False), 1).all()


def test_where_nothing_is_known_nothing_is_made_until_a_person_says_what_to_fill(
    tmp_path: Path, debrief: Debrief, own_settings: Path, capsys: Capture
) -> None:
    session = console_session(tmp_path, "DOE", found=False).seal()
    to = tmp_path / "a.pdf"
    assert main(["debrief", str(session), "--to", str(to)]) == FAILED
    assert UNKNOWN in capsys.readouterr().err
    assert main(["debrief", str(session), "--to", str(to), "--mask", "0,0,641,9"]) == FAILED
    assert "640 x 480 pixels" in capsys.readouterr().err
    assert not to.exists()
    assert main(["debrief", str(session), "--to", str(to), "--mask", "0,0,640,100"]) == 0
    assert "remembered for this device" in capsys.readouterr().err
    kept = load_settings(own_settings, print).banner_masks
    assert kept == {"serial 4711": BannerMask(640, 480, ((0, 0, 640, 100),))}
    assert MASK_WORDS in debrief(session)[0]


def test_a_simulators_pictures_are_left_as_they_are(tmp_path: Path, debrief: Debrief) -> None:
    page, _ = debrief(numbered_session(tmp_path, 6))
    assert "from a simulator; nothing in them was filled" in page
