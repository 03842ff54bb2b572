"""What the person at the window may not do, in words, so that a control says it; the engine is what refuses. No Qt."""

from __future__ import annotations

from hmi.desk.command_rows import ModeRow
from hmi.desk.people_rows import WhoRow
from hmi.model.command import Mode
from hmi.model.permission import ACCESS_ACTION, EVERYWHERE, Action
from hmi.model.plant import Access, Plant, Tag
from hmi.model.text import Text
from hmi.model.words import say


def may_not(who: WhoRow | None, action: Action, area: str = EVERYWHERE) -> Text | None:
    """Why somebody cannot do something in an area, as the window knows them; None when they may."""
    if who is None:
        return say("signin.no_engine")
    if not who.user:
        return say("people.nobody")
    if who.locked:
        return say("people.locked", user=who.printed_name)
    if who.must_change:
        return say("people.must_change")
    what = say(f"action.{action.value}")
    if action.value not in who.actions:
        return say("people.no_right", role=say(f"role.{who.role.value}"), action=what)
    if area != EVERYWHERE and EVERYWHERE not in who.areas and area not in who.areas:
        return say("people.no_right_there", action=what, area=area)
    return None


def commandable(tag: Tag) -> bool:
    """Whether the plant file lets people write a tag at all."""
    return tag.writable and tag.access is not Access.READ and tag.type.value != "DateTime"


def area_of(plant: Plant | None, tag: Tag) -> str:
    """The area that rights on a tag are asked for; everywhere where it has none."""
    if plant is None:
        return EVERYWHERE
    station = plant.station.get(tag.place)
    line = plant.line.get(station.line if station is not None else tag.place)
    return EVERYWHERE if line is None else line.area


def may_not_command(who: WhoRow | None, mode: ModeRow | None, plant: Plant | None, tag: Tag) -> Text | None:
    """Why somebody cannot change a tag now; None when they can begin to."""
    if not commandable(tag):
        return say("gateway.read_only", tag=tag.name)
    why = may_not(who, ACCESS_ACTION[tag.access], area_of(plant, tag))
    if why is None and (mode is None or mode.mode != Mode.CONTROL):
        return say("gateway.monitor_mode")
    return why
