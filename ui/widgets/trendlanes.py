"""How the height of a trend is shared: pens of one unit share a lane; up to two units overlay, more stand apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ui.widgets.trendpen import Floats, PenData, YScale

GAP = 0.03
"""Share of the height that stays free between two lanes."""


@dataclass(frozen=True, slots=True)
class Lane:
    """A stretch of the plot's height (0 foot, 1 head) with a scale of its own."""

    scale: YScale
    foot: float = 0.0
    head: float = 1.0
    right: bool = False
    """Whether its axis stands at the right."""
    unit: str = ""
    words: Mapping[int, str] = field(default_factory=dict)
    """Names of the values of an enumeration."""

    def share(self, value: Floats | float) -> Floats | float:
        """Place of a value in the whole plot."""
        return self.foot + self.scale.share(value) * (self.head - self.foot)

    def value(self, share: float) -> float:
        """The reverse of share."""
        return self.scale.value((share - self.foot) / (self.head - self.foot))


def kind_of(pen: PenData) -> str:
    """What pens must have in common to share a scale: the unit; what has none or is stepped stands alone."""
    return f"{pen.tag.unit}|" if pen.tag.unit and not pen.stepped else f"|{pen.tag.id}"


def lanes(pens: Sequence[PenData], scales: Sequence[YScale], words: Sequence[Mapping[int, str]]) -> list[Lane]:
    """The lane of each pen. One or two kinds use the whole height, the second with its axis at the right."""
    kinds = list(dict.fromkeys(kind_of(pen) for pen in pens))
    found = []
    for pen, scale, names in zip(pens, scales, words, strict=True):
        at, unit = kinds.index(kind_of(pen)), "" if names else pen.tag.unit
        if len(kinds) <= 2:
            found.append(Lane(scale, right=at == 1, unit=unit, words=names))
            continue
        height = (1.0 + GAP) / len(kinds)
        head = 1.0 - at * height
        found.append(Lane(scale, head - height + GAP, head, unit=unit, words=names))
    return found


def borders(shown: Sequence[Lane]) -> list[float]:
    """Where a line parts two lanes."""
    feet = sorted({lane.foot for lane in shown if lane.foot > 1e-9})
    return [foot - GAP / 2 for foot in feet]
