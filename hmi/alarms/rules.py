"""The alarms of a plant: those of its file, those that its tags' limits imply, and those of the station itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hmi.model.alarm import LIMIT_KINDS, AlarmKind, AlarmRule, Priority
from hmi.model.plant import Plant, Tag
from hmi.model.text import Text
from hmi.model.words import say

DEFAULT_PRIORITY = {
    AlarmKind.HIHI: Priority.HIGH,
    AlarmKind.LOLO: Priority.HIGH,
    AlarmKind.HI: Priority.MEDIUM,
    AlarmKind.LO: Priority.MEDIUM,
}
DEFAULT_OFF_DELAY = 3.0
DEADBAND_SHARE = 0.005
"""Deadband of an implied alarm, as a share of the tag's range: enough that noise at the limit is one alarm."""
CAMERA_OFF_DELAY = 2.0
"""A camera that fails again within this time is one alarm."""
LINK_ON_DELAY, LINK_OFF_DELAY = 3.0, 2.0
"""A link that is renewed within this time is not an alarm."""


@dataclass(frozen=True, slots=True)
class SystemAlarm:
    """An alarm about the station itself; raised by its key."""

    key: str
    name: Text
    priority: Priority
    action: Text
    on_delay: float = 0.0


def system_alarms() -> tuple[SystemAlarm, ...]:
    """The alarms that every station has: history, record, disk, clock, audit, held material and lock-outs."""
    return tuple(
        SystemAlarm(key, say(f"alarms.system.{key}"), priority, say(f"alarms.system.{key}_action"))
        for key, priority in (
            ("history", Priority.HIGH), ("record", Priority.HIGH), ("disk", Priority.HIGH), ("clock", Priority.MEDIUM),
            ("audit", Priority.URGENT), ("held_moved", Priority.URGENT), ("lockout", Priority.HIGH),
        )
    )  # fmt: skip


def rules_of(plant: Plant, system: Sequence[SystemAlarm] | None = None) -> tuple[AlarmRule, ...]:
    """All alarms of a plant by the order of its file; an implied alarm gives way to one of the same tag and kind."""
    given = {(rule.tag, rule.kind) for rule in plant.alarms}
    ids = {rule.id for rule in plant.alarms}
    rules = list(plant.alarms)
    for tag in plant.tags:
        rules += [r for r in _implied(tag) if (r.tag, r.kind) not in given and r.id not in ids]
    for controller in plant.controllers:
        rules.append(
            AlarmRule(
                link_alarm(controller.id), say("alarms.rule.comm", controller=controller.name), "", AlarmKind.COMM,
                Priority.HIGH, on_delay=LINK_ON_DELAY, off_delay=LINK_OFF_DELAY, group="comm",
                cause=say("alarms.rule.comm_cause"), consequence=say("alarms.rule.comm_consequence"),
                action=say("alarms.rule.comm_action"),
            )
        )  # fmt: skip
    for camera in plant.cameras:
        rules.append(
            AlarmRule(
                system_alarm(camera_alarm(camera.id)), say("alarms.rule.camera", camera=camera.name), "",
                AlarmKind.SYSTEM, Priority.HIGH, off_delay=CAMERA_OFF_DELAY, place=camera.station,
                cause=say("alarms.rule.camera_cause"), consequence=say("alarms.rule.camera_consequence"),
                action=say("alarms.rule.camera_action"),
            )
        )  # fmt: skip
    for alarm in system_alarms() if system is None else system:
        rules.append(
            AlarmRule(
                system_alarm(alarm.key), alarm.name, "", AlarmKind.SYSTEM, alarm.priority, on_delay=alarm.on_delay,
                action=alarm.action,
            )
        )  # fmt: skip
    return tuple(rules)


def link_alarm(controller: str) -> str:
    """The id of the alarm about a controller's link."""
    return f"comm:{controller}"


def camera_alarm(camera: str) -> str:
    """The key of the alarm about a camera that gives no pictures to go by."""
    return f"camera:{camera}"


def system_alarm(key: str) -> str:
    """The id of an alarm about the station itself."""
    return f"system:{key}"


def _implied(tag: Tag) -> Iterator[AlarmRule]:
    if not tag.type.is_number:
        return
    limits = [getattr(tag.limits, kind.value) for kind in LIMIT_KINDS]
    known = [x for x in limits if x is not None]
    if not known:
        return
    extent = tag.range.high - tag.range.low if tag.range is not None else max(known) - min(known)
    deadband = max(tag.deadband, DEADBAND_SHARE * extent)
    for kind, limit in zip(LIMIT_KINDS, limits, strict=True):
        if limit is not None:
            yield AlarmRule(
                f"{tag.id}.{kind.value}", say(f"alarms.rule.{kind.value}", tag=tag.name), tag.id, kind,
                DEFAULT_PRIORITY[kind], limit=limit, deadband=deadband, off_delay=DEFAULT_OFF_DELAY,
            )  # fmt: skip


def place_of(plant: Plant, rule: AlarmRule) -> str:
    """The station or line where the alarm's cause is looked for; empty for the whole plant."""
    if rule.place:
        return rule.place
    tag = plant.tag.get(rule.tag)
    return "" if tag is None else tag.place


def area_of(plant: Plant, place: str) -> str:
    """The area that a place belongs to; empty for the whole plant."""
    station = plant.station.get(place)
    line = plant.line.get(station.line if station else place)
    return "" if line is None else line.area
