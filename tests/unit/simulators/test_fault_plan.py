"""Fault plans: when an entry is active, what a wrong plan is told, which drills ship."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from drivers.api.errors import DeviceError, NotFound, ProtocolViolation
from simulators.fault_kinds import KINDS, Freeze, Unplug
from simulators.fault_plan import drills, load_plan

SECOND_NS = 1_000_000_000
LONGEST_SENTENCES = 600
ROOT = Path(__file__).resolve().parents[3]
DOCUMENT = ROOT / "docs" / "fault-plans.md"
DRILLS = ROOT / "simulators" / "drills"


def plan_file(folder: Path, text: str) -> str:
    path = folder / "plan.yaml"
    path.write_text(text)
    return str(path)


def _delays(*entries: tuple[float, ...]) -> str:
    """Each at a time, by milliseconds, and for so long if that is given."""
    written = [
        {"kind": kind, "at": at_s, f"{kind}_ms": late_ms} | ({"for": over[0]} if over else {})
        for kind, (at_s, late_ms, *over) in zip(("delay", "jitter"), entries, strict=True)
    ]
    return yaml.safe_dump({"faults": written})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("faults: [{kind: frost, at: 5}]", 'entry 1: there is no fault "frost"'),
        ("faults: [{kind: freeze, at: 1}, {at: 5}]", "entry 2: there is no fault"),
        ("faults: [{kind: freeze, at: -1}]", 'entry 1 (freeze): expected a number >= 0.0 at "at"'),
        ("faults: [{kind: freeze, at: soon}]", "expected a number, got a text"),
        ("faults: [{kind: freeze, at: .nan}]", "entry 1 (freeze)"),
        ("faults: [{kind: freeze, for: 1}]", 'missing required field "at"'),
        ("faults: [{kind: delay, at: 1, dealy_ms: 3}]", 'unknown field "dealy_ms"'),
        ("faults: [{kind: delay, at: 1, delay_ms: 60000}]", "<= 5000.0"),
        ("faults: [{kind: burst, at: 1}]", "a burst needs a for of at most 5"),
        ("faults: [{kind: drop, at: 1, every: 2, for: 2}]", "needs a for that is shorter"),
        ("faults: [{kind: drop, at: 1, every: 2}]", "needs a for that is shorter"),
        ("faults: [{kind: drop, at: 1, probability: 2}]", "Write it like {kind: drop, at: 5"),
        ("faults: [{kind: resize, at: 1, size: large}]", "a size is written 640x480"),
        ("faults: [{kind: resize, at: 1, size: 4x4}]", "16 to 8192 pixels"),
        ("faults: [{kind: console_freeze, at: 1, area_px: [0, 0, 9]}]", "area_px: [0, 0, 640,"),
        ("faults: 3", "expected a list"),
        ("faults: [{kind: freeze,\n at: 2024-13-45}]", "line 2 holds a date or a number that"),
        ("seed: " + "9" * 5000 + "\nfaults: []", "line 1 holds a date or a number that"),
        ("seed: 0x" + "f" * 5000 + "\nfaults: []", "line 1 holds a date or a number that"),
        ("seed: !!timestamp soon\nfaults: []", "line 1 holds a date or a number that"),
        ("faults: [!!map 3]", "line 1 is not YAML"),
        ("faults: [{kind: drop, at: 1, for: 1.0e-11, every: 1.0e-10}]", "a number >= 0.001"),
        ("faults: []", "it lists no faults"),
        (_delays((0, 3000), (5, 2001)), "with entry 2 what goes on at once is a delay of 5.001 s"),
        (_delays((0, 3000, 6), (5, 2001)), "a delay of 5.001 s"),
        (
            "faults: [{kind: delay, at: 0, for: 1, every: 9, delay_ms: 3000},"
            " {kind: jitter, at: 5, jitter_ms: 2001}]",
            "with entry 2 what goes on at once is a delay of 5.001 s",
        ),
        ("sead: 4\nfaults: []", 'unknown field "sead"'),
        ("seed: -4\nfaults: []", 'at "seed"'),
        ("seed: [", "line 1 is not YAML"),
        ("", "expected names with values, got nothing"),
        ("#" * 2_000_000, "larger than a plan"),
    ],
)
def test_a_wrong_plan_is_told_where_and_what_to_write(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ProtocolViolation) as refused:
        load_plan(plan_file(tmp_path, text))
    assert 'The fault plan "plan.yaml": ' in str(refused.value)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value) and len(str(refused.value)) < LONGEST_SENTENCES
    assert refused.value.advice.endswith(".")


def test_delays_one_after_the_other_may_be_long_each(tmp_path: Path) -> None:
    text = _delays((0, 5000, 5), (5, 5000))
    assert len(load_plan(plan_file(tmp_path, text)).faults) == 2


@pytest.mark.parametrize("for_wire", [False, True])
def test_an_unknown_kind_is_told_the_kinds_that_apply(tmp_path: Path, for_wire: bool) -> None:
    with pytest.raises(ProtocolViolation) as refused:
        load_plan(plan_file(tmp_path, "faults: [{kind: frost, at: 5}]"), for_wire)
    assert ("dribble" in refused.value.advice) == for_wire
    assert ("freeze" in refused.value.advice) != for_wire
    assert "delay" in refused.value.advice


@pytest.mark.parametrize(
    ("fault", "for_wire", "said", "advice"),
    [
        ("dribble, at: 0, interval_ms: 5", False, "a source, only dribble", "simulate relay"),
        ("black, at: 0", True, "a wire, only black", "as faults= of an address"),
    ],
)
def test_a_plan_without_a_fault_that_fits_is_told_where_it_does(
    tmp_path: Path, fault: str, for_wire: bool, said: str, advice: str
) -> None:
    name = plan_file(tmp_path, f"faults: [{{kind: {fault}}}]")
    with pytest.raises(ProtocolViolation) as refused:
        load_plan(name, for_wire)
    assert f"it holds no fault of {said}" in str(refused.value)
    assert advice in refused.value.advice
    assert load_plan(name, not for_wire).faults


def test_a_plan_that_is_not_there_is_told_which_drills_exist(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="unplug"):
        load_plan(str(tmp_path / "absent.yaml"))


def test_every_drill_that_ships_can_be_named_and_says_what_it_is() -> None:
    assert {"unplug", "frozen-console", "late-video", "black-screen"} <= set(drills())
    for name in drills():
        plan = load_plan(name)
        assert plan.name == name and plan.faults
        assert yaml.safe_load((DRILLS / f"{name}.yaml").read_text("utf-8"))["title"]


def test_the_documented_examples_are_plans_and_show_every_kind(tmp_path: Path) -> None:
    blocks = DOCUMENT.read_text("utf-8").split("```yaml\n")[1:]
    plans = [load_plan(plan_file(tmp_path, block.split("```")[0])) for block in blocks]
    assert {fault.kind for plan in plans for fault in plan.faults} == set(KINDS)


@given(
    at=st.integers(0, 20),
    length=st.integers(1, 5),
    gap=st.integers(1, 9),
    moment=st.floats(0, 100, allow_nan=False),
)
def test_what_comes_again_is_active_in_its_windows_and_never_between(
    at: int, length: int, gap: int, moment: float
) -> None:
    fault = Freeze(at_s=at, for_s=length, every_s=length + gap)
    window = fault.window(round(moment * SECOND_NS))
    since_ns = round(moment * SECOND_NS) - at * SECOND_NS
    inside = since_ns >= 0 and since_ns % ((length + gap) * SECOND_NS) < length * SECOND_NS
    assert (window is not None) == inside
    if window is not None and window.end_ns is not None:
        assert window.end_ns - window.start_ns == length * SECOND_NS


def test_without_a_duration_a_fault_lasts_to_the_end() -> None:
    fault = Unplug(at_s=3)
    assert fault.window(3 * SECOND_NS - 1) is None
    for moment_s in (3, 1_000_000):
        window = fault.window(moment_s * SECOND_NS)
        assert window is not None and window.end_ns is None


def test_chance_depends_on_seed_entry_and_picture_alone(tmp_path: Path) -> None:
    text = yaml.safe_dump({"seed": 4, "faults": [{"kind": "drop", "at": 0}]})
    a, b = (load_plan(plan_file(tmp_path, text)) for _ in range(2))
    draws = [a.chance(place, number).random() for place in range(3) for number in range(3)]
    assert draws == [b.chance(place, number).random() for place in range(3) for number in range(3)]
    assert len(set(draws)) == 9
    other = load_plan(plan_file(tmp_path, "seed: 5\nfaults: [{kind: drop, at: 0}]"))
    assert other.chance(0, 0).random() != draws[0]


def test_a_refusal_is_a_device_error_like_any_other(tmp_path: Path) -> None:
    with pytest.raises(DeviceError):
        load_plan(str(tmp_path))
