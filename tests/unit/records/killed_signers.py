"""Signs pairs in children that are killed, and looks each time what is left. Arguments: ADDRESS.

Prints one line a child: pairs that were acknowledged, pairs that are stored. Ends with 1, and
says why, as soon as half a pair, a lost one, or a broken audit chain is found.
"""

import os
import random
import signal
import sys
from contextlib import closing
from pathlib import Path

from samples import PROCEDURE
from signing import pair, register_both

from guidance_app.records.database import Records
from guidance_app.records.signatures import SignatureRequest

TIMES = 50


def main(place: str) -> None:
    address = place if "://" in place else Path(place)
    with closing(Records.open(address)) as records:
        register_both(records)
        records.start_procedure(PROCEDURE)
    pick = random.Random(3)
    stored = 0
    for _ in range(TIMES):
        acknowledged = kill_a_signer(address, stored, pick)
        found = look(address)
        if not stored + acknowledged <= found <= stored + acknowledged + 1:
            sys.exit(f"{acknowledged} acknowledged after {stored}, {found} stored")
        print(acknowledged, found - stored, flush=True)
        stored = found


def kill_a_signer(address: Path | str, number: int, pick: random.Random) -> int:
    """How many pairs it had acknowledged when it was killed."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        sign_for_ever(address, number, writer)
    os.close(writer)
    with os.fdopen(reader, "rb", buffering=0) as said:
        count = len(said.read(1) or sys.exit("the signer ended by itself"))
        for _ in range(pick.randrange(60_000)):  # anywhere in one of the next
            pass
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return count + len(said.read())


def sign_for_ever(address: Path | str, number: int, writer: int) -> None:
    records = Records.open(address)
    while True:
        records.sign(PROCEDURE.id, pair_on(f"K-{number}"))
        os.write(writer, b".")
        number += 1


def pair_on(item: str) -> list[SignatureRequest]:
    return [*pair(PROCEDURE, (), item, ())]


def look(address: Path | str) -> int:
    """The pairs that are stored, each whole."""
    with closing(Records.open(address)) as records:
        problem = records.verify_audit().problem
        if problem is not None:
            sys.exit(str(problem))
        parts = [one.signature.subject.part for one in records.signatures(PROCEDURE.id)]
    wanted = [f"K-{number}" for number in range(len(parts) // 2) for _ in "ab"]
    if parts != wanted:
        sys.exit(f"not whole pairs in order: {parts}")
    return len(parts) // 2


if __name__ == "__main__":
    main(sys.argv[1])
