"""Sessions whose pictures bear their numbers, or a name, and what is read of them again."""

import base64
import io
import os
import re
import subprocess
from pathlib import Path

import av
import numpy as np
from PyQt6.QtCore import QBuffer, QSize
from PyQt6.QtGui import QImage, QPainter
from PyQt6.QtPdf import QPdfDocument
from random_checklists import OPERATOR
from recorded_procedures import STARTED, Session

from drivers.api.ports import SourceInfo
from drivers.api.samples import ImageU8, Origin, PictureGeometry, PixelFormat
from drivers.opencv import cv2
from guidance_app.domain.commands import LayoutFound, MomentKind, MomentMarked
from guidance_app.domain.picture_area import rectangle
from guidance_app.domain.snapshot import Guidance, GuidanceMode

BITS, SIDE_PX, TOP_PX = 8, 60, 80
SIZE_PX = (640, 480)
GEOMETRY = PictureGeometry(*SIZE_PX, PixelFormat.GRAY8)
GRABBER = SourceInfo("v4l2:/dev/video0", "USB3 capture", "serial 4711", Origin.DEVICE, 25.0)
ULTRASOUND = rectangle(80, 100, 559, 459)


def numbered(number: int) -> ImageU8:
    """A picture whose number stands in it as eight white or dark squares."""
    pixels = np.full((SIZE_PX[1], SIZE_PX[0]), 60, np.uint8)
    for bit in range(BITS):
        left = 80 + SIDE_PX * bit
        pixels[TOP_PX : TOP_PX + SIDE_PX, left : left + SIDE_PX] = 255 * (number >> bit & 1)
    return pixels


def number_in(shown: ImageU8, box: tuple[float, float, float]) -> int:
    """The number in a shown picture, whose own left, top and scale in it are `box`."""
    left, top, scale = box
    y = round(top + scale * (TOP_PX + SIDE_PX / 2))
    lit = [shown[y, round(left + scale * (80 + SIDE_PX * (b + 0.5)))] for b in range(BITS)]
    return sum((int(grey) > 70) << bit for bit, grey in enumerate(lit))


def numbered_session(folder: Path, pictures: int = 60) -> Path:
    """At uneven times: before each fifth picture something is marked, which takes its time."""
    session = Session(folder).do(STARTED)
    session.guidance = Guidance(GuidanceMode.ON)
    for number in range(pictures):
        if number % 5 == 4:
            session.do(*[MomentMarked("mark", OPERATOR)] * (number // 10))
        session.show(numbered(number))
    session.do(MomentMarked("injection begins", OPERATOR, MomentKind.INJECTION))
    return session.seal()


def banner(name: str, number: int = 0) -> ImageU8:
    """A console's screen: a name above, ultrasound below."""
    speckle = np.random.default_rng(number).integers(20, 60, SIZE_PX[::-1], dtype=np.uint8)
    pixels = np.where(np.indices(speckle.shape)[0] < 100, 0, speckle).astype(np.uint8)
    cv2.putText(pixels, name, (20, 64), cv2.FONT_HERSHEY_SIMPLEX, 1.6, 255, 3, cv2.LINE_AA)
    return pixels


def console_session(folder: Path, name: str, found: bool) -> Session:
    """A grabbed console; where its ultrasound lies was found from the start, or never."""
    session = Session(folder, GRABBER).do(STARTED)
    session.show(banner(name))
    if found:
        session.do(LayoutFound(0, ULTRASOUND, GEOMETRY))
    for number in range(1, 6):
        session.show(banner(name, number), MomentMarked("image stored", OPERATOR, MomentKind.IMAGE))
    return session


def clip_of(page: str) -> bytes:
    """The bytes of the clip in a page."""
    return base64.b64decode(re.search(r'src="data:video/mp4;base64,([^"]+)"', page)[1])


def pictures_in(clip: bytes) -> list[tuple[int, ImageU8]]:
    """Each picture of a clip with its time in ms."""
    with av.open(io.BytesIO(clip)) as container:
        stream = container.streams.video[0]
        return [
            (round(1000 * float(one.pts * stream.time_base)), one.to_ndarray(format="bgr24"))
            for one in container.decode(stream)
        ]


def words_seen_in(pixels: ImageU8) -> str:
    """What a reader of letters finds in a picture."""
    _, png = cv2.imencode(".png", pixels)
    command = ["tesseract", "stdin", "stdout", "--psm", "11"]
    alone = os.environ | {"OMP_THREAD_LIMIT": "1"}
    done = subprocess.run(command, input=png.tobytes(), capture_output=True, check=True, env=alone)
    return done.stdout.decode()


def pages_of(pdf: bytes) -> list[tuple[str, ImageU8]]:
    """The words of each page, and how it looks."""
    buffer, document = QBuffer(), QPdfDocument(None)
    buffer.setData(pdf)
    buffer.open(QBuffer.OpenModeFlag.ReadOnly)
    document.load(buffer)
    found = [
        (document.getAllText(n).text(), _page(document, n)) for n in range(document.pageCount())
    ]
    document.close()
    return found


def _page(document: QPdfDocument, number: int) -> ImageU8:
    image = QImage(QSize(1488, 2104), QImage.Format.Format_RGB32)
    image.fill(0xFFFFFFFF)
    painter = QPainter(image)
    painter.drawImage(0, 0, document.render(number, image.size()))
    painter.end()
    bits = image.constBits()
    bits.setsize(image.sizeInBytes())
    return np.frombuffer(bits, np.uint8).reshape(image.height(), -1, 4)[:, :, :3].copy()
