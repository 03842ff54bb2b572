"""The few numbers that template compare is steered by: lengths and shares that mean something on a board."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from hmi.model.words import say
from hmi.vision.port import CannotTeachError


@dataclass(frozen=True, slots=True)
class TemplateSettings:
    """How strictly a picture is compared with its golden; lengths in pixels."""

    copper: str = "dark"
    """Which grey level is copper: ``dark`` (films, back light) or ``bright`` (front light)."""
    tolerance: float = 2.25
    """How far copper may lie outside the golden's edge, or be missing inside it."""
    noise: float = 0.75
    """How far an edge may wander by itself; a finding is regrown down to this depth."""
    smallest: int = 8
    """A finding with fewer wrong pixels is a speck, not a defect."""
    join: int = 5
    """Wrong places nearer than twice this belong to one finding."""
    margin: int = 10
    """Room drawn around a finding on every side."""
    search: int = 15
    """How far the part may lie from where the golden lies."""
    contrast: float = 25.0
    """Grey levels between copper and gap below which nothing is claimed."""
    agreement: float = 0.55
    """Share of edges that must lie where the golden has them; below it the picture is of something else."""

    def to_json(self) -> dict[str, Any]:
        """The settings part of a recipe."""
        return asdict(self)

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> TemplateSettings:
        """Settings from a recipe, what is missing by default. Raises CannotTeachError naming the first bad one."""
        kinds: dict[str, Any] = {f.name: type(f.default) for f in fields(cls)}
        values: dict[str, Any] = {}
        for name, value in form.items():
            if name not in kinds:
                raise CannotTeachError(say("vision.setting_unknown", name=name))
            number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
            if kinds[name] is str:
                if value not in ("dark", "bright"):
                    raise CannotTeachError(say("vision.setting_copper", value=value))
                values[name] = value
            elif not number or value < 0 or (kinds[name] is int and value != int(value)):
                raise CannotTeachError(say("vision.setting_number", name=name, value=value))
            else:
                values[name] = kinds[name](value)
        made = cls(**values)
        if not 0 < made.noise < made.tolerance:
            raise CannotTeachError(say("vision.setting_order"))
        return made
