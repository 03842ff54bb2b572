"""The order of a subscription's messages: several publish requests are in flight, numbers tell what is next.

Pure: says what can be delivered now and what is missing; when to stop waiting is the caller's decision.
"""

from __future__ import annotations

from typing import Generic, TypeVar

T = TypeVar("T")
_CYCLE = 2**32 - 1  # numbers run 1 ... 2**32 - 1 and start again at 1


def follower(number: int) -> int:
    """The sequence number after this one."""
    return 1 if number >= _CYCLE else number + 1


class Sequencer(Generic[T]):
    """Restores the order of messages of one subscription."""

    def __init__(self, expected: int = 1) -> None:
        self.expected = expected
        self._held: dict[int, T] = {}
        self._known_until = expected
        """One past the newest number that we know to exist."""

    def _ahead(self, number: int) -> int:
        """How far a number lies ahead of the expected one; negative for the past."""
        distance = (number - self.expected) % _CYCLE
        return distance if distance < _CYCLE // 2 else distance - _CYCLE

    def take(self, number: int, message: T) -> list[T]:
        """A message came: all that can be delivered now, in order; one that came before is dropped."""
        if self._ahead(number) < 0 or number in self._held:
            return []
        self._held[number] = message
        self._learn(follower(number))
        return self._release()

    def keepalive(self, number: int) -> None:
        """A keep-alive names the number that comes next: everything before it was sent."""
        self._learn(number)

    def missing(self) -> list[int]:
        """Numbers that were sent but did not come, oldest first (at most 1,000 of them)."""
        gap: list[int] = []
        number = self.expected
        while number != self._known_until and len(gap) < 1000:
            if number not in self._held:
                gap.append(number)
            number = follower(number)
        return gap

    def give_up(self, number: int) -> list[T]:
        """A missing message will never come: what can be delivered without it, in order."""
        if number != self.expected:
            return []
        self.expected = follower(number)
        return self._release()

    def _learn(self, number: int) -> None:
        if self._ahead(number) > self._ahead(self._known_until):
            self._known_until = number

    def _release(self) -> list[T]:
        ready = []
        while self.expected in self._held:
            ready.append(self._held.pop(self.expected))
            self.expected = follower(self.expected)
        return ready
