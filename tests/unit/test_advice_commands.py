"""`guidance advise` and `guidance checklist`: what they print, and how they end."""

import json

import pytest

from guidance_app.cli import DONE, FAILED, main

Capture = pytest.CaptureFixture[str]


def printed(capsys: Capture, *arguments: str) -> dict[str, object]:
    assert main([*arguments, "--json"]) == DONE
    return dict(json.loads(capsys.readouterr().out))


def test_imaging_is_advised_at_the_sacroiliac_joint_and_no_technique_ranked(
    capsys: Capture,
) -> None:
    document = printed(
        capsys, "advise", "--target", "sacroiliac-joint", "--procedure", "injection",
        "--plan", "palpation",
    )  # fmt: skip
    advice = document["advice"]
    assert isinstance(advice, list)
    first = advice[0]
    assert (first["rule"], first["level"], first["trace"]) == ("M-11", "SOFT", ["PTC-5"])
    assert (first["agreement"], first["followed"], document["ranked"]) == (9.9, False, None)
    assert document["weigh"] == ["side effects", "radiation", "availability", "expertise", "cost"]
    assert (document["target"], document["procedure"]) == ("sacroiliac-joint", "injection")


def test_a_person_reads_what_is_advised_and_from_where(capsys: Capture) -> None:
    arguments = ("--target", "finger-joint", "--procedure", "injection", "--no-competent")
    assert main(["advise", *arguments, "--question", "neck"]) == DONE
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == [
        "Injection, finger joint",
        "targeted       as assumed for this site; --no-targeted says otherwise",
        "not complex    as assumed for this procedure; --complex says otherwise",
    ]
    assert lines[3].startswith("required       Whoever performs the procedure must be skilled")
    assert "PTC-6: must; agreement 8.9 (SD 2.9), evidence level 5" in lines[4]
    assert any(line.startswith("the target") for line in lines)
    assert any("RA-9" in line and "evidence level not known" in line for line in lines)


def told(capsys: Capture, target: str, procedure: str, *more: str) -> list[str]:
    assert main(["advise", "--target", target, "--procedure", procedure, *more]) == DONE
    return capsys.readouterr().out.splitlines()


@pytest.mark.parametrize(
    ("arguments", "targeted", "complex_"),
    [
        (
            ("knee-joint", "injection"),
            "not targeted   as assumed for this site; --targeted says otherwise",
            "not complex    as assumed for this procedure; --complex says otherwise",
        ),
        (
            ("knee-joint", "biopsy", "--plan", "ct"),
            "targeted       as assumed for this procedure; --no-targeted says otherwise",
            "complex        as assumed for this procedure, technique",
        ),
        (
            ("knee-joint", "injection", "--targeted", "--complex"),
            "targeted       as --targeted says",
            "complex        as --complex says",
        ),
        (
            ("sacroiliac-joint", "injection", "--no-targeted"),
            "not targeted   as --no-targeted says",
            "complex        as assumed for this site",
        ),
    ],
)
def test_what_is_assumed_is_said_and_where_from(
    arguments: tuple[str, ...], targeted: str, complex_: str, capsys: Capture
) -> None:
    assert told(capsys, *arguments)[1:3] == [targeted, complex_]


@pytest.mark.parametrize(
    ("target", "lacking", "expected"),
    [
        (
            "finger-joint",
            ["us"],
            "ultrasound cannot be had; fluoroscopy is the source's alternative",
        ),
        (
            "finger-joint",
            ["fluoroscopy"],
            "fluoroscopy cannot be had; ultrasound is the source's first choice",
        ),
        (
            "finger-joint",
            ["us", "fluoroscopy"],
            "ultrasound and fluoroscopy cannot be had; the source names no alternative",
        ),
        ("finger-joint", ["ct"], "ultrasound and fluoroscopy can be had, in the source's order"),
        ("carpal-tunnel", ["us"], "ultrasound cannot be had; the source names no alternative"),
        ("lumbar-facet-joint", ["us"], "no technique is preferred for this procedure"),
    ],
)
def test_which_of_the_preferred_techniques_can_be_had_is_said(
    target: str, lacking: list[str], expected: str, capsys: Capture
) -> None:
    arguments = [part for plan in lacking for part in ("--unavailable", plan)]
    assert f"available      {expected}" in told(capsys, target, "injection", *arguments)


def test_nothing_is_said_of_what_can_be_had_while_nothing_is_missing(capsys: Capture) -> None:
    assert not [one for one in told(capsys, "finger-joint", "injection") if "available" in one[:15]]


def test_published_doses_are_told_where_there_are_x_rays(capsys: Capture) -> None:
    lines = told(capsys, "lumbar-facet-joint", "injection", "--plan", "ct")
    published = [number for number, line in enumerate(lines) if line.startswith("published")]
    assert [lines[number] for number in published] == [
        "published      fluoroscopy, 180 lumbar medial branch blocks, anterior-posterior and "
        "oblique: dose-area product, median not known; dose-area product, mean not known; "
        "time, mean 28 / 46 s; kerma, mean 66 / 109 mGy (no reference level)",
        "published      fluoroscopy, 100 lumbar transforaminal and facet procedures: effective "
        "dose, mean 0.19 mSv; effective dose, range 0.11 to 0.3 mSv (no reference level)",
        "published      CT, lumbar transforaminal and facet procedures: effective dose, "
        "mean 1.59 mSv; effective dose, range 0.78 to 3.09 mSv (no reference level)",
    ]
    assert lines[published[0] + 1].strip().startswith("Bakir 2024, ")
    at_knee = told(capsys, "knee-joint", "injection", "--plan", "fluoroscopy")
    assert "published      no dose found for this site" in at_knee
    without = told(capsys, "lumbar-facet-joint", "injection", "--plan", "us")
    assert not [line for line in without if line.startswith("published")]


def test_advice_leads_to_its_checklist_or_says_that_there_is_none(capsys: Capture) -> None:
    assert told(capsys, "knee-joint", "biopsy")[-1] == (
        "checklist      guidance checklist show --procedure knee-synovial-biopsy"
    )
    without = told(capsys, "lumbar-facet-joint", "barbotage")
    assert without[-1] == "checklist      No checklist of this program covers it."
    assert any("No technique is ranked at the spine." in line for line in without)


@pytest.mark.parametrize(
    ("command", "own", "others"),
    [
        (("advise",), "the intervention: injection", "checklist show takes knee-injection"),
        (("checklist", "show"), "in one: knee-injection", "advise takes injection"),
    ],
)
def test_help_tells_the_two_kinds_of_procedure_apart(
    command: tuple[str, ...],
    own: str,
    others: str,
    capsys: Capture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    with pytest.raises(SystemExit):
        main([*command, "--help"])
    shown = capsys.readouterr().out
    assert own in shown and others in shown


def test_a_class_of_bleeding_risk_that_no_source_names_is_said_to_be_unknown(
    capsys: Capture,
) -> None:
    unknown = "bleeding       no class found for this procedure"
    assert unknown in told(capsys, "knee-joint", "biopsy")
    known = told(capsys, "knee-joint", "aspiration")
    assert unknown not in known
    assert any(line.startswith("bleeding       low risk. ") for line in known)


@pytest.mark.parametrize(
    "arguments",
    [
        ("advise", "--target", "knee", "--procedure", "injection"),
        ("advise", "--target", "knee-joint", "--procedure", "massage"),
        ("checklist", "show", "--procedure", "knee"),
    ],
)
def test_an_unknown_name_is_refused_with_those_that_exist(
    arguments: tuple[str, ...], capsys: Capture
) -> None:
    assert main(list(arguments)) == FAILED
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "Those that exist: " in shown.err


def test_a_checklist_is_shown_with_phases_levels_and_origin(capsys: Capture) -> None:
    assert main(["checklist", "show", "--procedure", "caudal-epidural-injection"]) == DONE
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("Caudal epidural injection under ultrasound, version 3, ")
    assert lines[1] == (
        "HARD = Required: it cannot be skipped, and it is signed. "
        "SOFT = Reason to skip: it is done, or gone on without for a typed reason. "
        "ADV = Advisory: it may be skipped without a reason."
    )
    assert [line for line in lines if line and not line.startswith(" ")][2:] == [
        "BEFORE (17)",
        "TIME-OUT (12)",
        "DURING (4)",
        "AFTER (9)",
    ]
    (mask,) = [line for line in lines if "K-36" in line]
    assert "HARD" in mask


def test_what_is_noted_is_shown_below_its_item(capsys: Capture) -> None:
    arguments = ("checklist", "show", "--procedure", "hip-aspiration", "--plan", "fluoroscopy")
    assert main(list(arguments)) == DONE
    lines = capsys.readouterr().out.splitlines()
    (first,) = [number for number, line in enumerate(lines) if "K-46" in line]
    assert lines[first + 1 : first + 5] == [
        "        dap  Dose-area product: number from 0 to 500 Gy cm²"
        "  [required or reference_dose or not_shown]",
        "        reference_dose  Reference-point dose: number from 0 to 20000 mGy",
        "        time  Fluoroscopy time: number from 0 to 7200 s  [required or not_shown]",
        "        not_shown  Not shown by the machine: tick",
    ]
    assert "        mode  Consent: written | oral" in lines
    items = printed(capsys, *arguments)["items"]
    assert isinstance(items, list)
    fields = {item["id"]: item["fields"] for item in items}
    assert [field["id"] for field in fields["K-46"]] == [
        "dap", "reference_dose", "time", "not_shown",
    ]  # fmt: skip
    assert fields["K-46"][1]["most"] == 20000


def test_a_trainee_and_x_rays_add_items(capsys: Capture) -> None:
    plain = printed(capsys, "checklist", "show", "--procedure", "knee-injection")
    more = printed(
        capsys, "checklist", "show", "--procedure", "knee-injection", "--plan", "fluoroscopy",
        "--trainee",
    )  # fmt: skip
    assert isinstance(plain["items"], list) and isinstance(more["items"], list)
    added = {item["id"] for item in more["items"]} - {item["id"] for item in plain["items"]}
    assert {"K-03", "K-04", "K-46"} <= added
