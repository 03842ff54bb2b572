"""Display text in both languages of the station."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Lang(StrEnum):
    """A language of the station; Korean and English are equals."""

    EN = "en"
    KO = "ko"


@dataclass(frozen=True, slots=True)
class Text:
    """One thing said in both languages."""

    en: str
    ko: str

    def of(self, lang: Lang) -> str:
        """The words in one language."""
        return self.ko if lang is Lang.KO else self.en

    def to_json(self) -> dict[str, str]:
        """The form that crosses a process or a script's standard output."""
        return {"en": self.en, "ko": self.ko}

    @classmethod
    def from_json(cls, form: Mapping[str, str]) -> Text:
        """The reverse of to_json."""
        return cls(form["en"], form["ko"])

    @classmethod
    def same(cls, word: str) -> Text:
        """A proper name that reads the same in both languages."""
        return cls(word, word)
