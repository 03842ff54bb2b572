"""What the window's frame knows of the decision inbox: how many cards wait on the rail, a calm line for a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from PySide6.QtCore import QObject

from hmi.desk.decision_rows import DecisionRow, Inbox
from hmi.model.decision import DecisionState
from hmi.model.text import Text
from hmi.model.words import say

if TYPE_CHECKING:
    from ui.shell.window import Shell

EVERY_S = 5.0
SCREEN = "decisions"


class DecisionWatch(QObject):
    """Made by the window. Events tell a change at once; the question in between counts what is there."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._shell = shell
        self._known: set[int] | None = None
        """Cards that were told or seen; None before the first answer, which is no news."""
        self._asking = shell.desk.keep_asking(shell, "inbox", EVERY_S, self._take, self._lost, {"past": 0})
        shell.desk.told.connect(self._heard)

    def _heard(self, event: dict[str, Any]) -> None:
        if "decision" not in event:
            return
        row = msgspec.convert(event["decision"], DecisionRow, strict=False)
        self._asking.now()
        if row.state is DecisionState.PROPOSED:
            self._new(row)

    def _take(self, inbox: Inbox) -> None:
        button = self._shell.rail.buttons.get(SCREEN)
        if button is not None:
            button.set_count(len(inbox.open) + inbox.waiting)
        if self._known is None:
            self._known = {row.id for row in inbox.open}
        for row in inbox.open:
            self._new(row)

    def _new(self, row: DecisionRow) -> None:
        """A card that nobody has heard of yet is said once, in the footer: no pop-up, no tone."""
        if self._known is None:
            self._known = set()
        if row.id not in self._known:
            self._known.add(row.id)
            self._shell.tell(say("decisions.new_card", what=row.what))

    def _lost(self, why: Text) -> None:
        """Nobody can say what waits: the banner says that the engine is away."""
        button = self._shell.rail.buttons.get(SCREEN)
        if button is not None:
            button.set_count(0)
