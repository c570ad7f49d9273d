"""The lanes of the time line: shape beside colour, and nobody's name in a blinded one."""

from guidance_app.domain.commands import CommandOutcome, GuidanceSwitched, MomentMarked
from guidance_app.domain.people import Person, Role
from guidance_app.domain.snapshot import TruthState
from guidance_app.presentation.lanes import LOOKS, Bar, Height, Tick, happenings, lane_views
from guidance_app.presentation.view import Tone
from guidance_app.session.format import FaultRecord
from guidance_app.session.review import Mark, Rating, Review
from guidance_app.training.timeline import Lane, Stretch, Timeline, read_timeline

PERSON = Person("OP-77", Role.OPERATOR)
WHEN = "2026-05-05T10:00:00+00:00"
REVIEW = Review(
    marks=[Mark(0, 30, 30, "too fast", "T-5", WHEN), Mark(1, 40, 60, "calm", "T-5", WHEN)],
    ratings=[Rating("block", "ab", "T-6", WHEN, {})],
)


def timeline() -> Timeline:
    outcomes = [
        CommandOutcome(1, 10, 0, GuidanceSwitched(True, PERSON), "No live picture."),
        CommandOutcome(2, 20, 0, MomentMarked("seen", PERSON)),
    ]
    found = read_timeline(outcomes, 100)
    lost = Stretch(50, 70, TruthState.LOST)
    return Timeline(0, 100, {Lane.PICTURE: (lost,)}, found.outcomes, (), *[found.snapshot_ns] * 2)


def test_everything_lies_in_its_lane() -> None:
    lanes = {lane.name: lane for lane in lane_views(timeline(), [FaultRecord(5, "full")], REVIEW)}
    assert list(lanes) == list(Lane)
    refused = "guidance switched on, OP-77: refused. No live picture."
    assert lanes[Lane.GUIDANCE].ticks == (Tick(10, refused, Tone.CAUTION),)
    assert lanes[Lane.FAULTS].ticks == (Tick(5, "full", Tone.ALARM),)
    assert lanes[Lane.MARKS].ticks == (Tick(20, "seen, OP-77"), Tick(30, "too fast"))
    assert lanes[Lane.MARKS].bars == (Bar(40, 60, "calm", Tone.NORMAL),)
    assert lanes[Lane.PICTURE].bars == (Bar(50, 70, "LOST", Tone.ALARM, Height.LOW),)
    assert lanes[Lane.RATINGS].bars[0].words == "block, rated by T-6"


def test_blinded_lanes_name_nobody_and_show_no_judgement() -> None:
    shown = repr(lane_views(timeline(), [], REVIEW, blinded=True))
    for hidden in ("OP-77", "T-5", "T-6", "too fast", "calm", "block"):
        assert hidden not in shown
    assert "guidance switched on" in shown


def test_what_happened_can_be_jumped_to() -> None:
    lanes = lane_views(timeline(), [], REVIEW)
    assert list(happenings(lanes)) == [10, 20, 30, 40, 50]
    assert happenings(lanes)[50] == "Picture: LOST"


def test_states_are_told_apart_without_colour() -> None:
    live, late, lost = (LOOKS[state][1] for state in ("LIVE", "LATE", "LOST"))
    assert live > late > lost
