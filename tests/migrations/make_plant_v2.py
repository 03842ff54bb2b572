"""Makes plant_v2.db, a small real file of schema 0002: run once, when that schema was released, and never again.

python -m tests.migrations.make_plant_v2
"""

from pathlib import Path

from sqlalchemy import insert

from hmi.store import audit
from hmi.store.canonical import canonical, digest
from hmi.store.database import Work
from hmi.store.people_tables import account, command, signature
from tests.migrations.released import grow

T0 = 1_790_000_000_000_000_000
FILE = Path(__file__).with_name("plant_v2.db")
HASH = "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHRzYWx0c2FsdA$nd+I4A85pDxbc45ghNBGd+3ywcC4bsY9KgHSI+5ljB4"


def fill(work: Work) -> None:
    """Two people, a signed command, and their trail."""
    for n, (user, name, role) in enumerate((("admin", "Park Minsu", "administrator"), ("kim", "김지혜", "supervisor"))):
        row = {
            "user": user, "folded": user, "printed_name": name, "role": role, "areas": '["*"]', "language": "ko",
            "enabled": True, "must_change": False, "password": HASH, "password_ns": T0 + n, "made_ns": T0 + n,
        }  # fmt: skip
        work.connection.execute(insert(account), row)
        made = {"printed_name": name, "role": role}
        audit.append(work, audit.Entry("user_added", user, new=made, user="admin", at_ns=T0 + n, mono=n))
    record, shown = {"key": "k1", "tag": "L1.PRT.Speed", "value": 90.0}, {"now": 80.0, "limits": [10, 120]}
    work.connection.execute(
        insert(signature),
        {
            "user": "kim", "printed_name": "김지혜", "role": "supervisor", "at_ns": T0 + 10,
            "local": "2026-09-21T23:13:20+09:00", "meaning": "command", "en": "I order this command",
            "ko": "이 명령을 지시합니다", "record": canonical(record).decode(), "record_sha": digest(record),
            "shown": canonical(shown).decode(), "shown_sha": digest(shown), "session": "5e55", "station": "control-1",
        },
    )  # fmt: skip
    work.connection.execute(
        insert(command),
        {
            "key": "k1", "tag": "L1.PRT.Speed", "value": "90.0", "old": "80.0", "reason": "order 17",
            "grounds": "MANUAL", "seen": "[]", "user": "kim", "printed_name": "김지혜", "role": "supervisor",
            "signature": "1", "intent_ns": T0 + 20, "sent_ns": T0 + 21, "taken_ns": T0 + 22, "done_ns": T0 + 23,
            "outcome": "VERIFIED", "settled": True, "status": 0, "read_back": "90.0", "notes": "[]",
        },
    )  # fmt: skip
    for n, act in enumerate(("command_intent", "command_verified")):
        entry = audit.Entry(
            act, "L1.PRT.Speed", 80.0, 90.0, "order 17", "k1", "kim", "supervisor", "5e55", T0 + 20 + n, n
        )
        audit.append(work, entry)


def make(file: Path) -> None:
    """Take the file of schema 0001, bring it to this one, and add people and acts."""
    grow(file.with_name("plant_v1.db"), file, lambda database: database.submit(fill).result())


if __name__ == "__main__":
    make(FILE)
