"""Where the items of a checklist come from, with how surely that was read."""

from guidance_app.domain.checklist import ChecklistTemplate
from guidance_app.exchange.fhir.elements import Element, coding, extension, filled
from guidance_app.knowledge.content import Knowledge
from guidance_app.knowledge.facts import Certainty, Source
from guidance_app.knowledge.load import shipped_knowledge
from guidance_app.knowledge.wording import describe_trace


def sources(template: ChecklistTemplate) -> list[Element]:
    """Every paper, checklist and law that an item rests on, each once."""
    knowledge = shipped_knowledge()
    keys = {key for item in template.items for id_ in item.trace for key in _keys(knowledge, id_)}
    return [_source(source) for source in knowledge.sources if source.key in keys]


def item_sources(trace: tuple[str, ...]) -> list[Element]:
    """What one item rests on; an id of another version stands there without words."""
    known = shipped_knowledge().traceable()
    return [
        _cited(
            {
                "type": "citation",
                "label": id_,
                "display": describe_trace((id_,)) if id_ in known else "",
            },
            known[id_].certainty if id_ in known else None,
        )
        for id_ in trace
    ]


def _keys(knowledge: Knowledge, id_: str) -> list[str]:
    point = knowledge.traceable().get(id_)
    if point is None:
        return []
    return [point.key if isinstance(point, Source) else point.source]


def _source(source: Source) -> Element:
    cited = {
        "type": "citation",
        "label": source.key,
        "display": source.title,
        "citation": source.citation,
    }
    return _cited(cited, source.certainty)


def _cited(artifact: Element, certainty: Certainty | None) -> Element:
    how = certainty and coding("certainty", certainty, certainty.name.lower().replace("_", " "))
    read = [extension("certainty", "Coding", how)] if how else []
    return extension("source", "RelatedArtifact", filled({"extension": read, **artifact}))
