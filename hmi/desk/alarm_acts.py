"""What people do about alarms: each act needs its permission, is on disk with its audit entry before it counts, and
is refused where that cannot be.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from typing import Any, Protocol

from hmi.alarms.book import Now
from hmi.alarms.journal import ActRefusedError, Journal
from hmi.alarms.rules import area_of
from hmi.alarms.server_conditions import ConditionActs, Knowledge, ServerCondition
from hmi.desk.alarm_lists import LONGEST_PAGE, AlarmView
from hmi.desk.alarm_rows import AlarmDone, NamedAlarm
from hmi.desk.client import RefusedError
from hmi.model.alarm import AlarmEvent, EventKind, JournalRow, Priority, ShelfMode
from hmi.model.permission import EVERYWHERE, Action, Person
from hmi.model.quality import why as status_words
from hmi.model.text import Text
from hmi.model.words import say
from hmi.store.audit import Entry
from hmi.store.database import Work
from hmi.store.faults import StoreError

log = logging.getLogger(__name__)

LONGEST_SHELF_MIN = {Priority.URGENT: 60, Priority.HIGH: 240, Priority.MEDIUM: 480, Priority.DIAGNOSTIC: 1440}
"""How long an alarm may be shelved at the most, in minutes: at the end somebody looks at it again."""
_MIN_NS = 60 * 1_000_000_000

Audit = Callable[[Work, Entry], object]


class Require(Protocol):
    """Who sits there, if that person may do it in that area; RefusedError otherwise."""

    def __call__(self, seat: Any, action: Action, area: str = EVERYWHERE, /) -> Person: ...


class AlarmActs:
    """The actions of the alarm lists."""

    def __init__(
        self, view: AlarmView, journal: Journal, now: Callable[[], Now], require: Require, audit: Audit,
        submit: Callable[[Callable[[Work], object]], Future[Any]], conditions: ConditionActs | None,
    ) -> None:  # fmt: skip
        """submit: one unit of work for the database, of which nothing but an audit entry comes (a controller's own
        conditions). conditions: how controllers are asked to acknowledge; None where no driver can.
        """
        self._view, self._journal, self._now = view, journal, now
        self._require, self._audit, self._submit, self._conditions = require, audit, submit, conditions
        self._running: set[asyncio.Task[Any]] = set()

    async def acknowledge(self, seat: Any, alarms: list[NamedAlarm], comment: str = "") -> list[AlarmDone]:
        """Acknowledge what was seen. Of several at once the urgent ones are refused: they are looked at one by one."""
        return await self._acknowledge(seat, alarms, comment, urgent=len(alarms) == 1)

    async def acknowledge_visible(self, seat: Any, alarms: list[NamedAlarm], comment: str = "") -> list[AlarmDone]:
        """Acknowledge the rows that are on the screen, never an urgent one."""
        return await self._acknowledge(seat, alarms, comment, urgent=False)

    async def confirm(self, seat: Any, alarms: list[NamedAlarm], comment: str = "") -> list[AlarmDone]:
        """Confirm controllers' own conditions."""
        answers = [AlarmDone(a.key, False, say("alarms.not_the_servers")) for a in self._own(alarms)]
        return answers + await self._at_servers(seat, self._servers(alarms), comment, confirm=True)

    async def shelve(
        self, seat: Any, alarms: list[NamedAlarm], mode: ShelfMode, minutes: float, reason: str
    ) -> list[AlarmDone]:
        """Put alarms aside for a time, or until they are over (with that time as the longest)."""
        now = self._now()
        refused = {}
        for one in self._own(alarms):
            longest = LONGEST_SHELF_MIN[self._view.book.rules[self._view.book.index[one.key]].priority]
            if not 0 < minutes <= longest:
                refused[one.key] = say("alarms.shelf_too_long", minutes=longest)

        def event(_: NamedAlarm) -> AlarmEvent:
            until = now.ns + round(minutes * _MIN_NS)
            return AlarmEvent(EventKind.SHELVE, now.ns, why=reason, until_ns=until, source=mode.value)

        return await self._act(seat, Action.SHELVE, "alarm_shelved", alarms, event, refused)

    async def unshelve(self, seat: Any, alarms: list[NamedAlarm]) -> list[AlarmDone]:
        """Take alarms back from the shelf."""
        return await self._plain(seat, Action.SHELVE, "alarm_unshelved", alarms, EventKind.UNSHELVE, "")

    async def reset(self, seat: Any, alarms: list[NamedAlarm]) -> list[AlarmDone]:
        """Reset latched alarms whose condition is over."""
        return await self._plain(seat, Action.RESET_LATCH, "alarm_reset", alarms, EventKind.RESET, "")

    async def out_of_service(self, seat: Any, alarms: list[NamedAlarm], reason: str) -> list[AlarmDone]:
        """Take alarms out of service, until they are returned."""
        return await self._plain(seat, Action.OUT_OF_SERVICE, "alarm_out", alarms, EventKind.TAKE_OUT, reason)

    async def return_to_service(self, seat: Any, alarms: list[NamedAlarm]) -> list[AlarmDone]:
        """Return alarms to service."""
        return await self._plain(seat, Action.OUT_OF_SERVICE, "alarm_returned", alarms, EventKind.PUT_BACK, "")

    def silence(self, seat: Any) -> None:
        """Silence the tone until the next call; acknowledges nothing. It goes on record, but waits for no disk."""
        person = self._require(seat, Action.SILENCE, EVERYWHERE)
        self._view.silenced = self._view.book.calls
        entry = self._entry(person, "alarm_silenced", "", None, self._view.silenced, "")
        self._submit(lambda work: self._audit(work, entry)).add_done_callback(_said)

    async def _acknowledge(self, seat: Any, alarms: list[NamedAlarm], comment: str, urgent: bool) -> list[AlarmDone]:
        refused: dict[str, Text] = {}
        for one in alarms if not urgent else ():
            at = self._view.lists.find(one.key)
            if at is not None and self._view.lists.priorities()[at] == Priority.URGENT:
                refused[one.key] = say("alarms.urgent_one_by_one")
        now = self._now()

        def event(one: NamedAlarm) -> AlarmEvent:
            seen = int(one.activation) if one.activation.isdecimal() else 0
            return AlarmEvent(EventKind.ACKNOWLEDGE, now.ns, why=comment, activation=seen)

        own = self._own(alarms)
        answers: list[AlarmDone] = []
        if own:
            answers = await self._act(seat, Action.ACKNOWLEDGE, "alarm_acknowledged", own, event, refused)
        servers = [a for a in self._servers(alarms) if a.key not in refused]
        answers += [AlarmDone(a.key, False, refused[a.key]) for a in self._servers(alarms) if a.key in refused]
        return answers + await self._at_servers(seat, servers, comment, confirm=False)

    async def _plain(
        self, seat: Any, action: Action, word: str, alarms: list[NamedAlarm], kind: EventKind, reason: str
    ) -> list[AlarmDone]:
        now = self._now()
        return await self._act(seat, action, word, alarms, lambda _: AlarmEvent(kind, now.ns, why=reason), {})

    async def _act(
        self, seat: Any, action: Action, word: str, alarms: Sequence[NamedAlarm],
        event: Callable[[NamedAlarm], AlarmEvent], refused: dict[str, Text],
    ) -> list[AlarmDone]:  # fmt: skip
        """One commit for all that can be done; the others are told why not."""
        self._check(alarms)
        book = self._view.book
        person = self._person(seat, action, alarms)
        refused = dict(refused)
        refused |= {a.key: say("alarms.servers_own") for a in self._servers(alarms)}
        wanted: dict[int, AlarmEvent] = {}
        for one in alarms:
            if one.key not in refused:
                e = event(one)
                wanted[book.index[one.key]] = AlarmEvent(
                    e.kind, e.at_ns, person.user, e.why, e.activation, e.until_ns, e.source
                )

        def on_record(work: Work, row: JournalRow) -> None:
            self._audit(work, self._entry(person, word, row.alarm, row.before.value, row.after.value, row.event.why))

        if wanted:
            try:
                future, late, settle = self._journal.act(list(wanted.items()), self._now(), on_record)
            except ActRefusedError as err:
                if len(alarms) == 1:
                    raise RefusedError(err.text) from err
                late = dict.fromkeys(wanted, err.text)
            else:
                await self._to_the_end(self._settled(future, settle))
            refused |= {book.rules[i].id: text for i, text in late.items()}
        elif len(alarms) == 1:
            raise RefusedError(next(iter(refused.values())))
        return [AlarmDone(a.key, a.key not in refused, refused.get(a.key)) for a in alarms]

    async def _settled(self, future: Future[None], settle: Callable[[Now, bool], None]) -> None:
        try:
            await asyncio.wrap_future(future)
        except StoreError as err:
            settle(self._now(), False)
            raise RefusedError(err.text) from err
        except BaseException:
            settle(self._now(), False)
            raise
        settle(self._now(), True)

    async def _to_the_end(self, work: Coroutine[Any, Any, None]) -> None:
        """Let an act come to its end even when the window that asked for it goes away."""
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._ended)
        await asyncio.shield(task)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # looked at, so that a refusal whose window is gone is not an error of the loop

    async def _at_servers(
        self, seat: Any, alarms: Sequence[NamedAlarm], comment: str, confirm: bool
    ) -> list[AlarmDone]:
        if not alarms:
            return []
        self._check(alarms)
        person = self._person(seat, Action.ACKNOWLEDGE, alarms)
        answers = []
        for one in alarms:
            condition = self._view.server.get(one.key)
            if condition is None:
                answers.append(AlarmDone(one.key, False, say("alarms.nothing_to_acknowledge")))
                continue
            why = await self._at_server(person, condition, one.activation, comment, confirm)
            answers.append(AlarmDone(one.key, why is None, why))
        if len(answers) == 1 and answers[0].why is not None:
            raise RefusedError(answers[0].why)
        return answers

    async def _at_server(
        self, person: Person, one: ServerCondition, event_id: str, comment: str, confirm: bool
    ) -> Text | None:
        """Ask the controller; why it was not done, or None. What follows for the alarm is for the controller to say."""
        if confirm and (one.confirmed is not False or not one.acked):
            return say("alarms.nothing_to_confirm")
        if not confirm and one.acked:
            return say("alarms.nothing_to_acknowledge")
        controller = self._view.plant.controller[one.controller].name
        if self._conditions is None:
            return say("alarms.server_cannot", controller=controller)
        if self._view.server.known(one.controller) is not Knowledge.KNOWN:
            return say("alarms.server_gone", controller=controller)
        word = "alarm_confirm" if confirm else "alarm_acknowledge"
        await self._record(self._entry(person, f"{word}_sent", one.key, None, event_id, comment))
        call = self._conditions.confirm if confirm else self._conditions.acknowledge
        try:
            status = await call(one.controller, one.condition, event_id, comment)
        except (ConnectionError, TimeoutError):
            await self._record(self._entry(person, f"{word}_unknown", one.key, None, event_id, comment))
            return say("alarms.server_gone", controller=controller)
        await self._record(self._entry(person, f"{word}_answer", one.key, None, f"0x{status:08X}", comment))
        if status >> 30 == 0:
            return None
        return say("alarms.server_refused", controller=controller, why=status_words(status) or Text.same("?"))

    async def _record(self, entry: Entry) -> None:
        try:
            await asyncio.wrap_future(self._submit(lambda work: self._audit(work, entry)))
        except StoreError as err:
            raise RefusedError(err.text) from err

    def _entry(self, person: Person, word: str, alarm: str, old: object, new: object, why: str) -> Entry:
        now = self._now()
        return Entry(word, alarm, old, new, why, alarm, person.user, person.role.value, at_ns=now.ns, mono=now.mono_ns)

    def _person(self, seat: Any, action: Action, alarms: Sequence[NamedAlarm]) -> Person:
        """The person, who needs the permission in every area that the alarms are in."""
        places = {self._view.lists.place(at) for a in alarms if (at := self._view.lists.find(a.key)) is not None}
        areas = sorted({area_of(self._view.plant, place) or EVERYWHERE for place in places}) or [EVERYWHERE]
        persons = [self._require(seat, action, area) for area in areas]  # in every one of them, or not at all
        return persons[0]

    def _own(self, alarms: Sequence[NamedAlarm]) -> list[NamedAlarm]:
        return [a for a in alarms if a.key in self._view.book.index]

    def _servers(self, alarms: Sequence[NamedAlarm]) -> list[NamedAlarm]:
        return [a for a in alarms if a.key.startswith("server|")]

    def _check(self, alarms: Sequence[NamedAlarm]) -> None:
        if not alarms:
            raise RefusedError(say("alarms.none_named"))
        if len(alarms) > LONGEST_PAGE:
            raise RefusedError(say("alarms.too_many", count=LONGEST_PAGE))
        for one in alarms:
            if one.key not in self._view.book.index and not one.key.startswith("server|"):
                raise RefusedError(say("alarms.unknown", alarm=one.key[:200]))


def _said(future: Future[Any]) -> None:
    if (error := future.exception()) is not None:
        log.warning("silencing the tone is not on record: %s", error)
