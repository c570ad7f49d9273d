"""What a person reads about where an item comes from."""

import pytest

from guidance_app.knowledge.facts import KnowledgeError
from guidance_app.knowledge.load import shipped_knowledge
from guidance_app.knowledge.wording import describe_item, describe_trace

POINTS = "EULAR points to consider 2022"
ARTHRITIS = "EULAR imaging of joints in rheumatoid arthritis 2013"


@pytest.mark.parametrize(
    ("id_", "sentence"),
    [
        ("PTC-6", f"{POINTS}, PTC-6: must; agreement 8.9 (SD 2.9), evidence level 5"),
        ("OP-A", f"{POINTS}, OP-A: should; agreement 10.0 (SD 0.2), evidence level not applicable"),
        (
            "PTC-2",
            f"{POINTS}, PTC-2: should / may; agreement 9.1 (SD 2.1), evidence level 3 "
            "(dagger, footnote not seen)",
        ),
        ("RA-4", f"{ARTHRITIS}, RA-4: strength 9.0 (8.4 to 9.6), evidence level IV"),
        (
            "RA-10",
            f"{ARTHRITIS}, RA-10: strength 8.8 (8.0 to 9.6), evidence level not known; "
            "read in a secondary source",
        ),
        ("IAT-1", "EULAR intra-articular therapies 2021, IAT-1: agreement 99 %, evidence 4/D"),
        (
            "IAT-10",
            "EULAR intra-articular therapies 2021, IAT-10: agreement not known, "
            "evidence not known; wording not found",
        ),
        ("T-2", "EFSUMB minimum training, T-2"),
        ("UP", "Joint Commission Universal Protocol"),
        ("WHO", "WHO radiological interventions checklist 2010 (read in a secondary source)"),
        ("CDC", "CDC safe injection and spinal mask notices (how it was read is not noted)"),
        ("OURS", "Proposal of this project; no source states it"),
    ],
)
def test_a_trace_is_worded_with_how_sure_it_is(id_: str, sentence: str) -> None:
    assert describe_trace([id_]) == sentence


def test_several_traces_take_a_line_each() -> None:
    assert describe_trace(("T-2", "UP")).splitlines() == [
        "EFSUMB minimum training, T-2",
        "Joint Commission Universal Protocol",
    ]


def test_every_item_can_be_described_and_shows_no_none() -> None:
    for item in shipped_knowledge().items:
        said = describe_item(item.id)
        assert said.startswith(item.detail)
        assert "None" not in said


def test_unknown_ids_are_refused() -> None:
    with pytest.raises(KnowledgeError, match="PTC-9"):
        describe_trace(["PTC-9"])
    with pytest.raises(KnowledgeError, match="K-99"):
        describe_item("K-99")
