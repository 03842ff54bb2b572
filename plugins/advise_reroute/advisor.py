"""A failed station: the twin's best route around it, with waiting and doing nothing beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from hmi.api import (
    AdviceKind,
    AdvisorView,
    Alternative,
    Cause,
    Confidence,
    Deviation,
    Evidence,
    Expected,
    OptionKind,
    Plan,
    PlanOption,
    Plant,
    Recommendation,
    Text,
    Write,
    say,
)

NAME, VERSION = "advise_reroute", "1.0.0"
EXPIRES_S = 300.0
ASKED = 0.5
"""Share of the twin's gain over doing nothing that must be there: less may be chance."""
LEAST_SURE, SUREST = 0.55, 0.9
NINE_IN_TEN = 1.645
"""Standard deviations from the middle to the end of a range that nine in ten lie in."""
SECOND = 1_000_000_000


class RerouteAdvisor:
    """Answers to failed stations."""

    name = NAME

    def takes(self, deviation: Deviation, causes: Sequence[Cause]) -> bool:
        """Failed stations."""
        return deviation.detector == "station-failure"

    async def propose(self, deviation: Deviation, causes: Sequence[Cause], view: AdvisorView) -> Recommendation | None:
        """The best route, or that somebody goes and looks where no lane leads around."""
        plan = await view.plan(deviation.place)
        best = next((o for o in plan.options if o.kind is OptionKind.REROUTE), None)
        station = view.plant.station[deviation.place]
        place = say("decision.place", line=view.plant.line[station.line].name, station=station.name)
        nothing = next((o for o in plan.options if o.kind is OptionKind.NOTHING), None)
        evidence = (
            Evidence(
                "states", say("advise.reroute_states"), deviation.tags, deviation.at_ns - 600 * SECOND, view.now_ns()
            ),
            *((Evidence("counts", say("advise.reroute_cannot"), lines=plan.cannot),) if plan.cannot else ()),
        )
        alternatives = tuple(_alternative(o, o is best) for o in plan.options)
        if best is None:
            return Recommendation(
                NAME, AdviceKind.INSPECT, station.id, say("advise.reroute_none", station=place), tuple(causes),
                evidence, (), None, Confidence(0.5, 0, 0, False, NAME, VERSION, 0), alternatives, (),
                say("advise.nothing_written"), EXPIRES_S, False, key=f"reroute:{station.id}",
            )  # fmt: skip
        writes = tuple(Write(w.tag, view.reading(w.tag).value, w.value, w.back) for w in best.writes)
        inputs = tuple(dict.fromkeys([*(w.tag for w in writes), *deviation.tags[:1], *_led_to(best, view.plant)]))
        return Recommendation(
            NAME, AdviceKind.REROUTE, station.id, say("advise.reroute_what", station=place, route=best.name),
            tuple(causes), evidence, _context(plan, view.plant), _expected(best, nothing, plan, view.plant),
            Confidence(_sure(best, nothing), 0, 0, False, NAME, VERSION, 0), alternatives, writes,
            say("advise.reroute_undo"), EXPIRES_S, True, inputs, key=f"reroute:{station.id}", plan=plan,
            option=plan.options.index(best),
        )  # fmt: skip


def _led_to(option: PlanOption, plant: Plant) -> list[str]:
    """State tags of the stations that units are led to: an answer does not stand when nobody knows what they do."""
    entries = [plant.station[x.to_station] for x in plant.lanes if x.id in option.lanes]
    return [tag for s in entries if (tag := s.roles.get("state", "")) in plant.tag]


def _expected(option: PlanOption, nothing: PlanOption | None, plan: Plan, plant: Plant) -> Expected | None:
    """What the twin counts of all lines concerned in the window, and what it counts there when nothing is done.

    At least ASKED of the gain over doing nothing must come; without a gain it must not become less.
    """
    found = option.early
    if found is None or nothing is None or nothing.early is None:
        return None
    alone = nothing.early.value
    least = found.low if option.least is None else option.least
    low = alone + ASKED * (found.value - alone) if found.value > alone else least
    names = [plant.line[x].name for x in plan.lines]
    shown = Text(", ".join(x.en for x in names), ", ".join(x.ko for x in names))
    return Expected(
        say("advise.reroute_measure", lines=shown), f"good:{'+'.join(plan.lines)}", "pcs", 1, alone,
        found.value, round(low, 1), max(found.high, found.value), plan.window_s,
    )  # fmt: skip


def _sure(option: PlanOption, nothing: PlanOption | None) -> float:
    """How likely what is asked for comes, by the declared range: what scatters as much as the gain is hardly sure."""
    found = option.early
    if found is None or nothing is None or nothing.early is None:
        return 0.6
    gain = found.value - nothing.early.value
    if gain <= 0:
        return 0.55
    spread = max((found.value - found.low) / NINE_IN_TEN, 1e-6)
    likely = 0.5 * (1.0 + math.erf((1.0 - ASKED) * gain / spread / math.sqrt(2.0)))
    return round(min(max(likely, LEAST_SURE), SUREST), 2)


def _alternative(option: PlanOption, chosen: bool) -> Alternative:
    found = option.throughput
    note: Text | None = None
    if option.tardiness_min is not None:
        note = say(
            "advise.reroute_note", late=f"{option.late_orders:.1f}", minutes=f"{option.tardiness_min.value:.0f}",
            changeovers=option.changeovers,
        )  # fmt: skip
    if found is None:
        return Alternative(option.name, chosen, None, None, None, "pcs", note)
    return Alternative(option.name, chosen, found.value, found.low, found.high, "pcs", note)


def _context(plan: Plan, plant: Plant) -> tuple[tuple[Text, Text], ...]:
    told = [(say("advise.horizon"), say("advise.minutes", value=f"{plan.horizon_s / 60:.0f}"))]
    if plan.repair_s is not None:
        repair = plan.repair_s
        told.append(
            (
                say("advise.repair"),
                say(
                    "advise.minutes_range", value=f"{repair.value / 60:.0f}", low=f"{repair.low / 60:.0f}",
                    high=f"{repair.high / 60:.0f}",
                ),
            )
        )  # fmt: skip
    if plan.standing:
        others = [plant.station[x] for x in plan.standing if x in plant.station]
        places = [say("decision.place", line=plant.line[s.line].name, station=s.name) for s in others]
        shown = Text(", ".join(x.en for x in places), ", ".join(x.ko for x in places))
        told.append((say("advise.reroute_standing"), shown))
    return tuple(told)
