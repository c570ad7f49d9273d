"""What may be registered of people; rules of this project. Pure.

Each gives one sentence that says what is wrong and what to do, or None when nothing is.
"""

import re
from collections.abc import Collection

from guidance_app.domain.competence import (
    HIGHEST_LEVEL,
    LOWEST_LEVEL,
    RADIATION,
    Certificate,
    Course,
)
from guidance_app.domain.people import DEVICE
from guidance_app.domain.written import HIDDEN, holds_hidden

CODE = re.compile(r"[A-Za-z0-9._-]{1,20}")
LONGEST_NAME = 120
OUT_OF_ORDER = "It cannot expire before it begins. Check the two days."


def code_refusal(code: str, registered: Collection[str]) -> str | None:
    """What is wrong with the code of somebody new beside those that are registered."""
    if CODE.fullmatch(code) is None:
        return (
            "A code has 1 to 20 letters from A to Z, digits, dots, dashes or underscores and "
            "nothing else. Choose another."
        )
    if code.casefold() == DEVICE.code.casefold():
        return f"The code {DEVICE.code} is the program's own. Choose another."
    same = [one for one in registered if one.casefold() == code.casefold()]
    return f"Somebody is registered under {same[0]}. Choose another code." if same else None


def name_refusal(name: str) -> str | None:
    """What is wrong with a name."""
    if not name.strip():
        return "The name is empty. Type it as it is to be shown."
    if len(name) > LONGEST_NAME:
        return f"A name has {LONGEST_NAME} characters at most. Shorten it."
    return f"The name {HIDDEN}. Type it anew." if holds_hidden(name) else None


def certificate_refusal(certificate: Certificate, techniques: Collection[str]) -> str | None:
    """What is wrong with a certificate where these imaging techniques exist, by id."""
    if not certificate.scheme.strip():
        return "The scheme of the certificate is empty. Type it, like EFSUMB."
    if holds_hidden(certificate.scheme):
        return f"The scheme of the certificate {HIDDEN}. Type it anew."
    if not LOWEST_LEVEL <= certificate.level <= HIGHEST_LEVEL:
        return f"A level is a whole number from {LOWEST_LEVEL} to {HIGHEST_LEVEL}. Correct it."
    if certificate.technique not in techniques:
        return _unknown("technique", certificate.technique, techniques)
    in_order = certificate.expires is None or certificate.issued <= certificate.expires
    return None if in_order else OUT_OF_ORDER


def course_refusal(course: Course, techniques: Collection[str]) -> str | None:
    """What is wrong with a course where these imaging techniques exist, by id."""
    topics = (*techniques, RADIATION)
    if course.topic not in topics:
        return _unknown("topic", course.topic, topics)
    in_order = course.expires is None or course.taken <= course.expires
    return None if in_order else OUT_OF_ORDER


def _unknown(what: str, name: str, known: Collection[str]) -> str:
    return f"There is no {what} called “{name}”. There are: {', '.join(known)}."
