"""How the desk says no."""

from __future__ import annotations

from hmi.model.text import Text


class RefusedError(Exception):
    """The engine refused a question or an action; text says why, in both languages."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text
