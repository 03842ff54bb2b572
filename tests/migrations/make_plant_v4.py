"""Makes plant_v4.db, a small real file of schema 0004: run once, when that schema was released, and never again.

python -m tests.migrations.make_plant_v4
"""

from dataclasses import replace
from pathlib import Path

from hmi.model.shiftlog import Note, NoteKind
from hmi.model.text import Text
from hmi.store import shiftlog
from hmi.store.audit import Entry
from hmi.store.canonical import canonical, digest
from hmi.store.database import Work
from hmi.store.signatures import Signature
from tests.migrations.released import grow

T0 = 1_790_000_000_000_000_000
LOCAL = "2026-09-21T23:13:20.000+09:00"
FILE = Path(__file__).with_name("plant_v4.db")
RECORD = {"form": 1, "shift_start_ns": T0, "notes": []}


def signed(user: str, name: str, meaning: str, text: Text) -> Signature:
    """A signature on the record."""
    shown = {"record_sha": digest(RECORD)}
    return Signature(
        0, user, name, "supervisor", T0 + 30, LOCAL, meaning, text, canonical(RECORD).decode(), digest(RECORD),
        canonical(shown).decode(), digest(shown), None, "5e55", "control-1",
    )  # fmt: skip


def fill(work: Work) -> None:
    """A note with its correction, and a handover that two people signed."""
    first = Note(0, T0, LOCAL, "kim", "김지혜", "supervisor", NoteKind.DEFECT, "L1.PRT", "솔더 부족 3장")
    kept = shiftlog.add_note(work, first, "5e55", 1)
    again = replace(first, at_ns=T0 + 9, text="솔더 부족 2장", corrects=kept.number)
    shiftlog.add_note(work, again, "5e55", 2)
    made = shiftlog.Handover(
        0, T0 + 20, T0, T0 + 28_800, Text("Day", "주간"), 0, 0, canonical(RECORD).decode(), digest(RECORD)
    )
    out = signed("kim", "김지혜", "hand_over", Text("I hand over the shift", "교대 업무를 인계합니다"))
    into = signed("lee", "이도현", "take_over", Text("I take over the shift", "교대 업무를 인수합니다"))
    shiftlog.add_handover(work, made, out, into, Entry("handover", user="kim", at_ns=T0 + 30, mono=3))


def make(file: Path) -> None:
    """The file of schema 0003 with a shift log."""
    grow(file.with_name("plant_v3.db"), file, lambda database: database.submit(fill).result())


if __name__ == "__main__":
    make(FILE)
