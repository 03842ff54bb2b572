"""Keeping the users: the administrators' actions, and everybody's own password and language."""

from __future__ import annotations

from hmi.desk.people_rows import UserRow, WhoRow
from hmi.desk.refused import RefusedError
from hmi.desk.server import Seat
from hmi.desk.sitting import Sitting
from hmi.model.permission import EVERYWHERE, Action, Role
from hmi.model.text import Lang
from hmi.model.words import say
from hmi.people.accounts import Actor
from hmi.people.sessions import new_id, reference
from hmi.store.people import Account, folded


class UserDesk:
    """The desk's actions on users; every one but the first asks for MANAGE_PEOPLE."""

    def __init__(self, sitting: Sitting, areas: frozenset[str] | None = None) -> None:
        """areas: the plant's area ids; None when they are not known."""
        self._sitting, self._accounts, self._areas = sitting, sitting.accounts, areas

    def users(self, seat: Seat) -> list[UserRow]:
        """All users, disabled ones among them."""
        self._sitting.require(seat, Action.MANAGE_PEOPLE)
        return [self._row(account) for account in self._accounts.all()]

    async def first_user(
        self, user: str, password: str, seat: Seat, printed_name: str = "", language: Lang = Lang.KO
    ) -> WhoRow:
        """The first user of a data folder becomes its administrator and sits down here."""
        if not self._accounts.empty:
            raise RefusedError(say("people.not_first"))
        number = new_id()
        actor = Actor(session=reference(number))
        made = await self._sitting.work(
            lambda: (
                self._accounts.add(actor, user, printed_name, Role.ADMINISTRATOR, password, language=language)
                if self._accounts.empty
                else None
            )  # somebody else was faster
        )
        if made is None:
            raise RefusedError(say("people.not_first"))
        self._sitting.sit(seat, made, number)
        return self._sitting.who(seat)

    async def add_user(
        self,
        user: str,
        role: str,
        password: str,
        seat: Seat,
        printed_name: str = "",
        areas: list[str] | None = None,
        language: Lang = Lang.KO,
        must_change: bool = True,
    ) -> UserRow:
        """A new user; the password is temporary unless its owner typed it here."""
        actor, known, where = self._actor(seat), self._role(role), self._known(areas)
        made = await self._sitting.work(
            lambda: self._accounts.add(actor, user, printed_name, known, password, where, language, must_change)
        )
        return self._row(made)

    async def set_role(self, user: str, role: str, why: str, seat: Seat) -> UserRow:
        """Another role, from now on."""
        actor, known = self._actor(seat, why), self._role(role)
        found = await self._sitting.work(lambda: self._accounts.set_role(actor, user, known, why))
        self._sitting.refresh(found.user)
        return self._row(found)

    async def set_areas(self, user: str, areas: list[str], why: str, seat: Seat) -> UserRow:
        """The areas of the plant that the rights hold for, from now on; ["*"] is all of it."""
        actor, where = self._actor(seat, why), self._known(areas)
        found = await self._sitting.work(lambda: self._accounts.set_areas(actor, user, where, why))
        self._sitting.refresh(found.user)
        return self._row(found)

    async def disable_user(self, user: str, why: str, seat: Seat) -> UserRow:
        """Nobody signs in under this name any more; who sits anywhere under it is out at once."""
        actor = self._actor(seat, why)
        found = await self._sitting.work(lambda: self._accounts.set_enabled(actor, user, False, why))
        self._sitting.end_all(found.user, "disabled")
        return self._row(found)

    async def enable_user(self, user: str, why: str, seat: Seat) -> UserRow:
        """A disabled user may sign in again."""
        actor = self._actor(seat, why)
        return self._row(await self._sitting.work(lambda: self._accounts.set_enabled(actor, user, True, why)))

    async def reset_password(self, user: str, new: str, why: str, seat: Seat) -> UserRow:
        """A temporary password for somebody who lost theirs; sessions end, and the next sign-in must change it."""
        actor = self._actor(seat, why)
        if folded(actor.user) == folded(user):
            raise RefusedError(say("people.not_own_reset"))
        found = await self._sitting.work(lambda: self._accounts.reset_password(actor, user, new, why))
        self._sitting.end_all(found.user, "password_reset")
        return self._row(found)

    async def change_password(self, old: str, new: str, seat: Seat) -> WhoRow:
        """One's own password, told by the old one."""
        session = self._sitting.sessions.at(seat)
        if session is None:
            raise RefusedError(say("people.nobody"))
        await self._sitting.check(session.user, old, session.reference)
        actor = self._sitting.actor(seat)
        await self._sitting.work(lambda: self._accounts.change_password(actor, session.user, new))
        return self._sitting.who(seat)

    async def set_language(self, language: Lang, seat: Seat) -> WhoRow:
        """The language in which the station speaks to whoever sits here."""
        session = self._sitting.sessions.at(seat)
        if session is None:
            raise RefusedError(say("people.nobody"))
        actor = self._sitting.actor(seat)
        await self._sitting.work(lambda: self._accounts.set_language(actor, session.user, language))
        return self._sitting.who(seat)

    def _actor(self, seat: Seat, why: str | None = None) -> Actor:
        self._sitting.require(seat, Action.MANAGE_PEOPLE)
        if why is not None and not why.strip():
            raise RefusedError(say("people.needs_reason"))
        return self._sitting.actor(seat)

    @staticmethod
    def _role(role: str) -> Role:
        try:
            return Role(role)
        except ValueError:
            raise RefusedError(say("people.unknown_role", role=role, roles=", ".join(Role))) from None

    def _known(self, areas: list[str] | None) -> list[str]:
        asked = [EVERYWHERE] if areas is None else areas
        strange = [a for a in asked if self._areas is not None and a != EVERYWHERE and a not in self._areas]
        if strange or not asked:
            names = ", ".join(sorted(self._areas or ()))
            raise RefusedError(say("people.unknown_area", area=", ".join(strange), areas=names))
        return asked

    def _row(self, account: Account) -> UserRow:
        return UserRow(
            account.user, account.printed_name, account.role, sorted(account.areas), account.language.value,
            account.enabled, account.must_change, self._accounts.locked(account.user), account.made_ns,
            account.password_ns, len(self._sitting.sessions.of(account.user)),
        )  # fmt: skip
