"""The alarm state machine: facts and an event give new facts and the transition's number. Pure, and the only place
where facts change.

The numbers are those of the table: 1 activate, 2 ack, 3 return (3a with auto-ack), 4 return of an acked one, 5 ack
after return, 6 again, 7 return of a latching one, 8 ack of a latched one, 9 reset, 10 again while latched, 11 asked
again, 12 shelve, 13 unshelve, 14 suppression by design, 15 out of service, 16 disable and enable, q a doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from hmi.model.alarm import (
    ASKING,
    AlarmEvent,
    AlarmFacts,
    AlarmRule,
    AlarmState,
    EventKind,
    JournalRow,
    Mark,
    Priority,
    Shelf,
    ShelfMode,
    Transition,
)
from hmi.model.quality import Quality
from hmi.model.text import Text
from hmi.model.words import say

_Change = tuple[AlarmFacts, str]


def step(facts: AlarmFacts, event: AlarmEvent, rule: AlarmRule) -> tuple[AlarmFacts, Transition | None]:
    """The facts after an event. No transition: the event changes nothing here, or it is refused (see refusal)."""
    if (not facts.enabled and event.kind is not EventKind.ENABLE) or refusal(facts, event, rule) is not None:
        return facts, None
    change = _STEPS[event.kind](facts, event, rule)
    if change is None:
        return facts, None
    after, number = change
    if after.at_rest:
        after = replace(after, quality=Quality.GOOD, first_out=False)
    return after, Transition(number, facts.state, after.state)


def refusal(facts: AlarmFacts, event: AlarmEvent, rule: AlarmRule) -> Text | None:
    """Why a person's act cannot be done now, in words; None when it can, and for what nobody asked for."""
    check = _REFUSALS.get(event.kind)
    if check is None:
        return None
    if not facts.enabled:
        return say("alarms.is_disabled")
    key = check(facts, event, rule)
    return None if key is None else say(key)


def replay(rows: Iterable[JournalRow], rule: AlarmRule, facts: AlarmFacts | None = None) -> AlarmFacts:
    """The facts that a journal of one alarm leads to, from ``facts`` or from rest."""
    found = AlarmFacts() if facts is None else facts
    for row in rows:
        found, _ = step(found, row.event, rule)
    return found


def _refuse_ack(facts: AlarmFacts, event: AlarmEvent, _rule: AlarmRule) -> str | None:
    if facts.hidden:
        return "alarms.is_hidden"
    if facts.state not in ASKING:
        return "alarms.nothing_to_acknowledge"
    return None if event.activation == facts.activation else "alarms.older_activation"


def _refuse_reset(facts: AlarmFacts, _event: AlarmEvent, rule: AlarmRule) -> str | None:
    if facts.hidden:
        return "alarms.is_hidden"
    if facts.active:
        return "alarms.still_active"
    if not facts.latched:
        return "alarms.not_latched"
    return None if facts.acked or rule.reset_acks else "alarms.acknowledge_first"


def _refuse_shelve(facts: AlarmFacts, event: AlarmEvent, _rule: AlarmRule) -> str | None:
    if facts.hidden:
        return "alarms.is_hidden"
    if not event.by or not event.why.strip():
        return "alarms.reason_needed"
    return None if event.until_ns > event.at_ns else "alarms.shelf_time_needed"


def _refuse_unshelve(facts: AlarmFacts, _event: AlarmEvent, _rule: AlarmRule) -> str | None:
    return "alarms.not_shelved" if facts.shelf is None else None


def _refuse_take_out(facts: AlarmFacts, event: AlarmEvent, _rule: AlarmRule) -> str | None:
    if facts.out is not None:
        return "alarms.is_out"
    return None if event.by and event.why.strip() else "alarms.reason_needed"


def _refuse_put_back(facts: AlarmFacts, _event: AlarmEvent, _rule: AlarmRule) -> str | None:
    return "alarms.not_out" if facts.out is None else None


_REFUSALS: dict[EventKind, Callable[[AlarmFacts, AlarmEvent, AlarmRule], str | None]] = {
    EventKind.ACKNOWLEDGE: _refuse_ack,
    EventKind.RESET: _refuse_reset,
    EventKind.SHELVE: _refuse_shelve,
    EventKind.UNSHELVE: _refuse_unshelve,
    EventKind.TAKE_OUT: _refuse_take_out,
    EventKind.PUT_BACK: _refuse_put_back,
}


def _activate(facts: AlarmFacts, event: AlarmEvent, rule: AlarmRule) -> _Change | None:
    if facts.active:
        return None
    number = {AlarmState.NORMAL: "1", AlarmState.RETURNED: "6"}.get(facts.beneath, "10")
    after = replace(
        facts, active=True, latched=False, acked=not rule.ack, ack=None, activation=facts.activation + 1,
        activated_ns=event.at_ns, value=event.value, priority=Priority(event.priority or rule.priority),
        order=event.order, lot=event.lot, first_out=event.first_out, quality=Quality.GOOD,
    )  # fmt: skip
    return after, number


def _return(facts: AlarmFacts, event: AlarmEvent, rule: AlarmRule) -> _Change | None:
    if not facts.active:
        return None
    if rule.latch:
        after, number = replace(facts, active=False, latched=True), "7"
    elif facts.acked:
        after, number = replace(facts, active=False), "4"
    elif rule.auto_ack:
        after, number = replace(facts, active=False, acked=True), "3a"
    else:
        after, number = replace(facts, active=False), "3"
    if facts.shelf is not None and facts.shelf.mode is ShelfMode.ONE_SHOT:
        return _left(replace(after, shelf=None), rule), "13"
    return after, number


def _acknowledge(facts: AlarmFacts, event: AlarmEvent, _rule: AlarmRule) -> _Change | None:
    number = {AlarmState.UNACKED: "2", AlarmState.RETURNED: "5", AlarmState.LATCHED: "8"}[facts.state]
    return replace(facts, acked=True, ack=Mark(event.by, event.at_ns, event.why)), number


def _reset(facts: AlarmFacts, event: AlarmEvent, _rule: AlarmRule) -> _Change | None:
    ack = facts.ack if facts.acked else Mark(event.by, event.at_ns, event.why)
    return replace(facts, latched=False, acked=True, ack=ack), "9"


def _realarm(facts: AlarmFacts, event: AlarmEvent, rule: AlarmRule) -> _Change | None:
    if facts.state is not AlarmState.ACKED or not rule.ack:
        return None
    return _asks_again(facts, rule), "11"


def _rise(facts: AlarmFacts, event: AlarmEvent, rule: AlarmRule) -> _Change | None:
    if not facts.active or not 1 <= event.priority < facts.priority:
        return None
    risen = replace(facts, priority=Priority(event.priority))
    return (risen if facts.hidden else _asks_again(risen, rule)), "11"


def _shelve(facts: AlarmFacts, event: AlarmEvent, _rule: AlarmRule) -> _Change | None:
    return replace(facts, shelf=Shelf(ShelfMode(event.source), event.until_ns, event.by, event.at_ns, event.why)), "12"


def _unshelve(facts: AlarmFacts, _event: AlarmEvent, rule: AlarmRule) -> _Change | None:
    return _left(replace(facts, shelf=None), rule), "13"


def _expire(facts: AlarmFacts, event: AlarmEvent, rule: AlarmRule) -> _Change | None:
    if facts.shelf is None or event.at_ns < facts.shelf.until_ns:
        return None
    return _left(replace(facts, shelf=None), rule), "13"


def _suppress(facts: AlarmFacts, event: AlarmEvent, _rule: AlarmRule) -> _Change | None:
    if event.source in facts.suppressed:
        return None
    return replace(facts, suppressed=(*facts.suppressed, event.source)), "14"


def _unsuppress(facts: AlarmFacts, event: AlarmEvent, rule: AlarmRule) -> _Change | None:
    if event.source not in facts.suppressed:
        return None
    rest = tuple(name for name in facts.suppressed if name != event.source)
    return _left(replace(facts, suppressed=rest), rule), "14"


def _take_out(facts: AlarmFacts, event: AlarmEvent, _rule: AlarmRule) -> _Change | None:
    return replace(facts, out=Mark(event.by, event.at_ns, event.why)), "15"


def _put_back(facts: AlarmFacts, _event: AlarmEvent, rule: AlarmRule) -> _Change | None:
    return _left(replace(facts, out=None), rule), "15"


def _disable(facts: AlarmFacts, _event: AlarmEvent, _rule: AlarmRule) -> _Change | None:
    # nothing is kept but who took it out of service, and the count, so that no old acknowledgement fits later
    return AlarmFacts(enabled=False, out=facts.out, activation=facts.activation), "16"


def _enable(facts: AlarmFacts, _event: AlarmEvent, _rule: AlarmRule) -> _Change | None:
    return None if facts.enabled else (replace(facts, enabled=True), "16")


def _doubt(facts: AlarmFacts, event: AlarmEvent, _rule: AlarmRule) -> _Change | None:
    quality = Quality[event.source]
    return None if facts.at_rest or quality is facts.quality else (replace(facts, quality=quality), "q")


def _asks_again(facts: AlarmFacts, rule: AlarmRule) -> AlarmFacts:
    return replace(facts, acked=not rule.ack, ack=None, activation=facts.activation + 1)


def _left(facts: AlarmFacts, rule: AlarmRule) -> AlarmFacts:
    """After something that hid the alarm is gone: once nothing hides it, it shows what the facts say now."""
    if facts.hidden:
        return facts
    return _asks_again(facts, rule) if facts.active else replace(facts, acked=True)


def _nothing(_facts: AlarmFacts, _event: AlarmEvent, _rule: AlarmRule) -> _Change | None:
    return None


_STEPS: dict[EventKind, Callable[[AlarmFacts, AlarmEvent, AlarmRule], _Change | None]] = {
    EventKind.ACTIVATE: _activate,
    EventKind.RETURN: _return,
    EventKind.ACKNOWLEDGE: _acknowledge,
    EventKind.RESET: _reset,
    EventKind.REALARM: _realarm,
    EventKind.RISE: _rise,
    EventKind.SHELVE: _shelve,
    EventKind.UNSHELVE: _unshelve,
    EventKind.EXPIRE: _expire,
    EventKind.SUPPRESS: _suppress,
    EventKind.UNSUPPRESS: _unsuppress,
    EventKind.TAKE_OUT: _take_out,
    EventKind.PUT_BACK: _put_back,
    EventKind.DISABLE: _disable,
    EventKind.ENABLE: _enable,
    EventKind.DOUBT: _doubt,
    EventKind.SERVER: _nothing,
}
