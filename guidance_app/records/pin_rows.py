"""PINs: kept as Argon2 hashes, and locked for a while after wrong ones.

A PIN is short, so whoever has the file can try them all; the lock holds against whoever has only
the application. A PIN and its hash stand in no log, error or audit entry.
"""

import re
from datetime import datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Row, select

from guidance_app.records.chain import Change
from guidance_app.records.errors import PinLocked, RecordsRefused
from guidance_app.records.schema import PINS
from guidance_app.records.staff_rows import registered
from guidance_app.records.store import Writing, utc_text

PIN = re.compile(r"[0-9]{4,12}")
WRONG_ONES = 5
LOCKED_FOR = timedelta(minutes=5)

_HASHER = PasswordHasher()


def set_pin(writing: Writing, code: str, pin: str) -> None:
    """In place of the one so far, with which its wrong tries are forgotten."""
    if not PIN.fullmatch(pin):
        raise RecordsRefused("A PIN has 4 to 12 digits and nothing else. Choose another.")
    registered(writing.connection, code)
    row = {"hash": _HASHER.hash(pin), "failures": 0, "locked_until_utc": None}
    is_new = _read(writing, code) is None
    writing.write("PIN set", Change(PINS, row | {"person_code": code}, is_new=is_new))


def check_pin(writing: Writing, code: str, pin: str) -> bool:
    """Whether it is the right one, counting the wrong ones.

    The row is locked meanwhile, so that nobody tries several at once. Raises PinLocked while it
    is not even tried, RecordsRefused for somebody who has none or is not active.
    """
    if not registered(writing.connection, code).active:
        raise RecordsRefused(f"{code} is no longer active here and cannot use a PIN.")
    kept = _read(writing, code)
    if kept is None:
        raise RecordsRefused(f"{code} has no PIN yet. Set one.")
    _refuse_while_locked(kept, writing.now)
    right = _is_right(kept.hash, pin)
    failures = 0 if right else _failures(kept) + 1
    if failures != kept.failures or kept.locked_until_utc is not None:
        _count(writing, kept, failures)
    return right


def _read(writing: Writing, code: str) -> Row[Any] | None:
    chosen = select(PINS).where(PINS.c.person_code == code).with_for_update()
    return writing.connection.execute(chosen).one_or_none()


def _refuse_while_locked(kept: Row[Any], now: datetime) -> None:
    if kept.locked_until_utc is None:
        return
    until = datetime.fromisoformat(kept.locked_until_utc)
    if now < until:
        raise PinLocked(
            f"After {WRONG_ONES} wrong PINs {kept.person_code} is locked until "
            f"{until.astimezone():%H:%M:%S}. Wait until then."
        )


def _failures(kept: Row[Any]) -> int:
    """A lock that is over has forgotten them."""
    return int(kept.failures) if kept.locked_until_utc is None else 0


def _count(writing: Writing, kept: Row[Any], failures: int) -> None:
    locked = utc_text(writing.now + LOCKED_FOR) if failures >= WRONG_ONES else None
    row = {"hash": kept.hash, "failures": failures, "locked_until_utc": locked}
    changed = Change(PINS, row | {"person_code": kept.person_code}, is_new=False)
    writing.write("PIN tried", changed)


def _is_right(hashed: str, pin: str) -> bool:
    try:
        return bool(PIN.fullmatch(pin)) and _HASHER.verify(hashed, pin)
    except (VerificationError, InvalidHashError):
        return False
