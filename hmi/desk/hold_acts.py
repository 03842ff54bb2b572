"""What placing and releasing a hold both stand on: who sits there, the signature, the audit row, the record."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from hmi.desk.control import Require
from hmi.desk.hold_look import HoldLook
from hmi.desk.hold_orders import GateOrders
from hmi.desk.refused import RefusedError
from hmi.desk.server import Seat
from hmi.model.words import say
from hmi.store.audit import Entry
from hmi.store.database import Database

LONGEST_NOTE = 2_000

Sign = Callable[[Seat, str, dict[str, Any], dict[str, Any], str], Awaitable[str]]
"""sign(seat, meaning, record, shown, password): number of the signature."""


@dataclass(eq=False)
class HoldActs:
    """The ground of the actions on holds."""

    _look: HoldLook
    _orders: GateOrders
    _database: Database
    _require: Require
    _sign: Sign
    _entry: Callable[..., Entry]

    def __post_init__(self) -> None:
        self._board = self._look.board
        self._plant, self._clock = self._board.plant, self._board.clock


def noted(note: str) -> str:
    """A person's note, or RefusedError for one that is too long."""
    if len(note) > LONGEST_NOTE:
        raise RefusedError(say("hold.long_note", most=LONGEST_NOTE))
    return note.strip()
