"""`guidance curve`: how a trainee's attempts follow each other, as figures or in the window."""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from guidance_app.asked_figure import (
    JudgementRefused,
    add_figure,
    chosen_figure,
    tell,
    why_none,
)
from guidance_app.session.errors import SessionError

if TYPE_CHECKING:
    from guidance_app.training.past_attempts import Figure, PastAttempt
    from guidance_app.training.trainee_curve import CurvePoint, Rates, TraineeCurve

DONE, FAILED, DONE_IN_PART = 0, 1, 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.description = (
        "The attempts of a trainee in one figure, with CUSUM and LC-CUSUM where a pass line is "
        "given. Feedback, not certification: docs/judgement.md says why."
    )
    parser.add_argument("folder", type=Path, nargs="?", metavar="DIR", help="with the sessions")
    parser.add_argument(
        "--trainee", default="", metavar="PSEUDONYM", help="left out: all sessions are of one"
    )
    add_figure(parser)
    parser.add_argument(
        "--pass", type=float, dest="pass_line", metavar="VALUE", help="from which it succeeded"
    )
    parser.add_argument(
        "--rates", type=float, nargs=2, metavar=("P0", "P1"), help="of failure: 0.1 0.2"
    )
    parser.add_argument(
        "--risks", type=float, nargs=2, metavar=("ALPHA", "BETA"), help="of CUSUM: 0.1 0.1"
    )
    parser.add_argument(
        "--limit", nargs=2, metavar=("N", "RISK"), help="LC-CUSUM, by simulation: 50 0.1"
    )
    parser.add_argument(
        "--expert", type=Path, nargs="+", default=[], metavar="SESSION", help="mean ± SD beside it"
    )
    parser.add_argument("--json", action="store_true", help="one JSON document; opens no window")
    parser.set_defaults(handler=run)


def run(options: argparse.Namespace) -> int:
    """The command; returns the exit status."""
    from guidance_app.training.learning_curve import RatesRefused

    try:
        figure, rates = chosen_figure(options), _rates(options)
        scored = figure.form is None or not options.json  # the page offers all figures
        attempts, problems = _attempts(options, scored)
        experts = _experts(options.expert, figure, scored)
        curve = _curve(attempts, figure, options.pass_line, rates)
    except (JudgementRefused, RatesRefused, SessionError) as refused:
        tell(str(refused))
        return FAILED
    for problem in problems:
        tell(problem)
    if not options.json:
        return _show(options, attempts, figure, rates, experts)
    print(json.dumps(_document(options.trainee, curve, experts, problems), indent=2))
    return DONE_IN_PART if problems else DONE


def _rates(options: argparse.Namespace) -> "Rates":
    from guidance_app.training.trainee_curve import Rates

    usual = Rates()
    p0, p1 = options.rates or (usual.acceptable, usual.unacceptable)
    alpha, beta = options.risks or (usual.alpha, usual.beta)
    try:
        within, wrongly = options.limit or (usual.within, usual.wrongly)
        return Rates(p0, p1, alpha, beta, int(within), float(wrongly))
    except ValueError:
        raise JudgementRefused("--limit takes a number of attempts and a risk: 50 0.1.") from None


def _attempts(options: argparse.Namespace, scored: bool) -> tuple[list["PastAttempt"], list[str]]:
    """Of the trainee; raises JudgementRefused where there is none."""
    from guidance_app import config
    from guidance_app.training.past_attempts import sessions_of

    folder = options.folder or config.sessions_folder()
    if not folder.is_dir():
        raise JudgementRefused(f"{folder} is not a folder. Name the one that holds the sessions.")
    paths = sessions_of(folder, options.trainee)
    if not paths:
        whose = f" that {options.trainee} operated in" if options.trainee else ""
        raise JudgementRefused(f"There is no session{whose} in {folder}.")
    return _read(paths, scored)


def _read(paths: Sequence[Path], scored: bool) -> tuple[list["PastAttempt"], list[str]]:
    from guidance_app.progress import progress_bar
    from guidance_app.training.past_attempts import read_past

    attempts, problems, show = [], [], progress_bar()
    for done, path in enumerate(paths, 1):
        try:
            attempts.append(read_past(path, scored=scored))
        except SessionError as error:
            problems.append(f"{path.name} is left out. {error}")
        show(done / len(paths))
    return attempts, problems


def _experts(paths: Sequence[Path], figure: "Figure", scored: bool) -> tuple["PastAttempt", ...]:
    """Each has the figure; raises JudgementRefused."""
    from guidance_app.training.past_attempts import read_past, value_of

    if len(paths) == 1:
        raise JudgementRefused("One expert shows no spread. Name two or more after --expert.")
    experts = tuple(read_past(path, scored=scored) for path in paths)
    for one in experts:
        if value_of(figure, one).value is None:
            raise JudgementRefused(
                f"{one.session.name} has no such figure. {why_none(figure, one)}"
            )
    return experts


def _curve(
    attempts: Sequence["PastAttempt"], figure: "Figure", pass_line: float | None, rates: "Rates"
) -> "TraineeCurve":
    from guidance_app.training.trainee_curve import trainee_curve

    curve = trainee_curve(attempts, figure, pass_line, rates)
    if not curve.points:
        why = why_none(figure, curve.left_out[0]) if curve.left_out else ""
        raise JudgementRefused(f"No attempt has this figure. {why}".strip())
    return curve


def _show(
    options: argparse.Namespace,
    attempts: Sequence["PastAttempt"],
    figure: "Figure",
    rates: "Rates",
    experts: Sequence["PastAttempt"],
) -> int:
    """The window with the page in front; the rest of the application behind it."""
    from guidance_app import config
    from guidance_app.bootstrap import Desktop
    from guidance_app.rating_forms_in_use import forms_in_use
    from guidance_app.ui.curve_desk import CurveDesk

    desktop = Desktop(options.folder or config.sessions_folder())
    if not desktop.has_screen:
        tell("There is no screen to open a window on. Use --json.")
        return FAILED
    desk = CurveDesk(desktop.window, forms_in_use(tell), rates)
    return desktop.run(
        lambda: desk.show(options.trainee, attempts, figure, options.pass_line, experts)
    )


def _document(
    trainee: str, curve: "TraineeCurve", experts: Sequence["PastAttempt"], problems: Sequence[str]
) -> Mapping[str, object]:
    from guidance_app.presentation.curve_view import FEEDBACK
    from guidance_app.presentation.judgement_words import figure_title

    figure = curve.figure
    return {
        "trainee": trainee or None,
        "figure": figure.form.form.id if figure.form else figure.metric,
        "part": figure.part.value if figure.form else None,
        "title": figure_title(figure),
        "unit": curve.unit,
        "better": figure.better.value,
        "pass_line": curve.pass_line,
        "points": [_point(one) for one in curve.points],
        "left_out": [
            {"session": str(one.session), "why": why_none(figure, one)} for one in curve.left_out
        ],
        "experts": _band(experts, figure),
        **_judgement(curve),
        "warning": FEEDBACK,
        "problems": list(problems),
    }


def _point(one: "CurvePoint") -> dict[str, object]:
    return {
        "session": str(one.attempt.session),
        "started": one.attempt.started_utc,
        "value": one.value,
        "critical_missed": one.critical,
        "success": one.success,
    }


def _band(experts: Sequence["PastAttempt"], figure: "Figure") -> dict[str, object] | None:
    from guidance_app.training.trainee_curve import expert_group

    group = expert_group(experts, figure)
    return asdict(group) if group else None


def _judgement(curve: "TraineeCurve") -> dict[str, object]:
    found = curve.judgement
    if found is None:
        return {"cusum": None, "lc_cusum": None}
    cusum, learning, rates = found.cusum, found.learning, curve.rates
    return {
        "cusum": {
            "p0": cusum.acceptable,
            "p1": cusum.unacceptable,
            "alpha": cusum.alpha,
            "beta": cusum.beta,
            "s": cusum.step,
            "h0": cusum.acceptable_below,
            "h1": cusum.unacceptable_above,
            "shortest": cusum.shortest,
            "curve": list(found.heights),
        },
        "lc_cusum": {
            "pa": learning.adequate,
            "pu": learning.inadequate,
            "h": learning.limit,
            "within": rates.within,
            "risk": rates.wrongly,
            "curve": list(found.learned),
            "competent_after": found.competent_after,
        },
    }
