"""Shapes of bodies: what is worked out at once is what each would say by itself."""

import numpy as np
import pytest

from simulators.anatomy.shapes import measured
from simulators.anatomy.sites import SITES, make_body


@pytest.mark.parametrize("site", SITES)
def test_distance_and_depth_at_once_are_those_of_each_shape(site: str) -> None:
    points = np.random.default_rng(1).uniform(-30.0, 60.0, (3, 400))
    for structure in make_body(site, 3).structures:
        distance, deep = measured(structure.shape, points)
        assert np.array_equal(distance, structure.shape.distance_mm(points))
        assert deep == pytest.approx(structure.shape.deep_mm(points), abs=1e-9)
