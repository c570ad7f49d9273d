"""Plain sentences that say where something comes from and how sure that is."""

from collections.abc import Iterable

from guidance_app.knowledge.content import Knowledge
from guidance_app.knowledge.facts import (
    OURS,
    Certainty,
    Companion,
    KnowledgeError,
    Point,
    Recommendation,
    Source,
    Statement,
)
from guidance_app.knowledge.load import shipped_knowledge

_HOW_READ = {
    Certainty.SECONDARY: "read in a secondary source",
    Certainty.OURS: "a proposal of this project",
    Certainty.NOT_FOUND: "wording not found",
}


def describe_trace(trace: Iterable[str], knowledge: Knowledge | None = None) -> str:
    """One line for each id: the source, how it is worded, agreement and evidence.

    "EULAR points to consider 2022, PTC-6: must; agreement 8.9 (SD 2.9), evidence level 5".
    What was not seen is said to be unknown. Raises KnowledgeError for an unknown id; the shipped
    knowledge is asked where no other is given.
    """
    known = knowledge or shipped_knowledge()
    return "\n".join(_describe(id_, known) for id_ in trace)


def describe_item(item_id: str, knowledge: Knowledge | None = None) -> str:
    """The whole item with its hedges, its note, and its trace, a line each.

    Raises KnowledgeError for an unknown id; the shipped knowledge is asked where no other is given.
    """
    known = knowledge or shipped_knowledge()
    for item in known.items:
        if item.id == item_id:
            lines = (item.detail, item.note, describe_trace(item.trace, known))
            return "\n".join(line for line in lines if line)
    raise KnowledgeError(f"There is no checklist item called {item_id}.")


def _describe(id_: str, knowledge: Knowledge) -> str:
    point = knowledge.traceable().get(id_)
    if point is None:
        raise KnowledgeError(f"There is no source or statement called {id_}.")
    if isinstance(point, Source):
        return _describe_source(point)
    titles = {source.key: source.title for source in knowledge.sources}
    return f"{titles[point.source]}, {point.id}{_figures(point)}"


def _describe_source(source: Source) -> str:
    if source.key == OURS:
        return f"{source.title}; no source states it"
    how = _HOW_READ.get(source.certainty) if source.certainty else "how it was read is not noted"
    return f"{source.title} ({how})" if how else source.title


def _figures(point: Point) -> str:
    if isinstance(point, Statement):
        return f": {_verbs(point)}; {_agreement(point)}, {_level(point.loe, point.loe_note)}"
    if isinstance(point, Recommendation):
        return f": {_strength(point)}, {_level(point.loe)}{_how_read(point.certainty)}"
    return f"{_companion_figures(point)}{_how_read(point.certainty)}"


def _verbs(statement: Statement) -> str:
    return " / ".join(statement.verbs)


def _agreement(statement: Statement) -> str:
    return f"agreement {statement.loa_mean:.1f} (SD {statement.loa_sd:.1f})"


def _level(loe: str | None, note: str = "") -> str:
    if loe is None:
        return "evidence level not known"
    level = "not applicable" if loe == "n.a." else loe
    return f"evidence level {level}" + (f" ({note})" if note else "")


def _strength(point: Recommendation) -> str:
    return f"strength {point.strength:.1f} ({point.strength_low:.1f} to {point.strength_high:.1f})"


def _companion_figures(point: Companion) -> str:
    parts = [
        "agreement not known" if "agreement_pct" in point.unknown else "",
        "evidence not known" if "evidence" in point.unknown else "",
        f"agreement {point.agreement_pct:.0f} %" if point.agreement_pct is not None else "",
        f"evidence {point.evidence}" if point.evidence is not None else "",
    ]
    said = ", ".join(part for part in parts if part)
    return f": {said}" if said else ""


def _how_read(certainty: Certainty) -> str:
    how = _HOW_READ.get(certainty)
    return f"; {how}" if how else ""
