"""A small plant with alarms on a real database, with clocks that the test steps."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import numpy as np

from hmi.desk.alarms import Alarms
from hmi.desk.refused import RefusedError
from hmi.model import quality as q
from hmi.model.alarm import AlarmKind, AlarmRule, Priority
from hmi.model.permission import EVERYWHERE, Person, Role, may
from hmi.model.plant import Area, Controller, Limits, Line, Plant, Site, Span, Station, Tag, TagType
from hmi.model.text import Text
from hmi.store import audit
from hmi.store.alarms import AlarmTable
from hmi.store.database import Database

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
T0 = 1_790_000_000 * SECOND
T = Text.same


def rule(name, tag, kind=AlarmKind.HI, priority=Priority.MEDIUM, limit=100.0, **more):
    return AlarmRule(name, T(name), tag, kind, priority, limit=limit, **more)


def plant(*rules, suppressions=(), tags=4):
    """Two stations of one line; tags t0, t1, ... alternate between them; ``state`` is of the first; one controller."""
    return Plant(
        "p", T("p"), "UTC", (Site("s", T("s")),), (Area("a", T("a"), "s"), Area("b", T("b"), "s")),
        (Line("L1", T("Line 1"), "a"), Line("L2", T("Line 2"), "b")),
        (Station("L1.S1", T("Oven"), "L1", 1), Station("L2.S1", T("Packer"), "L2", 1)),
        (Controller("plc1", T("PLC 1"), "opcua", "opc.tcp://h:1"),),
        (*(Tag(f"t{i}", T(f"t{i}"), "plc1", f"nsu=urn:x;s=t{i}", place=("L1.S1", "L2.S1")[i % 2], unit="C")
           for i in range(tags)),
         Tag("state", T("state"), "plc1", "nsu=urn:x;s=state", TagType.INT32, place="L1.S1"),
         Tag("implied", T("implied"), "plc1", "nsu=urn:x;s=implied", range=Span(0, 200),
             limits=Limits(10, 20, 80, 90), place="L1.S1")),
        alarms=tuple(rules), suppressions=tuple(suppressions),
    )  # fmt: skip


class Bench:
    """Alarms of a plant on a data folder; ``person`` is who sits at the desk."""

    def __init__(self, folder, described, **more):
        self.folder, self.plant, self.more = folder, described, more
        self.now, self.mono = T0, 5 * SECOND
        self.person = Person("kim", "Kim Jihye", Role.SUPERVISOR)
        self.told = []
        self.open()

    def open(self):
        self.database = Database(self.folder / "plant.db")
        self.table = AlarmTable(self.database)
        self.alarms = Alarms(
            self.plant, self.table, require=self.require, audit=audit.append, submit=self.database.submit,
            clock=lambda: self.now, monotonic=lambda: self.mono, on_change=self.told.append, **self.more,
        )  # fmt: skip

    def close(self):
        self.alarms.close()
        self.database.close()

    def restart(self, described=None):
        """Another start on the same folder, maybe with another plant file."""
        self.close()
        self.plant = described or self.plant
        self.mono = 9 * SECOND
        self.open()

    def require(self, seat, action, area=EVERYWHERE):
        if self.person is None or not may(self.person, action, area):
            raise RefusedError(T(f"{action} in {area}"))
        return self.person

    def say(self, tag, value, status=q.GOOD, source=None):
        """One reading."""
        row = self.plant.row[tag]
        self.batch([row], [value], [status], [self.now if source is None else source])

    def batch(self, rows, values, status, source):
        self.alarms.on_batch(
            np.array(rows, np.int32), np.array(values, np.float64), np.array(status, np.uint32),
            np.array(source, np.int64), self.now,
        )  # fmt: skip

    def wait(self, seconds):
        """Time goes by in ticks of a quarter second."""
        for _ in range(max(1, round(seconds * 4))):
            self.now += SECOND // 4
            self.mono += SECOND // 4
            self.alarms.tick()

    def sleep(self, seconds):
        """Time goes by without a tick."""
        self.now += round(seconds * SECOND)
        self.mono += round(seconds * SECOND)

    def state(self, alarm):
        return str(self.facts(alarm).state)

    def facts(self, alarm):
        return self.alarms.book.facts[self.alarms.book.index[alarm]]

    def act(self, name, *arguments, **more):
        """One act of the person at the desk, to its end."""
        return asyncio.run(self.alarms.answers()[name](None, *arguments, **more))

    def settled(self):
        """Let everything come to the disk."""
        self.alarms.journal.flush(now_too=True)
        self.database.submit(lambda work: None).result(10)

    def rows(self, alarm=""):
        """The journal, oldest first."""
        self.settled()
        return list(reversed(self.table.journal(0, 2**62, alarm, 0, 100_000)))

    def trail(self):
        """The audit trail, oldest first."""
        with self.database.reader() as c:
            return [r.row for r in reversed(audit.rows(c, audit.Wanted()))]

    def by_role(self, role):
        self.person = replace(self.person, role=role)
