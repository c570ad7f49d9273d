"""What must hold across the knowledge files, beyond the type of each field."""

from collections.abc import Iterable, Iterator

from guidance_app.knowledge.facts import (
    OURS,
    Certainty,
    Item,
    Knowledge,
    KnowledgeError,
    Point,
    Statement,
)

LONGEST_TEXT = 45
"""Characters of an item that can be read on the panel at two metres."""

_FROM_SURE_TO_UNSURE = (Certainty.READ, Certainty.SECONDARY, None, Certainty.NOT_FOUND)


def check_knowledge(knowledge: Knowledge) -> None:
    """Raise KnowledgeError for the first thing that is wrong, naming file, id and cause."""
    problem = next(_problems(knowledge), None)
    if problem is not None:
        raise KnowledgeError(problem)


def _problems(knowledge: Knowledge) -> Iterator[str]:
    yield from _repeated_ids(knowledge)
    for file, points in _points(knowledge):
        for point in points:
            yield from (
                f"{file}, {point.id}: {cause}." for cause in _point_causes(point, knowledge)
            )
    for item in knowledge.items:
        yield from (f"items.yaml, {item.id}: {cause}." for cause in _item_causes(item, knowledge))


def _points(knowledge: Knowledge) -> Iterator[tuple[str, tuple[Point, ...]]]:
    yield "statements.yaml", knowledge.statements
    yield "recommendations.yaml", knowledge.recommendations
    yield "companions.yaml", knowledge.companions


def _repeated_ids(knowledge: Knowledge) -> Iterator[str]:
    seen: set[str] = set()
    named: list[tuple[str, Iterable[str]]] = [
        ("sources.yaml", (source.id for source in knowledge.sources)),
        *((file, (point.id for point in points)) for file, points in _points(knowledge)),
        ("items.yaml", (item.id for item in knowledge.items)),
        ("procedures", (procedure.id for procedure in knowledge.procedures)),
    ]
    for file, ids in named:
        for id_ in ids:
            if id_ in seen:
                yield f"{file}, {id_}: this id is used twice."
            seen.add(id_)


def _point_causes(point: Point, knowledge: Knowledge) -> Iterator[str]:
    if point.source not in {source.key for source in knowledge.sources}:
        yield f"its source {point.source} does not exist"
    for name in point.unknown:
        if name not in point.FIGURES:
            yield f"{name} is no figure that could be unknown"
        elif getattr(point, name) is not None:
            yield f"{name} is marked as not seen, so it must be null"
    if point.certainty is Certainty.NOT_FOUND:
        known = [name for name in point.FIGURES if getattr(point, name) is not None]
        if known:
            yield f"it was not found, so {', '.join(known)} must be null"


def _item_causes(item: Item, knowledge: Knowledge) -> Iterator[str]:
    traceable = knowledge.traceable()
    missing = [id_ for id_ in item.trace if id_ not in traceable]
    if missing:
        yield f"it traces to {', '.join(missing)}, which does not exist"
        return
    if not item.trace:
        yield "it traces to nothing"
    if len(item.text) > LONGEST_TEXT:
        yield f"its text has more than {LONGEST_TEXT} characters"
    if not item.sign:
        yield "nobody may sign it"
    traced = [traceable[id_] for id_ in item.trace]
    yield from _origin_causes(item, any(isinstance(point, Statement) for point in traced))
    yield from _certainty_causes(item, [point.certainty for point in traced])


def _origin_causes(item: Item, traces_to_statement: bool) -> Iterator[str]:
    if not item.origin or set(item.origin) - set("PCO"):
        yield f'its origin "{item.origin}" is not made of P, C and O'
    if ("P" in item.origin) != traces_to_statement:
        yield "origin P and a trace to the points to consider go together"
    if ("O" in item.origin) != (OURS in item.trace):
        yield f"origin O and trace {OURS} go together"


def _certainty_causes(item: Item, traced: list[Certainty | None]) -> Iterator[str]:
    others = [certainty for certainty in traced if certainty is not Certainty.OURS]
    if (item.certainty is Certainty.OURS) == bool(others):
        yield f"certainty O and trace {OURS} alone go together"
    elif others and _rank(item.certainty) < max(_rank(certainty) for certainty in others):
        yield "it is marked as more certain than its least certain source"


def _rank(certainty: Certainty | None) -> int:
    return _FROM_SURE_TO_UNSURE.index(certainty)
