"""What a site may add and raise, and every wrong file refused with line, id and cause."""

from dataclasses import replace
from pathlib import Path

import pytest

from guidance_app.domain.checklist import (
    Checklist,
    ChecklistEntry,
    ChecklistRefused,
    Level,
    Mark,
    mark_item,
)
from guidance_app.domain.evidence import Evidence, EvidenceField, EvidenceKind
from guidance_app.domain.people import Person, Role
from guidance_app.knowledge.facts import KnowledgeError
from guidance_app.knowledge.load import shipped_knowledge
from guidance_app.knowledge.site_file import load_at_site, read_site, with_site
from guidance_app.knowledge.templates import build_template, checklist_template
from guidance_app.knowledge.wording import describe_trace

SITE = """\
site: Hospital at the lake
version: "2026-11"
sources:
  - key: POL-7
    title: Local policy 7
    citation: Policy 7 of the hospital, on lamps
    where_read: intranet
    seen: [full]
    certainty: V
items:
  - id: S-01
    phase: TO
    text: Dim the lamp over the table
    detail: The lamp over the table is dimmed before the sterile field is set up.
    origin: C
    trace: [POL-7]
    level: SOFT
    applies: [ultrasound]
    evidence: how bright, when
    fields:
      - {id: bright, label: Brightness, kind: number, unit: lx, least: 0, most: 500}
      - {id: time, label: Dimmed at, kind: time, required: true}
    sign: [As]
    certainty: V
    after: [K-27]
levels: {K-09: SOFT, K-33: HARD}
competence: {supervised_per_family: 20, levels_complex: {DEGUM: 2}}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "site.yaml"
    file.write_text(SITE, encoding="utf-8")
    return file


def test_items_are_added_and_levels_raised(file: Path) -> None:
    site = load_at_site(file)
    template = build_template(site.knowledge, "knee-injection")
    items = {item.id: item for item in template.items}
    assert items["S-01"].text == "Dim the lamp over the table"
    bright, time = items["S-01"].fields
    assert bright == EvidenceField("bright", "Brightness", EvidenceKind.NUMBER, "lx", 0, 500)
    assert (time.kind, time.required) == (EvidenceKind.TIME, True)
    assert (items["K-09"].level, items["K-33"].level) == (Level.SOFT, Level.HARD)
    assert template.digest != checklist_template("knee-injection").digest
    assert describe_trace(["POL-7"], site.knowledge) == "Local policy 7"


def test_thresholds_of_the_site_stand_beside_the_defaults(file: Path) -> None:
    policy = load_at_site(file).competence
    assert (policy.supervised_per_family, policy.course_years) == (20, 5.0)
    assert (policy.levels_complex, policy.levels_simple["EFSUMB"]) == ({"DEGUM": 2}, 2)


def test_without_a_file_everything_is_as_shipped(tmp_path: Path) -> None:
    assert load_at_site(tmp_path / "site.yaml").knowledge is shipped_knowledge()


def test_an_item_that_comes_after_another_waits_for_it(file: Path) -> None:
    knowledge = with_site(shipped_knowledge(), read_site(file, shipped_knowledge()))
    checklist = Checklist(build_template(knowledge, "knee-injection"))
    assistant, now = Person("AS-1", Role.ASSISTANT), "2026-01-01T10:00:00+00:00"
    lamp = ChecklistEntry("S-01", Mark.DONE, assistant, now, "", (Evidence("time", "10:00"),))
    with pytest.raises(ChecklistRefused, match=r"S-01 comes after K-27\. Settle that first\."):
        mark_item(checklist, lamp)
    first = mark_item(checklist, ChecklistEntry("K-27", Mark.DONE, assistant, now))
    assert mark_item(first, lamp).status("S-01") is lamp
    with pytest.raises(ChecklistRefused, match=r"S-01: Dimmed at is asked for\."):
        mark_item(first, replace(lamp, evidence=()))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("trace: [POL-7]", "trace: [POL-8]", "line 11, S-01: it traces to POL-8, which does not"),
        ("trace: [POL-7]", "trace: []", "line 11, S-01: it traces to nothing"),
        ("id: S-01", "id: K-01", "line 11, K-01: this id is used already"),
        ("id: S-01", "id: X-01", "line 11, X-01: the id of a site's own item begins with S-"),
        ("level: SOFT", "level: MUST", "line 11, S-01: Invalid enum value 'MUST'"),
        ("phase: TO", "fase: TO", "line 11, S-01: there is no field called fase"),
        ("label: Brightness", "labl: Brightness", "line 11, S-01: there is no field called labl"),
        ("id: bright", "id: time", "line 11, S-01: its field time is there 2 times"),
        ("kind: number", "kind: date", "line 11, S-01: its field bright has a unit or limits, but"),
        ("kind: number", "kind: choice", "line 11, S-01: its field bright needs two choices or"),
        ("least: 0", "least: 501", "line 11, S-01: its field bright has a least (501) above its"),
        ("level: SOFT", "level: ADV", "line 11, S-01: its field time is required, but the item"),
        ("most: 500", "most: many", "line 11, S-01: Expected `float | null`, got `str`"),
        ("after: [K-27]", "after: [S-01]", "line 11, S-01: in the end it waits for itself"),
        ("after: [K-27]", "after: [S-09]", "line 11, S-01: it waits for S-09, which does not"),
        ("K-33: HARD", "K-27: SOFT", "line 26, K-27: its level HARD can be raised, not lowered"),
        ("K-33: HARD", "K-99: HARD", "line 26, K-99: there is no item with this id whose level"),
        ("K-33: HARD", "K-33: STRICT", "the file: Invalid enum value 'STRICT'"),
        ("key: POL-7", "key: UP", "line 4, UP: this id is used already"),
        ("version:", "verison:", "the file: there is no field called verison"),
        ("origin: C", "origin: P", "line 11, S-01: origin P and a trace to the points"),
        ("sign: [As]", "sign: [Nurse]", "line 11, S-01: Invalid enum value 'Nurse'"),
        ("site: Hospital", "site: [Hospital", "site.yaml, line "),
        ("items:\n", "items: 3\nothers:\n", "items: it must be a list of entries"),
        ("supervised_per_family: 20", "supervised_per_family: many", "the file: Expected `int`"),
        (
            "supervised_per_family",
            "supervised_a_year",
            "there is no field called supervised_a_year",
        ),
    ],
)
def test_a_wrong_file_is_refused(file: Path, old: str, new: str, expected: str) -> None:
    assert old in SITE
    file.write_text(SITE.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(KnowledgeError) as caught:
        read_site(file, shipped_knowledge())
    sentence = str(caught.value)
    assert expected in sentence
    assert sentence.startswith("site.yaml") and sentence.endswith(".") and "\n" not in sentence


def test_a_ring_of_items_that_wait_for_each_other_is_found(file: Path) -> None:
    second = SITE[SITE.index("  - id: S-01") : SITE.index("levels:")]
    second = second.replace("S-01", "S-02").replace("K-27", "S-01")
    ring = SITE.replace("after: [K-27]", "after: [S-02]").replace("levels:", f"{second}levels:")
    file.write_text(ring, encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"line 11, S-01: in the end it waits for itself"):
        read_site(file, shipped_knowledge())


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[1, 2]", b"", b"a: " + b"x" * (1 << 20)])
def test_what_is_no_site_file_is_refused(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(KnowledgeError):
        read_site(file, shipped_knowledge())


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match=r"absent\.yaml: it cannot be read \(No such file"):
        read_site(tmp_path / "absent.yaml", shipped_knowledge())
