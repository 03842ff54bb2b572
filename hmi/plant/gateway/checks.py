"""The gateway's rules: each looks at one thing and says in words why a command may not go out, or None.

Pure: no clock, no wire. What they look at is gathered once, in Situation, so that all rules judge the same moment.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from hmi.model.command import Command, Grounds, Mode
from hmi.model.guard import Guard
from hmi.model.method import Method
from hmi.model.permission import ACCESS_ACTION, Action, Person, may
from hmi.model.plant import Access, Tag, TagType
from hmi.model.quality import Quality
from hmi.model.reading import Reading, Value
from hmi.model.text import Text
from hmi.model.words import say

INTEGER_SPAN: Mapping[TagType, tuple[int, int]] = {
    TagType.SBYTE: (-(2**7), 2**7 - 1),
    TagType.BYTE: (0, 2**8 - 1),
    TagType.INT16: (-(2**15), 2**15 - 1),
    TagType.UINT16: (0, 2**16 - 1),
    TagType.INT32: (-(2**31), 2**31 - 1),
    TagType.UINT32: (0, 2**32 - 1),
    TagType.INT64: (-(2**63), 2**63 - 1),
    TagType.UINT64: (0, 2**64 - 1),
}
LONGEST_TEXT = 4096
ORDERED_ACTION: Mapping[tuple[str, Access], Action] = {
    ("hold", Access.GATE): Action.PLACE_HOLD,
    ("release", Access.GATE): Action.RELEASE_HOLD,
    ("reroute", Access.DIVERTER): Action.REROUTE,
}
"""Who may order a whole may order its steps: a gate is closed by whoever may place the hold, as part of that hold."""


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything a command is judged on, as it is at one moment."""

    command: Command
    tag: Tag
    guard: Guard
    actor: Person | None
    mode: Mode
    area: str
    readings: Mapping[str, Reading]
    """Last readings of the written tag, of permissives and of what was seen."""
    link_age_s: Mapping[str, float | None]
    """Seconds since the controller of each of these tags last spoke; None when its link does not stand."""
    changed_last_minute: float = 0.0
    """Sum of this tag's changes by commands within the last minute, in its unit."""
    approval_valid: bool = False
    """Whether the approval or standing approval that the command names stands and is not expired."""
    signed_by: tuple[str, ...] = field(default=())
    """Users whose valid signatures are on exactly this command."""
    ordered: str = ""
    """Meaning of the signed order that this command is a step of (hold, release, reroute ...); empty: none."""
    unsettled: bool = False
    """Whether an earlier command on this tag has an UNKNOWN outcome."""
    method: Method | None = None
    """The method that is called; None: ``tag`` is written."""
    proof: str = ""
    """The tag that will tell what was done."""


def check_mode(s: Situation) -> Text | None:
    """The station must be in CONTROL."""
    return None if s.mode is Mode.CONTROL else say("gateway.monitor_mode")


def check_permission(s: Situation) -> Text | None:
    """The role must hold the action of the tag's access class in the tag's area."""
    if s.actor is None:
        return say("gateway.nobody")
    if s.method is not None:
        allowed = may(s.actor, Action.CALL_METHOD, s.area)
        return None if allowed else say("gateway.no_call", role=say(f"role.{s.actor.role}"), method=s.method.name)
    if s.tag.access is Access.READ or not s.tag.writable:
        return say("gateway.read_only", tag=s.tag.name)
    within = ORDERED_ACTION.get((s.ordered, s.tag.access))
    if not may(s.actor, ACCESS_ACTION[s.tag.access], s.area) and not (within and may(s.actor, within, s.area)):
        return say("gateway.no_right", role=say(f"role.{s.actor.role}"), tag=s.tag.name)
    return None


def check_authority(s: Situation) -> Text | None:
    """A manual act needs its reason, an approval must stand; class A is signed, by two where asked."""
    if s.command.grounds is Grounds.MANUAL:
        if not s.command.reason.strip():
            return say("gateway.no_reason")
    elif not s.approval_valid:
        return say("gateway.approval_invalid")
    needed = 2 if s.guard.two_persons else 1 if s.guard.signature else 0
    own = s.actor is not None and s.actor.user in s.signed_by
    if len(set(s.signed_by)) < needed or (needed and not own):
        return say("gateway.needs_two" if needed == 2 else "gateway.needs_signature")
    return None


def check_unsettled(s: Situation) -> Text | None:
    """An UNKNOWN outcome blocks the tag until a read-back settles it."""
    return say("gateway.unsettled", tag=s.tag.name) if s.unsettled else None


def check_type(s: Situation) -> Text | None:
    """The value must be of the tag's type, whole where the type has no fraction, within what the type holds."""
    if s.method is not None:
        return _check_arguments(s.method, s.command.arguments or ())
    value, kind = s.command.value, s.tag.type
    if not fits(kind, value):
        return say("gateway.wrong_type", value=_shown(value), type=kind.value)
    return None


def _check_arguments(method: Method, values: tuple[Value, ...]) -> Text | None:
    if len(values) != len(method.arguments):
        return say("gateway.argument_count", method=method.name, wanted=len(method.arguments), given=len(values))
    for argument, value in zip(method.arguments, values, strict=True):
        if not fits(argument.type, value):
            return say("gateway.wrong_type", value=_shown(value), type=argument.type.value)
        within = argument.range
        number = value if isinstance(value, int | float) and not isinstance(value, bool) else None
        if within is not None and number is not None and not within.low <= number <= within.high:
            return say("gateway.out_of_range", value=f"{number:g}", low=f"{within.low:g}", high=f"{within.high:g}",
                       unit=argument.unit)  # fmt: skip
    return None


def fits(kind: TagType, value: Value) -> bool:
    """Whether a value can be written to a tag of a type without changing it."""
    if kind is TagType.BOOLEAN:
        return isinstance(value, bool)
    if kind is TagType.STRING:
        return isinstance(value, str) and len(value) <= LONGEST_TEXT
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    if kind in INTEGER_SPAN:
        low, high = INTEGER_SPAN[kind]
        return math.isfinite(value) and float(value).is_integer() and low <= value <= high
    return kind in (TagType.FLOAT, TagType.DOUBLE) and math.isfinite(value)


def check_range(s: Situation) -> Text | None:
    """Within the tag's range and the guard's narrower limits."""
    value = s.command.value
    if s.method is not None or isinstance(value, bool | str) or value is None:
        return None
    for span in (s.tag.range, s.guard.limits):
        if span is not None and not span.low <= value <= span.high:
            return say("gateway.out_of_range", value=f"{value:g}", low=f"{span.low:g}", high=f"{span.high:g}",
                       unit=s.tag.unit)  # fmt: skip
    return None


def check_rate(s: Situation) -> Text | None:
    """Not further in one step, nor in one minute, than the guard allows."""
    if s.method is not None:
        return None
    value, now = s.command.value, s.readings[s.tag.id].value
    if s.guard.max_step is None and s.guard.max_rate_per_min is None:
        return None
    if isinstance(value, bool | str) or value is None:
        return None
    if isinstance(now, bool | str) or now is None:
        return say("gateway.now_unknown", tag=s.tag.name)
    step = abs(value - now)
    if s.guard.max_step is not None and step > s.guard.max_step:
        return say("gateway.step_too_large", step=f"{step:g}", most=f"{s.guard.max_step:g}", unit=s.tag.unit)
    if s.guard.max_rate_per_min is not None and s.changed_last_minute + step > s.guard.max_rate_per_min:
        return say("gateway.rate_too_high", most=f"{s.guard.max_rate_per_min:g}", unit=s.tag.unit)
    return None


def check_fresh(s: Situation) -> Text | None:
    """What the decision rests on must be GOOD, on a link that spoke a moment ago."""
    aimed = s.tag.id if s.method is None else s.proof
    for tag in (aimed, *(p.tag for p in s.guard.permissives), *(seen.tag for seen in s.command.seen)):
        reading, age = s.readings.get(tag), s.link_age_s.get(tag)
        if reading is None or reading.quality is not Quality.GOOD:
            reason = reading.why if reading is not None and reading.why is not None else say("gateway.no_reading")
            return say("gateway.not_good", tag=tag, why=reason)
        if age is None or age > s.guard.fresh_s:
            return say("gateway.not_fresh", tag=tag, age="-" if age is None else f"{age:.1f}")
    return None


def check_permissives(s: Situation) -> Text | None:
    """Every permissive of the plant file must hold now."""
    for permissive in s.guard.permissives:
        if not permissive.holds(s.readings[permissive.tag]):
            return say("gateway.interlocked", name=permissive.name, tag=permissive.tag,
                       now=_shown(s.readings[permissive.tag].value))  # fmt: skip
    return None


def check_seen(s: Situation) -> Text | None:
    """What the person saw must still be true."""
    for seen in s.command.seen:
        now = s.readings[seen.tag].value
        if not _same(seen.value, now, seen.tolerance):
            return say("gateway.moved", tag=seen.tag, seen=_shown(seen.value), now=_shown(now))
    return None


CHECKS: tuple[tuple[str, Callable[[Situation], Text | None]], ...] = (
    ("mode", check_mode),
    ("permission", check_permission),
    ("authority", check_authority),
    ("unsettled", check_unsettled),
    ("type", check_type),
    ("range", check_range),
    ("fresh", check_fresh),
    ("rate", check_rate),
    ("permissives", check_permissives),
    ("seen", check_seen),
)


def refusal(s: Situation) -> tuple[str, Text] | None:
    """The first rule that forbids a command, by name, with its words; None when it may go out."""
    for name, check in CHECKS:
        words = check(s)
        if words is not None:
            return name, words
    return None


def verified(asked: Value, found: Reading, tolerance: float) -> bool:
    """Whether a read-back shows what was asked for."""
    return found.quality is Quality.GOOD and _same(asked, found.value, tolerance)


def _same(asked: Value, found: Value, tolerance: float) -> bool:
    if isinstance(asked, bool) or isinstance(found, bool) or isinstance(asked, str) or isinstance(found, str):
        return asked == found
    if asked is None or found is None:
        return asked is found
    # a Float in the controller holds 7 digits of the Double that was asked for
    return abs(asked - found) <= max(tolerance, 1e-6 * max(abs(asked), 1.0))


def _shown(value: Value) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
