"""Analyze: likely causes of a deviation, ranked by their share of the evidence, with the why in words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from hmi.loop.association import EXPLAINS, Association, associations, strength
from hmi.loop.record import Record
from hmi.model.decision import Cause, Deviation
from hmi.model.plant import Plant
from hmi.model.text import Text
from hmi.model.words import say
from hmi.store import loop as store
from hmi.store.loop import Stage

SECOND = 1_000_000_000
MOST = 4
JUST_BEFORE_NS = 240 * SECOND
"""A batch that began no longer before a deviation than this is near enough to have brought it about."""
_PRIOR = {"batch": 1.3, "via": 1.2, "lot": 1.0, "order": 0.8, "product": 0.8, "operator": 0.6}
"""Of two that explain the same rejects, the one nearer to the material is the likelier; people come last."""


def analysed(found: Deviation, standing: Sequence[Deviation], plant: Plant) -> tuple[Cause, ...]:
    """The causes of a deviation, the likeliest first; standing are all deviations on record that are not over."""
    if found.detector == "station-failure":
        causes = _of_failure(found, plant)
    elif found.detector == "reject-run":
        causes = _of_rejects(found, standing, plant)
    else:
        causes = _of_signal(found, plant)
    whole = sum(weight for weight, *_ in causes) or 1.0
    ranked = sorted(causes, key=lambda c: -c[0])[:MOST]
    return tuple(Cause(id, name, round(min(1.0, weight / whole), 3), why) for weight, id, name, why in ranked)


_Weighed = tuple[float, str, Text, Text]


def fault_word(plant: Plant, station: str, code: Any) -> Text | None:
    """What a fault code means, in the plant file's words."""
    tag = plant.tag.get(plant.station[station].roles.get("fault", ""))
    return None if tag is None or code is None else tag.words.get(str(code))


def _of_failure(found: Deviation, plant: Plant) -> list[_Weighed]:
    station = plant.station[found.place]
    word = fault_word(plant, station.id, found.facts.get("fault"))
    if word is not None:
        why = say("decision.cause_fault", code=found.facts["fault"], word=word)
    else:
        why = say("decision.cause_state", state=say(f"machine.state.{found.facts.get('state') or 'ABORTED'}"))
    waits = found.facts.get("waits") or []
    if waits:
        why = say("decision.cause_waits", why=why, stations=len(waits))
    return [(1.0, f"station:{station.id}", place_name(plant, station.id), why)]


def _of_signal(found: Deviation, plant: Plant) -> list[_Weighed]:
    shares = found.facts.get("shares") or [1.0] * len(found.tags)
    causes: list[_Weighed] = []
    for tag, share in zip(found.tags, shares, strict=False):
        name = say("decision.tag_at", tag=plant.tag[tag].name, place=place_name(plant, found.place))
        causes.append((share, f"tag:{tag}", name, say("decision.cause_share", percent=f"{100 * share:.0f}")))
    began = int(found.facts.get("batch_began_ns") or 0)
    if began and 0 <= found.at_ns - began <= JUST_BEFORE_NS:
        batch = str(found.facts["batch"])
        seconds = round((found.at_ns - began) / SECOND)
        why = say("decision.cause_batch_began", seconds=seconds)
        causes.append((0.6, f"batch:{batch}", say("decision.name_batch", value=batch), why))
    return causes


def _of_rejects(found: Deviation, standing: Sequence[Deviation], plant: Plant) -> list[_Weighed]:
    facts = found.facts
    causes: list[_Weighed] = []
    for known in associations(facts.get("fields") or {}):
        weight = strength(known) * _PRIOR.get(known.field, 0.5) * _timely(known, facts)
        kind = "station" if known.field == "via" else known.field
        name = say(f"decision.name_{known.field}", value=known.value)
        causes.append((weight, f"{kind}:{known.value}", name, _why(known)))
    if not causes:  # before what deviates up the line: a batch that has just begun may be behind that as well
        causes += _begun_batch(facts)
    here = plant.station[found.place]
    for other in standing:
        station = plant.station.get(other.place)
        if station is None or other.id == found.id or station.line != here.line or station.order > here.order:
            continue
        if other.detector == "reject-run" or other.at_ns > found.at_ns:
            continue
        least = causes[0][0] * 0.7 if causes else 1.0
        why = say("decision.cause_upstream", station=place_name(plant, other.place))
        if other.tags and other.detector != "station-failure":
            name = say("decision.tag_at", tag=plant.tag[other.tags[0]].name, place=place_name(plant, other.place))
            causes.append((least, f"tag:{other.tags[0]}", name, why))
        else:
            causes.append((0.5 * least, f"station:{other.place}", place_name(plant, other.place), why))
    usual = 0.1 if causes else 1.0
    why = say("decision.cause_station", rejects=facts.get("rejects", 0), units=facts.get("units", 0))
    causes.append((usual, f"station:{here.id}", place_name(plant, here.id), why))
    return causes


def _begun_batch(facts: dict[str, Any]) -> list[_Weighed]:
    """A batch that took another's place shortly before the run, where there is too little yet to compare it with."""
    batches = (facts.get("fields") or {}).get("batch") or {}
    rejects, since = sum(counts[2] for counts in batches.values()), int(facts.get("since_ns") or 0)
    for value, began in ((facts.get("began") or {}).get("batch") or {}).items():
        others = any(name and name != value for name in batches)
        carries = batches.get(value, [0, 0, 0, 0])[2] >= EXPLAINS * max(rejects, 1)
        if value and others and carries and since - began <= JUST_BEFORE_NS:
            why = say("decision.cause_batch_began", seconds=max(0, round((since - began) / SECOND)))
            return [(0.6, f"batch:{value}", say("decision.name_batch", value=value), why)]
    return []


def _timely(known: Association, facts: dict[str, Any]) -> float:
    """More for a value that came shortly before the run, less for one that was there long before it."""
    began = ((facts.get("began") or {}).get(known.field) or {}).get(known.value)
    since = facts.get("since_ns")
    if began is None or not since:
        return 1.0
    return 1.3 if since - began <= JUST_BEFORE_NS else 0.7


def _why(known: Association) -> Text:
    return say(
        "decision.cause_association", rejects=known.rejects, units=known.units, others=known.others_rejects,
        others_units=known.others_units,
    )  # fmt: skip


def place_name(plant: Plant, station: str) -> Text:
    """A station with its line, as people call it."""
    found = plant.station[station]
    return say("decision.place", line=plant.line[found.line].name, station=found.name)


class Analyze:
    """The second step of the loop."""

    def __init__(self, plant: Plant, record: Record) -> None:
        self._plant, self._record = plant, record

    async def run(self, now_ns: int) -> bool:
        """Analyze what is new; True when something was."""
        new = await self._record.look(partial(store.deviations, stages=(Stage.NEW,)))
        if not new:
            return False
        standing = [f.deviation for f in await self._record.look(partial(store.deviations, standing=True))]
        for found in new:
            if found.deviation.place not in self._plant.station:  # the plant file has changed since
                await self._record.write(partial(store.answered, number=found.deviation.id))
                continue
            causes = analysed(found.deviation, standing, self._plant)
            await self._record.write(partial(store.analysed, number=found.deviation.id, causes=causes))
        return True
