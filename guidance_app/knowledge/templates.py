"""From a kind of procedure to its checklist, pinned by a digest."""

import hashlib

import msgspec

from guidance_app.domain.checklist import ChecklistItem, ChecklistTemplate, Level
from guidance_app.knowledge.facts import Condition, Item, Knowledge, KnowledgeError, Procedure
from guidance_app.knowledge.load import shipped_knowledge

_FROM_MILD_TO_STRICT = (Level.ADVISORY, Level.SOFT, Level.HARD)


def checklist_template(procedure_id: str) -> ChecklistTemplate:
    """The checklist of one shipped procedure; raises KnowledgeError naming those that exist."""
    return build_template(shipped_knowledge(), procedure_id)


def build_template(knowledge: Knowledge, procedure_id: str) -> ChecklistTemplate:
    """The checklist of one procedure; the digest is the sha256 of all that it says."""
    procedure = _find(knowledge, procedure_id)
    holds = {Condition.ALL, *procedure.conditions}
    items = tuple(_resolve(item, holds) for item in knowledge.items if _applies(item, holds))
    if not items:
        raise KnowledgeError(f"No checklist item applies to {procedure.id}.")
    return ChecklistTemplate(
        procedure=procedure.id,
        title=procedure.title,
        version=procedure.version,
        digest=_digest(procedure, items),
        items=items,
    )


def _find(knowledge: Knowledge, procedure_id: str) -> Procedure:
    for procedure in knowledge.procedures:
        if procedure.id == procedure_id:
            return procedure
    existing = ", ".join(procedure.id for procedure in knowledge.procedures)
    raise KnowledgeError(
        f'There is no procedure called "{procedure_id}". Those that exist: {existing}.'
    )


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
        level=max((item.level, *raised), key=_FROM_MILD_TO_STRICT.index),
        evidence=item.evidence,
        sign=item.sign,
    )


def _digest(procedure: Procedure, items: tuple[ChecklistItem, ...]) -> str:
    content = (procedure.id, procedure.title, procedure.version, items)
    return hashlib.sha256(msgspec.json.encode(content, order="deterministic")).hexdigest()
