"""Which tags of a station matter most, and which set-point belongs to which value. Pure, from the plant file alone."""

from __future__ import annotations

from collections import Counter

from hmi.model.plant import Access, Limits, Plant, Station, Tag
from hmi.model.text import Text
from hmi.model.words import say
from ui.equipment.words import station_name

PENS = 8
_NO_LIMITS = Limits()


def measured(tag: Tag) -> bool:
    """Whether a tag is a quantity to watch: a number that is no enumeration, no set-point, no output."""
    return tag.type.is_number and tag.type.value != "Boolean" and not tag.words and tag.access is Access.READ


def weight(tag: Tag) -> int:
    """How much a tag matters: 2 with alarm limits, 1 with a desired band, 0 with neither."""
    return 2 if tag.limits != _NO_LIMITS else 1 if tag.desired is not None else 0


def main_tags(plant: Plant, station: str, most: int) -> list[Tag]:
    """The station's quantities with limits or a desired band, those with limits first, else in the file's order.

    A temperature that has a set-point comes before one without: it is the one that people work with.
    """
    there = plant.station.get(station)
    found = [t for t in plant.tags_of(station) if measured(t) and weight(t)]
    return sorted(found, key=lambda t: (-weight(t), there is None or setpoint_of(plant, there, t) is None))[:most]


def setpoint_of(plant: Plant, station: Station, tag: Tag) -> Tag | None:
    """The set-point of a value: by role (speed and speed_setpoint, temperature and target_temperature), else by id.

    By id: ``L1.S3.Zone3Setpoint`` belongs to ``L1.S3.Zone3Temperature`` when their units are the same.
    """
    for role, tag_id in station.roles.items():
        if tag_id == tag.id:
            for other in (f"{role}_setpoint", f"target_{role}"):
                found = plant.tag.get(station.roles.get(other, ""))
                if found is not None and found is not tag:
                    return found
    for other_tag in plant.tags_of(station.id):
        if other_tag.access is Access.SETPOINT and other_tag.unit == tag.unit and other_tag is not tag:
            stem = other_tag.id.removesuffix("Setpoint").removesuffix("_setpoint")
            if stem != other_tag.id and not stem.endswith(".") and tag.id.startswith(stem):
                return other_tag
    return None


def line_pens(plant: Plant, line: str, most: int = PENS) -> list[Tag]:
    """The tags for a line's trend: its rate, then of each station in turn the one that matters most, then the next."""
    there = plant.line.get(line)
    pens: list[Tag] = []
    if there is not None and (rate := plant.tag.get(there.roles.get("rate", ""))) is not None:
        pens.append(rate)
    columns = [[t for t in main_tags(plant, s.id, 8) if weight(t) == 2] for s in plant.stations_of(line)]
    for depth in range(8):
        pens += [column[depth] for column in columns if depth < len(column)]
    return pens[:most]


def pen_names(plant: Plant, tags: list[Tag]) -> list[Text]:
    """What to call tags side by side: their names, with the station before those that several of them share."""
    often = Counter(t.name for t in tags)
    return [
        say("equipment.tag_of", place=station_name(plant, t.place), tag=t.name) if often[t.name] > 1 else t.name
        for t in tags
    ]
