"""The figure of attempts that a command is asked about: a metric, or a part of a rating form."""

import argparse
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guidance_app.training.past_attempts import Figure, PastAttempt


class JudgementRefused(ValueError):
    """What was asked cannot be answered; `str()` says why."""


def add_figure(parser: argparse.ArgumentParser) -> None:
    """The choice of a figure: a metric, or a part of a rating form."""
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--metric", metavar="NAME", help="as guidance score names it")
    which.add_argument("--form", metavar="ID", help="what raters gave by this form")
    parser.add_argument(
        "--part", choices=["checklist", "scale"], default="scale", help="of the form"
    )
    parser.add_argument("--better", choices=["higher", "lower"], help="where that is not known")


def tell(sentence: str) -> None:
    """One sentence on standard error."""
    print(f"guidance: {sentence}", file=sys.stderr)


def chosen_figure(options: argparse.Namespace) -> "Figure":
    """The figure that was asked for; raises JudgementRefused."""
    from guidance_app.rating_forms_in_use import forms_in_use
    from guidance_app.training.past_attempts import BETTER, Better, Figure
    from guidance_app.training.rating_form import Part

    if options.form:
        forms = forms_in_use(tell)
        known = forms.find(options.form)
        if known is None:
            there = ", ".join(one.form.id for one in forms.forms)
            raise JudgementRefused(f"There is no form {options.form}. There are: {there}.")
        return Figure(Better.HIGHER, form=known, part=Part(options.part))
    better = options.better or BETTER.get(options.metric)
    if better is None:
        raise JudgementRefused(
            f"Whether more or less of {options.metric} is better is not known. "
            "Say it with --better higher or --better lower."
        )
    return Figure(Better(better), metric=options.metric)


def why_none(figure: "Figure", attempt: "PastAttempt") -> str:
    """Why an attempt has no such figure."""
    if figure.form is not None:
        return f"Nobody has rated it by {figure.form.form.id}, as that form is now."
    return attempt.unscored or "guidance score shows those that it has."
