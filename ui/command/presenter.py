"""What the command dialog says, decided without Qt: kinds of entry, checks, what is signed, steps and outcome."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from hmi.desk.command_rows import CommandPreview, CommandRow, ModeRow
from hmi.desk.people_rows import WhoRow
from hmi.model.command import Command, CommandOutcome, Mode, Seen
from hmi.model.guard import Guard
from hmi.model.permission import ACCESS_ACTION
from hmi.model.plant import Plant, Tag
from hmi.model.quality import Quality
from hmi.model.reading import Reading, Value
from hmi.model.text import Lang, Text
from hmi.model.units import unit_words, with_unit
from hmi.model.words import say
from ui.command.values import span_of
from ui.equipment.rights import area_of, may_not
from ui.equipment.words import station_name
from ui.widgets.figures import digits_of, number, time_text, value_text


def value_words(value: Value, tag: Tag, *, unit: bool = True) -> Text:
    """A value with its unit, in both languages."""
    said = Text(value_text(value, tag, Lang.EN), value_text(value, tag, Lang.KO))
    return with_unit(said, tag.unit) if unit and not tag.words and not isinstance(value, bool | str) else said


def limit_words(tag: Tag, guard: Guard) -> Text:
    """The limits in words: span, step, rate."""
    parts = [x for x in (span_words(tag, guard), pace_words(tag, guard)) if x is not None]
    return join(parts, " · ") if parts else say("cmd.no_limits")


def span_words(tag: Tag, guard: Guard) -> Text | None:
    """From where to where; None without limits."""
    low, high = span_of(tag, guard)
    if low is None and high is None:
        return None
    known = {"low": number(low, digits_of(tag)), "high": number(high, digits_of(tag))}
    return say("cmd.limits_of", **known, unit=unit_words(tag.unit))


def pace_words(tag: Tag, guard: Guard) -> Text | None:
    """How far at once and within a minute; None without such limits."""
    parts = []
    if guard.max_step is not None:
        parts.append(say("cmd.step_most", most=f"{guard.max_step:g}", unit=unit_words(tag.unit)))
    if guard.max_rate_per_min is not None:
        parts.append(say("cmd.rate_most", most=f"{guard.max_rate_per_min:g}", unit=unit_words(tag.unit)))
    return join(parts, " · ") if parts else None


def join(parts: list[Text], by: str) -> Text:
    """Texts one behind the other."""
    return Text(by.join(x.en for x in parts), by.join(x.ko for x in parts))


@dataclass(frozen=True, slots=True)
class CheckShown:
    """One line of 'may I, and if not why': holds is None while nobody knows."""

    words: Text
    holds: bool | None


def checks(
    plant: Plant | None, tag: Tag, who: WhoRow | None, mode: ModeRow | None, reading: Callable[[str], Reading]
) -> list[CheckShown]:
    """Everything that must be so before a command goes out, as the window sees it; the engine looks again."""
    guard = guard_of(plant, tag)
    control = None if mode is None else mode.mode == Mode.CONTROL
    why = may_not(who, ACCESS_ACTION[tag.access], area_of(plant, tag)) if tag.access in ACCESS_ACTION else None
    told = say("cmd.check_right", action=say(f"action.{ACCESS_ACTION[tag.access].value}")) if why is None else why
    now = reading(tag.id)
    good = now.quality is Quality.GOOD
    fresh = say("cmd.check_good") if good else say("cmd.check_not_good", why=now.why or say("gateway.no_reading"))
    found = [
        CheckShown(say("cmd.check_control" if control else "cmd.check_monitor"), control),
        CheckShown(told, why is None),
        CheckShown(fresh, good),
    ]
    if mode is not None and any(row.tag == tag.id for row in mode.unsettled):
        found.append(CheckShown(say("gateway.unsettled", tag=tag.name), False))
    for permissive in guard.permissives:
        there = reading(permissive.tag)
        known = there.quality is Quality.GOOD
        of = plant.tag.get(permissive.tag) if plant is not None else None
        value = value_words(there.value, of) if of is not None else Text.same(str(there.value))
        words = say("cmd.check_permissive", name=permissive.name, tag=permissive.tag, now=value)
        found.append(CheckShown(words, permissive.holds(there) if known else None))
    return found


def guard_of(plant: Plant | None, tag: Tag) -> Guard:
    """What the plant file asks of a write to a tag."""
    return Guard(tag.id) if plant is None else plant.guard.get(tag.id, Guard(tag.id))


def seen_of(tag: Tag, reading: Reading) -> Seen:
    """What the person saw of the value; a figure stands for everything that is shown by the same digits."""
    value = reading.value
    if isinstance(value, bool | str) or value is None or tag.type.is_integer:
        return Seen(tag.id, value)
    digits = digits_of(tag)
    return Seen(tag.id, value, 0.0 if digits is None else 0.5 * 10.0**-digits)


def record_of(command: Command) -> dict[str, Any]:
    """What is signed of a command: everything but the signatures, in the engine's own form."""
    return {
        "key": command.key, "tag": command.tag, "value": command.value, "reason": command.reason,
        "grounds": command.grounds.value, "cause": command.cause,
        "seen": [{"tag": s.tag, "value": s.value, "tolerance": float(s.tolerance)} for s in command.seen],
    }  # fmt: skip


def shown_of(command: Command, tag: Tag, preview: CommandPreview) -> dict[str, Any]:
    """The frozen preview: what stood on the page when a person confirmed, the same for both persons."""
    return {
        "tag": tag.id, "name": {"en": tag.name.en, "ko": tag.name.ko}, "now": command.seen[0].value,
        "new": command.value, "unit": tag.unit, "low": preview.low, "high": preview.high, "node": tag.node,
        "controller": tag.controller, "reason": command.reason, "read_back": preview.read_back,
    }  # fmt: skip


def still_as_seen(seen: Seen, reading: Reading) -> bool:
    """Whether the value is still what the person saw."""
    now = reading.value
    plain = (bool, str)
    if reading.quality is not Quality.GOOD:
        return False
    if isinstance(now, plain) or isinstance(seen.value, plain) or now is None or seen.value is None:
        return now == seen.value
    return abs(now - seen.value) <= max(seen.tolerance, 1e-6 * max(abs(seen.value), 1.0))


def review_rows(
    plant: Plant | None, tag: Tag, command: Command, preview: CommandPreview, who: WhoRow | None
) -> list[tuple[Text, Text | str]]:
    """The page that is confirmed: what, within which limits, why, who, what is written where."""
    controller = None if plant is None else plant.controller.get(tag.controller)
    name = Text.same(tag.controller) if controller is None else controller.name
    reported = say("cmd.read_back_of", tag=preview.read_back, seconds=f"{preview.deadline_s:g}")
    signer = Text.same("–")
    if who is not None and who.user:
        signer = say("cmd.by", name=who.printed_name or who.user, role=say(f"role.{who.role.value}"))
    guard = guard_of(plant, tag)
    pace = pace_words(tag, guard)
    return [
        (say("cmd.limits"), span_words(tag, guard) or say("cmd.no_limits")),
        *([(say("cmd.pace"), pace)] if pace is not None else []),
        (say("cmd.why"), command.reason),
        (say("cmd.who"), signer),
        (say("cmd.where"), say("cmd.where_of", controller=name, node=tag.node.rsplit(";", 1)[-1])),
        (say("cmd.proof"), reported),
    ]


@dataclass(frozen=True, slots=True)
class StepShown:
    """One step of a command under way: its word, its time, and whether it was reached."""

    words: Text
    at: str
    reached: bool


def steps(row: CommandRow | None, zone: tzinfo | None) -> list[StepShown]:
    """On record, sent, taken, verified: with times to the millisecond."""
    times = (0, 0, 0, 0) if row is None else (
        row.intent_ns, row.sent_ns, row.taken_ns, row.done_ns if row.outcome is CommandOutcome.VERIFIED else 0,
    )  # fmt: skip
    names = ("cmd.step_intent", "cmd.step_sent", "cmd.step_taken", "cmd.step_verified")
    return [
        StepShown(say(name), time_text(ns, zone, milliseconds=True) if ns else "–", ns > 0)
        for name, ns in zip(names, times, strict=True)
    ]


def outcome(row: CommandRow, zone: tzinfo | None) -> Text:
    """What became of it, in a few words with the time."""
    clock = time_text(row.done_ns, zone, milliseconds=True)
    if row.outcome is CommandOutcome.VERIFIED:
        return say("cmd.verified", time=clock)
    if row.outcome is CommandOutcome.PENDING:
        return say("cmd.pending")
    if row.outcome is CommandOutcome.UNKNOWN and not settled(row):
        return say("cmd.unknown")
    if row.outcome is CommandOutcome.UNKNOWN:
        return say("cmd.settled_not")
    return say(f"cmd.{row.outcome.value.lower()}", why=row.why or Text.same("–"))


def settled(row: CommandRow) -> bool:
    """Whether a read-back has already said what became of an unknown one."""
    return bool(row.notes)


def name_of(plant: Plant | None, tag: Tag) -> Text:
    """A tag with the station it belongs to: one set-point is called like the next."""
    return say("equipment.tag_of", place=station_name(plant, tag.place), tag=tag.name) if tag.place else tag.name


def footer(row: CommandRow, plant: Plant | None, zone: tzinfo | None) -> Text:
    """The line at the foot of the window: what was done to what, and what became of it."""
    tag = tag_of(plant, row.tag)
    if tag is None:
        return say("cmd.footer", tag=row.tag, old=str(row.old), new=str(row.asked), outcome=outcome(row, zone))
    return say(
        "cmd.footer", tag=name_of(plant, tag), old=value_words(row.old, tag, unit=False),
        new=value_words(row.asked, tag), outcome=outcome(row, zone),
    )  # fmt: skip


def what_next(row: CommandRow) -> Text | None:
    """What happens now, where the person should know it."""
    if row.outcome is CommandOutcome.UNKNOWN:
        return row.notes[-1] if settled(row) else say("cmd.unknown_next")
    if row.outcome is CommandOutcome.VERIFIED and row.notes:
        return row.notes[-1]
    if row.outcome is CommandOutcome.REFUSED:
        return say("cmd.refused_next")
    if row.outcome is CommandOutcome.REJECTED:
        return say("cmd.rejected_next")
    return None


def tag_of(plant: Plant | None, tag: str) -> Tag | None:
    """A tag by its id, while there is a plant."""
    tags: Mapping[str, Tag] = {} if plant is None else plant.tag
    return tags.get(tag)
