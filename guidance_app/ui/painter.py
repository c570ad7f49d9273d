"""A frame and its view record painted: on the screen, into a PNG, into a clip, always the same.

The picture keeps its proportions and its greys. Whole-number enlargement repeats pixels;
anything between is interpolated linearly, because repeated rows of unequal height would shift
edges by up to half a pixel and make the speckle crawl. Below half size pixels are averaged.
Equal inputs give equal pixels on one system with one set of fonts.
"""

import numpy as np
from PyQt6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PyQt6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPen

from drivers.api.samples import ImageU8, PixelFormat, VideoFrame
from drivers.opencv import cv2
from guidance_app import PURPOSE
from guidance_app.presentation.view import PictureView, Text, Tone
from guidance_app.ui import theme
from guidance_app.ui.lettering import CENTRE, draw_text
from guidance_app.ui.overlay_layer import OverlayLayer
from guidance_app.ui.placement import Placement, place_picture
from guidance_app.ui.shapes import paint_shapes

WATERMARK_SHARE = 0.028
BANNER_CAP_SHARE = 0.047
"""11.6 mm of cap height where the picture has the height it has on a 24" full-HD screen."""
LABEL_CAP_SHARE = 0.017
GUIDE_CAP_SHARE = 0.037
"""9.3 mm of cap height likewise: what is read from two metres."""
PURPOSE_SHARE = 0.045

_TO_BGRA = {
    PixelFormat.GRAY8: cv2.COLOR_GRAY2BGRA,
    PixelFormat.BGR24: cv2.COLOR_BGR2BGRA,
}


def picture_area(target: QRect, view: PictureView) -> QRect:
    """The part of the target left for the picture.

    A watermark takes a border, and a quiet banner a line below: somebody plans on that
    picture. A loud banner lies over the picture, which is dimmed and must not jump. What to do with
    the needle has a line of its own.
    """
    area = _framed(target, view.watermark)
    quiet = bool(view.banner.text) and not _is_loud(view.banner)
    banner = _banner_box(target, area, view.banner).height() * quiet
    return area.adjusted(0, 0, 0, -banner - _guide_height(target, view))


def paint_picture(
    painter: QPainter,
    target: QRect,
    frame: VideoFrame | None,
    view: PictureView,
    layer: OverlayLayer,
) -> Placement | None:
    """Paint everything a view says about a frame; returns where the picture lies.

    Without a frame only the banner and the watermark are painted. `layer` keeps what need
    not be drawn again for the next frame.
    """
    painter.fillRect(target, QColor(theme.GROUND))
    area = picture_area(target, view)
    placement = None
    if frame is not None:
        height_px, width_px = frame.pixels.shape[:2]
        placement = place_picture(width_px, height_px, area)
        _paint_pixels(painter, placement, frame, view.brightness)

    def draw(over: QPainter) -> None:
        if placement is not None:
            paint_shapes(over, placement, view.primitives, LABEL_CAP_SHARE * target.height())
        _paint_watermark(over, target, view.watermark)

    layer.paint(painter, target, (placement, view.primitives, view.watermark), draw)
    _paint_guide(painter, target, view)
    _paint_banner(painter, target, view)
    return placement


def render_image(
    frame: VideoFrame | None, view: PictureView, width_px: int, height_px: int
) -> QImage:
    """The picture as it would be shown, with its purpose below; for reports and clips.

    Any thread; a QGuiApplication must exist because text is drawn.
    """
    image = QImage(width_px, height_px, QImage.Format.Format_RGB32)
    footer = round(height_px * PURPOSE_SHARE)
    painter = QPainter(image)
    target = QRect(0, 0, width_px, height_px - footer)
    paint_picture(painter, target, frame, view, OverlayLayer())
    box = QRect(0, height_px - footer, width_px, footer)
    painter.fillRect(box, QColor(theme.GROUND))
    draw_text(painter, QRectF(box), PURPOSE, footer * 0.45, theme.TEXT, align=CENTRE)
    painter.end()
    return image


def _paint_pixels(
    painter: QPainter, placement: Placement, frame: VideoFrame, brightness: float
) -> None:
    device = painter.device()
    ratio = device.devicePixelRatioF() if device is not None else 1.0
    size = (round(placement.box.width() * ratio), round(placement.box.height() * ratio))
    pixels = resize_pixels(_dim(frame.pixels, brightness), *size)
    # Qt would convert these formats itself, at three times the cost.
    shown = cv2.cvtColor(pixels, _TO_BGRA[frame.pixel_format])
    image = QImage(  # type: ignore[call-overload]  # the stub knows no buffers
        shown.data, *size, shown.strides[0], QImage.Format.Format_RGB32
    )
    image.setDevicePixelRatio(ratio)
    painter.drawImage(placement.box.topLeft(), image)


def _dim(pixels: ImageU8, brightness: float) -> ImageU8:
    if brightness >= 1.0:
        return pixels
    return cv2.convertScaleAbs(pixels, alpha=brightness).astype(np.uint8, copy=False)


def resize_pixels(pixels: ImageU8, width: int, height: int) -> ImageU8:
    """The pixels at another size, contiguous; see the module for the interpolation."""
    old_height, old_width = pixels.shape[:2]
    if (width, height) == (old_width, old_height):
        return np.ascontiguousarray(pixels)
    whole = width % old_width == 0 and height % old_height == 0
    shrunk = width * 2 < old_width
    method = cv2.INTER_NEAREST if whole else cv2.INTER_AREA if shrunk else cv2.INTER_LINEAR
    resized = cv2.resize(pixels, (width, height), interpolation=method)
    return resized.astype(np.uint8, copy=False)


def _border_px(target: QRect) -> int:
    return max(16, round(min(target.width(), target.height()) * WATERMARK_SHARE))


def _paint_watermark(painter: QPainter, target: QRect, word: str) -> None:
    if not word:
        return
    painter.save()
    border = _border_px(target)
    painter.setPen(QPen(QColor(theme.MUTED), 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(target.adjusted(border - 2, border - 2, 1 - border, 1 - border))
    for turn, corner, length in _sides(target):
        painter.save()
        painter.translate(QPointF(corner))
        painter.rotate(turn)
        _paint_words(painter, QRectF(border, 0, length - 2 * border, border - 2), word)
        painter.restore()
    painter.restore()


def _sides(target: QRect) -> list[tuple[float, QPoint, int]]:
    """Turn, starting corner and length of the four sides, to draw along."""
    left, top, width, height = target.getRect()
    right, bottom = left + width, top + height
    return [
        (0.0, QPoint(left, top), width),
        (90.0, QPoint(right, top), height),
        (0.0, QPoint(left, bottom - _border_px(target) + 2), width),
        (270.0, QPoint(left, bottom), height),
    ]


def _paint_words(painter: QPainter, band: QRectF, word: str) -> None:
    count = max(1, int(band.width() / (band.height() * 18)))
    step = band.width() / count
    for index in range(count):
        box = QRectF(band.left() + index * step, band.top(), step, band.height())
        draw_text(painter, box, word, band.height() * 0.55, theme.TEXT, bold=True, align=CENTRE)


def _framed(target: QRect, watermark: str) -> QRect:
    border = _border_px(target) if watermark else 0
    return target.adjusted(border, border, -border, -border)


def _is_loud(banner: Text) -> bool:
    return banner.tone in (Tone.ALARM, Tone.CAUTION)


def _guide_height(target: QRect, view: PictureView) -> int:
    return round(GUIDE_CAP_SHARE * target.height() * 2.2) if view.guide is not None else 0


def _paint_guide(painter: QPainter, target: QRect, view: PictureView) -> None:
    """One line of constant height, so that the picture stays where it is."""
    height = _guide_height(target, view)
    if view.guide is None or not view.guide.text:
        return
    area = picture_area(target, view)
    cap_px, colour = GUIDE_CAP_SHARE * target.height(), theme.TONE_COLOURS[view.guide.tone]
    box = QRectF(area.left() + cap_px, area.bottom() + 1, area.width() - 2 * cap_px, height)
    draw_text(painter, box, view.guide.text, cap_px, colour, bold=True, align=CENTRE)


def _banner_cap(target: QRect, banner: Text) -> float:
    return BANNER_CAP_SHARE * target.height() * (1.0 if _is_loud(banner) else 0.5)


def _banner_box(target: QRect, area: QRect, banner: Text) -> QRect:
    """The lower part of the area, as high as one or two lines of the banner's text."""
    cap_px = _banner_cap(target, banner)
    metrics = QFontMetrics(theme.font_of(theme.pixel_size(cap_px), bold=_is_loud(banner)))
    fits = metrics.horizontalAdvance(banner.text) <= area.width() - 2 * cap_px
    height = round(cap_px * (0.8 + 1.65 * (1 if fits else 2)))
    return QRect(area.left(), area.bottom() + 1 - height, area.width(), height)


def _paint_banner(painter: QPainter, target: QRect, view: PictureView) -> None:
    if not view.banner.text:
        return
    box = _banner_box(target, _framed(target, view.watermark), view.banner)
    cap_px, colour = _banner_cap(target, view.banner), theme.TONE_COLOURS[view.banner.tone]
    painter.fillRect(box, QColor(theme.GROUND))
    painter.fillRect(QRect(box.left(), box.top(), box.width(), 3), QColor(colour))
    inner, bold = QRectF(box).adjusted(cap_px, 3, -cap_px, 0), _is_loud(view.banner)
    draw_text(painter, inner, view.banner.text, cap_px, colour, bold=bold, align=CENTRE)
