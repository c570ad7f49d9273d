"""Records read back equal, or are refused before anything is written."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.api.samples import (
    DoseReading,
    Origin,
    PictureGeometry,
    PixelFormat,
    ScaledRegion,
    Stamp,
)
from guidance_app.domain.calibration import PixelScale
from guidance_app.domain.commands import (
    CommandOutcome,
    DoseReceived,
    LayoutFound,
    LayoutLost,
    ModalitySet,
    MomentMarked,
    NeedleSought,
    PictureMirrored,
    PlanChanged,
)
from guidance_app.domain.modality import Modality
from guidance_app.domain.needle import NeedleSight, SeenNeedle
from guidance_app.domain.people import Person, Role
from guidance_app.domain.picture_area import AreaShape, PictureArea
from guidance_app.domain.plan import Plan
from guidance_app.domain.scale_proposal import ScaleProposal
from guidance_app.domain.snapshot import (
    GRID_ROWS,
    FrameFacts,
    Guidance,
    GuidanceMode,
    GuidanceSnapshot,
    PictureContent,
    Truth,
    TruthState,
)
from guidance_app.domain.trajectory import measure
from guidance_app.processing.needle_guide import NeedleMemory, guide, remember
from guidance_app.session.errors import DamagedSession, RecordRefused
from guidance_app.session.format import (
    COMMANDS,
    FaultRecord,
    FrameRecord,
    Topic,
    VideoPlace,
    decode_command,
    decode_fault,
    decode_frame,
    decode_snapshot,
    encode_command,
    encode_fault,
    encode_frame,
    encode_snapshot,
    json_schema,
    video_name,
)

GEOMETRY = PictureGeometry(640, 480, PixelFormat.GRAY8)
ANY_FLOAT = st.floats(allow_nan=True, allow_infinity=True)


@given(st.tuples(ANY_FLOAT, ANY_FLOAT), st.lists(st.tuples(ANY_FLOAT, ANY_FLOAT), max_size=4))
def test_numbers_come_back_to_the_last_bit(
    target: tuple[float, float], outline: list[tuple[float, float]]
) -> None:
    plan = Plan(GEOMETRY, target_px=target, no_go=(tuple(outline),))
    outcome = CommandOutcome(3, 4, 5, PlanChanged(plan))
    finite = all(math.isfinite(value) for point in (target, *outline) for value in point)
    if finite:
        assert decode_command(encode_command(outcome)) == outcome
    else:
        with pytest.raises(RecordRefused):
            encode_command(outcome)


@given(st.text(st.characters(codec=None, exclude_categories=())), st.integers(0, 2**63 - 1))
def test_text_comes_back_or_is_refused(text: str, time_ns: int) -> None:
    fault = FaultRecord(time_ns, text)
    if any(0xD800 <= ord(character) <= 0xDFFF for character in text):
        with pytest.raises(RecordRefused):
            encode_fault(fault)
    else:
        assert decode_fault(encode_fault(fault)) == fault


def facts_with(region: ScaledRegion) -> FrameFacts:
    return FrameFacts(1, Stamp(2, 3, None), GEOMETRY, Origin.DEVICE, (region,), changed=True)


def test_numbers_from_numpy_are_stored_as_plain_ones() -> None:
    region = ScaledRegion(np.int64(0), 0, 9, 9, np.float64(0.1), np.float32(0.1))  # type: ignore[arg-type]
    record = FrameRecord(facts_with(region), VideoPlace(0, 0, 0, 7))
    decoded = decode_frame(encode_frame(record))
    assert decoded == record
    assert type(decoded.facts.regions[0].mm_per_px_x) is float


def test_a_value_of_no_known_kind_is_refused() -> None:
    region = ScaledRegion(0, 0, 9, 9, 0.1, object())  # type: ignore[arg-type]
    with pytest.raises(RecordRefused, match="A FrameRecord could not be recorded"):
        encode_frame(FrameRecord(facts_with(region), None))


def test_a_record_that_no_reader_would_take_is_refused() -> None:
    with pytest.raises(RecordRefused):
        encode_fault(FaultRecord(0, "x" * (17 << 20)))
    facts = facts_with(ScaledRegion(0, 0, 9, 9, 0.1, 0.1))
    tiny = replace(facts, geometry=PictureGeometry(1, 1, PixelFormat.GRAY8))
    with pytest.raises(RecordRefused):
        encode_frame(FrameRecord(tiny, VideoPlace(0, 0, 0, 0)))
    assert decode_frame(encode_frame(FrameRecord(tiny, None, "why"))).place is None


def test_a_command_says_its_kind() -> None:
    person = Person("P-1", Role.OPERATOR)
    payload = encode_command(CommandOutcome(0, 0, 0, MomentMarked("injection", person), "No."))
    assert json.loads(payload) == {
        "index": 0,
        "time_ns": 0,
        "frames_seen": 0,
        "kind": "MomentMarked",
        "body": {
            "label": "injection",
            "person": {"code": "P-1", "role": "Op"},
            "kind": "mark",
        },
        "refusal": "No.",
    }
    assert len(COMMANDS) == 20


@pytest.mark.parametrize("topic", list(Topic))
def test_every_channel_has_a_schema(topic: Topic) -> None:
    assert "$defs" in json.loads(json_schema(topic))


def test_video_names_sort_with_their_number() -> None:
    assert [video_name(number) for number in (0, 12, 1234)] == [
        "video-000.nut",
        "video-012.nut",
        "video-1234.nut",
    ]


@pytest.mark.parametrize(
    "body",
    [
        {"plan": {"entry_px": [20.0, 20.0], "target_px": [20.0, 20.0]}},
        {"plan": {"skin_px": [[5.0, 5.0], [5.0, 5.0]]}},
    ],
)
def test_a_plan_that_cannot_be_measured_is_refused(body: dict[str, object]) -> None:
    record = {"index": 0, "time_ns": 1, "frames_seen": 1, "kind": "PlanChanged", "body": body}
    with pytest.raises(DamagedSession, match=r"two points|one point"):
        decode_command(json.dumps(record).encode())


def test_where_the_picture_lies_and_how_it_is_made_come_back_equal() -> None:
    outline = ((80.5, 60.0), (299.0, 60.0), (320.25, 219.0), (60.0, 219.0))
    area = PictureArea(60, 60, 320, 219, AreaShape.CURVED, outline)
    for command in (
        LayoutFound(2, area, GEOMETRY, (ScaleProposal(0.05, 0.1, "ruler"),)),
        LayoutLost(0),
        PictureMirrored(upside_down=True),
        DoseReceived(DoseReading(Stamp(0, 5), "a file", 1 / 3, None, 7.25)),
        ModalitySet(Modality.FLUOROSCOPY),
    ):
        outcome = CommandOutcome(1, 2, 3, command)
        assert decode_command(encode_command(outcome)) == outcome


def test_what_was_measured_comes_back_equal_and_an_earlier_record_has_none() -> None:
    content = PictureContent(61.07, 37.8, 0, 255, (0xFFFF, 1, *(0,) * (GRID_ROWS - 2)))
    facts = FrameFacts(1, Stamp(2, 3), GEOMETRY, Origin.DEVICE, (), True, content)
    assert decode_frame(encode_frame(FrameRecord(facts, None))).facts == facts
    earlier = json.loads(encode_frame(FrameRecord(facts, None)))
    del earlier["facts"]["content"]
    decoded = decode_frame(json.dumps(earlier).encode())
    assert decoded.facts == replace(facts, content=None)


@pytest.mark.parametrize(
    "rows", [(), (0,) * 11, (0,) * 13, (1 << 16, *(0,) * 11), (-1, *(0,) * 11), (1 << 80,) * 12]
)
def test_cells_that_are_not_those_of_a_picture_are_refused(rows: tuple[int, ...]) -> None:
    content = PictureContent(61.07, 37.8, 0, 255, (0,) * GRID_ROWS)
    facts = FrameFacts(1, Stamp(2, 3), GEOMETRY, Origin.DEVICE, (), True, content)
    record = json.loads(encode_frame(FrameRecord(facts, None)))
    record["facts"]["content"]["changed_rows"] = rows
    with pytest.raises(DamagedSession, match="cells"):
        decode_frame(json.dumps(record).encode())


def test_a_region_whose_pixels_have_no_size_is_refused() -> None:
    whole = encode_frame(FrameRecord(facts_with(ScaledRegion(0, 0, 9, 9, 0.125, 0.1)), None))
    with pytest.raises(DamagedSession, match="no size"):
        decode_frame(whole.replace(b"0.125", b"0.0"))


NEEDLE = SeenNeedle(
    (0.1 + 0.2, 1e-300), (3.0, 4.5), -1.5, 2.0, 1.0 / 3.0, 0.01, 0.95, False, 2, True
)
SIGHTS = [NeedleSight(NEEDLE), NeedleSight(None, "Two lines look alike.")]


@pytest.mark.parametrize("sight", SIGHTS, ids=["needle", "none"])
def test_what_a_search_gave_comes_back_as_it_was(sight: NeedleSight) -> None:
    outcome = CommandOutcome(3, 4, 5, NeedleSought(17, sight))
    assert decode_command(encode_command(outcome)) == outcome


def test_a_search_without_usable_figures_is_refused() -> None:
    broken = NeedleSight(replace(NEEDLE, sigma_angle_rad=math.inf))
    with pytest.raises(RecordRefused):
        encode_command(CommandOutcome(3, 4, 5, NeedleSought(17, broken)))


@pytest.mark.parametrize("needle", [NEEDLE, replace(NEEDLE, tip_visible=True, coasted=0)])
def test_a_guided_needle_comes_back_with_its_snapshot(needle: SeenNeedle) -> None:
    memory = remember(NeedleMemory(), NeedleSought(17, NeedleSight(needle)))
    plan = Plan(GEOMETRY, (400.0, 300.0), (1.0, 2.0))
    scale = PixelScale(0.1, 0.1, 0.5, GEOMETRY, "two clicks")
    guided = guide(memory, 17, plan, scale)[1]
    stamp = Stamp(17, 3)
    snapshot = GuidanceSnapshot(
        index=0,
        evaluated_ns=4,
        valid_until_ns=5,
        frames_seen=1,
        truth=Truth(TruthState.LIVE, ""),
        guidance=Guidance(GuidanceMode.ON),
        frame=FrameFacts(0, stamp, GEOMETRY, Origin.DEVICE, (), True),
        scale=scale,
        plan=plan,
        measures=measure(plan, scale, 4, needle),
        needle=guided,
    )
    assert guided is not None
    assert decode_snapshot(encode_snapshot(snapshot)) == snapshot
