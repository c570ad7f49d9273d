"""What must hold across the knowledge files, beyond the type of each field."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from guidance_app.domain.checklist import Level, Phase
from guidance_app.domain.people import Role
from guidance_app.knowledge.check_fields import field_causes
from guidance_app.knowledge.content import Knowledge
from guidance_app.knowledge.facts import (
    OURS,
    Certainty,
    Condition,
    Item,
    KnowledgeError,
    Point,
    Statement,
)
from guidance_app.knowledge.rules import Addition, BleedingClass, PublishedDose, Rule

Published = Point | BleedingClass | PublishedDose
"""What one source says, with figures that may be unknown."""

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
        yield from (f"items.yaml, {item.id}: {cause}." for cause in item_causes(item, knowledge))
    for rule in knowledge.rules:
        yield from (f"rules.yaml, {rule.id}: {cause}." for cause in _rule_causes(rule, knowledge))
    yield from _unknown_places(knowledge)


def _points(knowledge: Knowledge) -> Iterator[tuple[str, tuple[Published, ...]]]:
    yield "statements.yaml", knowledge.statements
    yield "recommendations.yaml", knowledge.recommendations
    yield "companions.yaml", knowledge.companions
    yield "bleeding.yaml", knowledge.bleeding
    yield "doses.yaml", knowledge.doses


def _repeated_ids(knowledge: Knowledge) -> Iterator[str]:
    seen: set[str] = set()
    named: list[tuple[str, Iterable[str]]] = [
        ("sources.yaml", (source.id for source in knowledge.sources)),
        *((file, (point.id for point in points)) for file, points in _points(knowledge)),
        ("items.yaml", (item.id for item in knowledge.items)),
        ("rules.yaml", (rule.id for rule in knowledge.rules)),
        ("sites.yaml", (site.id for site in knowledge.sites)),
        ("interventions.yaml", (one.id for one in knowledge.interventions)),
        ("techniques.yaml", (technique.id for technique in knowledge.techniques)),
        ("procedures.yaml", (procedure.id for procedure in knowledge.procedures)),
    ]
    for file, ids in named:
        for id_ in ids:
            if id_ in seen:
                yield f"{file}, {id_}: this id is used twice."
            seen.add(id_)


def _unknown_places(knowledge: Knowledge) -> Iterator[str]:
    """Procedures, doses and classes name sites and interventions that exist."""
    sites = {site.id for site in knowledge.sites}
    interventions = {one.id for one in knowledge.interventions}
    for dose in knowledge.doses:
        for site in set(dose.sites) - sites:
            yield f"doses.yaml, {dose.id}: there is no site called {site}."
    for bleeding in knowledge.bleeding:
        for one in set(bleeding.interventions) - interventions:
            yield f"bleeding.yaml, {bleeding.id}: there is no intervention called {one}."
    for procedure in knowledge.procedures:
        if procedure.site not in sites:
            yield f"procedures.yaml, {procedure.id}: there is no site called {procedure.site}."
        if procedure.intervention not in interventions:
            wanted = procedure.intervention
            yield f"procedures.yaml, {procedure.id}: there is no intervention called {wanted}."


def _point_causes(point: Published, knowledge: Knowledge) -> Iterator[str]:
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


def _rule_causes(rule: Rule, knowledge: Knowledge) -> Iterator[str]:
    yield from _trace_causes(rule, knowledge)
    if not rule.when:
        yield "it does not say when it holds"
    if rule.ranks and rule.factors:
        yield "it ranks techniques and leaves the choice open at the same time"
    for addition in rule.additions:
        yield from _addition_causes(rule, addition, knowledge)


def _addition_causes(rule: Rule, addition: Addition, knowledge: Knowledge) -> Iterator[str]:
    """What is added is checked as a rule of its own; a sentence may rest on the rule's trace."""
    if addition.trace or addition.origin:
        added = replace(rule, trace=addition.trace, origin=addition.origin)
        yield from (f"in an addition {cause}" for cause in _trace_causes(added, knowledge))
    elif not addition.text:
        yield "an addition adds nothing"


def item_causes(item: Item, knowledge: Knowledge) -> Iterator[str]:
    """What is wrong with an item, each as the end of a sentence."""
    yield from _trace_causes(item, knowledge)
    if len(item.text) > LONGEST_TEXT:
        yield f"its text has more than {LONGEST_TEXT} characters"
    for name in ("text", "detail"):
        if not getattr(item, name).strip():
            yield f"its {name} is empty"
    yield from _sign_causes(item)
    yield from _phase_causes(item, knowledge)
    yield from field_causes(item)


def _sign_causes(item: Item) -> Iterator[str]:
    """Somebody who is there, and works with the application, can settle it."""
    if not item.sign:
        yield "nobody may sign it"
    elif set(item.sign) <= {Role.PATIENT, Role.DEVICE}:
        yield "nobody who works with the program may sign it; add Op, As, Rx or Su to its sign"
    elif set(item.sign) <= {Role.PATIENT, Role.DEVICE, Role.SUPERVISOR} and _binds_others(item):
        yield (
            "it is HARD and only a supervisor may sign it, who is there for trainees alone; add "
            "Op, As or Rx to its sign, or let it apply to trainee alone"
        )


def _binds_others(item: Item) -> bool:
    """It can be HARD where the operator is no trainee."""
    conditions = {condition for condition, level in item.level_when.items() if level is Level.HARD}
    is_hard = item.level is Level.HARD or bool(conditions - {Condition.TRAINEE})
    return is_hard and bool(set(item.applies) - {Condition.TRAINEE})


def _phase_causes(item: Item, knowledge: Knowledge) -> Iterator[str]:
    order = list(Phase)
    for other in knowledge.items:
        if other.id in item.after and order.index(other.phase) > order.index(item.phase):
            yield f"it waits for {other.id}, which belongs to a later phase ({other.phase})"


def _trace_causes(item: Item | Rule, knowledge: Knowledge) -> Iterator[str]:
    traceable = knowledge.traceable()
    missing = [id_ for id_ in item.trace if id_ not in traceable]
    if missing:
        yield f"it traces to {', '.join(missing)}, which does not exist"
        return
    if not item.trace:
        yield "it traces to nothing"
    traced = [traceable[id_] for id_ in item.trace]
    yield from _origin_causes(item, any(isinstance(point, Statement) for point in traced))
    yield from _certainty_causes(item, [point.certainty for point in traced])


def _origin_causes(item: Item | Rule, traces_to_statement: bool) -> Iterator[str]:
    if not item.origin or set(item.origin) - set("PCO"):
        yield f'its origin "{item.origin}" is not made of P, C and O'
    if ("P" in item.origin) != traces_to_statement:
        yield "origin P and a trace to the points to consider go together"
    if ("O" in item.origin) != (OURS in item.trace):
        yield f"origin O and trace {OURS} go together"


def _certainty_causes(item: Item | Rule, traced: list[Certainty | None]) -> Iterator[str]:
    others = [certainty for certainty in traced if certainty is not Certainty.OURS]
    if (item.certainty is Certainty.OURS) == bool(others):
        yield f"certainty O and trace {OURS} alone go together"
    elif others and _rank(item.certainty) < max(_rank(certainty) for certainty in others):
        yield "it is marked as more certain than its least certain source"


def _rank(certainty: Certainty | None) -> int:
    return _FROM_SURE_TO_UNSURE.index(certainty)
