"""What a hold is called, in one line."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hmi.model.hold import HoldScope, ScopeKind
from hmi.model.plant import Plant
from hmi.model.text import Text
from hmi.model.words import say

_SHOWN = 3


def name_of(plant: Plant, scope: HoldScope) -> Text:
    """What is held, for people: the kind, the ids, and of a window its local times."""
    ids = ", ".join(scope.ids[:_SHOWN]) + (f" +{len(scope.ids) - _SHOWN}" if len(scope.ids) > _SHOWN else "")
    if scope.kind is ScopeKind.LOT:
        return say("hold.name_lot", ids=ids)
    if scope.kind is ScopeKind.BATCH:
        return say("hold.name_batch", ids=ids)
    if scope.kind is ScopeKind.UNITS:
        return say("hold.name_unit" if len(scope.ids) == 1 else "hold.name_units", ids=ids)
    station = plant.station.get(scope.ids[0]) if scope.ids else None
    name = Text.same(ids)
    if station is not None:
        name = say("hold.station", id=plant.line[station.line].name, name=station.name)
    since = _local(plant, scope.since_ns)
    if not scope.until_ns:
        return say("hold.name_since", station=name, since=since)
    return say("hold.name_window", station=name, since=since, until=_local(plant, scope.until_ns))


def _local(plant: Plant, at_ns: int) -> str:
    moment = datetime.fromtimestamp(at_ns // 1_000_000_000, UTC)
    try:
        moment = moment.astimezone(ZoneInfo(plant.timezone))
    except (OSError, ValueError):  # an unknown zone: UTC is at least unambiguous
        return f"{moment:%m-%d %H:%M:%S} UTC"
    return f"{moment:%m-%d %H:%M:%S}"
