"""What a card carries beside the advice: context, similar cases, and the confidence as the lessons bend it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from hmi.loop.calibration import calibrated
from hmi.model.decision import Effect, Evidence, Recommendation
from hmi.model.plant import Plant
from hmi.model.quality import Quality
from hmi.model.reading import Reading
from hmi.model.text import Text
from hmi.model.words import say
from hmi.store.decisions import Card
from hmi.store.loop import Lesson

MOST_CASES = 3
_CONTEXT = ("order", "product", "lot", "material_batch", "operator")


def confident(advice: Recommendation, lessons: Sequence[Lesson]) -> Recommendation:
    """The advice with its confidence as the lessons so far bend it."""
    alike = [one for one in lessons if one.advisor == advice.advisor]
    of_kind = [one for one in alike if one.kind is advice.kind and one.effect is not None]
    right = sum(one.effect is Effect.EFFECTIVE for one in of_kind)
    said = advice.confidence
    return replace(
        advice,
        confidence=replace(said, value=round(calibrated(said.value, alike), 4), right=right, of=len(of_kind)),
    )


def context_of(plant: Plant, place: str, reading: Callable[[str], Reading]) -> tuple[tuple[Text, Text], ...]:
    """Order, product, lot, material batch and operator at a place, as the line's tags say."""
    station = plant.station.get(place)
    line = plant.line.get(place if station is None else station.line)
    found: list[tuple[Text, Text]] = []
    for role in _CONTEXT if line is not None else ():
        assert line is not None
        tag = line.roles.get(role, "")
        if tag in plant.tag:
            said = reading(tag)
            known = said.quality is Quality.GOOD and said.value is not None
            value = Text.same(str(said.value)) if known else say("decision.not_known")
            found.append((say(f"decision.context_{role}"), value))
    return tuple(found)


def cases(earlier: Sequence[Card]) -> Evidence | None:
    """Similar past cases with their outcome."""
    judged = [c for c in earlier if c.effect is not None][:MOST_CASES]
    if not judged:
        return None
    lines = tuple(
        say("decision.case", id=c.id, what=c.advice.what, effect=say(f"decision.effect_{c.effect.value}"))
        for c in judged if c.effect is not None
    )  # fmt: skip
    return Evidence("cases", say("decision.evidence_cases"), lines=lines)
