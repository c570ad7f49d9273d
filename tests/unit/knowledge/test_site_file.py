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
        (
            "level: SOFT",
            "level: MUST",
            "line 17, S-01: level: there is no MUST here; there are HARD, SOFT, ADV.",
        ),
        ("phase: TO", "fase: TO", "line 12, S-01: there is no field called fase"),
        ("label: Brightness", "labl: Brightness", "line 21, S-01: there is no field called labl"),
        ("id: bright", "id: time", "line 11, S-01: its field time is there 2 times"),
        ("kind: number", "kind: date", "line 11, S-01: its field bright has a unit or limits, but"),
        ("kind: number", "kind: choice", "line 11, S-01: its field bright needs two choices or"),
        ("least: 0", "least: 501", "line 11, S-01: its field bright has a least (501) above its"),
        ("level: SOFT", "level: ADV", "line 11, S-01: its field time is required, but the item"),
        ("most: 500", "most: many", "line 21, S-01: most: a number is wanted here, not a text."),
        ("after: [K-27]", "after: [S-01]", "line 11, S-01: in the end it waits for itself"),
        ("after: [K-27]", "after: [S-09]", "line 11, S-01: it waits for S-09, which does not"),
        ("K-33: HARD", "K-27: SOFT", "line 26, K-27: its level HARD can be raised, not lowered"),
        ("K-33: HARD", "K-99: HARD", "line 26, K-99: there is no item with this id whose level"),
        ("K-33: HARD", "K-33: STRICT", "line 26, K-33: there is no STRICT here; there are HARD,"),
        ("key: POL-7", "key: UP", "line 4, UP: this id is used already"),
        ("version:", "verison:", "line 2, the file: there is no field called verison"),
        ("origin: C", "origin: P", "line 11, S-01: origin P and a trace to the points"),
        (
            "sign: [As]",
            "sign: [Nurse]",
            "line 23, S-01: sign: there is no Nurse here; there are Op,",
        ),
        ("site: Hospital", "site: [Hospital", "site.yaml, line "),
        ("items:\n", "items: 3\nothers:\n", "items: it must be a list of entries"),
        (
            "supervised_per_family: 20",
            "supervised_per_family: many",
            "line 27, supervised_per_family: a whole number is wanted here, not a text.",
        ),
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


POLICY = "supervised_per_family: 20"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("after: [K-27]", "after: [K-45]", "line 11, S-01: it waits for K-45, which belongs to a"),
        ("sign: [As]", "sign: [Pt]", "line 11, S-01: nobody who works with the program may sign"),
        ("sign: [As]", "sign: [Pt, Dv]", "line 11, S-01: nobody who works with the program may"),
        (POLICY, "supervised_per_family: 1001", "line 27, supervised_per_family: it lies from 0"),
        (POLICY, "course_years: 0.05", "line 27, course_years: it lies from 0.1 to 50"),
        (POLICY, "course_years: .nan", "line 27, course_years: it lies from 0.1 to 50"),
        ("{DEGUM: 2}", "{DEGUM: 0}", "line 27, levels_complex: the level of DEGUM lies from 1 to"),
        ("{DEGUM: 2}", "{DEGUM: 10}", "line 27, levels_complex: the level of DEGUM lies from 1"),
        ("{DEGUM: 2}", "{EFSUMB: 1}", "line 27, levels_complex: EFSUMB lies below the 2 that"),
        ("competence:", "levels: {K-09: HARD}\ncompetence:", "line 27: levels is there twice"),
        ("competence:", "items: []\ncompetence:", "line 27: items is there twice"),
        ("K-33: HARD", "K-09: HARD", "line 26: K-09 is there twice, and only one would count"),
        ("    level: SOFT", "    level: SOFT\n    level: HARD", "line 18: level is there twice"),
        ("Hospital at the lake", '" "', "line 1, site: it is empty; a text is wanted here"),
        ('"2026-11"', '""', "line 2, version: it is empty; a text is wanted here"),
        ("text: Dim the lamp over the table", 'text: ""', "line 11, S-01: its text is empty"),
        ("Policy 7 of the hospital, on lamps", '""', "line 4, POL-7: its citation is empty"),
        ("Local policy 7", '"Local \\a policy"', "line 5: the text holds a control character or"),
        ("Local policy 7", "Local \a policy", "line 5: it holds a control character; take it out"),
        ("Brightness", "Bright\u202eness", "line 21: the text holds a control character or one"),
        (
            '"2026-11"',
            "2026",
            "line 2, version: write it in quotes; a text is wanted here, not a n",
        ),
        ('"2026-11"', "2026-11-01", "line 2, version: write it in quotes; a text is wanted here"),
        ('"2026-11"', "2026-13-01", "line 2: “2026-13-01” cannot be read; write it in quotes"),
        ("level: SOFT", "level: MEDIUM", "line 17, S-01: level: there is no MEDIUM here; there ar"),
        ("level: SOFT", "level: 5", "line 17, S-01: level: there is no 5 here; there are HARD"),
        ("level: SOFT", "level: !!int SOFT", "line 17: “SOFT” cannot be read; write it in quotes"),
        ("K-09: SOFT", "K-09: !!python/object:os.x {}", "line 26: a mark such as !!python/object"),
        ("K-09: SOFT", "? [a, b]\n : SOFT", "site.yaml, line "),
        ("    phase: TO\n", "", "line 11, S-01: phase is missing"),
        ("sign: [As]", "sign: As", "line 23, S-01: sign: a list, as in [one, two], is wanted here"),
        ("level: SOFT", "level_when: {x: HARD}", "line 17, S-01: level_when: there is no x here"),
        ("{DEGUM: 2}", "{DEGUM: 2, A: x}", "line 27, A: a whole number is wanted here, not a te"),
        (POLICY, "course_years: 1e999999", "line 27, course_years: "),
        ("key: POL-7", "key: 7", "line 4, 7: key: write it in quotes; a text is wanted here"),
        ("unit: lx", "trace: lx", "line 11, S-01: there is no field called trace"),
    ],
)
def test_what_could_never_hold_or_be_read_is_refused(
    file: Path, old: str, new: str, expected: str
) -> None:
    test_a_wrong_file_is_refused(file, old, new, expected)


HARD_ITEM = SITE.replace("level: SOFT", "level: HARD").replace("sign: [As]", "sign: [Su]")


def test_what_only_a_supervisor_signs_is_required_of_trainees_alone(file: Path) -> None:
    file.write_text(HARD_ITEM, encoding="utf-8")
    with pytest.raises(KnowledgeError, match="line 11, S-01: it is HARD and only a supervisor"):
        read_site(file, shipped_knowledge())
    of_trainees = HARD_ITEM.replace("applies: [ultrasound]", "applies: [trainee]")
    file.write_text(of_trainees, encoding="utf-8")
    assert read_site(file, shipped_knowledge()).items[0].level is Level.HARD


def test_entries_may_be_shared_and_texts_may_have_lines(file: Path) -> None:
    shared = "  levels_simple: &both {EFSUMB: 3}\n  levels_complex: {<<: *both, DEGUM: 2}\n"
    text = SITE[: SITE.index("competence:")] + "competence:\n" + shared
    file.write_text(text.replace("detail: ", "detail: |\n      First.\n      "), encoding="utf-8")
    rules = read_site(file, shipped_knowledge())
    assert rules.competence.levels_complex == {"EFSUMB": 3, "DEGUM": 2}
    assert rules.items[0].detail.startswith("First.\nThe lamp")


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
