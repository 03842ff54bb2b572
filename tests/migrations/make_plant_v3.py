"""Makes plant_v3.db, a small real file of schema 0003: run once, when that schema was released, and never again.

python -m tests.migrations.make_plant_v3
"""

from pathlib import Path

from hmi.alarms.machine import step
from hmi.model.alarm import AlarmEvent, AlarmFacts, AlarmKind, AlarmRule, EventKind, JournalRow, Priority
from hmi.model.text import Text
from hmi.store.alarms import AlarmTable
from tests.migrations.released import grow

T0 = 1_790_000_000_000_000_000
SECOND = 1_000_000_000
FILE = Path(__file__).with_name("plant_v3.db")
HOT = AlarmRule("oven.hot", Text("Oven too hot", "오븐 과열"), "L1.OVN.T", AlarmKind.HI, Priority.HIGH, limit=220.0)


def fill(table: AlarmTable) -> None:
    """One alarm that came, was acknowledged and shelved, and stands."""
    facts, rows = AlarmFacts(), []
    for event in (
        AlarmEvent(EventKind.ACTIVATE, T0, value=221.5, lot="L0001"),
        AlarmEvent(EventKind.ACKNOWLEDGE, T0 + SECOND, "kim", "seen", activation=1),
        AlarmEvent(EventKind.SHELVE, T0 + 2 * SECOND, "kim", "thermocouple is being changed",
                   until_ns=T0 + 3_600 * SECOND, source="timed"),
    ):  # fmt: skip
        facts, found = step(facts, event, HOT)
        rows.append(
            JournalRow(HOT.id, event, found.number, found.before, found.after, facts.activation, facts.priority,
                       event.at_ns, HOT.name, HOT.tag, "L1.OVN")
        )  # fmt: skip
    table.write(rows, {HOT.id: facts}).result()


def make(file: Path) -> None:
    """The file of schema 0002 with alarms on record."""
    grow(file.with_name("plant_v2.db"), file, lambda database: fill(AlarmTable(database)))


if __name__ == "__main__":
    make(FILE)
