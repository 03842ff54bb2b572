"""How many alarms a person is asked to take in: floods, and how often one alarm came of late. Pure; times in ns."""

from __future__ import annotations

from collections import deque

PERIOD_NS = 600 * 1_000_000_000
FLOOD_STARTS_ABOVE, FLOOD_ENDS_BELOW = 10, 5


class Flood:
    """Begins with more than 10 annunciations within 10 minutes, ends with fewer than 5."""

    def __init__(self) -> None:
        self._at: deque[int] = deque()
        self.on = False

    def note(self, at_ns: int) -> None:
        """One more alarm asked for attention; times do not run backwards."""
        self._at.append(at_ns)
        self.update(at_ns)

    def update(self, now_ns: int) -> bool:
        """Whether there is a flood now."""
        while self._at and self._at[0] <= now_ns - PERIOD_NS:
            self._at.popleft()
        self.on = len(self._at) >= FLOOD_ENDS_BELOW if self.on else len(self._at) > FLOOD_STARTS_ABOVE
        return self.on


class Recent:
    """The annunciations of one alarm within the last 10 minutes."""

    __slots__ = ("_at",)

    def __init__(self) -> None:
        self._at: deque[int] = deque()

    def note(self, at_ns: int) -> None:
        """It came once more."""
        self._at.append(at_ns)
        self.count(at_ns)

    def count(self, now_ns: int) -> int:
        """How often it came in the last 10 minutes."""
        while self._at and self._at[0] <= now_ns - PERIOD_NS:
            self._at.popleft()
        return len(self._at)


class Group:
    """Alarms that tend to come together: the first after a quiet time is often the cause of the others."""

    __slots__ = ("_active",)

    def __init__(self) -> None:
        self._active: set[int] = set()

    @property
    def quiet(self) -> bool:
        """Whether none of them is active."""
        return not self._active

    def take(self, alarm: int, active: bool) -> None:
        """Follow one of them."""
        if active:
            self._active.add(alarm)
        else:
            self._active.discard(alarm)
