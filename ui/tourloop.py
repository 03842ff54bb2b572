"""The stages of the loop for the tour: played in the window itself, as the demo's supervisor would press and sign.

Only on a demo plant that was started for the tour: it judges, signs and holds. What does not come in time is left out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from hmi.model.command import Mode
from hmi.model.decision import AdviceKind, DecisionState, Judgement
from hmi.model.hold import HoldReason, ScopeKind
from ui.shell import demopeople
from ui.theme.look import look
from ui.tourscene import Scene, wait

if TYPE_CHECKING:
    from hmi.desk.decision_rows import DecisionCard, DecisionRow
    from ui.screens.decisions.screen import DecisionsScreen
    from ui.screens.quality.screen import QualityScreen
    from ui.shell.window import Shell

CARD_S, ANSWER_S, VERIFIED_S, JUDGED_S = 45.0, 10.0, 60.0, 300.0
"""How long a card, an answer, the reading back and the judgement of the effect are waited for."""
_UNDER_WAY = (DecisionState.APPROVED, DecisionState.EXECUTING, DecisionState.EXECUTED)


class LoopTour:
    """``first`` are the stages up to the reading back, ``last`` those that take their time."""

    def __init__(self, shell: Shell, app: QApplication) -> None:
        self._shell, self._app = shell, app
        people = demopeople.read(shell.desk.data)
        self._person = None if people is None else people.first
        self._card = 0

    def first(self) -> list[Scene]:
        """From what was detected to what was read back."""
        return [
            Scene("loop-1-detected", self._detected),
            Scene("loop-2-card", self._proposed),
            Scene("loop-3-judgement", self._judgement),
            Scene("loop-4-signing", self._signing),
            Scene("loop-5-executing", self._executing, 0.0),
            Scene("loop-6-verified", self._verified),
            Scene("loop-7-material", self._material),
        ]

    def last(self) -> list[Scene]:
        """The effect, judged; and a hold, placed by hand."""
        return [
            Scene("loop-8-judged", self._judged),
            Scene("hold-1-signing", self._holding),
            Scene("hold-2-board", self._held),
            Scene("hold-3-trace", self._traced),
        ]

    # -- a card -------------------------------------------------------------------------------------------------------

    @property
    def _decisions(self) -> DecisionsScreen:
        made: DecisionsScreen = self._shell.screen("decisions")
        return made

    def _shown(self) -> DecisionCard | None:
        card = self._decisions.view.card
        return card if card is not None and card.row.id == self._card else None

    def _detected(self) -> bool:
        """The line where it happened, once there is a card about it; the station may write from here on."""
        person, session = self._person, self._shell.people.session
        if person is None:
            return False
        session.set_mode(Mode.CONTROL, look().say("demo.supervisor_reason"), person.password, _heard, _heard)
        self._shell.go("decisions")
        found: list[DecisionRow] = []

        def there() -> bool:
            inbox = self._decisions.inbox
            rows = () if inbox is None else [r for r in inbox.open if r.state is DecisionState.PROPOSED]
            found[:] = sorted(rows, key=lambda r: r.kind is not AdviceKind.REROUTE)
            return bool(found) and session.control

        if not self._wait(there, CARD_S):
            return False
        self._card = found[0].id
        plant = self._shell.desk.plant
        station = None if plant is None else plant.station.get(found[0].place)
        return self._shell.go("lines", **({} if station is None else {"line": station.line}))

    def _proposed(self) -> bool:
        return bool(self._card) and self._look() and self._shown() is not None

    def _judgement(self) -> bool:
        view = self._decisions.view
        if self._shown() is None or not view.sure.asks:
            return False
        self._decisions.judge(Judgement.AGREE.value)
        there = self._wait(lambda: not view.sure.asks, ANSWER_S)
        view.middle.area.ensureWidgetVisible(view.sure, 0, 0)
        return there

    def _signing(self) -> bool:
        act, person = self._decisions.view.act, self._person
        if self._shown() is None or person is None or not act.ask("approve"):
            return False
        plate = act.plates["approve"]
        plate.reason.choose("cause_clear")
        plate.password.field.setText(person.password)
        return True

    def _executing(self) -> bool:
        """Just signed: what is written is on its way, unless it was quicker than the picture."""
        act = self._decisions.view.act
        if act.open_ != "approve":
            return False
        act.plates["approve"].confirm.click()
        self._wait(lambda: self._state() is not DecisionState.PROPOSED, ANSWER_S)
        return self._state() in _UNDER_WAY

    def _verified(self) -> bool:
        self._wait(lambda: self._state() not in (DecisionState.PROPOSED, *_UNDER_WAY), VERIFIED_S)
        self._decisions.view.middle.area.verticalScrollBar().setValue(0)
        return self._state() is DecisionState.VERIFIED

    def _material(self) -> bool:
        """The reroute on the map."""
        screen = self._shell.screen("material")
        self._shell.go("material")
        if not self._wait(lambda: screen.found is not None and bool(screen.found.reroutes), ANSWER_S):
            return False
        return self._shell.go("material", route=str(screen.found.reroutes[0].id))

    def _judged(self) -> bool:
        if not self._card or not self._look():
            return False
        return self._wait(lambda: self._state() is DecisionState.JUDGED, JUDGED_S)

    def _look(self) -> bool:
        self._shell.go("decisions", id=str(self._card))
        return self._wait(lambda: self._shown() is not None, ANSWER_S)

    def _state(self) -> DecisionState | None:
        card = self._shown()
        return None if card is None else card.row.state

    # -- a hold -------------------------------------------------------------------------------------------------------

    @property
    def _quality(self) -> QualityScreen:
        made: QualityScreen = self._shell.screen("quality")
        return made

    def _holding(self) -> bool:
        """A lot in the lines, a reason, and what it would take: filled in, not yet signed."""
        person, plate = self._person, self._quality.plate
        if person is None or not self._shell.go("quality", new="hold"):
            return False
        if not self._wait(lambda: bool(plate.scope.lots.buttons), ANSWER_S):
            return False
        plate.begin(ScopeKind.LOT, next(iter(plate.scope.lots.buttons)))
        plate.reason.buttons[HoldReason.REJECT_RUN.value].click()
        plate.password.field.setText(person.password)
        return self._wait(lambda: plate.preview is not None, ANSWER_S)

    def _held(self) -> bool:
        plate = self._quality.plate
        if plate.preview is None or self._person is None:
            return False
        plate.begin(ScopeKind.LOT, plate.preview.scope.ids[0])
        plate.reason.buttons[HoldReason.REJECT_RUN.value].click()
        plate.password.field.setText(self._person.password)
        if not self._wait(lambda: plate.why_not() is None, ANSWER_S):
            return False
        plate.confirm.click()
        self._shell.go("quality")
        return self._wait(lambda: not plate.isVisible() and bool(self._quality.board.detail.traced()), ANSWER_S)

    def _traced(self) -> bool:
        unit = self._quality.board.detail.traced()
        return bool(unit) and self._shell.go("quality", page="trace", unit=unit)

    def _wait(self, done: Callable[[], bool], most_s: float) -> bool:
        return wait(self._app, done, most_s)


def _heard(_told: object) -> None:
    """What came of it is asked for by those who wait for it."""
