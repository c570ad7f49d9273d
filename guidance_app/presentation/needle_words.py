"""What is said of a needle: where it is, what to do, and what is not known."""

from guidance_app.domain.correction import Correction, Side, Task, Turn
from guidance_app.domain.guided_needle import GuidedNeedle, NeedleState
from guidance_app.presentation import figures
from guidance_app.presentation.view import Text, Tone

ADVANCES_UNSEEN = "Tip not visible. Stop, and find the tip before you advance."
TIP_NOT_VISIBLE = "Tip not visible"
FADING = "may leave the plane"
"""A cue, and worded as one."""

SIDES = {
    Side.ABOVE: "above the path",
    Side.BELOW: "below the path",
    Side.LEFT: "left of the path",
    Side.RIGHT: "right of the path",
}
TURNS = {
    Turn.STEEPER: "steeper by",
    Turn.FLATTER: "flatter by",
    Turn.LEFT: "tip left by",
    Turn.RIGHT: "tip right by",
}


def guide_line(needle: GuidedNeedle | None, live: bool) -> Text | None:
    """The one line below the picture; empty while that is not live, None where none was sought."""
    if needle is None:
        return None
    if not live:
        return Text("")
    if needle.advances_unseen:
        return Text(ADVANCES_UNSEEN, Tone.CAUTION)
    if needle.state is NeedleState.NONE:
        return Text(needle.reason, Tone.MUTED)
    if needle.state is NeedleState.TIP_NOT_VISIBLE:
        return Text(f"{TIP_NOT_VISIBLE}.")
    if needle.correction is None:
        return Text("Needle seen.")
    tone = Tone.CAUTION if needle.correction.task is Task.BLOCKED else Tone.NORMAL
    return Text(correction(needle.correction), tone)


def correction(asked: Correction) -> str:
    """ "Tip 2.0 mm above the path: steeper by 4°"."""
    match asked.task:
        case Task.ARRIVED:
            return "At the target: stop"
        case Task.BLOCKED:
            return "No-go ahead: do not advance"
        case Task.ADVANCE:
            return f"On the path: advance{_mm(asked.along_mm)}"
        case Task.WITHDRAW:
            return f"Past the target: withdraw{_mm(asked.along_mm)}"
        case Task.TURN:
            return _first_upper(f"{_where(asked)}{_turn(asked)}")
        case Task.WITHDRAW_AND_TURN:
            return _first_upper(f"withdraw{_mm(asked.along_mm)}, then {_turn(asked)}")


def _where(asked: Correction) -> str:
    if asked.side is None or asked.off_path_mm is None:
        return ""
    return f"tip {figures.length(asked.off_path_mm)} {SIDES[asked.side]}: "


def _turn(asked: Correction) -> str:
    if asked.turn is None:
        return ""
    return f"{TURNS[asked.turn]} {max(1.0, abs(asked.turn_deg)):.0f}°"


def _mm(along_mm: float | None) -> str:
    if along_mm is None:
        return ""
    return f" {figures.length(abs(along_mm))}" if along_mm else " < 0.5 mm"


def _first_upper(words: str) -> str:
    return words[:1].upper() + words[1:]
