"""The settings page in words: the site's file, what it adds and decides, and where the records are.

Also the forms by which thresholds and levels are changed, and what an entry asks of the file.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from drivers.api.address import public_text
from guidance_app.diagnosis.findings import Finding, Outcome
from guidance_app.domain.checklist import FROM_MILD_TO_STRICT, Level
from guidance_app.domain.competence import CompetencePolicy
from guidance_app.knowledge.facts import Item
from guidance_app.knowledge.load import shipped_knowledge
from guidance_app.knowledge.site_change import SiteChange
from guidance_app.knowledge.site_file import AtSite
from guidance_app.presentation.forms import (
    EntryRefused,
    FieldKind,
    FormEntry,
    FormField,
    FormView,
    Option,
    entered,
    entered_number,
)
from guidance_app.presentation.view import NO_TEXT, Text, Tone

THRESHOLDS, LEVEL = "thresholds", "level"
PROPOSED, DECIDED = "proposed by this project", "set by the site"
TESTING = Text("The records are asked …", Tone.MUTED)
NOT_TESTED = Text("Not tested yet: press “Test records”.", Tone.MUTED)


@dataclass(frozen=True, slots=True)
class SettingsView:
    """The whole page."""

    file: tuple[Text, ...] = ()
    """The site's file, and the thresholds."""
    changes: tuple[Text, ...] = ()
    """Items that are added and levels that are raised."""
    records: tuple[Text, ...] = ()
    """Where the records are, and whether they answer."""
    fault: Text = NO_TEXT
    """Why nothing starts, with what to do; empty when all is well."""
    message: Text = NO_TEXT
    testing: bool = False

    @property
    def blocked(self) -> bool:
        """The file may not be used, so that nothing starts."""
        return bool(self.fault.text)


def settings_view(
    path: Path,
    at_site: AtSite | None,
    fault: str,
    records: Path | str,
    answer: Text,
    message: Text,
) -> SettingsView:
    """The page; `at_site` is None while the site's file may not be used, `fault` says why."""
    lines = () if at_site is None else (*_file(at_site), *_thresholds(at_site))
    return SettingsView(
        file=(*lines, Text(f"File: {path}", Tone.MUTED)),
        changes=() if at_site is None else tuple(_changes(at_site)),
        records=(Text(_place(records)), answer),
        fault=_fault(fault),
        message=message,
        testing=answer is TESTING,
    )


def records_answer(finding: Finding) -> Text:
    """Whether the records answer."""
    tone = Tone.GOOD if finding.outcome is Outcome.OK else Tone.ALARM
    return Text(f"{finding.what} {finding.advice}".strip(), tone)


def _place(records: Path | str) -> str:
    if isinstance(records, Path):
        return f"The file {records} on this computer."
    return f"{public_text(records)}, as the settings of this computer say."


def _fault(fault: str) -> Text:
    if not fault:
        return NO_TEXT
    advice = "Nothing starts until this is put right: correct the file, then press “Read again”."
    return Text(f"{fault} {advice}", Tone.ALARM)


def _file(at_site: AtSite) -> Iterable[Text]:
    if at_site.rules is None:
        yield Text("There is no file of this site: everything holds as it is shipped.")
    else:
        yield Text(f"{at_site.rules.site}, version {at_site.rules.version}")


def _thresholds(at_site: AtSite) -> Iterable[Text]:
    policy = at_site.competence
    words = {
        "supervised_per_family": "Supervised procedures asked for in a family of sites: "
        f"{policy.supervised_per_family}",
        "course_years": f"A course counts for {policy.course_years:g} years",
        "levels_simple": f"Certificate for what is not complex: {_levels(policy.levels_simple)}",
        "levels_complex": f"Certificate for what is complex: {_levels(policy.levels_complex)}",
    }
    for name, text in words.items():
        whose = DECIDED if name in at_site.own_thresholds else PROPOSED
        yield Text(f"{text} · {whose}")


def _levels(levels: Mapping[str, int]) -> str:
    return " or ".join(f"{scheme} level {level}" for scheme, level in levels.items()) or "none"


def _changes(at_site: AtSite) -> Iterable[Text]:
    rules, shipped = at_site.rules, _shipped_items()
    for item in rules.items if rules else ():
        yield Text(f"{item.id} added, {item.level}: {item.text}")
    for id_, level in (rules.levels if rules else {}).items():
        yield Text(f"{id_} raised from {shipped[id_].level} to {level}: {shipped[id_].text}")
    if rules is None or not (rules.items or rules.levels):
        yield Text("No item is added and no level is raised.", Tone.MUTED)


def _shipped_items() -> Mapping[str, Item]:
    return {item.id: item for item in shipped_knowledge().items}


def site_form(form: str, at_site: AtSite) -> FormView:
    """The form, with what holds now."""
    if form == LEVEL:
        return FormView(LEVEL, "Raise the level of an item", "Raise level", _level_fields(at_site))
    return FormView(THRESHOLDS, "Thresholds of competence", "Save", _threshold_fields(at_site))


def _name_fields(at_site: AtSite) -> tuple[FormField, ...]:
    site, version = (at_site.rules.site, at_site.rules.version) if at_site.rules else ("", "")
    hint = f"a new one; now it is {version}" if version else "as in 2026-11"
    return (
        FormField("site", "Name of the site", value=site),
        FormField("version", "Version of its file", hint=hint),
    )


def _threshold_fields(at_site: AtSite) -> tuple[FormField, ...]:
    policy = at_site.competence
    return (
        *_name_fields(at_site),
        FormField(
            "supervised", "Supervised procedures a family", value=str(policy.supervised_per_family)
        ),
        FormField("years", "Years that a course counts", value=f"{policy.course_years:g}"),
        FormField("simple", "Certificate, not complex", value=_levels_text(policy.levels_simple)),
        FormField("complex", "Certificate, complex", value=_levels_text(policy.levels_complex)),
    )


def _level_fields(at_site: AtSite) -> tuple[FormField, ...]:
    now = {item.id: item.level for item in at_site.knowledge.items}
    items = tuple(
        Option(item.id, f"{item.id} ({now[item.id]}) {item.text}")
        for item in shipped_knowledge().items
        if item.level is not Level.HARD
    )
    levels = tuple(Option(level.value, level.value) for level in FROM_MILD_TO_STRICT)
    return (
        *_name_fields(at_site),
        FormField("item", "Item", FieldKind.ONE, options=items),
        FormField("level", "Level", FieldKind.ONE, options=levels),
    )


def _levels_text(levels: Mapping[str, int]) -> str:
    return ", ".join(f"{scheme} {level}" for scheme, level in levels.items())


def site_change(entry: FormEntry, at_site: AtSite) -> SiteChange:
    """What an entry makes of the file; raises EntryRefused."""
    site = entered(entry, "site", "the name of the site")
    version = entered(entry, "version", "a new version")
    if entry.form == LEVEL:
        return SiteChange(site, version, levels=_raised(entry, at_site))
    return SiteChange(site, version, _policy(entry))


def _policy(entry: FormEntry) -> CompetencePolicy:
    return CompetencePolicy(
        entered_number(entered(entry, "supervised", "how many"), "supervised procedures"),
        _years(entered(entry, "years", "how many years")),
        _scheme_levels(entered(entry, "simple", "a scheme with its level")),
        _scheme_levels(entered(entry, "complex", "a scheme with its level")),
    )


def _years(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise EntryRefused(f"“{text}” is no number (years that a course counts).") from None


def _scheme_levels(text: str) -> Mapping[str, int]:
    """From "EFSUMB 2, EULAR 1"."""
    levels = {}
    for part in text.split(","):
        scheme, _, level = part.strip().rpartition(" ")
        if not scheme:
            raise EntryRefused(f"“{part.strip()}”: write scheme and level, like EFSUMB 2, EULAR 1.")
        levels[scheme.strip()] = entered_number(level, "level")
    return levels


def _raised(entry: FormEntry, at_site: AtSite) -> Mapping[str, Level]:
    id_, level = entered(entry, "item", "the item"), Level(entered(entry, "level", "the level"))
    so_far = dict(at_site.rules.levels) if at_site.rules else {}
    if level is _shipped_items()[id_].level:
        so_far.pop(id_, None)
        return so_far
    return so_far | {id_: level}
