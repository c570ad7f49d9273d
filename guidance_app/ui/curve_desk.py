"""What is asked for on the page of the learning curve: shown, with another figure or line."""

from collections.abc import Sequence
from dataclasses import replace

from PyQt6.QtCore import QObject

from guidance_app.presentation.curve_view import (
    CurveEntry,
    CurveView,
    chosen,
    curve_view,
    figure_options,
    of_other_figure,
)
from guidance_app.presentation.forms import EntryRefused
from guidance_app.presentation.view import Text, Tone
from guidance_app.training.form_files import Forms
from guidance_app.training.past_attempts import Figure, PastAttempt
from guidance_app.training.trainee_curve import Rates, expert_group, trainee_curve
from guidance_app.ui.main_window import MainWindow


class CurveDesk(QObject):
    """Holds the attempts of one trainee, read already; GUI thread."""

    def __init__(self, window: MainWindow, forms: Forms, rates: Rates) -> None:
        super().__init__()
        self._window, self._forms, self._rates = window, forms, rates
        self._trainee = ""
        self._attempts: tuple[PastAttempt, ...] = ()
        self._experts: tuple[PastAttempt, ...] = ()
        self._view: CurveView | None = None
        window.intents.curve_chosen.connect(self._choose)

    def show(
        self,
        trainee: str,
        attempts: Sequence[PastAttempt],
        figure: Figure,
        pass_line: float | None,
        experts: Sequence[PastAttempt] = (),
    ) -> None:
        """Bring the page to the front; the attempts are scored where metrics may be chosen."""
        self._trainee, self._attempts = trainee, tuple(attempts)
        self._experts = tuple(experts)
        self._window.show_curve(self._made(figure, pass_line))

    def _made(self, figure: Figure, pass_line: float | None) -> CurveView:
        curve = trainee_curve(self._attempts, figure, pass_line, self._rates)
        options = figure_options(self._attempts, self._forms)
        self._view = curve_view(self._trainee, curve, options, expert_group(self._experts, figure))
        return self._view

    def _choose(self, entry: CurveEntry) -> None:
        if self._view is None:
            return
        if entry.figure != self._view.entry.figure:
            entry = of_other_figure(entry)
        try:
            self._window.curve.render_view(self._made(*chosen(entry, self._forms)))
        except EntryRefused as refused:
            message = Text(str(refused), Tone.CAUTION)
            self._window.curve.render_view(replace(self._view, message=message))
