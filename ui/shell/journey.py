"""Where a person has been: Back and Forward, as in every browser."""

from __future__ import annotations

from dataclasses import dataclass, field

KEPT = 50


@dataclass(frozen=True, slots=True)
class Stop:
    """A screen with its particulars."""

    screen: str
    place: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Journey:
    """The stops so far and the one that is shown."""

    stops: list[Stop] = field(default_factory=list)
    at: int = -1

    def go(self, stop: Stop) -> None:
        """Go somewhere new: what lay ahead is forgotten. The same stop twice counts once."""
        if 0 <= self.at < len(self.stops) and self.stops[self.at] == stop:
            return
        self.stops = [*self.stops[: self.at + 1], stop][-KEPT:]
        self.at = len(self.stops) - 1

    @property
    def can_back(self) -> bool:
        """Whether there is a stop before."""
        return self.at > 0

    @property
    def can_forward(self) -> bool:
        """Whether there is a stop ahead."""
        return self.at < len(self.stops) - 1

    def back(self) -> Stop | None:
        """The stop before, if any."""
        if not self.can_back:
            return None
        self.at -= 1
        return self.stops[self.at]

    def forward(self) -> Stop | None:
        """The stop ahead, if any."""
        if not self.can_forward:
            return None
        self.at += 1
        return self.stops[self.at]
