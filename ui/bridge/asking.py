"""A question that a screen asks again and again while somebody looks at it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from hmi.model.text import Text

if TYPE_CHECKING:
    from ui.bridge.desk import Desk

Arguments = dict[str, Any] | Callable[[], dict[str, Any] | None]

PATIENCE_S = 10.0


class Asking:
    """Asks every so often while its widget is visible; never again before the answer to the last one has come."""

    def __init__(
        self,
        desk: Desk,
        widget: QWidget,
        name: str,
        every_s: float,
        on_answer: Callable[[Any], None],
        on_refused: Callable[[Text], None] | None = None,
        arguments: Arguments | None = None,
    ) -> None:
        """arguments: fixed, or a function called at each asking; it may give None for 'nothing to ask now'."""
        self._desk, self._widget, self._name = desk, widget, name
        self._every_s = every_s
        self._on_answer, self._on_refused = on_answer, on_refused
        self._arguments = arguments if arguments is not None else {}
        self._asked_at = float("-inf")
        self._open = False
        self._asking = 0

    def now(self) -> None:
        """Ask at the next frame, e.g. because the arguments are others; an answer that is still to come is void."""
        self._asked_at = float("-inf")
        self._open = False
        self._asking += 1

    def tick(self, now_s: float) -> None:
        """Ask if it is time. Called once a frame by the desk."""
        waited = now_s - self._asked_at
        if waited < self._every_s or (self._open and waited < PATIENCE_S) or not self._widget.isVisible():
            return
        arguments = self._arguments() if callable(self._arguments) else self._arguments
        if arguments is None:
            return
        self._asked_at, self._open = now_s, True
        self._asking += 1
        asking = self._asking

        def answered(answer: Any) -> None:
            if asking == self._asking:
                self._open = False
                self._on_answer(answer)

        def refused(why: Text) -> None:
            if asking == self._asking:
                self._open = False
                self._asked_at = time.monotonic()
                if self._on_refused is not None:
                    self._on_refused(why)

        self._desk.ask(self._name, answered, refused, **arguments)
