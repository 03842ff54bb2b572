"""Sessions: who sits at which seat since when, and whether the seat's writes are locked.

A session belongs to one connection and dies with it. Its id is 256 random bits that never leave the engine: nothing
can be taken over with it, and the trail holds a hash of it.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

IDLE_S = 600.0
"""Without an act for so long, writing locks; the view stays."""


class Seat(Protocol):
    """A connection that somebody may sit at (hmi.desk.server.Seat)."""

    session: object | None


def new_id() -> str:
    """A session id: 256 random bits in hex."""
    return secrets.token_hex(32)


def reference(session_id: str) -> str:
    """How a session is named on record."""
    return hashlib.sha256(session_id.encode("ascii")).hexdigest()[:16]


@dataclass(slots=True)
class Session:
    """One person at one seat."""

    user: str
    started_ns: int
    active_s: float
    """When the person last did something, on the steady clock."""
    id: str = field(default_factory=new_id, repr=False)
    locked: bool = False
    ended: bool = False

    @property
    def reference(self) -> str:
        """How it is named on record."""
        return reference(self.id)

    def idle_out(self, now_s: float, idle_s: float) -> bool:
        """Whether writing must lock now because nobody did anything."""
        return not self.locked and not self.ended and now_s - self.active_s >= idle_s


S = TypeVar("S", bound=Seat)


class Sessions(Generic[S]):
    """All sessions of an engine, by seat."""

    def __init__(self) -> None:
        self._seats: dict[int, tuple[S, Session]] = {}

    def __len__(self) -> int:
        return len(self._seats)

    def begin(self, seat: S, session: Session) -> None:
        """Seat somebody; who sat there before must have been ended."""
        seat.session = session
        self._seats[id(seat)] = (seat, session)

    def at(self, seat: S) -> Session | None:
        """Who sits there, locked or not."""
        found = self._seats.get(id(seat))
        if found is None or found[0] is not seat or found[1] is not seat.session or found[1].ended:
            return None
        return found[1]

    def end(self, seat: S) -> Session | None:
        """Nobody sits there any more; gives the session that ended."""
        found = self._seats.pop(id(seat), None)
        seat.session = None
        if found is None or found[1].ended:
            return None
        found[1].ended = True
        return found[1]

    def of(self, user: str) -> list[tuple[S, Session]]:
        """The seats of one person."""
        return [(seat, session) for seat, session in self._seats.values() if session.user == user]

    def all(self) -> list[tuple[S, Session]]:
        """Every seat with somebody at it."""
        return list(self._seats.values())
