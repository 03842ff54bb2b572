"""Asks the history for a window of several pens: one window at a time, only the latest counts. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from hmi.desk.rows import Series
from hmi.model.text import Text

POINTS = 1200
"""Points of one pen: more than a plot has columns, few enough to draw in a frame."""


class Asks(Protocol):
    """The desk's way to put a question."""

    def ask(
        self,
        name: str,
        on_answer: Callable[[Any], None] | None = None,
        on_refused: Callable[[Text], None] | None = None,
        **arguments: Any,
    ) -> None:
        """One of the callbacks comes later, on the thread that asked."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be seen."""

    tags: tuple[str, ...]
    from_ns: int
    to_ns: int


class HistoryFeed:
    """While answers are on their way a newer window waits, and an older one is forgotten: panning never piles up."""

    def __init__(self, desk: Asks, on_series: Callable[[Series], None], on_refused: Callable[[Text], None]) -> None:
        self._desk, self._on_series, self._on_refused = desk, on_series, on_refused
        self._open = 0
        self._current: Request | None = None
        self._next: Request | None = None
        self.answered = 0
        """Answers taken so far: the tour waits for the first."""

    @property
    def busy(self) -> bool:
        """Whether answers are on their way."""
        return self._open > 0

    def want(self, tags: Sequence[str], from_ns: int, to_ns: int) -> None:
        """Show this window of these tags."""
        request = Request(tuple(tags), from_ns, to_ns)
        if self._open:
            self._next = request
        else:
            self._put(request)

    def _put(self, request: Request) -> None:
        self._current, self._next = request, None
        self._open = len(request.tags)
        for tag in request.tags:
            self._desk.ask(
                "history", self._took, self._refused, tag=tag, from_ns=request.from_ns, to_ns=request.to_ns,
                points=POINTS,
            )  # fmt: skip

    def _took(self, series: Series) -> None:
        self.answered += 1
        self._open -= 1
        self._on_series(series)
        self._go_on()

    def _refused(self, why: Text) -> None:
        self._open -= 1
        self._on_refused(why)
        self._go_on()

    def _go_on(self) -> None:
        if self._open <= 0 and self._next is not None:
            self._put(self._next)
