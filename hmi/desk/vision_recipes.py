"""What people do with recipes: teach a new version from a kept picture, or take an older one into use again; signed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from itertools import count
from typing import Any, Protocol

from hmi.desk.onrecord import looked_up, written
from hmi.desk.people import People
from hmi.desk.refused import RefusedError
from hmi.desk.server import Seat
from hmi.desk.vision_record import recipe_row
from hmi.desk.vision_rows import RecipeRow
from hmi.model.permission import Action
from hmi.model.words import say
from hmi.people.clock import Clock
from hmi.store import audit
from hmi.store import vision as store
from hmi.store.audit import Entry
from hmi.store.database import Database, Work
from hmi.store.vision import KeptInspection, KeptRecipe
from hmi.vision import messages as m

TEACH_S = 20.0
LONGEST_REASON = 2_000


class Teacher(Protocol):
    """The part of the cameras' host that recipes need."""

    def order(self, camera: str, order: m.Teach | m.Use) -> bool:
        """Hand on an order about a recipe; False when no process can take it."""


class RecipeActs:
    """The desk's actions teach and use_recipe, and the record of what cameras were taught by themselves."""

    def __init__(
        self,
        cameras: Teacher,
        database: Database,
        people: People,
        clock: Clock,
        area: Callable[[str], str | None],
        find: Callable[[int], Coroutine[Any, Any, KeptInspection]],
        used: Callable[[str, str, int], None],
    ) -> None:
        """area is a camera's, None for an unknown one; find gives an inspection by its number, RefusedError without.

        used hears of camera, product and version that is in use now.
        """
        self._cameras, self._database, self._people, self._clock = cameras, database, people, clock
        self._area, self._find, self._used = area, find, used
        self._asks = count(1)
        self._waiting: dict[int, asyncio.Future[m.Taught | m.NotTaught]] = {}

    def answers(self) -> dict[str, Callable[..., Any]]:
        """Action name -> function."""
        return {"teach": self.teach, "use_recipe": self.use_recipe}

    async def teach(
        self, seat: Seat, camera: str, number: int, settings: dict[str, Any], reason: str, password: str
    ) -> RecipeRow:
        """Make a kept picture the golden of its product: a new version of the recipe, signed, used from now on."""
        by = self._permitted(seat, camera)
        found = await self._find(number)
        product = found.subject.product
        if found.camera != camera or not found.evidence or not product:
            raise RefusedError(say("vision.teach_what", number=number))
        reason = _reason(reason)
        record = {
            "camera": camera, "product": product, "inspection": number, "picture": found.evidence,
            "settings": settings, "reason": reason,
        }  # fmt: skip
        shown = {"inspection": number, "verdict": found.verdict.value, "recipe": found.recipe}
        signature = await self._people.sign(seat, "teach", record, shown, password)
        word = await self._ordered(camera, m.Teach(next(self._asks), product, found.evidence, settings))
        kept = self._kept(camera, word, by, reason)
        told = {"version": kept.version, "hash": kept.hash, "inspection": number, "signature": signature}
        entry = self._people.entry(seat, "recipe_taught", f"recipe {camera} {product}", found.recipe, told, reason)
        await written(self._database, lambda work: _keep(work, kept, entry))
        self._used(camera, product, word.version)
        return recipe_row(kept)

    async def use_recipe(
        self, seat: Seat, camera: str, product: str, version: int, reason: str, password: str
    ) -> RecipeRow:
        """Take a version that was taught before into use again: signed, judged by from the next picture on."""
        self._permitted(seat, camera)
        versions = [r for r in await self._versions(camera) if r.product == product]
        wanted = next((r for r in versions if r.version == version), None)
        if wanted is None:
            raise RefusedError(say("vision.use_what", product=product[:80], version=version))
        if wanted.active:
            raise RefusedError(say("vision.use_same", product=product, version=version))
        reason = _reason(reason)
        before = next((r.version for r in versions if r.active), 0)
        record = {
            "camera": camera, "product": product, "version": version, "hash": wanted.hash, "instead_of": before,
            "reason": reason,
        }  # fmt: skip
        shown = {"taught_by": wanted.made_by, "taught_ns": wanted.made_ns, "golden": wanted.golden}
        signature = await self._people.sign(seat, "use_recipe", record, shown, password)
        # the process reads and proves the version first: one that cannot be used leaves everything as it is
        await self._ordered(camera, m.Use(next(self._asks), product, version, wanted.hash))
        told = {"version": version, "hash": wanted.hash, "signature": signature}
        entry = self._people.entry(
            seat, "recipe_used", f"recipe {camera} {product}", {"version": before}, told, reason
        )  # fmt: skip

        def run(work: Work) -> None:
            store.use_recipe(work, camera, product, version)
            audit.append(work, entry)

        await written(self._database, run)
        self._used(camera, product, version)
        return recipe_row(replace(wanted, active=True))

    def taught(self, camera: str, word: m.Taught | m.NotTaught) -> None:
        """A camera's process says what came of an order, or what it was taught by itself."""
        waiting = self._waiting.pop(word.ask, None)
        if waiting is not None:
            if not waiting.done():
                waiting.set_result(word)
        elif isinstance(word, m.Taught) and word.ask == 0:
            kept = self._kept(camera, word, "", "")
            told = {"version": kept.version, "hash": kept.hash}
            entry = self._people.entry(None, "recipe_taught", f"recipe {camera} {word.product}", None, told)
            self._database.submit(lambda work: _keep(work, kept, entry), patient=True)
            self._used(camera, word.product, word.version)

    def _permitted(self, seat: Seat, camera: str) -> str:
        area = self._area(camera)
        if area is None:
            raise RefusedError(say("vision.no_camera", camera=camera[:80]))
        return self._people.require(seat, Action.TEACH, area).printed_name

    def _kept(self, camera: str, word: m.Taught, by: str, why: str) -> KeptRecipe:
        return KeptRecipe(
            camera, word.product, word.version, word.inspector, word.hash, word.golden, word.settings,
            self._clock.wall_ns(), by, why,
        )  # fmt: skip

    async def _ordered(self, camera: str, order: m.Teach | m.Use) -> m.Taught:
        waiting: asyncio.Future[m.Taught | m.NotTaught] = asyncio.get_running_loop().create_future()
        self._waiting[order.ask] = waiting
        try:
            if not self._cameras.order(camera, order):
                raise RefusedError(say("vision.teach_down"))
            word = await asyncio.wait_for(waiting, TEACH_S)
        except TimeoutError:
            raise RefusedError(say("vision.teach_down")) from None
        finally:
            self._waiting.pop(order.ask, None)
        if isinstance(word, m.NotTaught):
            raise RefusedError(word.why)
        return word

    async def _versions(self, camera: str) -> list[KeptRecipe]:
        def look() -> list[KeptRecipe]:
            with self._database.reader() as c:
                return store.recipes(c, camera)

        return await looked_up(look)


def _reason(reason: str) -> str:
    if not reason.strip():
        raise RefusedError(say("vision.teach_reason"))
    return reason.strip()[:LONGEST_REASON]


def _keep(work: Work, kept: KeptRecipe, entry: Entry) -> None:
    if store.add_recipe(work, kept):
        audit.append(work, entry)
