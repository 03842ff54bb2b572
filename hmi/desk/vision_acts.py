"""What people do with verdicts and recipes: confirm, overrule, teach; each on record with who and why."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import count
from typing import Any, Protocol

from hmi.desk.people import People
from hmi.desk.refused import RefusedError
from hmi.desk.server import Seat
from hmi.desk.vision_record import recipe_row, row_of
from hmi.desk.vision_rows import InspectionRow, RecipeRow
from hmi.model.permission import EVERYWHERE, Action
from hmi.model.plant import Plant
from hmi.model.words import say
from hmi.people.clock import Clock
from hmi.store import audit
from hmi.store import vision as store
from hmi.store.audit import Entry
from hmi.store.database import Database, Work
from hmi.store.faults import StoreError
from hmi.store.vision import CONFIRMED, OVERRULED, KeptInspection, KeptRecipe
from hmi.vision import messages as m

REASONS = ("dust", "light", "position", "within_limits", "wrong_class", "other")
"""Why a verdict was overruled; ``other: in own words`` is taken as well."""
TEACH_S = 20.0
LONGEST_REASON = 2_000


class Teacher(Protocol):
    """The part of the cameras' host that teaching needs."""

    def teach(self, camera: str, order: m.Teach) -> bool:
        """Hand on an order to teach; False when no process can take it."""


class VisionActs:
    """The desk's actions judge and teach, and the record of what cameras were taught by themselves."""

    def __init__(
        self,
        plant: Plant,
        cameras: Teacher,
        database: Database,
        people: People,
        clock: Clock,
        judged: Callable[[KeptInspection, KeptInspection], None],
        taught: Callable[[str, str, int], None],
    ) -> None:
        """judged hears of an inspection before and after; taught of camera, product and version that is in use now."""
        self._plant, self._cameras, self._database, self._people = plant, cameras, database, people
        self._clock, self._judged, self._taught = clock, judged, taught
        self._asks = count(1)
        self._waiting: dict[int, asyncio.Future[m.Taught | m.NotTaught]] = {}

    def answers(self) -> dict[str, Callable[..., Any]]:
        """Action name -> function."""
        return {"judge": self.judge, "teach": self.teach}

    async def judge(self, seat: Seat, number: int, verdict: str, reason: str = "") -> InspectionRow:
        """Confirm or overrule a verdict; on disk, with its audit row, when this returns."""
        if verdict not in ("confirm", "overrule"):
            raise RefusedError(say("vision.judge_what", word=verdict[:40]))
        before = await self._find(number)
        person = self._people.require(seat, Action.JUDGE, self._area(before.camera))
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

        after = await self._write(run)
        if after is None:
            raise RefusedError(say("vision.no_inspection", number=number))
        self._judged(before, after)
        return row_of(after)

    async def teach(
        self, seat: Seat, camera: str, number: int, settings: dict[str, Any], reason: str, password: str
    ) -> RecipeRow:
        """Make a kept picture the golden of its product: a new version of the recipe, signed, used from now on."""
        if camera not in {c.id for c in self._plant.cameras}:
            raise RefusedError(say("vision.no_camera", camera=camera[:80]))
        person = self._people.require(seat, Action.TEACH, self._area(camera))
        found = await self._find(number)
        product = found.subject.product
        if found.camera != camera or not found.evidence or not product:
            raise RefusedError(say("vision.teach_what", number=number))
        if not reason.strip():
            raise RefusedError(say("vision.teach_reason"))
        reason = reason.strip()[:LONGEST_REASON]
        record = {
            "camera": camera, "product": product, "inspection": number, "picture": found.evidence,
            "settings": settings, "reason": reason,
        }  # fmt: skip
        shown = {"inspection": number, "verdict": found.verdict.value, "recipe": found.recipe}
        signature = await self._people.sign(seat, "teach", record, shown, password)
        word = await self._ordered(camera, m.Teach(next(self._asks), product, found.evidence, settings))
        kept = KeptRecipe(
            camera, product, word.version, word.inspector, word.hash, word.golden, word.settings,
            self._clock.wall_ns(), person.printed_name, reason,
        )  # fmt: skip
        told = {"version": kept.version, "hash": kept.hash, "inspection": number, "signature": signature}
        entry = self._people.entry(seat, "recipe_taught", f"recipe {camera} {product}", found.recipe, told, kept.why)
        await self._write(lambda work: _keep(work, kept, entry))
        self._taught(camera, product, word.version)
        return recipe_row(kept)

    def taught(self, camera: str, word: m.Taught | m.NotTaught) -> None:
        """A camera's process says what came of an order, or what it was taught by itself."""
        waiting = self._waiting.pop(word.ask, None)
        if waiting is not None:
            if not waiting.done():
                waiting.set_result(word)
        elif isinstance(word, m.Taught):
            kept = KeptRecipe(
                camera, word.product, word.version, word.inspector, word.hash, word.golden, word.settings,
                self._clock.wall_ns(), "", "",
            )  # fmt: skip
            told = {"version": kept.version, "hash": kept.hash}
            entry = self._people.entry(None, "recipe_taught", f"recipe {camera} {word.product}", None, told)
            self._database.submit(lambda work: _keep(work, kept, entry), patient=True)
            self._taught(camera, word.product, word.version)

    async def _ordered(self, camera: str, order: m.Teach) -> m.Taught:
        waiting: asyncio.Future[m.Taught | m.NotTaught] = asyncio.get_running_loop().create_future()
        self._waiting[order.ask] = waiting
        try:
            if not self._cameras.teach(camera, order):
                raise RefusedError(say("vision.teach_down"))
            word = await asyncio.wait_for(waiting, TEACH_S)
        except TimeoutError:
            raise RefusedError(say("vision.teach_down")) from None
        finally:
            self._waiting.pop(order.ask, None)
        if isinstance(word, m.NotTaught):
            raise RefusedError(word.why)
        return word

    def _area(self, camera: str) -> str:
        found = next((c for c in self._plant.cameras if c.id == camera), None)
        station = None if found is None else self._plant.station.get(found.station)
        return EVERYWHERE if station is None else self._plant.line[station.line].area

    async def _find(self, number: int) -> KeptInspection:
        def look() -> KeptInspection | None:
            with self._database.reader() as c:
                return store.find(c, number)

        try:
            found = await asyncio.to_thread(look)
        except StoreError as err:
            raise RefusedError(err.text) from err
        if found is None:
            raise RefusedError(say("vision.no_inspection", number=number))
        return found

    async def _write(self, run: Callable[[Work], Any]) -> Any:
        try:
            return await asyncio.wrap_future(self._database.submit(run))
        except StoreError as err:
            raise RefusedError(err.text) from err


def _keep(work: Work, kept: KeptRecipe, entry: Entry) -> None:
    if store.add_recipe(work, kept):
        audit.append(work, entry)
