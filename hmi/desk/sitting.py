"""Who sits where: signing in and out, locking, and the one question every act asks first: may this seat do that?

The desk's actions sign_in, sign_out, lock, unlock, active and who are methods here. Hashes are checked on one worker
thread; sessions live on the engine's loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

from hmi.desk.people_rows import WhoRow
from hmi.desk.refused import RefusedError
from hmi.desk.server import Seat
from hmi.model.permission import EVERYWHERE, PERMISSIONS, Action, Person, may
from hmi.model.text import Text
from hmi.model.words import say
from hmi.people.accounts import Accounts, Actor, stamped
from hmi.people.clock import Clock
from hmi.people.lockout import LOCK_S, TRIES
from hmi.people.refusal import PeopleRefusedError
from hmi.people.sessions import IDLE_S, Session, Sessions, new_id, reference
from hmi.store import audit
from hmi.store.audit import Entry
from hmi.store.database import Database
from hmi.store.faults import StoreError
from hmi.store.people import Account

T = TypeVar("T")


class Told(Protocol):
    """Hears what everybody should read (hmi.runtime.changes.Changes.say)."""

    def __call__(self, kind: str, place: str, text: Text) -> None:
        """kind, place and words of what happened."""


class Sitting:
    """The sessions of an engine."""

    def __init__(
        self,
        accounts: Accounts,
        database: Database,
        clock: Clock,
        told: Told = lambda kind, place, text: None,
        idle_s: float = IDLE_S,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """told hears of lock-outs, on the loop's thread; sleep waits before a password is tried again."""
        self.accounts, self._database, self._clock, self._told = accounts, database, clock, told
        self._idle_s, self._sleep = idle_s, sleep
        self.sessions: Sessions[Seat] = Sessions()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="people")

    # asked by everybody who acts

    def person(self, seat: Seat) -> Person | None:
        """Who may act at a seat now: signed in, not locked, not disabled, with a password of their own."""
        session = self.sessions.at(seat)
        if session is None or session.locked:
            return None
        found = self.accounts.by_name(session.user)
        return found.person if found is not None and found.enabled and not found.must_change else None

    def require(self, seat: Seat, action: Action, area: str = EVERYWHERE) -> Person:
        """The person at a seat, who may do this there. RefusedError otherwise, and the attempt is on record."""
        person = self.person(seat)
        why = self._refusal(seat, person, action, area)
        if person is None or why is not None:
            why = why or say("people.nobody")
            told = {"area": area, "why": why.to_json()}
            self.note(self.actor(seat).entry("refused", action.value, None, told))
            raise RefusedError(why)
        self.touch(seat)
        return person

    def actor(self, seat: Seat | None) -> Actor:
        """How the trail names who sits there."""
        session = None if seat is None else self.sessions.at(seat)
        if session is None:
            return Actor()
        found = self.accounts.by_name(session.user)
        return Actor(session.user, "" if found is None else found.role.value, session.reference)

    def reference_of(self, user: str) -> str:
        """How the trail names the newest session of somebody; empty when there is none."""
        found = self.sessions.of(user)
        return found[-1][1].reference if found else ""

    def touch(self, seat: Seat) -> None:
        """The person at a seat did something."""
        session = self.sessions.at(seat)
        if session is not None and not session.locked:
            session.active_s = self._clock.mono_s()

    # desk actions

    async def sign_in(self, user: str, password: str, seat: Seat) -> WhoRow:
        """Sit down: who sat here before is signed out. Wrong password and unknown user get one answer."""
        if self.accounts.empty:
            raise RefusedError(say("people.no_users"))
        number = new_id()
        found = await self.check(user, password, reference(number), "sign_in")
        self._rise(seat, "sign_in")
        now = self.accounts.by_name(user)
        if seat.gone or now is None or not now.enabled:  # disabled, or gone, while the hash was checked
            raise RefusedError(say("people.wrong"))
        self.sit(seat, found, number)
        return self.who(seat)

    def sit(self, seat: Seat, account: Account, number: str) -> None:
        """Seat somebody whose password was checked."""
        session = Session(account.user, self._clock.wall_ns(), self._clock.mono_s(), number)
        self.sessions.begin(seat, session)
        seat.left[:] = [lambda: self._rise(seat, "connection")]

    def sign_out(self, seat: Seat) -> WhoRow:
        """Get up."""
        self._rise(seat, "")
        return self.who(seat)

    def lock(self, seat: Seat) -> WhoRow:
        """Lock writing at once; the view stays."""
        self._lock(seat, "")
        return self.who(seat)

    async def unlock(self, password: str, seat: Seat) -> WhoRow:
        """Go on after a lock; only with the password of who sits here."""
        session = self.sessions.at(seat)
        if session is None:
            raise RefusedError(say("people.nobody"))
        await self.check(session.user, password, session.reference, "unlock")
        session.locked, session.active_s = False, self._clock.mono_s()
        return self.who(seat)

    def active(self, seat: Seat) -> None:
        """The window reports that its person is at work: the idle lock waits anew."""
        self.touch(seat)

    def who(self, seat: Seat) -> WhoRow:
        """Who sits here."""
        session = self.sessions.at(seat)
        found = None if session is None else self.accounts.by_name(session.user)
        if session is None or found is None:
            return WhoRow(empty=self.accounts.empty)
        return WhoRow(
            found.user, found.printed_name, found.role, sorted(found.areas), found.language.value, session.locked,
            found.must_change, session.started_ns, self._idle_s, sorted(a.value for a in PERMISSIONS[found.role]),
        )  # fmt: skip

    # for the people's other desks

    async def check(self, user: str, password: str, session: str, hit: str = "") -> Account:
        """Who this is, told by password; RefusedError with the same words for every kind of wrong."""
        known = self.accounts.by_name(user)
        name, role = (known.user, known.role.value) if known is not None else (user, "")
        entry = Actor(name, role, session).entry(hit, name) if hit else None
        wait = self.accounts.wait_s(user)
        if wait > 0.0 and not self.accounts.locked(user):
            await self._sleep(wait + 0.01)  # a timer may ring a little early
        before = self.accounts.locked(user)
        try:
            return await self.work(lambda: self.accounts.check(user, password, session, entry))
        finally:
            if self.accounts.locked(user) and not before:
                minutes = int(LOCK_S // 60)
                self._told("people", user, say("people.told_lockout", user=user[:80], minutes=minutes, tries=TRIES))

    async def work(self, act: Callable[[], T]) -> T:
        """Carry out something slow on the worker's thread; its refusals become the desk's."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._worker, act)
        except (PeopleRefusedError, StoreError) as err:
            raise RefusedError(err.text) from err

    async def record(self, entry: Entry) -> int:
        """Put an act on record; RefusedError when it cannot be, so that it is not done either."""
        try:
            told = stamped(entry, self._clock)
            return await asyncio.wrap_future(self._database.submit(lambda work: audit.append(work, told)))
        except StoreError as err:
            raise RefusedError(err.text) from err

    def note(self, entry: Entry) -> None:
        """Put on record what stands whether or not it can be written now: refusals, locks, ends of sessions."""
        told = stamped(entry, self._clock)
        self._database.submit(lambda work: audit.append(work, told), patient=True)

    def end_all(self, user: str, why: str) -> None:
        """A person was disabled: every session ends now."""
        for seat, _ in self.sessions.of(user):
            self._rise(seat, why)
            self._tell(seat)

    def refresh(self, user: str) -> None:
        """A person's rights changed: tell the windows of that person."""
        for seat, _ in self.sessions.of(user):
            self._tell(seat)

    def tick(self) -> None:
        """Lock the seats at which nobody did anything for a while; call about once a second."""
        now = self._clock.mono_s()
        for seat, session in self.sessions.all():
            if session.idle_out(now, self._idle_s):
                self._lock(seat, "idle")
                self._tell(seat)

    def close(self) -> None:
        """Let go of the worker."""
        self._worker.shutdown(wait=True, cancel_futures=True)

    # inside

    def _refusal(self, seat: Seat, person: Person | None, action: Action, area: str) -> Text | None:
        if person is None:
            session = self.sessions.at(seat)
            found = None if session is None else self.accounts.by_name(session.user)
            if session is None or found is None or not found.enabled:
                return say("people.nobody")
            return say("people.locked", user=found.printed_name) if session.locked else say("people.must_change")
        if may(person, action, area):
            return None
        what = say(f"action.{action.value}")
        if action in PERMISSIONS[person.role]:
            return say("people.no_right_there", action=what, area=area)
        return say("people.no_right", role=say(f"role.{person.role.value}"), action=what)

    def _rise(self, seat: Seat, cause: str) -> None:
        actor = self.actor(seat)
        if self.sessions.end(seat) is not None:
            self.note(actor.entry("sign_out", actor.user, why=cause))

    def _lock(self, seat: Seat, cause: str) -> None:
        session = self.sessions.at(seat)
        if session is not None and not session.locked:
            session.locked = True
            self.note(self.actor(seat).entry("lock", session.user, why=cause))

    def _tell(self, seat: Seat) -> None:
        seat.tell({"event": {"session": self.who(seat)}})
