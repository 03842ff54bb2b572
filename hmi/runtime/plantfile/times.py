"""The sections of time: shifts with their breaks, and the tree of downtime reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hmi.model.plant import Pause, Shift, StopReason
from hmi.model.words import say
from hmi.runtime.plantfile import kinds
from hmi.runtime.plantfile.form import BAD, Field, Problems, Section, Shape
from hmi.runtime.plantfile.lines import Path

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MIN = 24 * 60
WEEK_MIN = 7 * DAY_MIN


def _days(value: Any, problems: Problems, path: Path) -> Any:
    if not isinstance(value, list) or not value:
        problems.add(path, say("plantfile.type", value=kinds.shown(value)), say("plantfile.want_days"))
        return BAD
    days = []
    for i, day in enumerate(value):
        if day not in DAYS:
            wrong = say("plantfile.value", value=kinds.shown(day))
            problems.add((*path, i), wrong, problems.meant(str(day)[:20], DAYS))
        elif DAYS.index(day) in days:
            problems.add((*path, i), say("plantfile.day_twice", day=day), say("plantfile.day_twice_right"))
        else:
            days.append(DAYS.index(day))
    return tuple(days) if days else BAD


def _pauses(value: Any, problems: Problems, path: Path) -> Any:
    if not isinstance(value, list):
        problems.add(path, say("plantfile.type", value=kinds.shown(value)), say("plantfile.want_pauses"))
        return BAD
    pauses = []
    for i, pause in enumerate(value):
        ends = [kinds.minutes_of(end.strip()) for end in pause.split("-")] if isinstance(pause, str) else []
        if len(ends) == 2 and ends[0] is not None and ends[1] is not None and ends[0] != ends[1]:
            pauses.append(Pause(ends[0], ends[1]))
        else:
            wrong = say("plantfile.value", value=kinds.shown(pause))
            problems.add((*path, i), wrong, say("plantfile.want_pauses"))
    return tuple(pauses)


def length_min(start: int, end: int) -> int:
    """Minutes from start to end on the wall clock; an end at or before the start lies on the next day."""
    return end - start if end > start else end + DAY_MIN - start


def _shift_rules(values: Mapping[str, Any], problems: Problems, path: Path) -> None:
    start, end = values.get("start_min"), values.get("end_min")
    if start is None or end is None:
        return
    if start in (end, DAY_MIN):
        problems.add((*path, "end"), say("plantfile.shift_empty"), say("plantfile.shift_empty_right"))
        return
    length = length_min(start, end)
    taken: list[tuple[int, int]] = []
    for i, pause in enumerate(values.get("pauses", ())):
        begin = (pause.start_min - start) % DAY_MIN
        stop = begin + length_min(pause.start_min, pause.end_min)
        if stop > length:
            problems.add((*path, "pauses", i), say("plantfile.pause_outside"), say("plantfile.pause_outside_right"))
        if any(begin < b and a < stop for a, b in taken):
            problems.add((*path, "pauses", i), say("plantfile.pause_overlap"), say("plantfile.pause_overlap_right"))
        taken.append((begin, stop))


def overlap(one: Shift, other: Shift) -> int | None:
    """The weekday (Monday 0) on which ``other`` starts within or around ``one``; None when they never meet."""
    for day in one.days:
        start = day * DAY_MIN + one.start_min
        end = start + length_min(one.start_min, one.end_min)
        for other_day in other.days:
            begin = other_day * DAY_MIN + other.start_min
            stop = begin + length_min(other.start_min, other.end_min)
            if any(begin + week < end and start < stop + week for week in (-WEEK_MIN, 0, WEEK_MIN)):
                return other_day
    return None


SHIFT = Section(
    "shift",
    Shape.ARRAY,
    {
        "id": Field(kinds.ident, required=True),
        "name": Field(kinds.names),
        "start": Field(kinds.clock, required=True, into="start_min"),
        "end": Field(kinds.clock, required=True, into="end_min"),
        "days": Field(_days),
        "pauses": Field(_pauses),
    },
    rules=_shift_rules,
)
REASON = Section(
    "reason",
    Shape.ARRAY,
    {
        "id": Field(kinds.ident, required=True),
        "name": Field(kinds.names),
        "parent": Field(kinds.reference),
        "planned": Field(kinds.flag),
    },
)

_TREE: Sequence[tuple[str, bool, Sequence[str]]] = (
    ("breakdown", False, ("mechanical", "electrical", "sensor", "software", "jam")),
    ("tooling", False, ("nozzle", "stencil", "fixture")),
    ("material", False, ("no_material", "wrong_material", "bad_material", "feeder")),
    ("quality", False, ("adjustment", "inspection", "rework")),
    ("setup", False, ("changeover", "first_article", "warm_up")),
    ("people", False, ("no_operator", "meeting")),
    ("outside", False, ("power", "air", "network")),
    ("planned", True, ("break", "maintenance", "cleaning", "training", "no_order")),
)


def shipped_reasons() -> tuple[StopReason, ...]:
    """The downtime reasons of a plant whose file has none of its own: two levels, in both languages."""
    tree = []
    for branch, planned, leaves in _TREE:
        tree.append(StopReason(branch, say(f"reason.{branch}"), "", planned))
        tree += [StopReason(f"{branch}.{x}", say(f"reason.{branch}_{x}"), branch, planned) for x in leaves]
    return tuple(tree)
