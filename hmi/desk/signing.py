"""Signing at the desk: the password at every signature, the second person on exactly what the first one signed."""

from __future__ import annotations

import json
from collections import OrderedDict
from typing import Any

from hmi.desk.people_rows import SignatureRow
from hmi.desk.refused import RefusedError
from hmi.desk.server import Seat
from hmi.desk.sitting import Sitting
from hmi.model.command import Command
from hmi.model.permission import Person, Role
from hmi.model.words import say
from hmi.people import signing
from hmi.people.clock import Clock, local_iso
from hmi.store import signatures
from hmi.store.audit import LONGEST_USER, station
from hmi.store.canonical import canonical, digest
from hmi.store.database import Database
from hmi.store.signatures import Signature

LARGEST = 1_000_000
"""Bytes of canonical JSON that one signature may be on."""
_FRESH = 1_000

command_record = signing.command_record


class SigningDesk:
    """The desk's actions sign, sign_second and signature, and whose signatures are on a command."""

    def __init__(self, sitting: Sitting, database: Database, clock: Clock, zone: str = "") -> None:
        """zone: the plant's time zone for the local time of a signature; "" is the computer's own."""
        self._sitting, self._database, self._clock, self._zone = sitting, database, clock, zone
        self._fresh: OrderedDict[int, Signature] = OrderedDict()

    async def sign(
        self, meaning_key: str, record: dict[str, Any], shown: dict[str, Any], password: str, seat: Seat
    ) -> int:
        """Sign a record as who sits here, having been shown what stands in ``shown``; the signature's number."""
        self._check_size(record, shown)
        wrong = signing.refuse_meaning(meaning_key)
        if wrong is not None:
            raise RefusedError(wrong)
        person, actor = self._sitting.person(seat), self._sitting.actor(seat)
        if person is None:
            raise RefusedError(say("people.nobody"))
        self._may(person, meaning_key, seat)
        await self._sitting.check(person.user, password, actor.session)
        self._sitting.touch(seat)
        return await self._keep(person, meaning_key, record, shown, actor.session, None)

    async def sign_second(
        self,
        user: str,
        password: str,
        meaning_key: str,
        record: dict[str, Any],
        shown: dict[str, Any],
        first: int,
        seat: Seat,
    ) -> int:
        """Sign as the second person, at this seat or another, within 120 s of the first signature."""
        self._check_size(record, shown)
        wrong = signing.refuse_meaning(meaning_key)
        if wrong is not None:
            raise RefusedError(wrong)
        session = self._sitting.actor(seat).session
        account = await self._sitting.check(user, password, session)
        if account.must_change:
            raise RefusedError(say("people.must_change"))
        self._may(account.person, meaning_key, seat)
        earlier = self._fresh.get(first)
        why = signing.refuse_second(earlier, account.user, meaning_key, record, shown, self._clock.wall_ns())
        if why is not None:
            entry = self._sitting.actor(seat).entry("refused", "sign_second", None, {"first": first, "why": why})
            self._sitting.note(entry)
            raise RefusedError(why)
        return await self._keep(account.person, meaning_key, record, shown, session, first)

    def signature(self, number: int) -> SignatureRow:
        """A signature as every view and print shows it."""
        with self._database.reader() as c:
            found = signatures.find(c, number)
        if found is None:
            raise RefusedError(say("people.no_signature", number=number))
        return SignatureRow(
            found.number, found.user, found.printed_name, Role(found.role), found.at_ns, found.local, found.text,
            found.meaning, json.loads(found.record), found.record_sha, json.loads(found.shown), found.shown_sha,
            found.first, found.station,
        )  # fmt: skip

    def signers(self, command: Command) -> tuple[str, ...]:
        """Users whose valid, fresh signatures are on exactly this command."""
        now, users = self._clock.wall_ns(), []
        for number in (command.signature, command.second_signature):
            found = (
                self._fresh.get(int(number)) if number is not None and number.isascii() and number.isdigit() else None
            )
            if found is None or not signing.on_command(found, command, now):
                continue
            if self._sitting.accounts.person(found.user) is not None and found.user not in users:
                users.append(found.user)
        return tuple(users)

    def valid(self, number: int, meaning_key: str, record: Any, user: str = "") -> bool:
        """Whether a signature of this run has this meaning and is on this record (and is this user's, if named)."""
        found = self._fresh.get(number)
        if found is None or found.meaning != meaning_key or (user and found.user != user):
            return False
        return found.record.encode("utf-8") == canonical(record)

    def _may(self, person: Person, meaning_key: str, seat: Seat) -> None:
        if signing.may_sign(person, meaning_key):
            return
        why = say("people.may_not_sign", role=say(f"role.{person.role.value}"), meaning=say(f"meaning.{meaning_key}"))
        told = {"meaning": meaning_key, "signer": person.user[:LONGEST_USER], "why": why}
        self._sitting.note(self._sitting.actor(seat).entry("refused", "sign", None, told))
        raise RefusedError(why)

    @staticmethod
    def _check_size(record: Any, shown: Any) -> None:
        if len(canonical(record)) + len(canonical(shown)) > LARGEST:
            raise RefusedError(say("people.too_large"))

    async def _keep(
        self, person: Person, meaning_key: str, record: Any, shown: Any, session: str, first: int | None
    ) -> int:
        now = self._clock.wall_ns()
        made = Signature(
            0, person.user, person.printed_name, person.role.value, now, local_iso(now, self._zone), meaning_key,
            say(f"meaning.{meaning_key}"), canonical(record).decode("utf-8"), digest(record),
            canonical(shown).decode("utf-8"), digest(shown), first, session, station(),
        )  # fmt: skip
        kept = await self._sitting.work(lambda: self._database.submit(lambda work: signatures.add(work, made)).result())
        self._fresh[kept.number] = kept
        while len(self._fresh) > _FRESH:
            self._fresh.popitem(last=False)
        return kept.number
