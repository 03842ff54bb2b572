"""What a person does with the named sets of pens: show, keep, drop."""

from __future__ import annotations

from collections.abc import Callable

from hmi.model.text import Text
from hmi.model.words import say
from ui.screens.trends.pensets import PenSets
from ui.screens.trends.side import SetPicker


class SetActs:
    """Made by the trend screen."""

    def __init__(
        self,
        picker: SetPicker,
        sets: Callable[[], PenSets],
        set_pens: Callable[[list[str]], None],
        tell: Callable[[Text], None],
    ) -> None:
        """sets: those in use now, with the pens that are drawn; set_pens draws others."""
        self._picker, self._sets, self._set_pens, self._tell = picker, sets, set_pens, tell
        picker.shown.connect(self._show)
        picker.saved.connect(self._save)
        picker.dropped.connect(self._drop)

    def list(self) -> None:
        """Offer the sets there are."""
        self._picker.set_names(self._sets().named)

    def _show(self, name: str) -> None:
        named = self._sets().named
        if name in named:
            self._set_pens(named[name])
            self._tell(say("trends.set_shown", name=name))

    def _save(self, name: str) -> None:
        sets = self._sets()
        kept = sets.save(name, sets.pens)
        self._tell(say("trends.set_refused") if kept is None else say("trends.set_kept", name=kept))
        self.list()

    def _drop(self, name: str) -> None:
        if self._sets().drop(name):
            self._tell(say("trends.set_dropped", name=name))
        self.list()
