"""How often a password may be tried: each miss makes the next try wait longer, and five lock the name for 15 minutes.

A pure rule over seconds of a steady clock, the same for names that exist and names that do not. It never concerns
looking: the view stays for everybody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

TRIES = 5
LOCK_S = 15 * 60.0
DELAYS_S = (0.0, 0.5, 1.0, 2.0)
"""Wait after the first, second, third and fourth miss; after the fifth it is LOCK_S."""
FORGET_S = 2 * LOCK_S
"""After so long without a miss all is forgotten."""


@dataclass(frozen=True, slots=True)
class Tries:
    """The misses on one name since the last hit."""

    misses: int = 0
    last_s: float = 0.0

    def wait_s(self, now_s: float) -> float:
        """Seconds until the next try is allowed; 0 when it is."""
        if self.misses == 0:
            return 0.0
        return max(0.0, self.last_s + self._delay() - now_s)

    @property
    def exhausted(self) -> bool:
        """Whether this was the miss that locks."""
        return self.misses >= TRIES

    def locked(self, now_s: float) -> bool:
        """Whether the name is locked, not merely delayed."""
        return self.misses >= TRIES and self.wait_s(now_s) > 0.0

    def missed(self, now_s: float) -> Tries:
        """After one more miss. Behind a lock that ran out, the next miss locks again."""
        kept = 0 if self.misses and now_s - self.last_s > FORGET_S else self.misses
        return Tries(min(kept + 1, TRIES), now_s)

    def _delay(self) -> float:
        return LOCK_S if self.misses >= TRIES else DELAYS_S[self.misses - 1]


class Lockout:
    """The misses on all names; bounded, however many names are tried."""

    def __init__(self, most: int = 2_000) -> None:
        """most: names that are remembered; the longest silent is forgotten first."""
        self._tries: dict[str, Tries] = {}
        self._most = most

    def of(self, name: str) -> Tries:
        """The misses on a name."""
        return self._tries.get(name, Tries())

    def locked(self, now_s: float) -> list[str]:
        """The names that are locked now, whether they exist or not; from any thread."""
        return [name for name, tries in tuple(self._tries.items()) if tries.locked(now_s)]

    def missed(self, name: str, now_s: float) -> Tries:
        """Count a miss."""
        found = self.of(name).missed(now_s)
        self._tries.pop(name, None)
        if len(self._tries) >= self._most:
            del self._tries[min(self._tries, key=lambda n: (self._tries[n].locked(now_s), self._tries[n].last_s))]
        self._tries[name] = found
        return found

    def hit(self, name: str) -> None:
        """The right password: all is forgotten."""
        self._tries.pop(name, None)

    def restore(self, told: Iterable[tuple[str, bool, float]]) -> None:
        """Take up what the trail tells of the last hour: (name, whether it was a hit, steady seconds), oldest first."""
        for name, hit, at_s in told:
            if hit:
                self.hit(name)
            else:
                self.missed(name, at_s)
