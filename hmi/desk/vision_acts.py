"""What people do with verdicts: confirm or overrule one; on record with who and why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hmi.desk.onrecord import looked_up, written
from hmi.desk.people import People
from hmi.desk.refused import RefusedError
from hmi.desk.server import Seat
from hmi.desk.vision_record import row_of
from hmi.desk.vision_rows import InspectionRow
from hmi.model.permission import EVERYWHERE, Action
from hmi.model.plant import Plant
from hmi.model.words import say
from hmi.store import audit
from hmi.store import vision as store
from hmi.store.database import Database, Work
from hmi.store.vision import CONFIRMED, OVERRULED, KeptInspection

REASONS = ("dust", "light", "position", "within_limits", "wrong_class", "other")
"""Why a verdict was overruled; ``other: in own words`` is taken as well."""
LONGEST_REASON = 2_000


class VisionActs:
    """The desk's action judge, and what it shares with the acts on recipes."""

    def __init__(
        self,
        plant: Plant,
        database: Database,
        people: People,
        judged: Callable[[KeptInspection, KeptInspection], None],
    ) -> None:
        """judged hears of an inspection before and after."""
        self._plant, self._database, self._people, self._judged = plant, database, people, judged

    def answers(self) -> dict[str, Callable[..., Any]]:
        """Action name -> function."""
        return {"judge": self.judge}

    async def judge(self, seat: Seat, number: int, verdict: str, reason: str = "") -> InspectionRow:
        """Confirm or overrule a verdict; on disk, with its audit row, when this returns."""
        if verdict not in ("confirm", "overrule"):
            raise RefusedError(say("vision.judge_what", word=verdict[:40]))
        before = await self.find(number)
        person = self._people.require(seat, Action.JUDGE, self.area(before.camera) or EVERYWHERE)
        reason = reason.strip()[:LONGEST_REASON]
        if verdict == "overrule" and reason.partition(":")[0].strip() not in REASONS:
            raise RefusedError(say("vision.judge_reason"))
        said = CONFIRMED if verdict == "confirm" else OVERRULED
        entry = self._people.entry(
            seat, "verdict_judged", f"inspection {number}", before.judged or None,
            {"verdict": before.verdict.value, "judged": said, "unit": before.subject.unit, "camera": before.camera},
            reason,
        )  # fmt: skip

        def run(work: Work) -> KeptInspection | None:
            after = store.judge(work, number, said, person.printed_name, entry.at_ns, reason)
            audit.append(work, entry)
            return after

        after = await written(self._database, run)
        if after is None:
            raise RefusedError(say("vision.no_inspection", number=number))
        self._judged(before, after)
        return row_of(after)

    def area(self, camera: str) -> str | None:
        """The area that a camera looks at; None for one that the plant file does not know."""
        found = next((c for c in self._plant.cameras if c.id == camera), None)
        station = None if found is None else self._plant.station.get(found.station)
        return None if station is None else self._plant.line[station.line].area

    async def find(self, number: int) -> KeptInspection:
        """An inspection by its number. RefusedError when there is none."""

        def look() -> KeptInspection | None:
            with self._database.reader() as c:
                return store.find(c, number)

        found = await looked_up(look)
        if found is None:
            raise RefusedError(say("vision.no_inspection", number=number))
        return found
