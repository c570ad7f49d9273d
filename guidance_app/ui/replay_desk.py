"""Runs the trainer's workspace: which moment is shown, what it is compared with, what is noted."""

from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from drivers.api.ports import Clock
from guidance_app.presentation.lanes import LaneView, happenings, lane_views
from guidance_app.presentation.recorded import RecordedScreen, ShownMoment
from guidance_app.presentation.replay_view import (
    MarkRow,
    SessionView,
    mark_rows,
    moment_view,
    transport,
)
from guidance_app.presentation.score_view import score_rows
from guidance_app.presentation.sessions import SessionRow, recorded_title
from guidance_app.presentation.view import Tone
from guidance_app.runtime.needle_watch import Search
from guidance_app.runtime.playback import Playback
from guidance_app.training.timeline import next_picture
from guidance_app.ui.replay_actions import ReplayAction
from guidance_app.ui.replay_beside import Beside, LookAgain, OtherBeside, scale_factor
from guidance_app.ui.replay_notes import ReplayNotes
from guidance_app.ui.replay_player import ReplayPlayer
from guidance_app.ui.replay_rating import ReplayRating
from guidance_app.ui.replay_reader import OpenedSession, ReplayReader
from guidance_app.ui.replay_screen import ReplayScreen, Side

BLINDED = "Rated blinded. What a console writes into its own picture is not hidden."
STILL_READING = "The time line is still being read."
MOVES = frozenset(
    {
        *(ReplayAction.PLAY, ReplayAction.SNAPSHOT_BACK, ReplayAction.SNAPSHOT_ON),
        *(ReplayAction.SECOND_BACK, ReplayAction.SECOND_ON, ReplayAction.BEGIN, ReplayAction.END),
        *(ReplayAction.SLOWER, ReplayAction.FASTER, ReplayAction.MARK),
        *(ReplayAction.LOOP_FROM, ReplayAction.LOOP_TO, ReplayAction.LOOP_OFF),
    }
)
"""What needs nothing but the snapshots, and goes before all is read."""


class ReplayDesk(QObject):
    """One recording at a time; GUI thread."""

    left = pyqtSignal()
    """The workspace is left."""
    said = pyqtSignal(str, object)
    """A sentence for the last line, and its tone."""
    strip_shown = pyqtSignal(object)
    """The StateStrip of the moment."""

    def __init__(
        self,
        screen: ReplayScreen,
        clock: Clock,
        sessions: Callable[[], tuple[SessionRow, ...]],
        create_search: Callable[[], Search],
        rating: ReplayRating,
    ) -> None:
        """`sessions` are those to compare with; `create_search` is today's search."""
        super().__init__()
        self._screen, self._rating = screen, rating
        self._sessions, self._create_search = sessions, create_search
        self._reader: ReplayReader | None = None
        self._recorded: RecordedScreen | None = None
        self._opened: OpenedSession | None = None
        self._beside: Beside | None = None
        self._player = ReplayPlayer(clock)
        self._moment: ShownMoment | None = None
        self._lanes: tuple[LaneView, ...] = ()
        self._curve = 0
        self._offered: tuple[SessionRow, ...] = ()
        self._notes = ReplayNotes(screen.notes)
        self._connect()

    def _connect(self) -> None:
        self._player.moved.connect(self._ask)
        self._player.said.connect(self.said)
        self._screen.acted.connect(self.act)
        self._screen.sought.connect(self.seek)
        self._screen.session_chosen.connect(self._compare_with)
        self._screen.scale_typed.connect(self._rescale)
        self._screen.notes.chosen.connect(self._go_to_note)
        self._notes.changed.connect(self._show_session)
        self._notes.said.connect(self.said)
        self._rating.said.connect(self.said)
        self._rating.changed.connect(self._show_rating)

    @property
    def moment(self) -> ShownMoment | None:
        """What is shown."""
        return self._moment

    @property
    def playback(self) -> Playback:
        """Where it stands and how it runs."""
        return self._player.playback

    def open(self, path: Path) -> None:
        """Begin to open a recording; what was open is closed."""
        self.close()
        self._reader = ReplayReader(path)
        self._reader.begun.connect(self._show_begun)
        self._reader.opened.connect(self._show_opened)
        self._reader.shown.connect(self._show_moment)
        self._reader.refused.connect(self._refuse)
        self._notes.open(path)
        self.said.emit(f"Opening {path.name} …", Tone.NORMAL)
        self._reader.start()

    def close(self) -> None:
        """Stop, and release every file; idempotent."""
        self._player.stop()
        self._rating.close()
        self._end_comparison()
        if self._reader is not None:
            self._reader.stop()
        self._reader = self._recorded = self._opened = self._moment = None

    def act(self, action: ReplayAction) -> None:
        """Do what a key or a button asks for; nothing but leaving before it is open."""
        if action is ReplayAction.LEAVE and self._rating.is_open:
            self._rating.leave()
        elif action is ReplayAction.LEAVE:
            self.close()
            self.left.emit()
        elif self._recorded is not None and action in MOVES:
            self._move(action, self._recorded)
        elif self._opened is not None:
            self._do(action, self._opened)
        else:
            self.said.emit(STILL_READING, Tone.NORMAL)

    def seek(self, time_ns: int) -> None:
        """Go to a time of the recording."""
        if self._recorded is not None:
            self._player.seek(time_ns)

    def _move(self, action: ReplayAction, recorded: RecordedScreen) -> None:
        """What needs no more than the snapshots."""
        match action:
            case ReplayAction.SNAPSHOT_BACK:
                self._go_to_place(recorded, self._place() - 1)
            case ReplayAction.SNAPSHOT_ON:
                self._go_to_place(recorded, self._place() + 1)
            case ReplayAction.MARK:
                self._begin_note()
            case _:
                self._player.act(action)

    def _do(self, action: ReplayAction, opened: OpenedSession) -> None:
        """What needs all that is known of the recording."""
        match action:
            case ReplayAction.STEP_BACK:
                self._step_picture(opened, -1)
            case ReplayAction.STEP_ON:
                self._step_picture(opened, 1)
            case ReplayAction.EVENT_BACK | ReplayAction.EVENT_ON:
                self._go_to_event(1 if action is ReplayAction.EVENT_ON else -1)
            case ReplayAction.CURVE:
                self._curve = (self._curve + 1) % len(opened.timeline.curves)
                self._show_curve(opened)
            case ReplayAction.FIGURES | ReplayAction.NOTES:
                self._screen.show_side(Side[action.name])
            case ReplayAction.WITHDRAW:
                self._screen.notes.withdraw_chosen()
            case ReplayAction.RATE:
                self._rate(opened)
            case _:
                self._compare(action, opened)

    def _rate(self, opened: OpenedSession) -> None:
        if self._rating.is_open:
            self._rating.leave()
        else:
            self._end_comparison()
            self._rating.open(opened.path)

    def _show_rating(self) -> None:
        self._screen.show_rating(self._rating.is_open)
        if self._opened is not None:
            self._notes.open(self._opened.path)
            self._show_session()
        if self._moment is not None:
            self._render(self._moment)

    def _place(self) -> int:
        """Of the snapshot that is asked for, which may not be shown yet."""
        return self._recorded.place_at(self._player.position_ns) if self._recorded else 0

    def _ask(self) -> None:
        """Show where it stands, and the moment there as soon as it was read."""
        position_ns, playback = self._player.position_ns, self._player.playback
        if self._reader is not None:
            self._reader.ask_time(position_ns)
        view = transport(playback, position_ns)
        self._screen.show_transport(view, position_ns, playback.loop_ns)

    def _step_picture(self, opened: OpenedSession, step: int) -> None:
        if self._recorded is not None:
            place = next_picture(opened.timeline, self._place(), step)
            self._go_to_place(self._recorded, place)

    def _go_to_place(self, recorded: RecordedScreen, place: int) -> None:
        """Stand at one snapshot, exactly at the time it was made."""
        self._player.pause()
        inside = min(max(place, 0), len(recorded.times_ns) - 1)
        self.seek(recorded.times_ns[inside])

    def _go_to_event(self, step: int) -> None:
        here_ns = self._player.position_ns
        events = happenings(self._lanes)
        later = [one for one in events if one > here_ns]
        earlier = [one for one in events if one < here_ns]
        goal = later[:1] if step > 0 else earlier[-1:]
        for time_ns in goal:
            self.seek(time_ns)
            self.said.emit(events[time_ns], Tone.NORMAL)

    def _begin_note(self) -> None:
        self._player.pause()
        here_ns = self._player.position_ns
        self._notes.begin(*(self._player.playback.loop_ns or (here_ns, here_ns)))
        self._screen.begin_note()

    def _go_to_note(self, row: MarkRow) -> None:
        self._player.pause()
        self.seek(row.time_ns)

    def _compare(self, action: ReplayAction, opened: OpenedSession) -> None:
        if action is ReplayAction.ALIGN:
            if self._beside is not None:
                self.said.emit(self._beside.next_alignment(), Tone.NORMAL)
        elif self._beside is not None:
            self._end_comparison()
        elif action is ReplayAction.AGAIN:
            self._look_again(opened, self._create_search, 1.0)
        elif action is ReplayAction.RESCALE:
            self._screen.ask_scale()
        else:
            self._offer_sessions(opened)
        self._show_curve(opened)
        self._ask()

    def _look_again(
        self, opened: OpenedSession, search: Callable[[], Search] | None, scale_factor: float
    ) -> None:
        if self._recorded is not None:
            pictures = self._screen.pictures
            self._beside = LookAgain(opened, self._recorded, pictures, search, scale_factor)

    def _rescale(self, typed: str) -> None:
        factor = scale_factor(typed)
        if factor is None:
            self.said.emit(f'"{typed}" is no factor between 0.2 and 5.', Tone.CAUTION)
        elif self._opened is not None:
            self._screen.leave_side()
            self._look_again(self._opened, None, factor)
            self._ask()

    def _offer_sessions(self, opened: OpenedSession) -> None:
        self._offered = tuple(row for row in self._sessions() if Path(row.path) != opened.path)
        if not self._offered:
            self.said.emit("There is no other session to compare with.", Tone.NORMAL)
            return
        words = tuple(f"{row.when} · {row.person} · {row.procedure}" for row in self._offered)
        self._screen.offer_sessions(words, tuple(row.path for row in self._offered))

    def _compare_with(self, path: str) -> None:
        if self._opened is None:
            return
        row = next(one for one in self._offered if one.path == path)
        title = f"{row.when} · {row.person} · {row.procedure}"
        self._beside = OtherBeside(self._opened, self._screen.pictures, Path(path), title)
        self._beside.aligned.connect(self._show_ghost)
        self._screen.leave_side()
        self._ask()

    def _end_comparison(self) -> None:
        if self._beside is not None:
            self._beside.stop()
            self._beside = None
            self._screen.pictures.show_alone()

    def _is_of_before(self) -> bool:
        """A signal of a recording that was closed meanwhile had waited in Qt's queue."""
        return self.sender() is not self._reader

    def _show_begun(self, recorded: RecordedScreen, first_picture_ns: int) -> None:
        if self._is_of_before():
            return
        self._recorded = recorded
        self._player.begin(recorded.times_ns[0], recorded.times_ns[-1])
        self._player.seek(first_picture_ns)

    def _show_opened(self, opened: OpenedSession) -> None:
        if self._is_of_before():
            return
        self._opened = opened
        self._show_session()
        self._show_curve(opened)
        self.said.emit("", Tone.NORMAL)
        self._ask()

    def _show_session(self) -> None:
        opened, review = self._opened, self._notes.review
        if opened is None:
            return
        timeline = opened.timeline
        blinded = self._rating.blinded
        self._lanes = lane_views(timeline, opened.faults, review, blinded=blinded)
        problems = (*opened.problems, *review.problems)
        titled = (opened.procedure, opened.source, opened.started_utc)
        more = f" and {len(problems) - 1} more" if len(problems) > 1 else ""
        note = f"Not whole: {problems[0]}{more}" if problems else ""
        self._screen.show_session(
            SessionView(
                BLINDED if blinded else recorded_title(*titled),
                timeline.begin_ns,
                timeline.end_ns,
                self._lanes,
                timeline.curves,
                score_rows(opened.score) if opened.score else (),
                mark_rows(review.marks, timeline.begin_ns),
                note,
            )
        )

    def _show_curve(self, opened: OpenedSession) -> None:
        timeline = opened.timeline
        curve = timeline.curves[self._curve]
        self._screen.show_curve(curve, timeline.begin_ns, timeline.end_ns)
        self._show_ghost()

    def _show_ghost(self) -> None:
        if self._opened is not None:
            name = self._opened.timeline.curves[self._curve].name
            ghost = self._beside.ghost(name) if self._beside else None
            self._screen.curves.show_ghost(*(ghost or (None, 0)))

    def _show_moment(self) -> None:
        moment = self._reader.take() if self._reader else None
        if moment is None or self._recorded is None:
            return
        self._moment = moment
        self._render(moment)
        if self._beside is not None:
            self._beside.show(moment)

    def _render(self, moment: ShownMoment) -> None:
        if self._recorded is None:
            return
        known = self._opened is not None and not self._rating.blinded
        procedure = self._opened.procedure if self._opened and known else None
        view = moment_view(moment, self._recorded.source, procedure)
        self._screen.show_moment(view, moment.frame, moment.view)
        self.strip_shown.emit(view.strip)

    def _refuse(self, sentence: str) -> None:
        if self._is_of_before():
            return
        self.close()
        self.said.emit(sentence, Tone.ALARM)
        self.left.emit()
