"""What is measured only where it is asked for is what a measurement of the whole picture gives."""

import numpy as np
import pytest

from drivers.opencv import cv2
from guidance_app.processing.needle.ridges import (
    CLIP,
    NEIGHBOURHOOD_PX,
    UNIT,
    Planes,
    Ridges,
    find_ridges,
)


@pytest.fixture(params=[(240, 320), (240, 20)])
def ridges(request: pytest.FixtureRequest) -> Ridges:
    rng = np.random.default_rng(3)
    noise = rng.normal(90.0, 60.0, request.param).astype(np.float32)
    grey = np.clip(cv2.GaussianBlur(noise, (0, 0), 1.5), 0, 255).astype(np.uint8)
    return find_ridges(grey, np.ones(grey.shape, np.bool_))


def test_layers_are_the_mean_of_the_slopes_around_each_pixel(ridges: Ridges) -> None:
    x, y = (cv2.Sobel(ridges.soft, cv2.CV_32F, *order, ksize=3) for order in ((1, 0), (0, 1)))
    square = NEIGHBOURHOOD_PX, NEIGHBOURHOOD_PX
    whole = cv2.blur(cv2.blur(cv2.merge([x * x, x * y, y * y]), square), square)
    rows, columns = ridges.xx.shape
    at_x, at_y = np.array([0, columns // 2, columns - 1]), np.array([rows - 1, rows // 2, 0])
    np.testing.assert_allclose(ridges.layers(at_x, at_y), whole[at_y, at_x], rtol=1e-4, atol=1e-6)


def test_each_plane_holds_the_responses_at_its_angle_whenever_it_is_asked_for(
    ridges: Ridges,
) -> None:
    angles = np.radians([-40.0, 0.0, 25.0])
    planes = Planes(ridges, angles)
    first, second = planes.at(np.array([2])).copy(), planes.at(np.array([[0, 2]]))
    xx, xy, yy = ridges.weights(angles).T * UNIT
    for angle, plane in ((2, first), (0, second), (2, second)):
        found = xx[angle] * ridges.xx + xy[angle] * ridges.xy + yy[angle] * ridges.yy
        expected = np.trunc(np.clip(found, -UNIT * CLIP, UNIT * CLIP))
        assert np.abs(plane[angle] - expected).max() <= 1  # a float may round the other way
        assert (plane[angle] == expected).mean() > 0.999
