"""What must hold of the fields in which something is noted with an item."""

import re
from collections import Counter
from collections.abc import Iterator
from math import isfinite

from guidance_app.domain.checklist import Level
from guidance_app.domain.evidence import EvidenceKind
from guidance_app.knowledge.facts import Item, ItemField

LONGEST_LABEL = 28
"""Characters of a field that can be read on the panel at two metres."""
NOTE = "note"
"""What every item has beside its fields; no field is called so."""

_ID = re.compile("[a-z][a-z0-9_]*")


def field_causes(item: Item) -> Iterator[str]:
    """What is wrong with the fields of an item, each as the end of a sentence."""
    for id_, count in Counter(field.id for field in item.fields).items():
        if count > 1:
            yield f"its field {id_} is there {count} times"
    for field in item.fields:
        yield from (f"its field {field.id} {cause}" for cause in _causes(field, item))


def _causes(field: ItemField, item: Item) -> Iterator[str]:
    if not _ID.fullmatch(field.id) or field.id == NOTE:
        yield f'needs an id of small letters, digits and _, other than "{NOTE}"'
    if not 0 < len(field.label.strip()) <= LONGEST_LABEL:
        yield f"needs a label of 1 to {LONGEST_LABEL} characters"
    yield from _choice_causes(field)
    yield from _number_causes(field)
    yield from _required_causes(field, item)


def _choice_causes(field: ItemField) -> Iterator[str]:
    if field.kind is not EvidenceKind.CHOICE:
        if field.choices:
            yield f"has choices, but is a {field.kind}"
        return
    if len(set(field.choices)) < max(2, len(field.choices)):
        yield "needs two choices or more, each once"
    if any(choice != " ".join(choice.split()) or not choice for choice in field.choices):
        yield "has a choice that is empty or holds needless spaces"


def _number_causes(field: ItemField) -> Iterator[str]:
    limits = [limit for limit in (field.least, field.most) if limit is not None]
    if field.kind is not EvidenceKind.NUMBER:
        if field.unit or limits:
            yield f"has a unit or limits, but is a {field.kind}"
        return
    if not all(map(isfinite, limits)):
        yield "has a limit that is no number"
    elif limits != sorted(limits):
        yield f"has a least ({limits[0]:g}) above its most ({limits[1]:g})"


def _required_causes(field: ItemField, item: Item) -> Iterator[str]:
    others = {other.id for other in item.fields} - {field.id}
    if field.required and item.level is Level.ADVISORY:
        yield "is required, but the item may be skipped"
    if field.instead and not field.required:
        yield "is not required, so nothing can stand in for it"
    for id_ in (id_ for id_ in field.instead if id_ not in others):
        yield f"cannot be replaced by {id_}: that is no other field of the item"
