"""Sets of pens by name, and the last one: what the layout file keeps of the trend screen. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ui.screens.trends.presenter import PENS

LONGEST_NAME = 40
MOST_SETS = 50
SHORTEST_MIN, LONGEST_MIN = 1 / 12, 400 * 1440


@dataclass
class PenSets:
    """The pens in use, the window's length, and the named sets in the order in which they were made."""

    pens: list[str] = field(default_factory=list)
    minutes: float = 30.0
    named: dict[str, list[str]] = field(default_factory=dict)

    def save(self, name: str, pens: Sequence[str]) -> str | None:
        """Keep pens under a name (an old one is replaced); the name as it was kept, None when nothing was kept."""
        kept = " ".join(name.split())[:LONGEST_NAME]
        if not kept or not pens or (kept not in self.named and len(self.named) >= MOST_SETS):
            return None
        self.named[kept] = list(pens[:PENS])
        return kept

    def drop(self, name: str) -> bool:
        """Forget a set; False when there was none."""
        return self.named.pop(name, None) is not None

    def keep(self) -> dict[str, Any]:
        """The form for the layout file."""
        return {"pens": list(self.pens), "minutes": self.minutes, "sets": {k: list(v) for k, v in self.named.items()}}

    @classmethod
    def recall(cls, kept: Mapping[str, Any]) -> PenSets:
        """The reverse of keep; what does not fit is left out."""
        made = cls(_ids(kept.get("pens")))
        minutes = kept.get("minutes")
        if isinstance(minutes, int | float) and not isinstance(minutes, bool):
            made.minutes = min(LONGEST_MIN, max(SHORTEST_MIN, float(minutes)))
        sets = kept.get("sets")
        if isinstance(sets, Mapping):
            for name, pens in sets.items():
                if isinstance(name, str):
                    made.save(name, _ids(pens))
        return made


def _ids(found: Any) -> list[str]:
    if not isinstance(found, list):
        return []
    return list(dict.fromkeys(x for x in found if isinstance(x, str)))[:PENS]
