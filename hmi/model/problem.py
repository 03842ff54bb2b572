"""What is wrong with something a person wrote, where, and what would be right."""

from __future__ import annotations

from dataclasses import dataclass

from hmi.model.text import Lang, Text


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in a file: place, key, what is wrong, and what would be right."""

    file: str
    line: int
    key: str
    wrong: Text
    right: Text

    def sentence(self, lang: Lang) -> str:
        """``plant.toml:12: station[2].ideal_cycle: ... -> ...`` in one language; line 0 and no key are left out."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        told = [place, self.key, self.wrong.of(lang)] if self.key else [place, self.wrong.of(lang)]
        return f"{': '.join(told)} -> {self.right.of(lang)}"

    def to_json(self) -> dict[str, object]:
        """The form scripts get."""
        return {
            "file": self.file,
            "line": self.line,
            "key": self.key,
            "wrong": self.wrong.to_json(),
            "right": self.right.to_json(),
        }


class ProblemsError(Exception):
    """All faults found in one thing a person wrote, told at once."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(p.sentence(Lang.EN) for p in problems))
        self.problems = problems
