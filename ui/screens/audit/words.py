"""What a row of the trail says, in the reader's language: names of the plant file for ids, words for keys. No Qt."""

from __future__ import annotations

import re
from typing import Any

from hmi.desk.people_rows import AuditRow
from hmi.model.plant import Plant, Tag
from hmi.model.text import Lang, Text
from hmi.model.units import with_unit
from hmi.model.words import catalogue, say
from ui.widgets.figures import value_text

ASIDE = frozenset({
    "key", "digest", "grounds", "signatures", "record", "record_sha", "shown", "shown_sha", "session", "hash",
    "back_of", "first",
})  # fmt: skip
"""What ties records together and says nothing to a reader of the list; the chosen row shows it."""
WORDED = {
    "meaning": "meaning", "role": "role", "outcome": "outcome", "results": "outcome", "judgement": "decisions.judge",
    "verdict": "verdicts", "disposition": "qualityscreen.disposition",
}  # fmt: skip
"""Fields whose values have words, and the room of the catalogue where these are."""
STATES = {"decision": "decisions.state", "reroute": "materialscreen.state", "hold": "qualityscreen.state"}
"""What ``state`` means, by the beginning of the action."""
_PLAIN_ACTIONS = {"mode": "mode", "user_role": "role"}
"""Acts whose old and new are one word."""
_THING = re.compile(r"(decision|deviation|reroute|hold|note)[: ](\d+)((?::[a-z]+)*)")
_RECIPE = re.compile(r"recipe (\S+) (\S+)")


def _word(room: str, value: object) -> Text | None:
    """A word of the catalogue; None where it has none without blanks to fill."""
    found = catalogue().get(f"{room}.{value}")
    return None if found is None or "{" in found.en else found


def place_words(id: str, plant: Plant | None) -> Text | None:
    """The name of a tag, station, line, area, controller or lane by its id; None for what the plant has not."""
    if plant is None:
        return None
    if (tag := plant.tag.get(id)) is not None:
        place = place_words(tag.place, plant)
        return tag.name if place is None else say("equipment.tag_of", place=place, tag=tag.name)
    if (station := plant.station.get(id)) is not None:
        line = plant.line.get(station.line)
        return station.name if line is None else say("equipment.tag_of", place=line.name, tag=station.name)
    for one in (*plant.lines, *plant.areas, *plant.controllers, *plant.cameras):
        if one.id == id:
            return one.name
    lane = next((x for x in plant.lanes if x.id == id), None)
    if lane is None:
        return None
    ends = [place_words(x, plant) or Text.same(x) for x in (lane.from_station, lane.to_station)]
    return say("auditscreen.lane", start=ends[0], end=ends[1])


def thing_words(id: str, plant: Plant | None) -> Text:
    """What was acted on: ``reroute 1`` and its like in words, a place of the plant by its name, else the id."""
    if (found := _THING.fullmatch(id)) is not None:
        made = say(f"auditscreen.thing.{found[1]}", n=found[2])
        steps = [_word("auditscreen.step", s) or Text.same(s) for s in found[3].split(":") if s]
        return Text(" · ".join([made.en, *(s.en for s in steps)]), " · ".join([made.ko, *(s.ko for s in steps)]))
    if (found := _RECIPE.fullmatch(id)) is not None:
        camera = place_words(found[1], plant) or found[1]
        return say("auditscreen.thing.recipe", camera=camera, product=found[2])
    if id == "station":
        return say("auditscreen.thing.station")
    return place_words(id, plant) or Text.same(id)


def object_words(row: AuditRow, plant: Plant | None) -> Text:
    """What a row was done on."""
    if row.action == "signature":
        return say("auditscreen.thing.signature", n=row.object)
    if row.action == "refused":
        return _word("action", row.object) or Text.same(row.object)
    return thing_words(row.object, plant)


def why_words(row: AuditRow) -> Text:
    """Why it was done: as the person wrote it; a signature by its meaning, the station's own notes in words."""
    if row.action == "signature" and isinstance(row.new, dict):
        return _word("meaning", row.new.get("meaning")) or Text.same(row.why)
    return _word("auditscreen.code", row.why) or Text.same(row.why)


def change_words(row: AuditRow, plant: Plant | None, lang: Lang) -> str:
    """From what to what."""
    teller = _Teller(row.action, plant, lang)
    tag = None if plant is None else plant.tag.get(row.object)
    old, new = teller.value(row.old, tag=tag), teller.value(row.new, tag=tag)
    return f"{old} → {new}" if old and new else new or old


class _Teller:
    """Says the values of one row."""

    def __init__(self, action: str, plant: Plant | None, lang: Lang) -> None:
        self._action, self._plant, self._lang = action, plant, lang

    def value(self, value: Any, field: str = "", tag: Tag | None = None) -> str:
        """A value on one line; nothing for nothing."""
        if value is None or value in ("", [], {}):
            return ""
        if isinstance(value, dict):
            return self._dict(value, tag)
        if isinstance(value, list):
            return ", ".join(x for x in (self.value(v, field) for v in value) if x)
        if isinstance(value, str):
            return self._string(value, field)
        if tag is not None:
            return self._reading(value, tag)
        if isinstance(value, bool):
            return say("figures.on" if value else "figures.off").of(self._lang)
        return f"{value:g}" if isinstance(value, float) else str(value)

    def _reading(self, value: Any, tag: Tag) -> str:
        figure = Text.same(value_text(value, tag, self._lang))
        worded = tag.words or isinstance(value, bool | str)
        return figure.of(self._lang) if worded else with_unit(figure, tag.unit).of(self._lang)

    def _dict(self, value: dict[str, Any], tag: Tag | None) -> str:
        if set(value) == {"en", "ko"}:
            return str(value[self._lang.value])
        if "value" in value and "key" in value:
            return self.value(value["value"], tag=tag)
        if "value" in value and "tag" in value:
            target = None if self._plant is None else self._plant.tag.get(str(value["tag"]))
            name = thing_words(str(value["tag"]), self._plant).of(self._lang)
            return f"{name} → {self.value(value['value'], tag=target)}"
        told = [(self._name(k), self.value(v, k)) for k, v in value.items() if k not in ASIDE and not k.endswith("_ns")]
        return ", ".join(f"{name}: {said}" for name, said in told if said)

    def _name(self, field: str) -> str:
        return (_word("auditscreen.field", field) or Text.same(field)).of(self._lang)

    def _string(self, value: str, field: str) -> str:
        rooms = [WORDED[field]] if field in WORDED else []
        if field == "state":
            rooms = [room for stem, room in STATES.items() if self._action.startswith(stem)]
        elif field == "reason" and self._action.startswith("hold"):
            rooms = ["qualityscreen.reason"]
        elif not field and self._action in _PLAIN_ACTIONS:
            rooms = [_PLAIN_ACTIONS[self._action]]
        found = next((w for room in rooms if (w := _word(room, value)) is not None), None)
        if found is None and field == "areas" and value == "*":
            found = say("userscreen.everywhere")
        return (found or thing_words(value, self._plant)).of(self._lang)
