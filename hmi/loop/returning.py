"""The way back of a reroute whose station runs again, as a recommendation. Pure."""

from __future__ import annotations

from hmi.loop.doors import RouteSeen
from hmi.model.decision import (
    AdviceKind,
    Alternative,
    Cause,
    Confidence,
    Evidence,
    Expected,
    Recommendation,
    Write,
)
from hmi.model.plant import Plant
from hmi.model.words import say

RETURN_S = 900.0
RETURN_WINDOW_S = 60.0


def return_advice(route: RouteSeen, plant: Plant) -> Recommendation | None:
    """The way back of a reroute whose station runs again; None when it has none."""
    if route.run is None or not route.run.steps or any(s.back is None for s in route.run.steps):
        return None
    station = plant.station[route.failed]
    name = say("decision.place", line=plant.line[station.line].name, station=station.name)
    writes = tuple(Write(s.tag, s.value, s.back, s.value) for s in reversed(route.run.steps))
    good = plant.stations_of(station.line)[-1].roles.get("good", "")
    expected = Expected(
        say("decision.measure_good", line=plant.line[station.line].name), f"good:{station.line}", "pcs", 1, 0.0,
        RETURN_WINDOW_S / max(station.ideal_cycle_s or 10.0, 1.0), 1.0, RETURN_WINDOW_S, RETURN_WINDOW_S,
    ) if good else None  # fmt: skip
    return Recommendation(
        "recommend", AdviceKind.RETURN, station.id, say("decision.return_what", station=name),
        (Cause(f"station:{station.id}", name, 1.0, say("decision.return_why")),),
        (Evidence("states", say("decision.return_evidence"), tags=(station.roles.get("state", ""),)),),
        (), expected, Confidence(0.9, 0, 0, False, "recommend", "1", 0),
        (
            Alternative(say("decision.return_what", station=name), True, None, None, None, ""),
            Alternative(say("decision.return_stay"), False, None, None, None, "", say("decision.return_stay_note")),
        ),
        writes, say("decision.return_undo"), RETURN_S, True, tuple(s.tag for s in route.run.steps),
        key=f"return:{route.id}", returns=f"reroute:{route.id}",
    )  # fmt: skip
