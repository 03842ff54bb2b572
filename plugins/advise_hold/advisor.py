"""A run of rejects: hold the smallest set that takes its likely cause; batch before lot before a window of time."""

from __future__ import annotations

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
    HoldReason,
    HoldScope,
    HoldSketch,
    Recommendation,
    ScopeKind,
    Text,
    Write,
    say,
)

NAME, VERSION = "advise_hold", "1.0.0"
WINDOW_S = 45.0
EXPIRES_S = 600.0
SECOND = 1_000_000_000


def scope_for(deviation: Deviation, causes: Sequence[Cause]) -> tuple[HoldReason, HoldScope]:
    """What to hold for a run of rejects: its batch or lot where they explain it, else what passed since it began."""
    kind, _, value = (causes[0].id if causes else "").partition(":")
    if kind == "batch":
        return HoldReason.MATERIAL_BATCH, HoldScope(ScopeKind.BATCH, (value,))
    if kind == "lot":
        return HoldReason.REJECT_RUN, HoldScope(ScopeKind.LOT, (value,))
    since = int(deviation.facts.get("since_ns") or deviation.at_ns)
    return HoldReason.REJECT_RUN, HoldScope(ScopeKind.STATION, (deviation.place,), since)


class HoldAdvisor:
    """Answers to runs of rejects."""

    name = NAME

    def takes(self, deviation: Deviation, causes: Sequence[Cause]) -> bool:
        """Runs of rejects."""
        return deviation.detector == "reject-run"

    async def propose(self, deviation: Deviation, causes: Sequence[Cause], view: AdvisorView) -> Recommendation | None:
        """A hold, with the gates it closes."""
        reason, scope = scope_for(deviation, causes)
        sketch = await view.hold(scope)
        writes = tuple(Write(tag, view.reading(tag).value, value, not value) for tag, value in sketch.writes)
        station = view.plant.station[deviation.place]
        place = say("decision.place", line=view.plant.line[station.line].name, station=station.name)
        facts = deviation.facts
        told = {
            "reason": reason.value,
            "scope": {
                "kind": scope.kind.value, "ids": list(scope.ids), "since_ns": scope.since_ns,
                "until_ns": scope.until_ns,
            },
        }  # fmt: skip
        key = ":".join(["hold", scope.kind.value, *scope.ids])
        measure = say("advise.hold_measure")
        score = causes[0].score if causes else 0.3
        return Recommendation(
            NAME, AdviceKind.HOLD, deviation.place,
            say("advise.hold_what", what=sketch.name, rejects=facts.get("rejects", 0), units=facts.get("units", 0),
                station=place),
            tuple(causes), _evidence(deviation, causes, view), _context(sketch),
            Expected(measure, "hold:moved", "pcs", -1, None, 0.0, 0.0, 0.0, WINDOW_S),
            Confidence(round(0.5 + 0.45 * min(1.0, score), 3), 0, 0, False, NAME, VERSION, 0),
            _alternatives(deviation, sketch), writes, say("advise.hold_undo"), EXPIRES_S, True,
            tuple(w.tag for w in writes), hold=told, key=key,
        )  # fmt: skip


def _evidence(deviation: Deviation, causes: Sequence[Cause], view: AdvisorView) -> tuple[Evidence, ...]:
    facts = deviation.facts
    since, now = int(facts.get("since_ns") or deviation.at_ns), view.now_ns()
    lines: list[Text] = [
        say(
            "advise.hold_run", rejects=facts.get("rejects", 0), units=facts.get("units", 0),
            usual=f"{100 * float(facts.get('usual', 0.0)):.1f}",
        ),
        *(cause.why for cause in causes[:2]),
    ]  # fmt: skip
    found = [Evidence("counts", say("advise.hold_counts"), lines=tuple(lines))]
    if deviation.tags:
        found.append(Evidence("trend", say("advise.hold_trend"), deviation.tags[:1], since - 900 * SECOND, now))
    pictures = tuple(int(n) for n in facts.get("inspections") or ())
    if pictures:
        found.append(Evidence("pictures", say("advise.hold_pictures"), inspections=pictures))
    return tuple(found)


def _context(sketch: HoldSketch) -> tuple[tuple[Text, Text], ...]:
    told = [
        (say("advise.hold_units"), Text.same(str(sketch.units))),
        (say("advise.hold_inside"), Text.same(str(sketch.inside))),
        (say("advise.hold_out"), Text.same(str(sketch.out))),
    ]
    if sketch.paper is not None:
        told.append((say("advise.hold_paper"), sketch.paper))
    return tuple(told)


def _alternatives(deviation: Deviation, sketch: HoldSketch) -> tuple[Alternative, ...]:
    facts = deviation.facts
    units, rejects = int(facts.get("units") or 0), int(facts.get("rejects") or 0)
    since = int(facts.get("since_ns") or deviation.at_ns)
    hours = max((deviation.at_ns - since) / SECOND, 30.0) / 3600.0
    per_h = rejects / hours if units else None
    return (
        Alternative(say("advise.hold_this", what=sketch.name), True, float(sketch.units), None, None, "pcs"),
        Alternative(say("advise.hold_sort"), False, None, None, None, "", say("advise.hold_sort_note")),
        Alternative(
            say("advise.nothing"), False, per_h, None, None, "pcs/h", say("advise.hold_nothing_note")
        ),
    )  # fmt: skip
