"""Inspections and recipes on record: statements, nothing decided."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, select, update

from hmi.model.camera import Subject
from hmi.model.inspection import DefectClass, Finding, Verdict
from hmi.model.text import Text
from hmi.store.database import Work
from hmi.store.vision_tables import inspection, recipe

CONFIRMED, OVERRULED = "confirmed", "overruled"


@dataclass(frozen=True, slots=True)
class KeptInspection:
    """An inspection as it is on record."""

    number: int
    camera: str
    at_ns: int
    frame: int
    verdict: Verdict
    score: float | None
    ms: float
    total_ms: float
    subject: Subject
    recipe: str
    golden: str
    findings: list[Finding]
    why: Text | None
    evidence: str = ""
    late: str = ""
    width: int = 0
    height: int = 0
    judged: str = ""
    judged_by: str = ""
    judged_ns: int = 0
    judged_why: str = ""


@dataclass(frozen=True, slots=True)
class KeptRecipe:
    """A recipe version as it is on record."""

    camera: str
    product: str
    version: int
    inspector: str
    hash: str
    golden: str
    settings: dict[str, Any]
    made_ns: int
    made_by: str
    why: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class InspectionsWanted:
    """Which inspections; empty fields ask for all."""

    camera: str = ""
    verdict: str = ""
    unit: str = ""
    before: int = 0
    """Only those with a smaller number."""
    waiting: bool = False
    """Only FAIL and UNDECIDED of which nobody has said anything."""


@dataclass(slots=True)
class Counts:
    """Verdicts of one camera in a stretch of time."""

    inspected: int = 0
    failed: int = 0
    undecided: int = 0
    overruled: int = 0


def add(work: Work, made: KeptInspection) -> None:
    """Keep an inspection under the number it carries."""
    work.connection.execute(insert(inspection), _values(made))


def name_evidence(work: Work, number: int, evidence: str) -> None:
    """Say where the picture lies; it is there by now."""
    work.connection.execute(update(inspection).where(inspection.c.number == number).values(evidence=evidence))


def note_late(work: Work, number: int, verdict: Verdict) -> None:
    """Note what a picture that came too late would have said."""
    work.connection.execute(update(inspection).where(inspection.c.number == number).values(late=verdict.value))


def forget_evidence(work: Work, paths: Iterable[str]) -> None:
    """Pictures that were deleted by age or room are no longer named."""
    for path in paths:
        work.connection.execute(update(inspection).where(inspection.c.evidence == path).values(evidence=""))


def judge(work: Work, number: int, judged: str, by: str, at_ns: int, why: str) -> KeptInspection | None:
    """Keep what an inspector said; returns the inspection as it is now."""
    values = {"judged": judged, "judged_by": by, "judged_ns": at_ns, "judged_why": why}
    work.connection.execute(update(inspection).where(inspection.c.number == number).values(**values))
    return find(work.connection, number)


def find(c: Connection, number: int) -> KeptInspection | None:
    """An inspection by its number."""
    row = c.execute(select(inspection).where(inspection.c.number == number)).first()
    return None if row is None else _kept(row)


def inspections(c: Connection, wanted: InspectionsWanted, limit: int) -> list[KeptInspection]:
    """Inspections that are wanted: newest first, those that wait for a word oldest first."""
    asked = select(inspection).where(*_where(wanted)).limit(limit)
    x = inspection.c.number
    return [_kept(row) for row in c.execute(asked.order_by(x if wanted.waiting else x.desc()))]


def count(c: Connection, wanted: InspectionsWanted) -> int:
    """How many are wanted."""
    return int(c.scalar(select(func.count()).select_from(inspection).where(*_where(wanted))) or 0)


def newest(c: Connection) -> tuple[int, dict[str, KeptInspection]]:
    """The highest number, and the last inspection of each camera."""
    last = select(func.max(inspection.c.number)).group_by(inspection.c.camera)
    rows = c.execute(select(inspection).where(inspection.c.number.in_(last)))
    return int(c.scalar(select(func.max(inspection.c.number))) or 0), {row.camera: _kept(row) for row in rows}


def highest_frames(c: Connection) -> dict[str, int]:
    """The highest frame number of each camera."""
    asked = select(inspection.c.camera, func.max(inspection.c.frame)).group_by(inspection.c.camera)
    return {camera: int(frame) for camera, frame in c.execute(asked)}


def counts(c: Connection, since_ns: int) -> dict[str, Counts]:
    """Verdicts of each camera from an instant on."""
    x = inspection.c
    asked = select(x.camera, x.verdict, x.judged, func.count()).where(x.at_ns >= since_ns)
    found: dict[str, Counts] = {}
    for camera, verdict, judged, n in c.execute(asked.group_by(x.camera, x.verdict, x.judged)):
        one = found.setdefault(camera, Counts())
        one.inspected += n
        one.failed += n if verdict == Verdict.FAIL else 0
        one.undecided += n if verdict == Verdict.UNDECIDED else 0
        one.overruled += n if judged == OVERRULED else 0
    return found


def add_recipe(work: Work, made: KeptRecipe) -> bool:
    """Keep a recipe version and make it the one in use; False when it is on record already."""
    c, x = work.connection, recipe.c
    same = and_(x.camera == made.camera, x.product == made.product)
    if c.scalar(select(x.id).where(same, x.version == made.version)) is not None:
        return False
    c.execute(update(recipe).where(same).values(active=False))
    c.execute(insert(recipe), asdict(made) | {"settings": json.dumps(made.settings, sort_keys=True), "active": True})
    return True


def use_recipe(work: Work, camera: str, product: str, version: int) -> None:
    """Make a version on record the one in use."""
    same = and_(recipe.c.camera == camera, recipe.c.product == product)
    work.connection.execute(update(recipe).where(same).values(active=recipe.c.version == version))


def recipes(c: Connection, camera: str = "") -> list[KeptRecipe]:
    """Recipe versions, of each camera and product the newest first."""
    x = recipe.c
    asked = select(recipe).order_by(x.camera, x.product, x.version.desc())
    if camera:
        asked = asked.where(x.camera == camera)
    return [
        KeptRecipe(
            r.camera, r.product, r.version, r.inspector, r.hash, r.golden, json.loads(r.settings), r.made_ns, r.made_by,
            r.why, bool(r.active),
        )
        for r in c.execute(asked)
    ]  # fmt: skip


def _where(wanted: InspectionsWanted) -> list[ColumnElement[bool]]:
    x = inspection.c
    found: list[ColumnElement[bool]] = []
    for column, value in ((x.camera, wanted.camera), (x.verdict, wanted.verdict), (x.unit, wanted.unit)):
        if value:
            found.append(column == value)
    if wanted.before:
        found.append(x.number < wanted.before)
    if wanted.waiting:
        found += [x.judged == "", x.verdict.in_([Verdict.FAIL.value, Verdict.UNDECIDED.value])]
    return found


def _values(made: KeptInspection) -> dict[str, Any]:
    s = made.subject
    return {
        "number": made.number, "camera": made.camera, "at_ns": made.at_ns, "frame": made.frame,
        "verdict": made.verdict.value, "score": made.score, "ms": made.ms, "total_ms": made.total_ms,
        "unit": s.unit, "lot": s.lot, "order_id": s.order, "product": s.product, "line": s.line, "station": s.station,
        "batch": s.material_batch, "operator": s.operator,
        "readings": json.dumps(dict(s.readings), ensure_ascii=False),
        "recipe": made.recipe, "golden": made.golden,
        "findings": json.dumps([f.to_json() for f in made.findings]),
        "why_en": None if made.why is None else made.why.en[:1000],
        "why_ko": None if made.why is None else made.why.ko[:1000],
        "late": made.late, "evidence": made.evidence, "width": made.width, "height": made.height,
        "judged": made.judged, "judged_by": made.judged_by, "judged_ns": made.judged_ns,
        "judged_why": made.judged_why,
    }  # fmt: skip


def _kept(row: Row[Any]) -> KeptInspection:
    subject = Subject(
        row.unit, row.lot, row.order_id, row.product, row.line, row.station, row.batch, row.operator,
        json.loads(row.readings),
    )  # fmt: skip
    findings = [_finding(form) for form in json.loads(row.findings)]
    return KeptInspection(
        row.number, row.camera, row.at_ns, row.frame, Verdict(row.verdict), row.score, row.ms, row.total_ms, subject,
        row.recipe, row.golden, findings, None if row.why_en is None else Text(row.why_en, row.why_ko or row.why_en),
        row.evidence, row.late, row.width, row.height, row.judged, row.judged_by, row.judged_ns, row.judged_why,
    )  # fmt: skip


def _finding(form: dict[str, Any]) -> Finding:
    left, top, right, bottom = form["box"]
    return Finding((left, top, right, bottom), DefectClass(form["class"]), form["score"], form["area"])
