"""`guidance standard`: the pass line between two groups whose competence is known."""

import argparse
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from guidance_app.asked_figure import JudgementRefused, add_figure, chosen_figure, tell, why_none
from guidance_app.session.errors import SessionError

if TYPE_CHECKING:
    from guidance_app.training.past_attempts import Figure
    from guidance_app.training.standard import Group, Standard

DONE, FAILED = 0, 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `guidance standard` takes."""
    parser.description = (
        "The pass line between two groups whose competence is known (contrasting groups)."
    )
    for group in ("novices", "experts"):
        parser.add_argument(f"--{group}", type=Path, nargs="+", required=True, metavar="SESSION")
    add_figure(parser)
    parser.add_argument("--json", action="store_true", help="one JSON document")
    parser.set_defaults(handler=run)


def run(options: argparse.Namespace) -> int:
    """The command; returns the exit status."""
    from guidance_app.training.standard import GroupsRefused

    try:
        drawn = _draw(options)
    except (JudgementRefused, GroupsRefused, SessionError) as refused:
        tell(str(refused))
        return FAILED
    if options.json:
        print(json.dumps(drawn.document(), indent=2))
    else:
        print("\n".join(drawn.lines()))
    return DONE


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A pass line with what both groups come to."""

    figure: str
    unit: str
    better: str
    sign: float
    standard: "Standard"
    scores: tuple[tuple[float, ...], tuple[float, ...]]

    def document(self) -> dict[str, object]:
        """In JSON."""
        novices, experts = self._observed()
        return {
            "figure": self.figure,
            "unit": self.unit,
            "better": self.better,
            "cut": self.sign * self.standard.line,
            "novices": self._group(self.standard.novices)
            | {"false_pass": self.standard.false_passes, "false_pass_observed": novices},
            "experts": self._group(self.standard.experts)
            | {"false_fail": self.standard.false_fails, "false_fail_observed": experts},
        }

    def lines(self) -> Iterable[str]:
        """In words."""
        novices, experts = self._observed()
        line = f"{self.sign * self.standard.line:.3g} {self.unit}"
        yield f"{self.figure}: pass line {line}, {self.better} is better"
        for name, group, what, theory, seen in (
            ("novices", self.standard.novices, "pass", self.standard.false_passes, novices),
            ("experts", self.standard.experts, "fail", self.standard.false_fails, experts),
        ):
            yield (
                f"  {group.count} {name}, mean {self.sign * group.mean:.3g} ± "
                f"{group.deviation:.3g}: {100 * theory:.1f} % would wrongly {what} in theory, "
                f"{100 * seen:.1f} % did"
            )

    def _observed(self) -> tuple[float, float]:
        """Shares of novices that pass, and of experts that fail."""
        novices, experts = self.scores
        return self.standard.observed_passes(novices), 1 - self.standard.observed_passes(experts)

    def _group(self, group: "Group") -> dict[str, object]:
        return {"n": group.count, "mean": self.sign * group.mean, "sd": group.deviation}


def _draw(options: argparse.Namespace) -> _Drawn:
    from guidance_app.presentation.judgement_words import figure_title
    from guidance_app.training.past_attempts import Better
    from guidance_app.training.standard import Group, contrasting_groups

    figure = chosen_figure(options)
    sign = 1.0 if figure.better is Better.HIGHER else -1.0
    groups = [_group_scores(figure, getattr(options, name)) for name in ("novices", "experts")]
    novices, experts = (tuple(sign * one for one in scores) for scores, _ in groups)
    standard = contrasting_groups(Group.of(novices), Group.of(experts))
    unit = groups[0][1]
    return _Drawn(
        figure_title(figure), unit, figure.better.value, sign, standard, (novices, experts)
    )


def _group_scores(figure: "Figure", sessions: Iterable[Path]) -> tuple[list[float], str]:
    """Of each session; raises JudgementRefused where one has no such figure."""
    from guidance_app.training.past_attempts import read_past, value_of

    scores, unit = [], ""
    for session in sessions:
        attempt = read_past(session, scored=figure.form is None)
        found = value_of(figure, attempt)
        if found.value is None:
            raise JudgementRefused(
                f"{session.name} has no such figure. {why_none(figure, attempt)}"
            )
        scores.append(found.value)
        unit = found.unit
    return scores, unit
