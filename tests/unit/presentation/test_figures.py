"""How numbers are worded: the bedside rules for distances."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guidance_app.domain.trajectory import Measured, PlanMeasures, Violation
from guidance_app.presentation import figures


@pytest.mark.parametrize(
    ("mm", "sigma", "nearest", "at_most", "at_least"),
    [
        (24.4, 0.2, "24 mm", "24 mm", "25 mm"),
        (7.3, 0.2, "7.5 mm", "7.0 mm", "7.5 mm"),
        (7.3, 0.8, "7 mm", "7 mm", "8 mm"),
        (24.4, 1.5, "24 mm", "24 mm", "26 mm"),
        (0.04, 0.1, "0.0 mm", "< 0.5 mm", "0.5 mm"),
    ],
)
def test_lengths(mm: float, sigma: float, nearest: str, at_most: str, at_least: str) -> None:
    measured = Measured(mm, sigma)
    assert figures.nearest(measured) == nearest
    assert figures.at_most(measured) == at_most
    assert figures.at_least(measured) == at_least


def test_past_the_target_says_so_and_is_never_understated() -> None:
    past = PlanMeasures(to_target=Measured(2.6, 0.1), remaining=Measured(-2.6, 0.1))
    assert figures.to_target(past) == "-3.0 mm PAST"
    near = PlanMeasures(to_target=Measured(0.2, 0.1), remaining=Measured(0.2, 0.1))
    assert figures.to_target(near) == "< 0.5 mm"
    at_it = PlanMeasures(to_target=Measured(0.9, 0.1), remaining=Measured(-0.9, 0.1))
    assert figures.to_target(at_it) == "AT TARGET"  # no way that is left to go
    beside = replace(near, violations=(Violation.TIP_OUTSIDE_CORRIDOR,))
    assert figures.to_target(beside) == "OFF PATH"
    assert figures.to_target(PlanMeasures()) == ""


@given(st.floats(0.5, 200), st.floats(0, 5))
def test_a_remaining_distance_is_never_overstated(mm: float, sigma: float) -> None:
    text = figures.at_most(Measured(mm, sigma))
    shown = float(text.removeprefix("< ").removesuffix(" mm"))
    assert text.startswith("<") or shown <= mm + 1e-6


@given(st.floats(0.1, 200), st.floats(0, 5))
def test_no_figure_is_finer_than_its_accuracy(mm: float, sigma: float) -> None:
    assert figures.step_mm(Measured(mm, sigma)) >= sigma


def test_uncertainty_angle_and_time() -> None:
    assert figures.uncertainty(Measured(10, 0.3)) == "± 1 mm"
    assert figures.uncertainty(Measured(10, 0.05)) == "± 0.5 mm"
    assert figures.degrees(0.5411) == "31°"
    assert figures.seconds(192.7) == "03:12"
