"""The process that tests/faults/test_audit_kill.py kills: commands and acts as fast as they come, each acknowledged.

Each act that is on record goes to standard output: its kind and its number.
"""

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

from hmi.model.command import Command, CommandOutcome, CommandResult
from hmi.model.permission import Person, Role
from hmi.people.clock import SystemClock
from hmi.people.heads import HeadKeeper
from hmi.people.keys import AuditKeys
from hmi.store import audit
from hmi.store.audit import Entry
from hmi.store.commands import CommandTable
from hmi.store.database import Database


async def live(folder: Path, number: int) -> None:
    database = Database(folder / "plant.db")
    keeper = HeadKeeper(database, AuditKeys(folder), [folder], SystemClock())
    table, kim = CommandTable(database), Person("kim", "Kim", Role.SUPERVISOR)
    print("ready", flush=True)
    while True:
        number += 1
        asked = CommandResult(Command(f"k{number}", "tag", float(number), "why"), kim, CommandOutcome.PENDING)
        row = await table.intend(asked)
        print(f"intent {number}", flush=True)
        acts = [database.submit(lambda work: audit.append(work, Entry("acknowledge", "alarm"))) for _ in range(3)]
        for act in acts:
            print(f"row {await asyncio.wrap_future(act)}", flush=True)
        await table.conclude(replace(asked, number=row, outcome=CommandOutcome.VERIFIED))
        print(f"outcome {number}", flush=True)
        keeper.tick()


asyncio.run(live(Path(sys.argv[1]), int(sys.argv[2])))
