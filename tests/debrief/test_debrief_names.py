"""Nobody is named: not in the bytes of what is given away, and not in its pictures."""

import ast
import base64
import html
import io
import re
import shutil
from pathlib import Path

import av
import numpy as np
import pytest
from debrief_sessions import GRABBER, clip_of, console_session, pages_of, pictures_in, words_seen_in
from debriefs import Debrief
from recorded_procedures import Session
from seeded_sessions import IDENTIFIERS, NAME, seeded_session

from drivers.api.samples import ImageU8, PictureGeometry, PixelFormat
from drivers.opencv import cv2
from guidance_app.debriefing.burned_in import burned_in
from guidance_app.debriefing.shown import PublicScreen
from guidance_app.debriefing.words import SENTENCES
from guidance_app.domain.commands import LayoutFound
from guidance_app.presentation.recorded import RecordedScreen
from guidance_app.processing import truth
from guidance_app.processing.sector import find_area
from guidance_app.session.reader import SessionReader

needs_reader = pytest.mark.skipif(
    shutil.which("tesseract") is None, reason="tesseract-ocr is not installed"
)


def found_in(page: str, pdf: bytes) -> set[str]:
    """Identifiers in a page and its clip, and in pages for paper and what is said of them."""
    clip = clip_of(page)
    with av.open(io.BytesIO(clip)) as container:
        told = f"{container.metadata} {[one.metadata for one in container.streams]}"
    texts = [text for text, _ in pages_of(pdf)]
    everything = "\n".join(
        [
            html.unescape(page),
            *(raw.decode("latin-1") + raw.decode("utf-16-be", "replace") for raw in (clip, pdf)),
            *texts,
            " ".join(" ".join(texts).split()),
            told,
        ]
    ).lower()
    return {one for one in IDENTIFIERS if one.lower() in everything}


def test_nothing_that_may_name_somebody_is_in_the_bytes(tmp_path: Path, debrief: Debrief) -> None:
    page, pdf = debrief_in_part(seeded_session(tmp_path), tmp_path)
    assert found_in(page, pdf) == set()
    for sentence in ("Training and research. Not for clinical decisions.", "texts. --with-notes"):
        assert sentence in page
        assert any(sentence in " ".join(text.split()) for text, _ in pages_of(pdf))


def test_what_people_typed_is_kept_where_that_is_asked_for(tmp_path: Path, qapp: object) -> None:
    page, pdf = debrief_in_part(seeded_session(tmp_path), tmp_path, "--with-notes")
    found = found_in(page, pdf)
    assert len(found) > 6  # the search above would have seen them
    assert "it may name somebody. Read it before you give it away" in page


def test_nothing_that_may_name_somebody_is_said_on_a_picture(tmp_path: Path) -> None:
    with SessionReader(seeded_session(tmp_path)) as reader:
        screen = PublicScreen(reader, burned_in(reader, None, unmasked=False))
        views = [moment.view for moment in screen.moments()]
        recorded = " ".join(map(repr, reader.snapshots()))
    assert any(one.banner.text for one in views)
    assert [one for one in IDENTIFIERS if any(one in repr(view) for view in views)] == []
    assert any(one in recorded for one in IDENTIFIERS)


def test_every_sentence_about_a_picture_is_kept() -> None:
    """Those that the program gives for a picture that is not live, as its source has them."""
    tree = ast.parse(Path(truth.__file__).read_text("utf-8"))
    given = [node for node in ast.walk(tree) if isinstance(node, ast.Yield | ast.Return)]
    texts = [node for one in given for node in ast.walk(one) if isinstance(node, ast.Constant)]
    sentences = {one.value for one in texts if re.fullmatch(r"[A-Z].* .*\.", str(one.value))}
    assert len(sentences) >= 9
    assert {text for text in sentences if text not in SENTENCES} == set()


def debrief_in_part(session: Path, folder: Path, *options: str) -> tuple[str, bytes]:
    """Of a session that lacks something."""
    from guidance_app.cli import DONE_IN_PART, main

    for kind in ("html", "pdf"):
        status = main(["debrief", str(session), "--to", str(folder / f"a.{kind}"), *options])
        assert status == DONE_IN_PART
    return (folder / "a.html").read_text("utf-8"), (folder / "a.pdf").read_bytes()


@needs_reader
def test_a_name_in_the_banner_is_in_no_picture(tmp_path: Path, debrief: Debrief) -> None:
    session = console_session(tmp_path, NAME.upper(), found=True).seal()
    bare = debrief(session, "--unmasked")
    assert "whoever made this page has asked for that" in bare[0]
    for kind, pictures in pictures_of(*bare).items():  # the reader does read, where there is one
        assert any(NAME in words_seen_in(one).title() for one in pictures), kind
    filled = debrief(session)
    assert "Outside of the ultrasound picture everything is filled" in filled[0]
    for kind, pictures in pictures_of(*filled).items():
        assert [one for one in map(words_seen_in, pictures) if NAME in one.title()] == [], kind


@needs_reader
@pytest.mark.parametrize("screen", ["30", "69", "34_main"])
def test_nothing_of_a_real_consoles_screen_is_left_but_its_ultrasound(
    tmp_path: Path, shared_data: Path, screen: str
) -> None:
    path = shared_data / "needle" / "janwolzenburg" / f"{screen}.png"
    pixels = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    session = Session(tmp_path, GRABBER).show(pixels)
    geometry = PictureGeometry(pixels.shape[1], pixels.shape[0], PixelFormat.GRAY8)
    session.do(LayoutFound(0, find_area(pixels, []), geometry)).show(pixels)
    with SessionReader(session.seal()) as reader:
        moment = RecordedScreen(reader).at_place(1)
        filled = burned_in(reader, None, unmasked=False).filled(moment.frame, moment.snapshot.frame)
    institution, day = "Fachhochschule", r"\d\d:\d\d:\d\d"
    bare, left = words_seen_in(pixels), words_seen_in(filled.pixels)
    assert institution in bare and re.search(day, bare)
    assert re.findall(r"[A-Za-z]{3,}|\d+[:/]\d+", left) == []


def pictures_of(page: str, pdf: bytes) -> dict[str, list[ImageU8]]:
    """Of the clip, of the key pictures in the page, and the paper on which they are."""
    jpegs = re.findall(r'src="data:image/jpeg;base64,([^"]+)"', page)
    return {
        "clip": [pixels for _, pixels in pictures_in(clip_of(page))][:5],
        "page": [_decoded(base64.b64decode(one)) for one in jpegs[:3]],
        "paper": [pixels for text, pixels in pages_of(pdf) if "Key pictures" in text],
    }


def _decoded(jpeg: bytes) -> ImageU8:
    return cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
