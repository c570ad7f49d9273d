"""The time pattern as a camera sees it: tilted, blurred, unevenly lit, noisy, compressed."""

import numpy as np

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from guidance_app.processing.time_pattern import draw_pattern

CELL_PX = 16
SIZE = (640, 480)
SMALL = (320, 240)
"""A small camera: a cell of the pattern has 6 to 10 pixels."""


def seen_from(pattern: ImageU8, rng: np.random.Generator, size: tuple[int, int] = SIZE) -> ImageU8:
    """The pattern on a screen that fills most of the camera's picture, a little askew."""
    screen = np.repeat(np.repeat(pattern, CELL_PX, axis=0), CELL_PX, axis=1)
    height, width = screen.shape
    near = rng.uniform(0.05, 0.2)
    far = 1.0 - near
    square = [(near, near), (far, near), (far, far), (near, far)]
    corners = (np.array(square) + rng.uniform(-0.05, 0.05, (4, 2))) * size
    source = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    homography = cv2.getPerspectiveTransform(source, corners.astype(np.float32))
    return cv2.warpPerspective(screen, homography, size, flags=cv2.INTER_AREA, borderValue=40)


def spoiled(picture: ImageU8, rng: np.random.Generator, blur: float, noise: float) -> ImageU8:
    """Out of focus by `blur` pixels, darker to one side, with `noise` grey levels, as JPEG."""
    soft = cv2.GaussianBlur(picture, (0, 0), max(0.1, blur)).astype(np.float64)
    light = np.linspace(rng.uniform(0.4, 1.0), rng.uniform(0.4, 1.0), picture.shape[1])
    grey = soft * light + rng.uniform(0, 60) + rng.normal(0, noise, picture.shape)
    quality = int(rng.integers(25, 95))
    jpeg = cv2.imencode(
        ".jpg", np.clip(grey, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, quality]
    )[1]
    return np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_GRAYSCALE), np.uint8)


def camera_view(
    time_ms: int,
    rng: np.random.Generator,
    blur: float,
    noise: float,
    size: tuple[int, int] = SIZE,
) -> ImageU8:
    """Pattern, screen and camera in one."""
    return spoiled(seen_from(draw_pattern(time_ms), rng, size), rng, blur, noise)
