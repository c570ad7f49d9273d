"""From a procedure and how it is to be done to its checklist, pinned by a digest."""

import hashlib
from dataclasses import fields

import msgspec

from guidance_app.domain.checklist import FROM_MILD_TO_STRICT, ChecklistItem, ChecklistTemplate
from guidance_app.domain.evidence import EvidenceField
from guidance_app.knowledge.cases import Plan
from guidance_app.knowledge.content import Knowledge, Procedure
from guidance_app.knowledge.facts import Condition, Item, ItemField, KnowledgeError
from guidance_app.knowledge.load import shipped_knowledge
from guidance_app.knowledge.planning import conditions_of, find, find_technique, procedure_case


def checklist_template(procedure_id: str, plan: Plan = Plan.ULTRASOUND) -> ChecklistTemplate:
    """The checklist of one shipped procedure; raises KnowledgeError naming those that exist."""
    return build_template(shipped_knowledge(), procedure_id, plan)


def build_template(
    knowledge: Knowledge,
    procedure_id: str,
    plan: Plan = Plan.ULTRASOUND,
    complex_: bool = False,
    trainee: bool = False,
) -> ChecklistTemplate:
    """The checklist of one procedure; the digest is the sha256 of all that it says.

    `complex_` says that the operator calls it complex, `trainee` that one does it.
    """
    procedure = find(knowledge.procedures, procedure_id, "procedure")
    case = procedure_case(knowledge, procedure_id, plan, complex_)
    holds = conditions_of(case, knowledge) | set(procedure.conditions)
    if trainee:
        holds.add(Condition.TRAINEE)
    items = tuple(_resolve(item, holds) for item in knowledge.items if _applies(item, holds))
    if not items:
        raise KnowledgeError(f"No checklist item applies to {procedure.id}.")
    title = _title(knowledge, procedure, plan)
    return ChecklistTemplate(
        procedure=procedure.id,
        title=title,
        version=procedure.version,
        digest=_digest((procedure.id, title, procedure.version, items)),
        items=items,
    )


def _title(knowledge: Knowledge, procedure: Procedure, plan: Plan) -> str:
    technique = find_technique(knowledge, plan)
    return f"{procedure.title} {technique.how}" if technique else procedure.title


def _applies(item: Item, holds: set[Condition]) -> bool:
    return not holds.isdisjoint(item.applies) and holds.isdisjoint(item.excluded_by)


def _resolve(item: Item, holds: set[Condition]) -> ChecklistItem:
    raised = [level for condition, level in item.level_when.items() if condition in holds]
    return ChecklistItem(
        id=item.id,
        phase=item.phase,
        text=item.text,
        origin=item.origin,
        trace=item.trace,
        level=max((item.level, *raised), key=FROM_MILD_TO_STRICT.index),
        evidence=item.evidence,
        sign=item.sign,
        before_injection=item.before_injection,
        may_not_apply=item.may_not_apply,
        proven_by=item.proven_by,
        contradicted_by=item.contradicted_by,
        after=item.after,
        fields=_fields(item, holds),
    )


def _fields(item: Item, holds: set[Condition]) -> tuple[EvidenceField, ...]:
    asked = [one for one in item.fields if not one.when or not holds.isdisjoint(one.when)]
    ids = {one.id for one in asked}
    return tuple(_field(one, ids) for one in asked)


def _field(field: ItemField, ids: set[str]) -> EvidenceField:
    """Without what stands in for it elsewhere only."""
    resolved = {part.name: getattr(field, part.name) for part in fields(EvidenceField)}
    return EvidenceField(**resolved | {"instead": tuple(i for i in field.instead if i in ids)})


def _digest(content: tuple[object, ...]) -> str:
    return hashlib.sha256(msgspec.json.encode(content, order="deterministic")).hexdigest()
