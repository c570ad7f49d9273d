"""Changing a site's file: everything else in it stays, its comments and its order too."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from io import StringIO

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString
from ruamel.yaml.util import load_yaml_guess_indent

from guidance_app.domain.checklist import Level
from guidance_app.domain.competence import CompetencePolicy
from guidance_app.knowledge.content import Knowledge
from guidance_app.knowledge.facts import KnowledgeError
from guidance_app.knowledge.site_file import SiteRules, site_rules

LONGEST_LINE = 1 << 16
"""No line is broken anew."""


@dataclass(frozen=True, slots=True)
class SiteChange:
    """What of a site's file becomes different; None leaves it as it is."""

    site: str
    version: str
    competence: CompetencePolicy | None = None
    levels: Mapping[str, Level] | None = None


def changed_site(text: str | None, file: str, knowledge: Knowledge, change: SiteChange) -> str:
    """The text of a site's file after a change; `text` is None where there is no file yet.

    Raises KnowledgeError for a file or a change that may not be, and where something else
    would change with it.
    """
    before = SiteRules("", "") if text is None else site_rules(text, file, knowledge)
    if text is not None and change.version == before.version:
        raise KnowledgeError("What holds from now on needs a version of its own. Raise it.")
    expected = _expected(before, change)
    after = _written(text or "", file, before, expected)
    if site_rules(after, file, knowledge) != expected:
        raise KnowledgeError(f"{file} cannot be changed here alone. Change it in an editor.")
    return after


def _expected(before: SiteRules, change: SiteChange) -> SiteRules:
    return replace(
        before,
        site=change.site,
        version=change.version,
        competence=change.competence or before.competence,
        levels=before.levels if change.levels is None else dict(change.levels),
    )


def _written(text: str, file: str, before: SiteRules, after: SiteRules) -> str:
    writer = YAML()
    writer.preserve_quotes = True
    writer.width = LONGEST_LINE
    try:
        _, indent, offset = load_yaml_guess_indent(text)
        writer.indent(sequence=indent or 2, offset=offset or 0)
        content = writer.load(text)
    except YAMLError:
        raise KnowledgeError(f"{file} cannot be changed here. Change it in an editor.") from None
    content = CommentedMap() if content is None else content
    _put_names(content, before, after)
    _put_thresholds(content, before.competence, after.competence)
    _put(content, "levels", before.levels, {id_: str(level) for id_, level in after.levels.items()})
    written = StringIO()
    writer.dump(content, written)
    return written.getvalue()


def _put_names(content: CommentedMap, before: SiteRules, after: SiteRules) -> None:
    for name in ("site", "version"):
        if getattr(before, name) != getattr(after, name):
            content[name] = DoubleQuotedScalarString(getattr(after, name))


def _put_thresholds(
    content: CommentedMap, before: CompetencePolicy, after: CompetencePolicy
) -> None:
    """Only those that differ: what a site never decided on stays a proposal."""
    for name in (field.name for field in fields(CompetencePolicy)):
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            _put(_part(content, "competence"), name, old, new)


def _put(content: CommentedMap, name: str, old: object, new: object) -> None:
    """A value; of a mapping each entry, so that its comments stay."""
    if old == new:
        return
    if not isinstance(new, Mapping):
        content[name] = new
        return
    part = _part(content, name)
    for key in [key for key in part if key not in new]:
        del part[key]
    part.update({key: value for key, value in new.items() if part.get(key) != value})


def _part(content: CommentedMap, name: str) -> CommentedMap:
    if content.get(name) is None:
        content[name] = CommentedMap()
        content[name].fa.set_flow_style()
    part: CommentedMap = content[name]
    return part
