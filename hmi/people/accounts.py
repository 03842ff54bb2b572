"""The people of a station: checking who somebody is, and keeping the accounts.

Everything here may take a second (hashes are slow on purpose) and runs on one worker thread, one act after the other;
``by_name`` and ``person`` may be asked from any thread. Who may do what is decided before, by the desk.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from hmi.model.permission import EVERYWHERE, Person, Role
from hmi.model.text import Lang, Text
from hmi.model.words import say
from hmi.people.clock import Clock
from hmi.people.hashing import Cost, Hasher, Secrets, pepper_of
from hmi.people.lockout import FORGET_S, LOCK_S, Lockout
from hmi.people.password import PasswordRules, fault
from hmi.people.refusal import PeopleRefusedError
from hmi.store import audit, people
from hmi.store.audit import Entry
from hmi.store.database import Database, Work
from hmi.store.people import Account, folded

_NAME = re.compile(r"[\w][\w.\-]{1,39}")
_SIGN_INS = ("sign_in", "sign_in_failed", "password_reset")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it, as the trail names them."""

    user: str = ""
    role: str = ""
    session: str = ""

    def entry(self, action: str, object: str = "", old: Any = None, new: Any = None, why: str = "") -> Entry:
        """An audit entry of this actor's act."""
        return Entry(action, object, old, new, why, "", self.user, self.role, self.session)


def stamped(entry: Entry, clock: Clock) -> Entry:
    """An entry as of now."""
    return replace(entry, at_ns=clock.wall_ns(), mono=int(clock.mono_s() * 1e9))


class Accounts:
    """The accounts of one plant database."""

    def __init__(
        self,
        database: Database,
        secrets: Secrets,
        clock: Clock,
        rules: PasswordRules | None = None,
        cost: Cost | None = None,
        on_lockout: Callable[[str], None] = lambda user: None,
    ) -> None:
        """on_lockout hears the name that was locked, on the worker's thread.

        Raises StoreError, or PeopleRefusedError when the pepper of the passwords is gone.
        """
        self._database, self._clock, self._rules, self._on_lockout = (
            database,
            clock,
            rules or PasswordRules(),
            on_lockout,
        )
        self._lockout = Lockout()
        with database.reader() as c:
            mark = people.pepper_mark(c)
        self._hasher = Hasher(pepper_of(secrets, mark), cost)
        if mark and mark != self._hasher.mark:
            raise PeopleRefusedError(say("people.pepper_missing"))
        self._marked = bool(mark)
        self._by_name: dict[str, Account] = {}
        self._load()
        self._restore_tries()

    # asked from any thread

    @property
    def empty(self) -> bool:
        """Whether nobody was ever made: the first becomes the administrator."""
        return not self._by_name

    def by_name(self, user: str) -> Account | None:
        """An account by its user's name, upper or lower case."""
        return self._by_name.get(folded(user))

    def all(self) -> list[Account]:
        """All accounts in the order they were made."""
        return list(self._by_name.values())

    def person(self, user: str) -> Person | None:
        """Who somebody is now; None once disabled."""
        found = self.by_name(user)
        return found.person if found is not None and found.enabled else None

    def wait_s(self, user: str) -> float:
        """Seconds until a password may be tried on this name."""
        return self._lockout.of(folded(user)).wait_s(self._clock.mono_s())

    def locked(self, user: str) -> bool:
        """Whether the name is locked by wrong tries."""
        return self._lockout.of(folded(user)).locked(self._clock.mono_s())

    def locked_names(self) -> list[str]:
        """The names that are locked by wrong tries now, as they were typed but for their case."""
        return self._lockout.locked(self._clock.mono_s())

    # on the worker's thread

    def check(self, user: str, password: str, session: str, hit: Entry | None = None) -> Account:
        """Who this is, told by user and password; ``hit`` goes on record when it is right.

        A wrong password, an unknown name and a disabled one get the same words after the same work. Raises
        PeopleRefusedError, or StoreError when it cannot be put on record.
        """
        name = folded(user)
        wait = self.wait_s(user)
        if wait > 0.0:
            raise PeopleRefusedError(_wait_words(wait))
        found = self._by_name.get(name)
        right = self._hasher.matches(password, None if found is None else found.password)
        if found is None or not right or not found.enabled:
            self._miss(user, name, session)
        assert found is not None
        if hit is not None:
            self._record(hit)
        self._lockout.hit(name)
        return found

    def _miss(self, user: str, name: str, session: str) -> None:
        tries = self._lockout.missed(name, self._clock.mono_s())
        entries = [Entry("sign_in_failed", user[: audit.LONGEST_USER], session=session)]
        if tries.exhausted:
            entries.append(replace(entries[0], action="locked_out", new={"seconds": LOCK_S}))
        self._record(*entries)
        if tries.exhausted:
            self._on_lockout(user)
        raise PeopleRefusedError(say("people.wrong"))

    def add(
        self,
        actor: Actor,
        user: str,
        printed_name: str,
        role: Role,
        password: str,
        areas: Iterable[str] = (EVERYWHERE,),
        language: Lang = Lang.KO,
        must_change: bool = False,
    ) -> Account:
        """A new account; its name was never given before. The first of all must be an administrator."""
        user, printed = unicodedata.normalize("NFC", user).strip(), unicodedata.normalize("NFC", printed_name).strip()
        if not _NAME.fullmatch(user):
            raise PeopleRefusedError(say("people.bad_user_name", user=user))
        if self.by_name(user) is not None:
            raise PeopleRefusedError(say("people.name_given", user=user))
        if self.empty and role is not Role.ADMINISTRATOR:
            raise PeopleRefusedError(say("people.first_is_administrator"))
        self._good(password, user)
        now = self._clock.wall_ns()
        made = Account(
            0, user, (printed or user)[:200], role, _areas(areas), language, True, must_change,
            self._hasher.hash(password), now, now,
        )  # fmt: skip
        entry = actor.entry("user_added", user, None, _told(made))
        # whoever makes the first account is that account
        entry = entry if actor.user or not self.empty else replace(entry, user=user, role=role.value)
        entry = stamped(entry, self._clock)

        def run(work: Work) -> None:
            people.add(work, made)
            people.set_pepper_mark(work, self._hasher.mark)
            audit.append(work, entry)

        self._write(run)
        return self._there(user)

    def set_role(self, actor: Actor, user: str, role: Role, why: str) -> Account:
        """Another role; never one's own, and never the last administrator's."""
        found = self._there(user)
        if folded(actor.user) == folded(user):
            raise PeopleRefusedError(say("people.not_own_role"))
        if role is not Role.ADMINISTRATOR:
            self._keep_an_administrator(found)
        entry = actor.entry("user_role", found.user, found.role.value, role.value, why)
        return self._change(found, entry, lambda work: people.set_role(work, found.id, role))

    def set_areas(self, actor: Actor, user: str, areas: Iterable[str], why: str) -> Account:
        """The areas of the plant that the rights hold for."""
        found, new = self._there(user), _areas(areas)
        entry = actor.entry("user_areas", found.user, sorted(found.areas), sorted(new), why)
        return self._change(found, entry, lambda work: people.set_areas(work, found.id, new))

    def set_enabled(self, actor: Actor, user: str, enabled: bool, why: str) -> Account:
        """Let somebody in again, or no longer; the account and what it did stay on record for ever."""
        found = self._there(user)
        if not enabled:
            self._keep_an_administrator(found)
        entry = actor.entry("user_enabled" if enabled else "user_disabled", found.user, found.enabled, enabled, why)
        return self._change(found, entry, lambda work: people.set_enabled(work, found.id, enabled))

    def set_language(self, actor: Actor, user: str, language: Lang) -> Account:
        """The language in which the station speaks to somebody."""
        found = self._there(user)
        entry = actor.entry("user_language", found.user, found.language.value, language.value)
        return self._change(found, entry, lambda work: people.set_language(work, found.id, language))

    def change_password(self, actor: Actor, user: str, new: str) -> Account:
        """One's own new password; the old one was checked before."""
        return self._new_password(actor.entry("password_changed", user), user, new, must_change=False)

    def reset_password(self, actor: Actor, user: str, new: str, why: str) -> Account:
        """A temporary password that must be changed at the next sign-in; also lifts a lock."""
        found = self._new_password(actor.entry("password_reset", user, why=why), user, new, must_change=True)
        self._lockout.hit(folded(user))
        return found

    # inside

    def _new_password(self, entry: Entry, user: str, new: str, must_change: bool) -> Account:
        found = self._there(user)
        self._good(new, found.user)
        with self._database.reader() as c:
            before = [found.password, *people.former(c, found.id)][: self._rules.former]
        if any(self._hasher.matches(new, phc) for phc in before):
            raise PeopleRefusedError(say("people.password_former", count=self._rules.former))
        phc, now = self._hasher.hash(new), self._clock.wall_ns()
        return self._change(found, entry, lambda work: people.set_password(work, found.id, phc, now, must_change))

    def _good(self, password: str, user: str) -> None:
        wrong = fault(password, user, self._rules)
        if wrong is not None:
            raise PeopleRefusedError(wrong)

    def _there(self, user: str) -> Account:
        found = self.by_name(user)
        if found is None:
            raise PeopleRefusedError(say("people.no_such_user", user=user))
        return found

    def _keep_an_administrator(self, losing: Account) -> None:
        left = [a for a in self._by_name.values() if a.role is Role.ADMINISTRATOR and a.enabled and a.id != losing.id]
        if not left:
            raise PeopleRefusedError(say("people.last_administrator"))

    def _change(self, found: Account, entry: Entry, change: Callable[[Work], None]) -> Account:
        entry = stamped(entry, self._clock)

        def run(work: Work) -> None:
            change(work)
            audit.append(work, entry)

        self._write(run)
        return self._there(found.user)

    def _record(self, *entries: Entry) -> None:
        told = [stamped(entry, self._clock) for entry in entries]

        def run(work: Work) -> None:
            for entry in told:
                audit.append(work, entry)

        self._database.submit(run).result()

    def _write(self, run: Callable[[Work], Any]) -> None:
        self._database.submit(run).result()
        self._load()

    def _load(self) -> None:
        with self._database.reader() as c:
            self._by_name = {folded(a.user): a for a in people.accounts(c)}

    def _restore_tries(self) -> None:
        """A restart does not give anybody fresh tries."""
        wall, mono = self._clock.wall_ns(), self._clock.mono_s()
        with self._database.reader() as c:
            told = audit.rows(c, audit.Wanted(actions=_SIGN_INS, from_ns=wall - int(FORGET_S * 1e9)), limit=2_000)
        self._lockout.restore(
            (folded(r.row["object"]), r.row["action"] != "sign_in_failed", mono - max(0, wall - r.row["at_ns"]) / 1e9)
            for r in reversed(told)
        )


def _wait_words(wait: float) -> Text:
    if wait > 60:
        return say("people.locked_out", minutes=math.ceil(wait / 60))
    return say("people.wait", seconds=math.ceil(wait))


def _areas(areas: Iterable[str]) -> frozenset[str]:
    found = frozenset(area.strip() for area in areas if area.strip())
    return frozenset({EVERYWHERE}) if EVERYWHERE in found else found


def _told(made: Account) -> dict[str, Any]:
    return {"printed_name": made.printed_name, "role": made.role.value, "areas": sorted(made.areas)}
