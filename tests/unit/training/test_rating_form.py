"""Rating forms: what they come to, where they come from, and files that are none."""

import hashlib
import os
from pathlib import Path

import pytest
from rated_sessions import form_text, given, house_form

from guidance_app.knowledge.facts import Certainty, KnowledgeError
from guidance_app.knowledge.load import shipped_knowledge
from guidance_app.training.form_files import MAX_BYTES, forms_with, read_form, shipped_forms
from guidance_app.training.rating_form import NOT_SEEN, Part, RatingRefused, tally

SURE = (Certainty.OURS, Certainty.SECONDARY, Certainty.READ)
HEAD = 'id: mine\ntitle: Mine\nversion: "1"\nstanding: s\n'
ONE = "checklist:\n  - {id: a, text: Done, trace: [OURS], certainty: O}\n"


def test_a_filled_form_comes_to_its_parts_and_never_to_one_sum() -> None:
    form = house_form("c9").form
    whole = tally(form, given(10, 44))
    assert (whole.done, whole.judged, whole.percent) == (10, 10, 100.0)
    assert (whole.of(Part.SCALE), whole.missing, whole.critical_missed) == (4.4, (), ())
    missed = tally(form, given(9, 50))
    assert (missed.of(Part.CHECKLIST), missed.critical_missed) == (90.0, ("c9",))


def test_what_was_not_seen_counts_neither_way() -> None:
    form = house_form("c9").form
    found = tally(form, given(8, 30) | {"c9": NOT_SEEN, "c8": NOT_SEEN, "s0": NOT_SEEN})
    assert (found.done, found.judged, found.percent) == (8, 8, 100.0)
    assert (found.critical_missed, found.critical_not_seen) == ((), ("c9",))
    assert found.scale == 3.0
    assert tally(form, {}).percent is None and len(tally(form, {}).missing) == 20


@pytest.mark.parametrize("wrong", [{"other": 1}, {"c0": 2}, {"s0": 0}, {"s0": 6}])
def test_what_a_form_does_not_ask_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(RatingRefused):
        tally(house_form().form, wrong)


def test_no_shipped_item_claims_to_be_surer_than_what_it_follows_from() -> None:
    knowledge = shipped_knowledge()
    known = {**knowledge.traceable(), **{item.id: item for item in knowledge.items}}
    assert len(shipped_forms()) == 3
    for one in shipped_forms():
        assert one.form.standing == "ours, not validated"
        for item in one.form.items:
            sure = min(SURE.index(known[id_].certainty or Certainty.OURS) for id_ in item.trace)  # type: ignore[union-attr]
            assert SURE.index(item.certainty) <= sure, item


def test_the_digest_is_that_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(HEAD + ONE)
    (known,) = [one for one in forms_with(str(tmp_path)).forms if one.own]
    assert known.digest == hashlib.sha256((HEAD + ONE).encode()).hexdigest()
    assert forms_with(str(tmp_path)).suiting("knee-injection", "us")[0] is not None
    assert forms_with(str(tmp_path)).suiting("knee-injection", "us")[0].form.id == "mine"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- a\n", "names with values"),
        (HEAD, "neither a checklist nor a scale"),
        (HEAD + ONE.replace("OURS", "K-99"), "line 6, a: it traces to K-99"),
        (HEAD + ONE.replace("[OURS]", "[]"), "it has no source"),
        (HEAD + ONE.replace("certainty: O", 'certainty: "?"'), "what was not found"),
        (HEAD + ONE.replace("text", "txt"), "there is no field called txt"),
        (HEAD + ONE.replace("Done", "' '"), "a text of it is empty"),
        (HEAD + ONE.replace("Done", "x" * 201), "longer than 200"),
        (HEAD + ONE.replace("id: a", "id: ../a"), "an id has small letters"),
        (HEAD + ONE + ONE.split("\n")[1] + "\n", "used already"),
        (HEAD + ONE.replace("Done", '"a\\u202eb"'), "turns the direction"),
        (HEAD + "procedures: [knee]\n" + ONE, "there is no knee here"),
        (form_text().replace("5: good", "7: good"), "anchors say what 1 and 5"),
        (HEAD + "checklist: !!python/object:os.system x\n", "has no meaning here"),
        (HEAD + "checklist: 3\n", "a list, as in"),
        (HEAD + "checklist: " + "[" * 5000, "cannot be read"),
        (HEAD + "a: &a [1]\nb: *a\n", "there is no field called a"),
        (HEAD + "checklist:\n" + ONE.split("\n", 1)[1] * 41, "more than 40"),
        ("x" * (MAX_BYTES + 1), "larger than"),
    ],
)  # fmt: skip
def test_what_is_no_form_is_told_with_its_place(text: str, words: str) -> None:
    with pytest.raises(KnowledgeError, match=r"bad\.yaml") as told:
        read_form(text.encode(), "bad.yaml")
    assert words in str(told.value)


def test_a_folder_with_anything_in_it_gives_the_good_forms_and_names_the_others(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.yaml").write_text(HEAD + ONE)
    (tmp_path / "b.yaml").write_text(HEAD + ONE)
    (tmp_path / "c.yaml").write_bytes(b"\xff\xfe")
    (tmp_path / "d.yaml").symlink_to(tmp_path / "a.yaml")
    os.mkfifo(tmp_path / "e.yaml")
    (tmp_path / "f.yaml").mkdir()
    shipped = Path(__file__).parents[3] / "guidance_app/training/forms/us-guided-needle.yaml"
    (tmp_path / "g.yaml").write_bytes(shipped.read_bytes())
    forms = forms_with(str(tmp_path))
    assert [one.form.id for one in forms.forms if one.own] == ["mine"]
    assert len(forms.problems) == 6
    assert all(name in " ".join(forms.problems) for name in ("b.yaml", "c.yaml", "e.yaml"))
    assert "cannot be read" in forms_with(str(tmp_path / "none")).problems[0]
