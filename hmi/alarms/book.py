"""The alarm book: the facts of every alarm, changed by the state machine alone, with a journal row for each change.

The arrays beside the facts repeat what lists are sorted and counted by, so that ten thousand alarms cost no more than
the rows that are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hmi.alarms.conditions import Conditions, Finding
from hmi.alarms.flood import Flood, Group, Recent
from hmi.alarms.machine import step
from hmi.alarms.suppressing import Suppressing
from hmi.model.alarm import (
    OF_QUALITY,
    OF_STATION,
    STANDING,
    AlarmEvent,
    AlarmFacts,
    AlarmRule,
    AlarmState,
    EventKind,
    JournalRow,
    Priority,
    Suppression,
    Transition,
)
from hmi.model.quality import Quality
from hmi.model.text import Text

LETTERS = tuple(AlarmState)
CODE = {state: code for code, state in enumerate(LETTERS)}
STANDING_CODES = np.array([CODE[s] for s in STANDING], np.uint8)
SECOND = 1_000_000_000


class Now(NamedTuple):
    """An instant: ns since 1970 UTC for records, and the steady clock for durations."""

    ns: int
    mono_ns: int


Context = Callable[[str], tuple[str, str]]
"""Order and lot at a place, now: what goes on record with an activation."""


class AlarmBook:
    """All alarms of the station's own rules, by their place in ``rules``."""

    def __init__(
        self,
        rules: Sequence[AlarmRule],
        suppressions: Sequence[Suppression],
        row_of: Mapping[str, int],
        places: Sequence[str],
        context: Context = lambda place: ("", ""),
    ) -> None:
        """row_of: the row of each tag in the batches. places: where to look, by rule."""
        self.rules = tuple(rules)
        self.index = {rule.id: i for i, rule in enumerate(self.rules)}
        self.facts = [AlarmFacts() for _ in self.rules]
        self.conditions = Conditions(self.rules, row_of)
        self.suppressing = Suppressing(suppressions, row_of)
        self.flood = Flood()
        self.revision = 0
        """Changes with every transition."""
        self.calls = 0
        """How often a person was called: every annunciation, in a flood the urgent ones only."""
        n = len(self.rules)
        self.state: npt.NDArray[np.uint8] = np.zeros(n, np.uint8)
        self.priority: npt.NDArray[np.uint8] = np.array([int(r.priority) for r in self.rules], np.uint8)
        self.activated_ns: npt.NDArray[np.int64] = np.zeros(n, np.int64)
        self.first_out: npt.NDArray[np.bool_] = np.zeros(n, np.bool_)
        self._places, self._context = tuple(places), context
        self._rows: list[JournalRow] = []
        self._groups: dict[str, Group] = {}
        self._recent: dict[int, Recent] = {}
        self._held: dict[int, list[AlarmEvent]] = {}
        self._shelf_due: dict[int, int] = {}
        self._realarm_due: dict[int, int] = {}
        self._dropped: dict[str, AlarmFacts] = {}
        for rule in self.rules:
            if rule.group and rule.first_out:
                self._groups.setdefault(rule.group, Group())

    def restore(self, known: Mapping[str, AlarmFacts], now: Now) -> None:
        """Take over the facts from before a restart: what stood stands, in doubt until a reading says otherwise."""
        for i, rule in enumerate(self.rules):
            facts = known.get(rule.id, AlarmFacts())
            self.facts[i] = facts
            self._note(i, facts)
            self.conditions.adopt(i, facts.active, Quality.STALE)
            if group := self._groups.get(rule.group):
                group.take(i, facts.active and not facts.hidden)
            if facts.enabled is not rule.enabled:
                self.apply(i, AlarmEvent(EventKind.ENABLE if rule.enabled else EventKind.DISABLE, now.ns), now)
                self.conditions.adopt(i, False, Quality.STALE)
            if facts.shelf is not None:
                if facts.shelf.until_ns <= 0:
                    self.apply(i, AlarmEvent(EventKind.UNSHELVE, now.ns), now)
                else:
                    self._shelf_due[i] = now.mono_ns + facts.shelf.until_ns - now.ns
            if rule.kind not in OF_QUALITY and rule.kind not in OF_STATION:
                self.apply(i, AlarmEvent(EventKind.DOUBT, now.ns, source=Quality.STALE.name), now)
            if self.facts[i].state is AlarmState.ACKED and rule.realarm:
                self._realarm_due[i] = now.mono_ns + round(rule.realarm * SECOND)
        self.suppressing.adopt({name for facts in known.values() for name in facts.suppressed}, now.mono_ns)
        self._suppress([(which, True) for which, on in enumerate(self.suppressing.on) if on], now)
        self._drop_suppressions(now)
        self._drop_rules(known, now)

    def on_batch(
        self, rows: npt.NDArray[np.int32], values: npt.NDArray[np.float64], status: npt.NDArray[np.uint32],
        source_ns: npt.NDArray[np.int64], now: Now,
    ) -> None:  # fmt: skip
        """Take readings; O(rules of the tags that are in the batch)."""
        # suppressions first: what begins together with its reason is never shown
        changed = self.suppressing.on_batch(rows, values, status, now.mono_ns)
        self._suppress([c for c in changed if c[1]], now)
        self._found(self.conditions.on_batch(rows, values, status, source_ns, now.ns, now.mono_ns), now)
        self._suppress([c for c in changed if not c[1]], now)

    def say(self, alarm: str, active: bool, now: Now) -> None:
        """The station's own word: a link, or one of the system alarms. KeyError for an unknown alarm."""
        self._found(self.conditions.say(self.index[alarm], active, now.ns, now.mono_ns), now)

    def tick(self, now: Now) -> None:
        """Everything that time alone brings; call a few times a second."""
        self._found(self.conditions.tick(now.ns, now.mono_ns), now)
        self._suppress(self.suppressing.tick(now.mono_ns), now)
        for i in [i for i, due in self._shelf_due.items() if due <= now.mono_ns]:
            shelf = self.facts[i].shelf
            at_ns = now.ns if shelf is None else max(now.ns, shelf.until_ns)
            self.apply(i, AlarmEvent(EventKind.EXPIRE, at_ns), now)
            self._shelf_due.pop(i, None)
        for i in [i for i, due in self._realarm_due.items() if due <= now.mono_ns]:
            del self._realarm_due[i]
            self.apply(i, AlarmEvent(EventKind.REALARM, now.ns), now)
        self.flood.update(now.mono_ns)

    def apply(self, i: int, event: AlarmEvent, now: Now) -> Transition | None:
        """One event to one alarm; kept for later while an act on it is being recorded."""
        if i in self._held:
            self._held[i].append(event)
            return None
        facts, transition = step(self.facts[i], event, self.rules[i])
        if transition is not None:
            self.take(i, facts, self.row(i, facts, transition, event, now), now)
        return transition

    def hold(self, i: int) -> None:
        """Let events of an alarm wait: what a person does to it is on its way to the disk."""
        self._held[i] = []

    def held(self, i: int) -> bool:
        """Whether an act on the alarm is being recorded."""
        return i in self._held

    def release(self, i: int, now: Now) -> None:
        """The act is on record, or refused: what happened meanwhile follows."""
        for event in self._held.pop(i, []):
            self.apply(i, event, now)

    def row(self, i: int, facts: AlarmFacts, transition: Transition, event: AlarmEvent, now: Now) -> JournalRow:
        """The journal row of a transition."""
        rule = self.rules[i]
        return JournalRow(
            rule.id, event, transition.number, transition.before, transition.after, facts.activation, facts.priority,
            now.ns, rule.name, rule.tag, self._places[i],
        )  # fmt: skip

    def take(self, i: int, facts: AlarmFacts, row: JournalRow, now: Now, recorded: bool = False) -> None:
        """Let new facts stand. recorded: the row is in the journal already."""
        self.facts[i] = facts
        self.revision += 1
        if not recorded:
            self._rows.append(row)
        self._note(i, facts)
        rule = self.rules[i]
        group = self._groups.get(rule.group) if rule.first_out else None
        if group is not None:
            group.take(i, facts.active and not facts.hidden)
        if row.annunciated:
            self._recent.setdefault(i, Recent()).note(now.mono_ns)
            self.called(facts.priority, now)
        if facts.shelf is None:
            self._shelf_due.pop(i, None)
        elif i not in self._shelf_due:
            self._shelf_due[i] = now.mono_ns + facts.shelf.until_ns - now.ns
        if rule.realarm:
            if row.after is not AlarmState.ACKED:
                self._realarm_due.pop(i, None)
            elif row.before is not AlarmState.ACKED:
                self._realarm_due[i] = now.mono_ns + round(rule.realarm * SECOND)

    def called(self, priority: Priority, now: Now) -> None:
        """A person is asked to act: counts towards floods and calls."""
        was = self.flood.on
        self.flood.note(now.mono_ns)
        if not was or priority is Priority.URGENT:
            self.calls += 1

    def take_rows(self) -> list[JournalRow]:
        """The journal rows since the last call."""
        rows, self._rows = self._rows, []
        return rows

    def states(self, alarms: Iterable[str]) -> dict[str, AlarmFacts]:
        """The facts of some alarms, for the snapshot beside their journal rows."""
        return {a: self.facts[self.index[a]] if a in self.index else self._dropped[a] for a in alarms}

    def count(self, i: int, now: Now) -> int:
        """How often an alarm came in the last 10 minutes."""
        recent = self._recent.get(i)
        return 0 if recent is None else recent.count(now.mono_ns)

    def _note(self, i: int, facts: AlarmFacts) -> None:
        self.state[i] = CODE[facts.state]
        self.priority[i] = int(self.rules[i].priority if facts.at_rest else facts.priority)
        self.activated_ns[i] = facts.activated_ns
        self.first_out[i] = facts.first_out
        self.conditions.standing[i] = not facts.at_rest

    def _found(self, findings: list[Finding], now: Now) -> None:
        for one in findings:
            i = one.rule
            if one.kind is EventKind.ACTIVATE:
                rule = self.rules[i]
                group = self._groups.get(rule.group) if rule.first_out else None
                order, lot = self._context(self._places[i])
                event = AlarmEvent(
                    EventKind.ACTIVATE, one.at_ns, value=one.value, priority=int(rule.priority), order=order, lot=lot,
                    first_out=group is not None and group.quiet and not self.facts[i].hidden,
                )  # fmt: skip
            elif one.kind is EventKind.DOUBT:
                event = AlarmEvent(EventKind.DOUBT, one.at_ns, source=one.quality.name)
            else:
                event = AlarmEvent(EventKind.RETURN, one.at_ns)
            self.apply(i, event, now)

    def _suppress(self, changed: Sequence[tuple[int, bool]], now: Now) -> None:
        for which, on in changed:
            one = self.suppressing.suppressions[which]
            kind = EventKind.SUPPRESS if on else EventKind.UNSUPPRESS
            for alarm in one.alarms:
                if alarm in self.index:
                    self.apply(self.index[alarm], AlarmEvent(kind, now.ns, source=one.id), now)

    def _drop_suppressions(self, now: Now) -> None:
        """Lift what no suppression of this plant file asks for any more."""
        asked = {(alarm, one.id) for one in self.suppressing.suppressions for alarm in one.alarms}
        for i, facts in enumerate(self.facts):
            for name in facts.suppressed:
                if (self.rules[i].id, name) not in asked:
                    self.apply(i, AlarmEvent(EventKind.UNSUPPRESS, now.ns, source=name), now)

    def _drop_rules(self, known: Mapping[str, AlarmFacts], now: Now) -> None:
        """End what stood about alarms that the plant file no longer has."""
        for alarm, facts in known.items():
            if alarm not in self.index and facts.enabled and (not facts.at_rest or facts.hidden):
                event = AlarmEvent(EventKind.DISABLE, now.ns)
                self._dropped[alarm] = AlarmFacts(enabled=False, out=facts.out, activation=facts.activation)
                self._rows.append(
                    JournalRow(
                        alarm, event, "16", facts.state, AlarmState.DISABLED, facts.activation, facts.priority, now.ns,
                        Text.same(alarm),
                    )
                )  # fmt: skip
