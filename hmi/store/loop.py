"""Deviations, lessons and detectors on record: what the steps of the loop hand to each other through the disk."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, func, insert, select, update

from hmi.model.decision import AdviceKind, Cause, DecisionState, Deviation, Effect
from hmi.store.database import Work
from hmi.store.loop_tables import detector_state, deviation, lesson
from hmi.store.upsert import upsert


class Stage(StrEnum):
    """How far the loop came with a deviation."""

    NEW = "NEW"
    ANALYZED = "ANALYZED"
    ANSWERED = "ANSWERED"  # a card was made of it, or nobody had an answer


@dataclass(frozen=True, slots=True)
class Found:
    """A deviation with what analysis made of it."""

    deviation: Deviation
    stage: Stage
    causes: tuple[Cause, ...] = ()


@dataclass(frozen=True, slots=True)
class Lesson:
    """What one card taught."""

    decision: int
    advisor: str
    kind: AdviceKind
    at_ns: int
    state: DecisionState
    """How the card ended."""
    effect: Effect | None
    said: float
    """The advisor's own confidence, before calibration."""
    shown: float
    """The confidence on the card."""
    decide_s: float | None
    """From the card's proposal to the decision; None where nobody decided."""


_ENCODE = msgspec.json.Encoder()
_CAUSES = msgspec.json.Decoder(tuple[Cause, ...])


def text_of(thing: Any) -> str:
    """JSON of a thing made of plain values, enums and dataclasses."""
    return _ENCODE.encode(thing).decode("utf-8")


def add_deviation(work: Work, found: Deviation) -> Deviation:
    """Put a deviation on record; returns it with its number."""
    values = {
        "detector": found.detector, "place": found.place, "at_ns": found.at_ns, "cleared_ns": found.cleared_ns,
        "stage": Stage.NEW.value, "causes": "[]",
        "body": text_of(
            {"statistic": found.statistic, "limit": found.limit, "tags": found.tags, "facts": found.facts}
        ),
    }  # fmt: skip
    number = work.connection.scalar(insert(deviation).returning(deviation.c.id), values)
    return replace(found, id=int(number or 0))


def clear_deviation(work: Work, number: int, at_ns: int) -> None:
    """A deviation is over."""
    work.connection.execute(
        update(deviation).where(deviation.c.id == number, deviation.c.cleared_ns == 0).values(cleared_ns=at_ns)
    )


def analysed(work: Work, number: int, causes: tuple[Cause, ...]) -> None:
    """Keep what analysis found."""
    work.connection.execute(
        update(deviation).where(deviation.c.id == number).values(stage=Stage.ANALYZED.value, causes=text_of(causes))
    )


def answered(work: Work, number: int) -> None:
    """Nothing more is to be made of a deviation."""
    work.connection.execute(update(deviation).where(deviation.c.id == number).values(stage=Stage.ANSWERED.value))


def again(work: Work, number: int) -> None:
    """A deviation that was answered and still stands is looked at anew."""
    work.connection.execute(
        update(deviation)
        .where(deviation.c.id == number, deviation.c.cleared_ns == 0, deviation.c.stage == Stage.ANSWERED.value)
        .values(stage=Stage.NEW.value)
    )


def deviations(c: Connection, stages: Collection[Stage] = (), standing: bool = False, limit: int = 500) -> list[Found]:
    """Deviations of these stages (or all), those that still stand only where asked; oldest first."""
    asked = select(deviation).order_by(deviation.c.id.desc()).limit(limit)
    if stages:
        asked = asked.where(deviation.c.stage.in_([s.value for s in stages]))
    if standing:
        asked = asked.where(deviation.c.cleared_ns == 0)
    return [_found(row) for row in c.execute(asked)][::-1]


def find_deviation(c: Connection, number: int) -> Found | None:
    """A deviation by its number."""
    row = c.execute(select(deviation).where(deviation.c.id == number)).first()
    return None if row is None else _found(row)


def _found(row: Row[Any]) -> Found:
    body = msgspec.json.decode(row.body)
    made = Deviation(
        row.id, row.detector, row.place, row.at_ns, float(body["statistic"]), float(body["limit"]),
        tuple(body["tags"]), body["facts"], row.cleared_ns,
    )  # fmt: skip
    return Found(made, Stage(row.stage), _CAUSES.decode(row.causes))


def add_lesson(work: Work, made: Lesson) -> None:
    """Keep a lesson; a card teaches once."""
    once = upsert(work.connection, lesson).on_conflict_do_nothing(index_elements=["decision"])
    values = {
        "decision": made.decision, "advisor": made.advisor, "kind": made.kind.value, "at_ns": made.at_ns,
        "state": made.state.value, "effect": None if made.effect is None else made.effect.value, "said": made.said,
        "shown": made.shown, "decide_s": made.decide_s,
    }  # fmt: skip
    work.connection.execute(once, values)


def lessons(c: Connection, advisor: str = "", limit: int = 2000) -> list[Lesson]:
    """The newest lessons, oldest of them first."""
    asked = select(lesson).order_by(lesson.c.id.desc()).limit(limit)
    if advisor:
        asked = asked.where(lesson.c.advisor == advisor)
    return [
        Lesson(
            row.decision, row.advisor, AdviceKind(row.kind), row.at_ns, DecisionState(row.state),
            None if row.effect is None else Effect(row.effect), row.said, row.shown, row.decide_s,
        )
        for row in c.execute(asked)
    ][::-1]  # fmt: skip


def taught(c: Connection, decision: int) -> bool:
    """Whether a card has its lesson."""
    return bool(c.scalar(select(func.count()).select_from(lesson).where(lesson.c.decision == decision)))


def save_detectors(work: Work, states: dict[str, dict[str, Any]], at_ns: int) -> None:
    """Keep what detectors learned and remember, by key."""
    for key, state in states.items():
        body = text_of(state)
        once = upsert(work.connection, detector_state).values(key=key, at_ns=at_ns, body=body)
        work.connection.execute(once.on_conflict_do_update(index_elements=["key"], set_={"at_ns": at_ns, "body": body}))


def detectors(c: Connection) -> dict[str, tuple[int, dict[str, Any]]]:
    """What detectors learned, by key, with the moment it was kept; what cannot be read is left out."""
    kept: dict[str, tuple[int, dict[str, Any]]] = {}
    for row in c.execute(select(detector_state)):
        try:
            kept[row.key] = (row.at_ns, msgspec.json.decode(row.body, type=dict[str, Any]))
        except msgspec.MsgspecError:
            continue
    return kept
