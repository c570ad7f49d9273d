"""Wrong knowledge files are refused with file, id and cause."""

import shutil
from importlib.resources import files
from pathlib import Path

import pytest

from guidance_app.knowledge.facts import KnowledgeError
from guidance_app.knowledge.load import read_knowledge


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped files that a test may spoil."""
    copy = tmp_path / "knowledge"
    shutil.copytree(Path(str(files("guidance_app.knowledge"))), copy)
    return copy


def spoil(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def refusal(folder: Path) -> str:
    with pytest.raises(KnowledgeError) as caught:
        read_knowledge(folder)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


def test_the_copy_itself_is_read(folder: Path) -> None:
    assert len(read_knowledge(folder).items) == 54


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("items.yaml", "phase: PRE", "phase: BEFORE", "items.yaml, K-01: Invalid enum value 'BEF"),
        ("items.yaml", "level: HARD", "level: MUST", "items.yaml, K-01: Invalid enum value 'MUST"),
        ("items.yaml", "applies: [all]", "applies: [sometimes]", "items.yaml, K-01: Invalid enum"),
        ("items.yaml", "sign: [Op, Su]", "sign: [Nurse]", "items.yaml, K-01: Invalid enum value"),
        ("items.yaml", "sign: [Op, Su]", "sign: []", "items.yaml, K-01: nobody may sign it"),
        ("items.yaml", "evidence:", "evidense:", "items.yaml, K-01: there is no field called evi"),
        ("items.yaml", "trace: [PTC-6,", "trace: [PTC-7,", "items.yaml, K-01: it traces to PTC-7"),
        ("items.yaml", "trace: [OP-C]", "trace: []", "items.yaml, K-08: it traces to nothing"),
        ("items.yaml", "origin: PC", "origin: C", "items.yaml, K-01: origin P and a trace"),
        ("items.yaml", "origin: PC", "origin: PX", 'items.yaml, K-01: its origin "PX"'),
        ("items.yaml", "origin: CO", "origin: C", "items.yaml, K-28: origin O and trace OURS"),
        ("items.yaml", "certainty: S", "certainty: V", "items.yaml, K-10: it is marked as more ce"),
        ("items.yaml", "certainty: V", "certainty: O", "items.yaml, K-01: certainty O and trace"),
        ("items.yaml", "text: Check allergies", f"text: {'x' * 46}", "K-13: its text has more"),
        ("items.yaml", "id: K-02", "id: K-01", "items.yaml, K-01: this id is used twice"),
        (
            "items.yaml",
            "id: level, label",
            "id: scheme, label",
            "K-01: its field scheme is there 2",
        ),
        ("items.yaml", "id: scheme,", "id: note,", "K-01: its field note needs an id of small let"),
        ("items.yaml", "id: scheme,", "id: The scheme,", "K-01: its field The scheme needs an id"),
        (
            "items.yaml",
            "label: Which allergies",
            f"label: {'x' * 29}",
            "which needs a label of 1 to",
        ),
        (
            "items.yaml",
            "label: Which allergies",
            "label: ' '",
            "its field which needs a label of 1",
        ),
        ("items.yaml", "kind: text", "kind: words", "items.yaml, K-01: Invalid enum value 'words'"),
        ("items.yaml", "kind: text}", "kind: text, unti: ml}", "there is no field called unti"),
        ("items.yaml", "[none known, known]", "[none known]", "known needs two choices or more"),
        ("items.yaml", "[none known, known]", "[known, known]", "known needs two choices or more"),
        (
            "items.yaml",
            "[none known, known]",
            "[none, ' a']",
            "known has a choice that is empty or",
        ),
        ("items.yaml", ", choices: [none known, known]", "", "K-13: its field known needs two cho"),
        ("items.yaml", "kind: tick", "kind: tick, choices: [a, b]", "has choices, but is a tick"),
        (
            "items.yaml",
            "label: Decision, kind: text",
            "label: D, unit: ml, kind: text",
            "a unit or",
        ),
        ("items.yaml", "kind: time", "kind: time, least: 1", "has a unit or limits, but is a time"),
        (
            "items.yaml",
            "least: 0.5, most: 20",
            "least: 20, most: 0.5",
            "inr has a least (20) above",
        ),
        (
            "items.yaml",
            "least: 0.5, most",
            "least: .nan, most",
            "inr has a limit that is no number",
        ),
        (
            "items.yaml",
            "glucose given,",
            "glucose given, required: true,",
            "the item may be skipped",
        ),
        (
            "items.yaml",
            "[nothing]",
            "[nothing_at_all]",
            "drug cannot be replaced by nothing_at_all",
        ),
        ("items.yaml", "[nothing]", "[drug]", "K-44: its field drug cannot be replaced by drug"),
        (
            "items.yaml",
            "kind: text}",
            "kind: text, instead: [level]}",
            "scheme is not required, so",
        ),
        ("items.yaml", "when: [guided]", "when: [today]", "items.yaml, K-28: Invalid enum value"),
        ("items.yaml", "- id: K-02", "- K-02: [", "items.yaml, line "),
        ("items.yaml", "text: Check allergies", "text: 3", "items.yaml, K-13: Expected `str`, got"),
        (
            "statements.yaml",
            "pct_ge8: null",
            "pct_ge8: 96",
            "statements.yaml, OP-A: pct_ge8 is",
        ),
        ("statements.yaml", "[pct_ge8]", "[pct]", "statements.yaml, OP-A: pct is no figure"),
        ("statements.yaml", "loa_mean: 10.0", "loa_mean: high", "statements.yaml, OP-A: Expected"),
        ("statements.yaml", "source: PTC", "source: PCT", "statements.yaml, OP-A: its source PCT"),
        ("statements.yaml", "id: PTC-6", "id: K-01", "items.yaml, K-01: this id is used twice"),
        (
            "recommendations.yaml",
            "loe: null",
            "loe: IV",
            "recommendations.yaml, RA-9: loe",
        ),
        (
            "recommendations.yaml",
            "certainty: V",
            'certainty: "?"',
            "RA-1: it was not found, so str",
        ),
        (
            "companions.yaml",
            "agreement_pct: null",
            "agreement_pct: 80",
            "yaml, IAT-9: agreement",
        ),
        ("sources.yaml", "seen: [abstract]", "seen: [wholly]", "sources.yaml, SUR: Invalid enum"),
        ("procedures.yaml", "[gluco", "[suco", "procedures.yaml, knee-injection: Inv"),
        ("procedures.yaml", "site: knee-joint", "site: knee", "there is no site called knee"),
        ("procedures.yaml", "intervention: injection", "intervention: cut", "ion called cut"),
        ("rules.yaml", "trace: [PTC-1]", "trace: [PTC-9]", "rules.yaml, M-1: it traces to PTC-9"),
        ("rules.yaml", "trace: [ASH-1]", "trace: []", "rules.yaml, M-9: it traces to nothing"),
        ("rules.yaml", "targeted: true", "tageted: true", "M-1: there is no field called tageted"),
        ("rules.yaml", "plan: [palpation]", "plan: [feeling]", "rules.yaml, M-1: Invalid enum"),
        ("rules.yaml", "ranks: [us, fluoroscopy]", "ranks: [us, x-ray]", "M-2: Invalid enum value"),
        ("rules.yaml", "ranks: [us]", "factors: [cost]\n  ranks: [us]", "M-6: it ranks techniques"),
        ("rules.yaml", "C\n  trace: [ASH", "P\n  trace: [ASH", "M-9: origin P and a trace to the"),
        ("rules.yaml", "[BSS-55]", "[BSS-5]", "M-3: in an addition it traces to BSS-5, which"),
        (
            "rules.yaml",
            "[BSS-55], origin: C",
            "[BSS-55], origin: P",
            "M-3: in an addition origin P",
        ),
        ("rules.yaml", ", trace: [BSS-55], origin: C", "", "M-3: an addition adds nothing"),
        (
            "rules.yaml",
            "certainty: O",
            "certainty: V",
            "rules.yaml, M-5: certainty O and trace OURS",
        ),
        ("bleeding.yaml", "source: SIR", "source: SIX", "bleeding.yaml, SIR-LOW: its source SIX"),
        (
            "bleeding.yaml",
            "[inr, platelets]",
            "[inr, age]",
            "bleeding.yaml, ASI-LOW: age is no fig",
        ),
        ("bleeding.yaml", "[injection, asp", "[massage, asp", "SIR-LOW: there is no intervention"),
        ("doses.yaml", "sites: [sacroiliac-joint]", "sites: [sij]", "DOSE-SIJ: there is no site"),
        ("doses.yaml", "dap_median: [0.68]", "dap_median: low", "doses.yaml, DOSE-TF: Expected"),
        (
            "doses.yaml",
            "unknown: [dap_mean, dap",
            "dap_mean: [1]\n  unknown: [dap_mean, dap",
            "MB: dap_",
        ),
        ("sites.yaml", "region: spine", "region: back", "sites.yaml, lumbar-facet-joint: Invalid"),
        ("techniques.yaml", "id: mri", "id: xray", "techniques.yaml, xray: Invalid enum value"),
    ],
)
def test_a_spoilt_file_is_refused(
    folder: Path, file: str, old: str, new: str, expected: str
) -> None:
    spoil(folder / file, old, new)
    assert expected in refusal(folder)


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "statements.yaml").unlink()
    assert refusal(folder).startswith("statements.yaml: it cannot be read")


def test_bytes_that_are_no_text_are_refused(folder: Path) -> None:
    (folder / "sources.yaml").write_bytes(b"\xff\xfe\x00")
    assert refusal(folder).startswith("sources.yaml: it cannot be read")


@pytest.mark.parametrize(("text", "cause"), [("key: 1", "a list"), ("[1]", "not a mapping")])
def test_another_shape_of_file_is_refused(folder: Path, text: str, cause: str) -> None:
    (folder / "items.yaml").write_text(text, encoding="utf-8")
    assert cause in refusal(folder)


def test_a_file_cannot_make_python_run_anything(folder: Path, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    payload = f"!!python/object/apply:pathlib.Path.touch [!!python/name:pathlib.Path '{canary}']"
    (folder / "items.yaml").write_text(payload, encoding="utf-8")
    assert refusal(folder).startswith("items.yaml, line 1:")
    assert not canary.exists()
