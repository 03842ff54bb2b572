"""Alarms for the engine and the desk: one thing to feed, one thing to ask.

The engine calls on_batch, on_link, on_event, raise_system and tick; ``answers`` are the desk's questions and actions.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt

from hmi.alarms.book import AlarmBook, Context, Now
from hmi.alarms.journal import AlarmStore, Journal
from hmi.alarms.lists import AlarmFilter
from hmi.alarms.metrics import metrics
from hmi.alarms.rules import SystemAlarm, link_alarm, place_of, rules_of, system_alarm
from hmi.alarms.server_conditions import ConditionActs, ServerConditions
from hmi.desk.alarm_acts import AlarmActs, Audit, Require
from hmi.desk.alarm_lists import AlarmView
from hmi.desk.alarm_metrics import metrics_page
from hmi.desk.alarm_rows import AlarmCounts, AlarmJournal, AlarmMetrics, AlarmPage
from hmi.desk.client import RefusedError
from hmi.model.alarm import AlarmFacts, AlarmRule
from hmi.model.plant import Plant
from hmi.model.text import Text
from hmi.model.words import say
from hmi.store.database import Work
from hmi.store.faults import StoreError

log = logging.getLogger(__name__)

_NOW_NS = 60 * 1_000_000_000
"""A window that ends less than this ago ends now."""
LONGEST_JOURNAL = 2_000


class Alarms:
    """All alarms of the station."""

    def __init__(
        self, plant: Plant, store: AlarmStore, *, require: Require, audit: Audit,
        submit: Callable[[Callable[[Work], object]], Future[Any]], conditions: ConditionActs | None = None,
        context: Context = lambda place: ("", ""),
        on_change: Callable[[AlarmCounts], None] = lambda counts: None,
        system: Sequence[SystemAlarm] | None = None, clock: Callable[[], int] = time.time_ns,
        monotonic: Callable[[], int] = time.monotonic_ns,
    ) -> None:  # fmt: skip
        """Take over what stood before, as far as the store can tell.

        context tells order and lot at a place, now. on_change hears the strip's counts when they change, at most once
        a tick. system: the alarms about the station itself, when not those of hmi.alarms.rules.system_alarms.
        """
        self.plant, self.store = plant, store
        self._clock, self._monotonic, self._on_change = clock, monotonic, on_change
        self._conditions = conditions
        rules = rules_of(plant, system)
        self._places = {rule.id: place_of(plant, rule) for rule in rules}
        self.book = AlarmBook(rules, plant.suppressions, plant.row, list(self._places.values()), context)
        self.server = ServerConditions(plant)
        self.journal = Journal(self.book, store)
        self.view = AlarmView(plant, self.book, self.server, self._now)
        self.acts = AlarmActs(self.view, self.journal, self._now, require, audit, submit, conditions)
        self._told: tuple[int, ...] = ()
        self._refreshing: set[asyncio.Task[None]] = set()
        self.book.restore(self._known(), self._now())
        self.journal.flush()

    def on_batch(
        self,
        rows: npt.NDArray[np.int32],
        values: npt.NDArray[np.float64],
        status: npt.NDArray[np.uint32],
        source_ns: npt.NDArray[np.int64],
        now_ns: int | None = None,
    ) -> None:
        """Take readings in source order (NaN where none is); O(alarms of these tags)."""
        self.book.on_batch(rows, values, status, source_ns, self._now(now_ns))
        self.journal.flush()

    def on_link(self, controller: str, up: bool) -> None:
        """Take that the link to a controller opened or closed."""
        self.server.on_link(controller, up)
        self.book.say(link_alarm(controller), not up, self._now())
        self.journal.flush()

    def on_event(self, controller: str, event: Mapping[str, Any]) -> None:
        """Take an event of a controller; its keys are in hmi.alarms.server_conditions."""
        row = self.server.on_event(controller, event, self._now())
        if row is not None:
            self.journal.add([row])
            if row.annunciated:
                self.book.called(row.priority, self._now())

    def raise_system(self, key: str, active: bool, text: Text | None = None) -> None:
        """Say that something about the station itself is wrong, or well again; say it once after each start.

        text tells what exactly. KeyError for a key that no system alarm has.
        """
        alarm = system_alarm(key)
        if text is not None:
            self.view.causes[alarm] = text
        self.book.say(alarm, active, self._now())
        self.journal.flush()

    def tick(self, now_ns: int | None = None) -> None:
        """Everything that time alone brings; call four times a second on the engine's loop."""
        now = self._now(now_ns)
        self.book.tick(now)
        for controller in self.server.to_refresh(now.mono_ns):
            self._refresh(controller)
        self.journal.flush()
        state = (self.view.revision, self.book.calls, self.view.silenced, self.book.flood.on, self.journal.waiting)
        if state != self._told:
            self._told = state
            self._on_change(self.counts())

    def close(self) -> None:
        """Hand the last rows to the store; the database's own closing waits for them."""
        for task in self._refreshing:
            task.cancel()
        self.journal.flush(now_too=True)

    def answers(self) -> dict[str, Callable[..., Any]]:
        """The desk's questions and actions by name."""
        acts = self.acts
        return {
            "alarms": self.alarms, "alarm_counts": self.counts, "alarm_journal": self.journal_rows,
            "alarm_metrics": self.metrics, "alarm_rules": self.rules, "acknowledge": acts.acknowledge,
            "acknowledge_visible": acts.acknowledge_visible, "confirm": acts.confirm, "shelve": acts.shelve,
            "unshelve": acts.unshelve, "reset": acts.reset, "out_of_service": acts.out_of_service,
            "return_to_service": acts.return_to_service, "silence": acts.silence,
        }  # fmt: skip

    def alarms(
        self,
        which: str = "standing",
        order: str = "urgency",
        priorities: tuple[int, ...] = (),
        places: tuple[str, ...] = (),
        text: str = "",
        offset: int = 0,
        limit: int = 50,
        since_ns: int = 0,
        keys: tuple[str, ...] = (),
        grouped: bool = False,
    ) -> AlarmPage:
        """A page of a list (hmi.alarms.lists.LISTS) in an order (ORDERS); with ``keys`` these rows as they are now."""
        wanted = AlarmFilter(priorities, places, text)
        return self.view.page(which, order, wanted, offset, limit, since_ns, list(keys), grouped)

    def counts(self) -> AlarmCounts:
        """What the strip shows."""
        return self.view.counts(self.journal.waiting)

    def rules(self) -> list[AlarmRule]:
        """Every alarm that there is, with its guidance."""
        return list(self.book.rules)

    async def journal_rows(
        self, from_ns: int, to_ns: int, alarm: str = "", before_id: int = 0, limit: int = 200
    ) -> AlarmJournal:
        """Transitions noted in [from_ns, to_ns), newest first; an alarm's own only, when one is named."""
        limit = max(1, min(limit, LONGEST_JOURNAL))
        with _refusing():
            found = await asyncio.to_thread(self.store.journal, from_ns, to_ns, alarm, before_id, limit)
        return AlarmJournal(found)

    async def metrics(self, from_ns: int, to_ns: int) -> AlarmMetrics:
        """The figures of [from_ns, to_ns), up to now at most."""
        now = self._now()
        to_ns = min(to_ns, now.ns)
        if to_ns <= from_ns:
            raise RefusedError(say("machine.bad_window"))
        standing = {rule.id: facts for rule, facts in zip(self.book.rules, self.book.facts, strict=True)}
        with _refusing():
            return await asyncio.to_thread(self._metrics, from_ns, to_ns, now.ns, standing)

    def _metrics(self, from_ns: int, to_ns: int, now_ns: int, standing: Mapping[str, AlarmFacts]) -> AlarmMetrics:
        rows = self.store.rows_between(from_ns, to_ns)
        last = {row.alarm: row for row in rows}

        def name(alarm: str) -> tuple[Text, str]:
            if alarm in self.book.index:
                return self.book.rules[self.book.index[alarm]].name, self._places[alarm]
            return (last[alarm].name, last[alarm].place) if alarm in last else (Text.same(alarm), "")

        return metrics_page(metrics(rows, from_ns, to_ns, standing), name, now_ns - to_ns < _NOW_NS)

    def _refresh(self, controller: str) -> None:
        if self._conditions is None:
            self.server.refreshed(controller, False)
            return
        task = asyncio.get_running_loop().create_task(self._ask_again(self._conditions, controller))
        self._refreshing.add(task)
        task.add_done_callback(self._refreshing.discard)

    async def _ask_again(self, conditions: ConditionActs, controller: str) -> None:
        try:
            self.server.refreshed(controller, await conditions.refresh(controller))
        except (OSError, TimeoutError) as err:
            self.server.not_refreshed(controller)
            log.debug("%s: its conditions cannot be asked for now (%s)", controller, err)
        except Exception:
            log.exception("%s: its conditions cannot be asked for", controller)

    def _known(self) -> dict[str, AlarmFacts]:
        try:
            return self.store.states()
        except StoreError as err:
            log.warning("the alarms start at rest: %s", err)
            return {}

    def _now(self, now_ns: int | None = None) -> Now:
        return Now(self._clock() if now_ns is None else now_ns, self._monotonic())


@contextmanager
def _refusing() -> Iterator[None]:
    """Let a journal that cannot be read now be a refusal in its own words."""
    try:
        yield
    except StoreError as err:
        raise RefusedError(say("alarms.not_kept", why=err.text)) from err
