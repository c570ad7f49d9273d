"""Changing a site's file: what was asked for and nothing else, comments and order included."""

from pathlib import Path

import pytest

from guidance_app.domain.checklist import Level
from guidance_app.domain.competence import CompetencePolicy
from guidance_app.knowledge.facts import KnowledgeError
from guidance_app.knowledge.load import shipped_knowledge
from guidance_app.knowledge.site_change import SiteChange, changed_site
from guidance_app.knowledge.site_file import load_at_site, site_rules

NAME = "Hospital at the lake"
SITE = """\
# The rules of our department
version: "2026-11"   # raise it
site: Hospital at the lake
items:
  # the lamp hangs low
  - id: S-01                # ours
    phase: TO
    text: 'Dim the lamp over the table'
    detail: >
      The lamp over the table is dimmed
      before the sterile field is set up.
    origin: C
    trace: [POL-7]

    level: SOFT
    applies: [ultrasound]   # or all
    evidence: tick
    sign: [As]
    certainty: V
sources:
  - {key: POL-7, title: Policy, citation: Lamps, where_read: here, seen: [full], certainty: V}
competence:
  # agreed in May
  supervised_per_family: 20   # by the board
  levels_simple: {EFSUMB: 2, DEGUM: 1}
levels:
  K-09: SOFT   # after the audit
# the end
"""
PLAIN = SITE[: SITE.index("competence:")] + "# the end\n"


def change(text: str | None, version: str = "2026-12", **more: object) -> str:
    return changed_site(text, "site.yaml", shipped_knowledge(), SiteChange(NAME, version, **more))


def policy(**changed: object) -> CompetencePolicy:
    return CompetencePolicy(
        **{"supervised_per_family": 20, "levels_simple": {"EFSUMB": 2, "DEGUM": 1}} | changed
    )


def lines_that_differ(before: str, after: str) -> list[str]:
    old = before.splitlines()
    return [line for line in after.splitlines() if line not in old]


def test_one_threshold_changes_and_every_other_line_stays() -> None:
    after = change(SITE, competence=policy(supervised_per_family=12))
    assert lines_that_differ(SITE, after) == [
        'version: "2026-12"   # raise it',
        "  supervised_per_family: 12   # by the board",
    ]
    assert len(after.splitlines()) == len(SITE.splitlines())


def test_of_the_levels_of_schemes_one_changes_one_goes_and_one_comes() -> None:
    wanted = policy(levels_simple={"EFSUMB": 3, "EULAR": 1})
    after = change(SITE, competence=wanted)
    assert "levels_simple: {EFSUMB: 3, EULAR: 1}" in after
    assert site_rules(after, "site.yaml", shipped_knowledge()).competence == wanted
    assert "# agreed in May" in after and "# by the board" in after


def test_what_the_site_never_decided_stays_a_proposal(tmp_path: Path) -> None:
    file = tmp_path / "site.yaml"
    file.write_text(change(SITE, competence=policy(course_years=3.0)), encoding="utf-8")
    at_site = load_at_site(file)
    assert at_site.own_thresholds == {"supervised_per_family", "levels_simple", "course_years"}
    assert at_site.competence.course_years == 3.0


def test_thresholds_come_into_a_file_that_had_none() -> None:
    wanted = CompetencePolicy(course_years=2.5, levels_complex={"DEGUM": 2})
    after = change(PLAIN, competence=wanted)
    assert site_rules(after, "site.yaml", shipped_knowledge()).competence == wanted
    assert [line for line in PLAIN.splitlines() if "#" in line and line not in after] == [
        'version: "2026-11"   # raise it'
    ]


def test_a_file_is_begun_where_there_is_none() -> None:
    after = change(None, "1", competence=CompetencePolicy(supervised_per_family=3))
    rules = site_rules(after, "site.yaml", shipped_knowledge())
    assert (rules.site, rules.version, rules.competence.supervised_per_family) == (NAME, "1", 3)


def test_a_level_is_raised_and_taken_back() -> None:
    raised = change(SITE, levels={"K-09": Level.HARD, "K-33": Level.HARD})
    assert {"  K-09: HARD   # after the audit", "  K-33: HARD"} <= set(raised.splitlines())
    back = change(raised, "2027-01", levels={"K-09": Level.HARD})
    assert "K-33" not in back and "K-09: HARD" in back


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"levels": {"K-27": Level.SOFT}}, "K-27: its level HARD can be raised, not lowered"),
        ({"competence": policy(course_years=1e9)}, "course_years: it lies from 0.1 to 50"),
        ({"competence": policy(course_years=float("nan"))}, "course_years: it lies from 0.1 to 50"),
        (
            {"competence": policy(supervised_per_family=-1)},
            "supervised_per_family: it lies from 0 to 1000",
        ),
        ({"competence": policy(levels_complex={})}, "some scheme with its level must be enough"),
        ({"version": "2026-11"}, "needs a version of its own. Raise it."),
    ],
)
def test_what_may_not_be_is_refused(asked: dict[str, object], words: str) -> None:
    with pytest.raises(KnowledgeError) as caught:
        change(SITE, **asked)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        SITE.replace("  # agreed in May\n", "  supervised_per_family: 4\n"),  # twice
        SITE.replace("K-09: SOFT", "K-09: MUST"),
    ],
)
def test_a_file_that_cannot_be_changed_alone_is_left_to_its_writer(text: str) -> None:
    with pytest.raises(KnowledgeError, match=r"^site\.yaml"):
        change(text, competence=policy(supervised_per_family=12))


def test_a_file_with_windows_line_ends_and_a_mark_in_front_is_kept_in_meaning() -> None:
    text = "\ufeff" + SITE.replace("\n", "\r\n")
    after = change(text, competence=policy(supervised_per_family=12))
    before = site_rules(text, "site.yaml", shipped_knowledge())
    assert site_rules(after, "site.yaml", shipped_knowledge()).items == before.items
