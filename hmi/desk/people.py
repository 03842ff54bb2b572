"""People, for the wiring: one thing that knows who sits where, what they may do, and what they did.

::

    people = People(database, secrets, data)
    answers |= people.answers()                     # the desk's questions and actions
    person = people.require(seat, Action.SET_MODE)  # RefusedError, and the attempt is on record
    await people.record(seat, "mode", "station", "MONITOR", "CONTROL", why)
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Collection
from concurrent.futures import TimeoutError as LateError
from pathlib import Path
from typing import Any

from hmi.desk.audit import AuditDesk, copies_in
from hmi.desk.refused import RefusedError
from hmi.desk.server import Seat
from hmi.desk.signing import SigningDesk
from hmi.desk.sitting import Sitting, Told
from hmi.desk.user_desk import UserDesk
from hmi.model.command import Command
from hmi.model.permission import EVERYWHERE, Action, Person
from hmi.model.words import say
from hmi.people.accounts import Accounts, Actor
from hmi.people.clock import Clock, SystemClock
from hmi.people.hashing import Cost, Secrets
from hmi.people.heads import HeadKeeper
from hmi.people.keys import AuditKeys
from hmi.people.password import PasswordRules
from hmi.people.sessions import IDLE_S
from hmi.store import audit
from hmi.store.audit import Entry, Wanted
from hmi.store.database import Database, Work
from hmi.store.faults import StoreError

CLOCK_JUMP_S = 2.0


class People:
    """Everything about people on one data folder."""

    def __init__(
        self,
        database: Database,
        secrets: Secrets,
        data: Path,
        clock: Clock | None = None,
        *,
        zone: str = "",
        areas: Collection[str] | None = None,
        heads_folder: Path | None = None,
        told: Told = lambda kind, place, text: None,
        rules: PasswordRules | None = None,
        idle_s: float = IDLE_S,
        cost: Cost | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """zone and areas are the plant's; heads_folder gets a second copy of the signed heads (another disk).

        told hears what everybody should read. Takes about half a second (hashes are slow on purpose). Raises
        StoreError, or PeopleRefusedError when the passwords' pepper is gone or the signing keys are not safe.
        """
        self._database, self._clock = database, clock or SystemClock()
        self._told = told
        folders = [data] if heads_folder is None else [data, heads_folder]
        self.keys = AuditKeys(data)
        self.accounts = Accounts(database, secrets, self._clock, rules, cost)
        self._heads = HeadKeeper(database, self.keys, folders, self._clock)
        self.sitting = Sitting(self.accounts, database, self._clock, told, idle_s, sleep)
        self.users = UserDesk(self.sitting, None if areas is None else frozenset(areas))
        self.signing = SigningDesk(self.sitting, database, self._clock, zone)
        self.audit = AuditDesk(
            self.sitting, database, data, copies_in(folders), self.keys, self._clock, self._heads.sign_now
        )
        self._drift_s = self._drift()

    def answers(self) -> dict[str, Callable[..., Any]]:
        """The desk's questions and actions; their types are hmi.desk.people_rows.PEOPLE_ANSWERS."""
        sitting, users, signing, trail = self.sitting, self.users, self.signing, self.audit
        acts: tuple[Callable[..., Any], ...] = (
            sitting.sign_in, sitting.sign_out, sitting.lock, sitting.unlock, sitting.active, sitting.who,
            users.users, users.first_user, users.add_user, users.set_role, users.set_areas, users.disable_user,
            users.enable_user, users.change_password, users.reset_password, users.set_language,
            signing.sign, signing.sign_second, signing.signature,
            trail.audit, trail.verify_audit, trail.export_audit, trail.record_export,
        )  # fmt: skip
        return {act.__name__: act for act in acts}

    def person(self, seat: Seat) -> Person | None:
        """Who may act at a seat now; None when nobody is signed in, or writing is locked."""
        return self.sitting.person(seat)

    def require(self, seat: Seat, action: Action, area: str = EVERYWHERE) -> Person:
        """The person at a seat, who may do this there. RefusedError otherwise, and the attempt is on record."""
        return self.sitting.require(seat, action, area)

    def signers(self, command: Command) -> tuple[str, ...]:
        """Users whose valid, fresh signatures are on exactly this command (the gateway's Surroundings)."""
        return self.signing.signers(command)

    def session(self, user: str) -> str:
        """How the trail names somebody's session: for hmi.store.commands.CommandTable."""
        return self.sitting.reference_of(user)

    def entry(
        self,
        seat: Seat | None,
        action: str,
        object: str = "",
        old: Any = None,
        new: Any = None,
        why: str = "",
        cause: str = "",
    ) -> Entry:
        """An audit entry of who sits there, for ``audit.append(work, entry)`` beside the state it tells of."""
        who = self.sitting.actor(seat)
        return Entry(
            action, object, old, new, why, cause, who.user, who.role, who.session, self._clock.wall_ns(),
            int(self._clock.mono_s() * 1e9),
        )  # fmt: skip

    async def record(
        self,
        seat: Seat | None,
        action: str,
        object: str = "",
        old: Any = None,
        new: Any = None,
        why: str = "",
        cause: str = "",
    ) -> int:
        """Put an act on record before it is done. RefusedError when that is not possible: then it is not done."""
        return await self.sitting.record(self.entry(seat, action, object, old, new, why, cause))

    async def audited(self, person: Person, action: str, object: str, old: Any, new: Any, why: str) -> None:
        """record() for those who know the person and not the seat."""
        who = Actor(person.user, person.role.value, self.session(person.user))
        await self.sitting.record(who.entry(action, object, old, new, why))

    async def sign(self, seat: Seat, meaning: str, record: dict[str, Any], shown: dict[str, Any], password: str) -> str:
        """Sign within another action; the signature's id as commands carry it."""
        return str(await self.signing.sign(meaning, record, shown, password, seat))

    async def sign_second(
        self, seat: Seat, meaning: str, record: dict[str, Any], shown: dict[str, Any], password: str, first: int
    ) -> str:
        """Sign within another action as the second person, who sits here; ``first`` is the other one's signature."""
        person = self.person(seat)
        if person is None:
            raise RefusedError(say("people.nobody"))
        signed = self.signing.sign_second(person.user, password, meaning, record, shown, first, seat)
        return str(await signed)

    def note(self, action: str, object: str = "", old: Any = None, new: Any = None, why: str = "") -> None:
        """Put on record what the station itself did or saw; waits while the disk is sick, and nothing waits for it."""
        self.sitting.note(self.entry(None, action, object, old, new, why))

    def started(self, plant_file: Path, version: str) -> None:
        """The engine starts: on record with the plant file's hash, and with what was left unsigned by a crash."""
        try:
            now = hashlib.sha256(plant_file.read_bytes()).hexdigest()
        except OSError:
            now = ""
        place = str(plant_file)

        def run(work: Work) -> int:
            c = work.connection
            head, (tip, _) = audit.last_head(c), audit.tip(c)
            before = audit.rows(c, Wanted(actions=("config_loaded",)), limit=1)
            old = before[0].row["new"] if before else None
            unsigned = tip - (0 if head is None else head.seq)
            audit.append(work, self.entry(None, "engine_started", version, None, {"unsigned_rows": unsigned}))
            audit.append(work, self.entry(None, "config_loaded", place, old, {"sha256": now}))
            return unsigned

        future = self._database.submit(run, patient=True)
        try:
            unsigned = future.result(2.0)
        except (LateError, StoreError):
            return  # told by the database itself; the rows follow when it is well
        if unsigned:
            self._told("engine", "", say("people.told_unsigned", rows=unsigned))

    def tick(self) -> None:
        """Idle locks, signed heads, and the clock on the wall against the steady one; call about once a second."""
        self.sitting.tick()
        self._heads.tick()
        moved = self._drift() - self._drift_s
        if abs(moved) > CLOCK_JUMP_S:
            self._drift_s += moved
            self.note("clock_jump", "", None, {"seconds": round(moved, 3)})
            self._told("engine", "", say("people.told_clock", seconds=f"{moved:+.1f}"))

    def close(self, stopped: bool = True) -> None:
        """Put the stop on record and sign the trail's end; before the database is closed."""
        for seat, _ in self.sitting.sessions.all():
            self.sitting.sign_out(seat)
        if stopped:
            self.note("engine_stopped")
        try:
            self._heads.sign_now()
        except StoreError:
            pass  # told by the database itself; the next start signs
        self.sitting.close()

    def _drift(self) -> float:
        return self._clock.wall_ns() / 1e9 - self._clock.mono_s()
