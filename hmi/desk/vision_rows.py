"""Read models of vision: cameras, verdicts with their pictures, the review queue, recipes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hmi.model.camera import CameraState, Subject
from hmi.model.inspection import Finding, Verdict
from hmi.model.text import Text


@dataclass(frozen=True, slots=True)
class CameraRow:
    """A camera and how it fares; counters are those of the running shift."""

    camera: str
    name: Text
    station: str
    plugin: str
    state: CameraState
    why: Text | None
    since_ns: int
    frames: int
    """Pictures taken since the engine started."""
    lost: int
    """Pictures that were overwritten before they were inspected: each became an UNDECIDED verdict."""
    per_s: float
    frame_ms: float | None
    """Trigger to verdict, the last one."""
    frame_p99_ms: float | None
    inspected: int
    failed: int
    undecided: int
    overruled: int
    product: str
    recipe: str
    """Inspector, product and version of the recipe in use; empty: none."""
    light: float | None
    """Mean brightness of the last picture, 0 to 255."""
    shift_px: float | None
    """How far the last board lay from its golden, in pixels."""
    width: int
    height: int
    ring: str
    """File name of the frame ring in the data folder; the window maps it and shows the newest frame."""
    restarts: int
    last: int
    """Number of the last inspection."""


@dataclass(frozen=True, slots=True)
class InspectionRow:
    """A verdict on record."""

    number: int
    camera: str
    at_ns: int
    frame: int
    verdict: Verdict
    score: float | None
    ms: float
    """Inspection alone."""
    total_ms: float
    """Trigger to verdict."""
    subject: Subject
    recipe: str
    findings: list[Finding]
    why: Text | None
    evidence: str
    """Path of the kept picture relative to the data folder; empty when it was not kept."""
    golden: str
    """Path of the golden of its recipe, relative to the data folder."""
    judged: str
    """What the inspector said: confirmed, overruled, or empty."""
    judged_by: str
    judged_ns: int
    judged_why: str
    width: int = 0
    height: int = 0
    late: str = ""
    """Verdict of a picture that came too late; noted only, it changes nothing."""


@dataclass(frozen=True, slots=True)
class ReviewQueue:
    """What waits for an inspector: FAIL and UNDECIDED without a word from one, oldest first."""

    total: int
    rows: list[InspectionRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RecipeRow:
    """A recipe version."""

    inspector: str
    product: str
    version: int
    camera: str
    active: bool
    made_ns: int
    by: str
    hash: str
    settings: dict[str, Any]
    golden: str
    why: str = ""


VISION_ANSWERS: dict[str, Any] = {
    "cameras": list[CameraRow],  # no arguments
    "inspections": list[InspectionRow],  # camera: str = "", verdict: str = "", limit: int = 12, before: int = 0
    "inspection": InspectionRow,  # number: int
    "review": ReviewQueue,  # camera: str = "", limit: int = 50
    "recipes": list[RecipeRow],  # camera: str = ""
    # actions
    "judge": InspectionRow,  # number: int, verdict: "confirm" | "overrule", reason: str = ""
    "teach": RecipeRow,  # camera, number: int (a kept picture becomes the golden), settings: dict, reason, password
    "use_recipe": RecipeRow,  # camera, product, version: int, reason, password (an older version is used again)
}
"""The engine pushes ``{"inspection": InspectionRow}`` and ``{"camera": CameraRow}`` to every window.

Reasons of an overrule (catalogue vision.reason.KEY): dust, light, position, within_limits, wrong_class, other.
"""
