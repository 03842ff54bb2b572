"""Rows, pages and counts of the alarm lists, made when a window asks and only for what it shows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from hmi.alarms.book import CODE, AlarmBook, Now
from hmi.alarms.lists import LISTS, ORDERS, AlarmFilter, AlarmLists
from hmi.alarms.server_conditions import Knowledge, ServerCondition, ServerConditions
from hmi.desk.alarm_rows import AlarmCounts, AlarmGroupRow, AlarmPage, AlarmRow
from hmi.desk.client import RefusedError
from hmi.model.alarm import ASKING, AlarmState, Priority
from hmi.model.plant import Plant, TagType
from hmi.model.quality import Quality, quality_of
from hmi.model.reading import Value
from hmi.model.text import Text
from hmi.model.words import say

LONGEST_PAGE = 500
_ASKING = [CODE[s] for s in ASKING]
_ACTIVE = [CODE[AlarmState.UNACKED], CODE[AlarmState.ACKED]]
_NOWHERE = Text.same("")


class AlarmView:
    """The desk's look at the book and at the controllers' conditions."""

    def __init__(self, plant: Plant, book: AlarmBook, server: ServerConditions, now: Callable[[], Now]) -> None:
        self.plant, self.book, self.server, self._now = plant, book, server, now
        self.lists = AlarmLists(plant, book, server)
        self.silenced = 0
        """Calls up to here were silenced."""
        self.causes: dict[str, Text] = {}
        """What exactly is wrong, by the id of a system alarm."""

    @property
    def revision(self) -> int:
        """Changes whenever a list may look different."""
        return self.book.revision + self.server.revision

    def page(
        self, which: str, order: str, wanted: AlarmFilter, offset: int, limit: int, since_ns: int, keys: list[str],
        grouped: bool,
    ) -> AlarmPage:  # fmt: skip
        """A part of a list; with ``keys`` these rows in this order instead, so that nothing moves under a pointer."""
        if which not in LISTS or order not in ORDERS:
            raise RefusedError(say("alarms.bad_filter", word=order if which in LISTS else which))
        now, (chosen, hidden) = self._now(), self.lists.choose(which, order, wanted)
        if keys:
            at = [found for key in keys[:LONGEST_PAGE] if (found := self.lists.find(key)) is not None]
        else:
            begin = max(0, offset)
            at = chosen[begin : begin + min(max(0, limit), LONGEST_PAGE)].tolist()
        flood = self.book.flood.on
        return AlarmPage(
            now.ns, self.revision, [self.row(i, now) for i in at], len(chosen), hidden,
            int((self.lists.activated()[chosen] > since_ns).sum()) if since_ns else 0, flood,
            self._groups(chosen, now) if flood or grouped else [], self.server.unknown(),
        )  # fmt: skip

    def all_rows(self, which: str) -> list[AlarmRow]:
        """Every row of a list, most urgent first: for scripts."""
        now = self._now()
        return [self.row(at, now) for at in self.lists.choose(which, "urgency", AlarmFilter()).order.tolist()]

    def counts(self, waiting: int) -> AlarmCounts:
        """What the strip shows."""
        state, priority = self.lists.states(), self.lists.priorities()
        asking, active = np.isin(state, _ASKING), np.isin(state, _ACTIVE)

        def of(mask: npt.NDArray[np.bool_]) -> list[int]:
            counted: list[int] = np.bincount(priority[mask], minlength=5)[1:5].tolist()
            return counted

        unacked_active = priority[state == CODE[AlarmState.UNACKED]]
        sound = int(unacked_active.min()) if len(unacked_active) and self.book.calls > self.silenced else 0
        now = self._now()
        return AlarmCounts(
            now.ns, self.revision, of(asking), of(active), int((state == CODE[AlarmState.SHELVED]).sum()),
            int((state == CODE[AlarmState.SUPPRESSED]).sum()), int((state == CODE[AlarmState.OUT_OF_SERVICE]).sum()),
            self.book.flood.on, sound, self.book.calls, self._newest(now), self.server.unknown(), waiting,
        )  # fmt: skip

    def row(self, at: int, now: Now) -> AlarmRow:
        """The row of one alarm by its place in the lists' numbering."""
        if at >= self.lists.own:
            return self._server_row(self.lists.conditions[at - self.lists.own])
        rule, facts = self.book.rules[at], self.book.facts[at]
        place = self.lists.place(at)
        line, equipment = self.names(place)
        value, quality, unit, digits = self._value_of(rule.tag)
        aside = facts.out or facts.shelf
        can_ack = facts.state in ASKING
        return AlarmRow(
            rule.id, "own", str(facts.activation), facts.priority if not facts.at_rest else rule.priority, facts.state,
            facts.activated_ns, rule.name, rule.kind, place, line, equipment, rule.tag, facts.value, value, quality,
            rule.limit, unit, digits, self.book.count(at, now), facts.quality, facts.first_out, rule.group,
            facts.ack.by if facts.ack else "", facts.ack.at_ns if facts.ack else 0, facts.ack.why if facts.ack else "",
            facts.shelf.until_ns if facts.shelf else 0,
            facts.shelf is not None and facts.shelf.mode.value == "one_shot",
            aside.by if aside else "", aside.why if aside else "", list(facts.suppressed), facts.order, facts.lot,
            self.causes.get(rule.id, rule.cause), rule.consequence, rule.action, rule.respond_within, can_ack, False,
            not facts.hidden and facts.latched and not facts.active and (facts.acked or rule.reset_acks),
            latch=rule.latch,
        )  # fmt: skip

    def names(self, place: str) -> tuple[Text, Text]:
        """The names of a place's line and of its station."""
        station = self.plant.station.get(place)
        line = self.plant.line.get(station.line if station else place)
        return (line.name if line else _NOWHERE), (station.name if station else _NOWHERE)

    def _server_row(self, one: ServerCondition) -> AlarmRow:
        line, equipment = self.names(one.place)
        value, quality, unit, digits = self._value_of(one.tag)
        known = self.server.known(one.controller) is Knowledge.KNOWN
        return AlarmRow(
            one.key, "server", one.event_id, one.priority, one.state, one.activated_ns, one.label, None, one.place,
            line, equipment, one.tag, None, value, quality, None, unit, digits, 0,
            Quality.GOOD if known else Quality.STALE, False, "", "", one.acked_ns if one.acked else 0, one.comment,
            can_acknowledge=known and not one.acked and not one.put_aside,
            can_confirm=known and one.acked and one.confirmed is False, controller=one.controller,
        )  # fmt: skip

    def _value_of(self, tag: str) -> tuple[Value, Quality, str, int | None]:
        described = self.plant.tag.get(tag)
        if described is None:
            return None, Quality.GOOD, "", None
        row = self.plant.row[tag]
        number = float(self.book.conditions.value[row])
        quality = quality_of(int(self.book.conditions.status[row]))
        value: Value = None
        if number == number and abs(number) != float("inf"):
            value = bool(number) if described.type is TagType.BOOLEAN else number
        return value, quality, described.unit, described.digits

    def _newest(self, now: Now) -> AlarmRow | None:
        state, priority, activated = self.lists.states(), self.lists.priorities(), self.lists.activated()
        grave = np.flatnonzero((priority <= Priority.HIGH) & np.isin(state, _ACTIVE))
        if not len(grave):
            return None
        asked = state[grave] == CODE[AlarmState.UNACKED]
        best = grave[np.lexsort((activated[grave], asked))[-1]]
        return self.row(int(best), now)

    def _groups(self, chosen: npt.NDArray[np.int64], now: Now) -> list[AlarmGroupRow]:
        """What stands, by unit: the most urgent unit first."""
        if not len(chosen):
            return []
        state, priority = self.lists.states(), self.lists.priorities()
        # the oldest of each unit comes first, and what is marked as first-out before it
        mine = chosen[np.lexsort((self.lists.activated()[chosen], ~self.lists.first_outs()[chosen]))]
        rank = self.lists.ranks()[mine]
        mine = mine[np.argsort(rank, kind="stable")]
        groups = []
        for members in np.split(mine, np.flatnonzero(np.diff(np.sort(rank))) + 1):
            place = self.lists.place(int(members[0]))
            line, name = self.names(place)
            groups.append(
                AlarmGroupRow(
                    place, name if name.en else line, line, Priority(int(priority[members].min())),
                    int(np.isin(state[members], _ASKING).sum()), int(np.isin(state[members], _ACTIVE).sum()),
                    self.row(int(members[0]), now),
                )
            )  # fmt: skip
        return sorted(groups, key=lambda g: (g.worst, -g.unacked))
