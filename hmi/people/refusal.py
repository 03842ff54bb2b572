"""A person's act is refused, in words."""

from __future__ import annotations

from hmi.model.text import Lang, Text


class PeopleRefusedError(Exception):
    """What a person asked for is not done; ``text`` says why, in both languages."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.of(Lang.EN))
        self.text = text
