"""Reads rating forms: those that are shipped, and those in the folder of a site. Without trust."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from re import compile as pattern
from typing import Any

import msgspec
import yaml

from guidance_app.knowledge.content import Knowledge
from guidance_app.knowledge.facts import Certainty, KnowledgeError, Source
from guidance_app.knowledge.load import shipped_knowledge, unknown_names
from guidance_app.knowledge.site_text import SiteText, all_nodes, line_of, parse_site
from guidance_app.knowledge.site_words import in_words, key_line
from guidance_app.session.disk import open_plain
from guidance_app.session.errors import SessionError
from guidance_app.training.rating_form import (
    POINTS,
    Behaviour,
    CheckItem,
    KnownForm,
    RatingForm,
    ScaleItem,
)

SUFFIX = ".yaml"
MAX_BYTES = 64 << 10
MOST_FORMS = 100
MOST_ITEMS = 40
"""In a part of a form."""
LONGEST_TEXT = 200
ID = pattern(r"[a-z0-9][a-z0-9-]{0,39}")
PARTS = {"checklist": CheckItem, "scale": ScaleItem, "lowering": Behaviour, "sources": Source}


@dataclass(frozen=True, slots=True)
class Forms:
    """All that may be rated by."""

    forms: tuple[KnownForm, ...]
    problems: tuple[str, ...] = ()
    """Files of the site that are no forms: a sentence each."""

    def find(self, id_: str) -> KnownForm | None:
        """The form with this id."""
        return next((one for one in self.forms if one.form.id == id_), None)

    def suiting(self, procedure: str, technique: str) -> tuple[KnownForm, ...]:
        """Those for this procedure, guided like this: the site's first, then the more special."""
        fitting = [one for one in self.forms if one.form.suits(procedure, technique)]
        return tuple(sorted(fitting, key=lambda one: (not one.own, one.form.is_general)))


@cache
def shipped_forms() -> tuple[KnownForm, ...]:
    """The forms of this project; read once."""
    folder = files("guidance_app.training") / "forms"
    found = sorted(folder.iterdir(), key=lambda file: file.name)
    return tuple(
        read_form(file.read_bytes(), file.name) for file in found if file.name.endswith(SUFFIX)
    )


def forms_with(folder: str) -> Forms:
    """Those that are shipped and those of a site's folder; without one where it is empty."""
    shipped = shipped_forms()
    if not folder:
        return Forms(shipped)
    own: dict[str, KnownForm] = {}
    problems: list[str] = []
    taken = {one.form.id for one in shipped}
    for path in _listed(Path(folder), problems):
        try:
            known = read_form(_content(path), path.name, own=True)
            if known.form.id in taken | own.keys():
                raise KnowledgeError(f"{path.name}: the id {known.form.id} is used already.")
            own[known.form.id] = known
        except (KnowledgeError, SessionError) as error:
            problems.append(f"A rating form is left out. {error}")
    return Forms((*shipped, *own.values()), tuple(problems))


def read_form(content: bytes, file: str, *, own: bool = False) -> KnownForm:
    """A form from the content of its file; KnowledgeError with file, line and cause."""
    if len(content) > MAX_BYTES:
        raise KnowledgeError(f"{file}: it is larger than {MAX_BYTES >> 10} kB.")
    try:
        parsed = parse_site(content.decode(), file)
    except UnicodeDecodeError:
        raise KnowledgeError(f"{file}: it is no text in UTF-8.") from None
    form = _form(parsed)
    for where, cause in _causes(form, shipped_knowledge()):
        raise parsed.wrong(where, cause, _line(parsed, where))
    return KnownForm(form, sha256(content).hexdigest(), own)


def _listed(folder: Path, problems: list[str]) -> list[Path]:
    try:
        found = sorted(path for path in folder.iterdir() if path.suffix == SUFFIX)
    except OSError as error:
        problems.append(f"The folder of rating forms {folder} cannot be read ({error.strerror}).")
        return []
    if len(found) > MOST_FORMS:
        problems.append(f"{folder} holds more than {MOST_FORMS} forms: the others are left out.")
    return found[:MOST_FORMS]


def _content(path: Path) -> bytes:
    with open_plain(path) as file:
        return file.read(MAX_BYTES + 1)


def _form(text: SiteText) -> RatingForm:
    if not isinstance(text.raw, dict):
        raise KnowledgeError(f"{text.file}: it must be names with values, as in id: my-form.")
    _refuse_unknown(text, text.raw, RatingForm)
    for part, kind in PARTS.items():
        entries = text.raw.get(part)
        for entry in entries if isinstance(entries, list) else ():
            _refuse_unknown(text, entry, kind)
    try:
        return msgspec.convert(text.raw, RatingForm)
    except msgspec.ValidationError as error:
        raise in_words(text, str(error), RatingForm) from None


def _refuse_unknown(text: SiteText, raw: object, kind: type) -> None:
    names = sorted(unknown_names(raw, kind)) if isinstance(raw, dict) else []
    if names:
        cause = f"there is no field called {names[0]}"
        raise text.wrong(names[0], cause, key_line(text, names[0]))


def _line(text: SiteText, where: str) -> int | None:
    """Where an item or source of this id begins."""
    nodes = [] if text.root is None else all_nodes(text.root)
    for node in (node for node in nodes if isinstance(node, yaml.MappingNode)):
        for name, value in node.value:
            if name.value in ("id", "key") and getattr(value, "value", None) == where:
                return line_of(node)
    return None


def _causes(form: RatingForm, knowledge: Knowledge) -> Iterator[tuple[str, str]]:
    yield from _head_causes(form, knowledge)
    yield from _item_causes(form)
    sources = {source.key for source in form.sources}
    items = {item.id for item in knowledge.items}
    known = sources | items | set(knowledge.traceable())
    for item in form.items:
        if not item.trace:
            yield item.id, "it has no source; name one under trace, or OURS"
        for name in item.trace:
            if name not in known:
                yield item.id, f"it traces to {name}, which does not exist"
        if item.certainty is Certainty.NOT_FOUND:
            yield item.id, "what was not found cannot be asked for"


def _head_causes(form: RatingForm, knowledge: Knowledge) -> Iterator[tuple[str, str]]:
    if not ID.fullmatch(form.id):
        yield form.id, "an id has small letters, digits and hyphens, 40 at most"
    for name in ("title", "version", "standing"):
        yield from _text_causes(name, getattr(form, name))
    for source in form.sources:
        for name in ("key", "title", "citation", "where_read"):
            yield from _text_causes(source.key or "sources", getattr(source, name))
    ids: Mapping[str, set[str]] = {
        "procedures": {one.id for one in knowledge.procedures},
        "techniques": {str(one.id) for one in knowledge.techniques},
    }
    for name, known in ids.items():
        for id_ in set(getattr(form, name)) - known:
            yield name, f"there is no {id_} here; there are {', '.join(sorted(known))}"


def _item_causes(form: RatingForm) -> Iterator[tuple[str, str]]:
    if not form.checklist and not form.scale:
        yield form.id, "it asks nothing: neither a checklist nor a scale"
    parts: tuple[tuple[Any, ...], ...] = (form.checklist, form.scale, form.lowering)
    if any(len(part) > MOST_ITEMS for part in parts):
        yield form.id, f"a part of it has more than {MOST_ITEMS} items"
    taken: set[str] = set()
    for item in form.items:
        if not ID.fullmatch(item.id):
            yield item.id, "an id has small letters, digits and hyphens, 40 at most"
        if item.id in taken:
            yield item.id, "this id is used already"
        taken.add(item.id)
        yield from _text_causes(item.id, item.text)
    for scale in form.scale:
        yield from _anchor_causes(scale)


def _anchor_causes(item: ScaleItem) -> Iterator[tuple[str, str]]:
    if not {POINTS[0], POINTS[-1]} <= item.anchors.keys() <= set(POINTS):
        yield item.id, "its anchors say what 1 and 5 stand for, and may say it of those between"
    for text in item.anchors.values():
        yield from _text_causes(item.id, text)


def _text_causes(where: str, text: str) -> Iterator[tuple[str, str]]:
    if not text.strip():
        yield where, "a text of it is empty"
    if len(text) > LONGEST_TEXT or "\n" in text.strip():
        yield where, f"a text of it is longer than {LONGEST_TEXT} characters, or than one line"
