"""Lines between novices and experts, against published ones."""

import pytest

from guidance_app.training.standard import Group, GroupsRefused, contrasting_groups


@pytest.mark.parametrize(
    ("novices", "experts", "line", "published"),
    [((1.5, 0.4), (4.4, 0.4), 2.95, 3.0), ((1.8, 0.2), (3.9, 0.5), 2.44, 2.5)],
)
def test_the_published_lines_of_osaus(
    novices: tuple[float, float], experts: tuple[float, float], line: float, published: float
) -> None:
    """M. G. Tolsgaard et al. 2014, from its means and deviations."""
    found = contrasting_groups(Group(*novices, 8), Group(*experts, 8))
    assert found.line == pytest.approx(line, abs=0.005)
    assert found.line == pytest.approx(published, abs=0.07)


def test_equal_spreads_cross_in_the_middle_and_misjudge_alike() -> None:
    found = contrasting_groups(Group(10.0, 2.0, 12), Group(14.0, 2.0, 12))
    assert found.line == pytest.approx(12.0)
    assert found.false_passes == pytest.approx(0.158655, abs=1e-6)
    assert found.false_fails == pytest.approx(found.false_passes)
    assert found.observed_passes([11.0, 11.9, 12.0, 13.0]) == 0.5


def test_at_the_line_both_densities_are_equal() -> None:
    found = contrasting_groups(Group.of([1, 2, 2, 4]), Group.of([5, 5, 6, 9, 7]))
    densities = [group.distribution.pdf(found.line) for group in (found.novices, found.experts)]
    assert densities[0] == pytest.approx(densities[1])


@pytest.mark.parametrize(
    ("novices", "experts", "words"),
    [
        ([3.0, 4.0], [1.0, 2.0], "no better"),
        ([3.0, 3.0], [5.0, 6.0], "are alike"),
        ([3.0], [5.0, 6.0], "two scores"),
        ([3.0, float("nan")], [5.0, 6.0], "two scores"),
        ([0.0, 20.0], [9.0, 10.1, 11.2], "overlap"),
    ],
)
def test_groups_that_show_no_line_are_refused(
    novices: list[float], experts: list[float], words: str
) -> None:
    with pytest.raises(GroupsRefused, match=words):
        contrasting_groups(Group.of(novices), Group.of(experts))
