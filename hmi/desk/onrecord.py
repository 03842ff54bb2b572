"""Looking up and putting on record for the desk: what the store cannot do is a refusal that people read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from hmi.desk.refused import RefusedError
from hmi.store.database import Database, Work
from hmi.store.faults import StoreError

T = TypeVar("T")


async def looked_up(look: Callable[[], T]) -> T:
    """Look something up off the engine's loop. RefusedError where the record cannot be read."""
    try:
        return await asyncio.to_thread(look)
    except StoreError as err:
        raise RefusedError(err.text) from err


async def written(database: Database, run: Callable[[Work], T]) -> T:
    """Carry out a unit of work; on disk when this returns. RefusedError where it cannot be."""
    try:
        return await asyncio.wrap_future(database.submit(run))
    except StoreError as err:
        raise RefusedError(err.text) from err
