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
    assert lines[0] == "Injection, finger joint, targeted"
    assert lines[1].startswith("required       Whoever performs the procedure must be skilled")
    assert "PTC-6: must; agreement 8.9 (SD 2.9), evidence level 5" in lines[2]
    assert any(line.startswith("the target") for line in lines)
    assert any("RA-9" in line and "evidence level not known" in line for line in lines)


def told(capsys: Capture, target: str, procedure: str, *more: str) -> list[str]:
    assert main(["advise", "--target", target, "--procedure", procedure, *more]) == DONE
    return capsys.readouterr().out.splitlines()


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
    assert lines[0].startswith("Caudal epidural injection under ultrasound, version 2, ")
    assert [line for line in lines if line and not line.startswith(" ")][1:] == [
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
