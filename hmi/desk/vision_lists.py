"""Questions about what cameras saw: verdicts, the review queue, recipe versions; the record is read, never written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from hmi.desk.onrecord import looked_up
from hmi.desk.refused import RefusedError
from hmi.desk.vision_record import recipe_row, row_of
from hmi.desk.vision_rows import InspectionRow, RecipeRow, ReviewQueue
from hmi.model.words import say
from hmi.store import vision as store
from hmi.store.database import Database
from hmi.store.vision import InspectionsWanted

T = TypeVar("T")
LONGEST_PAGE = 500


class VisionLists:
    """The desk's questions inspections, inspection, review and recipes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def answers(self) -> dict[str, Callable[..., Any]]:
        """Question name -> answering function."""
        return {name: getattr(self, name) for name in ("inspections", "inspection", "review", "recipes")}

    async def inspections(
        self, camera: str = "", verdict: str = "", limit: int = 12, before: int = 0
    ) -> list[InspectionRow]:
        """Verdicts, newest first; ``before`` pages on from the last number seen."""
        wanted = InspectionsWanted(camera, verdict, before=before)
        return await self._read(lambda c: [row_of(k) for k in store.inspections(c, wanted, _page(limit))])

    async def inspection(self, number: int) -> InspectionRow:
        """One verdict."""
        found = await self._read(lambda c: store.find(c, number))
        if found is None:
            raise RefusedError(say("vision.no_inspection", number=number))
        return row_of(found)

    async def review(self, camera: str = "", limit: int = 50) -> ReviewQueue:
        """What waits for an inspector, oldest first."""
        wanted = InspectionsWanted(camera, waiting=True)

        def look(c: Any) -> ReviewQueue:
            rows = [row_of(kept) for kept in store.inspections(c, wanted, _page(limit))]
            return ReviewQueue(store.count(c, wanted), rows)

        return await self._read(look)

    async def recipes(self, camera: str = "") -> list[RecipeRow]:
        """Recipe versions, of each camera and product the newest first."""
        return await self._read(lambda c: [recipe_row(kept) for kept in store.recipes(c, camera)])

    async def _read(self, look: Callable[[Any], T]) -> T:
        def reading() -> T:
            with self._database.reader() as c:
                return look(c)

        return await looked_up(reading)


def _page(limit: int) -> int:
    return max(1, min(limit, LONGEST_PAGE))
