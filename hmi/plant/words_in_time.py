"""What a tag said when: a word with the times from which it held, so that other tags can be joined to it."""

from __future__ import annotations

from bisect import bisect_right

KEPT = 64


class WordsInTime:
    """The words of one tag by source time; a word that came later holds from its own source time on."""

    __slots__ = ("_at", "_words", "known")

    def __init__(self) -> None:
        self._at: list[int] = []
        self._words: list[str | None] = []
        self.known = ""
        """The last word that was known."""

    def put(self, at_ns: int, word: str | None) -> None:
        """From an instant on the tag says this; None: nobody knows."""
        while self._at and self._at[-1] >= at_ns:
            self._at.pop()
            self._words.pop()
        if word:
            self.known = word
        if self._words and self._words[-1] == word:
            return
        self._at.append(at_ns)
        self._words.append(word)
        if len(self._at) > KEPT:
            del self._at[0], self._words[0]

    @property
    def last(self) -> str:
        """What it says now; empty when that is not known."""
        return (self._words[-1] if self._words else None) or ""

    def at(self, at_ns: int) -> str:
        """What it said at an instant; empty when that is not known."""
        i = bisect_right(self._at, at_ns)
        return (self._words[i - 1] if i else None) or ""

    def other(self, at_ns: int, since_ns: int, together_ns: int) -> str:
        """The word it may also have been at an instant: the one before, when it changed since ``since_ns``, or the

        one that came within ``together_ns``. Empty when there is no doubt.
        """
        i = bisect_right(self._at, at_ns)
        now = self._words[i - 1] if i else None
        if i < len(self._at) and self._at[i] - at_ns <= together_ns and self._words[i]:
            following = self._words[i] or ""
            if following != now:
                return following
        if i and (self._at[i - 1] > since_ns or at_ns - self._at[i - 1] <= together_ns):
            for word in reversed(self._words[: i - 1]):
                if word:
                    return word if word != now else ""
        return ""

    def before(self, at_ns: int) -> str:
        """The word known last before an instant; empty when none was."""
        return next((w for w in reversed(self._words[: bisect_right(self._at, at_ns)]) if w), "")

    def near(self, at_ns: int) -> str:
        """The word known last before an instant, else the first one known after it."""
        return self.before(at_ns) or next((w for w in self._words[bisect_right(self._at, at_ns) :] if w), "")

    def heard(self) -> list[str]:
        """Its words, newest first."""
        return [w for w in reversed(self._words) if w]
