"""Makes plant_v9.db, a small real file of schema 0009: run once, when that schema was released, and never again.

python -m tests.migrations.make_plant_v9
"""

from dataclasses import replace
from pathlib import Path

from hmi.model.command import CommandOutcome
from hmi.model.genealogy import UnitPass
from hmi.model.sequence import Run, RunState, RunStep, StepResult
from hmi.store import runs
from hmi.store.database import Work
from hmi.store.genealogy import add_passes
from tests.migrations.released import grow

T0 = 1_790_000_000_000_000_000
FILE = Path(__file__).with_name("plant_v9.db")


def fill(work: Work) -> None:
    """Two units on their way, and a run that closed a gate."""
    first = UnitPass("U1057-000001", "L1.S1", "L1", T0, "LOT-1057", "WO-10077", "A4", "PASTE-1A", "kim")
    add_passes(work, (first, replace(first, station="L1.S2", at_ns=T0 + 3_400_000_000)))
    step = RunStep("L1.S1.HoldGate", True, False)
    asked = Run("hold:1:close", "hold:1", "솔더 페이스트 불량", (step,), "kim", 1, "hold", started_ns=T0)
    runs.begin(work, asked)
    done = StepResult(CommandOutcome.VERIFIED, None, 1, True, T0 + 9)
    runs.keep(work, replace(asked, results=(done,), state=RunState.WHOLE, ended_ns=T0 + 9))


def make(file: Path) -> None:
    """The file of schema 0004 with genealogy and a run; 0005 to 0009 came in one release."""
    grow(file.with_name("plant_v4.db"), file, lambda database: database.submit(fill).result())


if __name__ == "__main__":
    make(FILE)
