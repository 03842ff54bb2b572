"""From the record to the rows that windows and scripts see."""

from __future__ import annotations

from hmi.desk.vision_rows import InspectionRow, RecipeRow
from hmi.store.vision import KeptInspection, KeptRecipe


def row_of(made: KeptInspection) -> InspectionRow:
    """A verdict on record as windows and scripts see it."""
    return InspectionRow(
        made.number, made.camera, made.at_ns, made.frame, made.verdict, made.score, made.ms, made.total_ms,
        made.subject, made.recipe, made.findings, made.why, made.evidence, made.golden, made.judged, made.judged_by,
        made.judged_ns, made.judged_why, made.width, made.height, made.late,
    )  # fmt: skip


def recipe_row(kept: KeptRecipe) -> RecipeRow:
    """A recipe version as windows and scripts see it."""
    return RecipeRow(
        kept.inspector, kept.product, kept.version, kept.camera, kept.active, kept.made_ns, kept.made_by, kept.hash,
        kept.settings, kept.golden, kept.why,
    )  # fmt: skip
