"""Makes plant_v1.db, a small real file of schema 0001: run once, when that schema was released, and never again.

python -m tests.migrations.make_plant_v1
"""

from pathlib import Path

from hmi.model.machine import MachineState, MinuteUnits, StateSpan, Waiting
from hmi.model.text import Text
from hmi.store import events
from hmi.store.database import Database
from hmi.store.machine_time import MachineTimeTable
from hmi.store.plant_tables import HEAD

T0 = 1_790_000_000_000_000_000
SECOND = 1_000_000_000
FILE = Path(__file__).with_name("plant_v1.db")


def make(file: Path) -> None:
    """Write three stations' hour with stops, reasons, a split, units and events."""
    database = Database(file.with_suffix(".making"))
    table = MachineTimeTable(database)
    spans, made = [], []
    for n, station in enumerate(("L1.PRT", "L1.PLC", "L1.OVN")):
        at = T0
        for k in range(12):
            state = MachineState.HELD if k % 4 == n else MachineState.SUSPENDED if k % 5 == n else MachineState.EXECUTE
            waiting = Waiting.STARVED if state is MachineState.SUSPENDED else Waiting.NONE
            end = None if k == 11 else at + (200 + 10 * k + n) * SECOND
            cause = "L1.PRT" if waiting is Waiting.STARVED else None
            spans.append(StateSpan(station, state, waiting, at, end, cause, "jam" if k == 4 and n == 0 else None))
            at = end or at
        made += [
            MinuteUnits(station, T0 // 60 // SECOND * 60 * SECOND + m * 60 * SECOND, 3 + n, m % 2) for m in range(60)
        ]
    table.save(spans, made, T0 + 3_600 * SECOND)
    table.span(1)  # once this is answered, what was saved is on disk
    held = next(
        s for s in table.spans(["L1.PRT"], T0, T0 + 3_600 * SECOND) if s.state is MachineState.HELD and s.end_ns
    )
    table.split(held.span_id, held.start_ns + 60 * SECOND)
    for n, text in enumerate(
        (Text("Engine started", "엔진이 시작되었습니다"), Text("Lot changed", "로트가 바뀌었습니다"))
    ):
        database.submit(lambda work, n=n, text=text: events.add(work, T0 + n, "engine", "", text)).result()
    database.backup(file)
    database.close()
    for part in file.parent.glob(file.stem + ".making*"):
        part.unlink()


if __name__ == "__main__":
    if HEAD != "0001":
        raise SystemExit("this version makes files of another schema: plant_v1.db stays as it is")
    make(FILE)
