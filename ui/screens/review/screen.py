"""Review: what waits for an inspector, beside its golden and the difference, worked by keyboard alone."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hmi.desk.vision_rows import InspectionRow, RecipeRow, ReviewQueue
from hmi.model.inspection import Verdict
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.session import session_of
from ui.equipment import verdicts
from ui.screens.review import presenter
from ui.screens.review.acts import ReviewActs
from ui.screens.review.detail import Detail
from ui.screens.review.pictures import Compare
from ui.shell.registry import ScreenSpec, register
from ui.shell.screen import Place, Screen, Window
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.widgets.controls import Button
from ui.widgets.figures import time_text
from ui.widgets.judging import Judging
from ui.widgets.letterkeys import letter
from ui.widgets.marks import draw_alarm_mark
from ui.widgets.panel import EmptyState, Panel
from ui.widgets.picturemarks import NG_PRIORITY, draw_question
from ui.widgets.table import DataTable
from ui.widgets.tablemodel import Column

MOST = 50
QUEUE_WIDE, QUEUE_NARROW, QUEUE_LEAST = 440, 372, 300
LOW_PX, TIGHT_PX = 640, 1080


class ReviewScreen(Screen):
    """Queue at the left; pictures, findings and buttons of the chosen part at its right."""

    wide = True

    def __init__(self, window: Window, parent: QWidget | None = None) -> None:
        super().__init__(window, parent)
        self._rows: list[InspectionRow] = []
        self._recipes: list[RecipeRow] = []
        self._done: set[int] = set()
        self._heard = False
        self._shown_since = (0, time.monotonic())
        self.judging = Judging(self.desk, window.tell, self)
        self._build()
        self._asking = self.desk.keep_asking(self, "review", 2.0, self._take, self._refused, {"limit": MOST})
        self.desk.keep_asking(self, "recipes", 30.0, self._take_recipes)
        self.desk.told.connect(self._told)
        self.judging.judged.connect(self._judged)
        session_of(self.desk).who_changed.connect(self._allow)
        self._show()

    def _build(self) -> None:
        self.queue = Panel(say("reviewscreen.queue"), self)
        assert self.queue.head is not None
        self.live = Button(say("reviewscreen.to_station"), self, icon="live", flat=True)
        self.queue.head.add(self.live)
        self.table = DataTable(
            [
                Column("time", say("reviewscreen.time"), _time, width=92, sort=lambda r: r.at_ns),
                Column("unit", say("reviewscreen.unit"), _unit, width=186, bold=True, sign=_sign),
                Column("found", say("reviewscreen.found"), _found, width=0),
            ],
            _number,
            name=say("reviewscreen.queue"),
            empty=say("reviewscreen.empty"),
        )  # fmt: skip
        self.queue.add(self.table, 1)
        self.table.installEventFilter(self)  # letters are verdicts here, not a search in the table
        self.compare = Compare(self.desk, self)
        self.detail = Detail(self)
        self.detail.findings.installEventFilter(self)
        self.acts = ReviewActs(self)
        self.none = EmptyState(say("reviewscreen.asking"), self, icon="check", ground="ground")
        self._sheet = QWidget(self)
        right = QVBoxLayout(self._sheet)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(8)
        right.addWidget(self.compare, 1)
        right.addWidget(self.detail)
        right.addWidget(self.acts)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.queue)
        row.addWidget(self._sheet, 1)
        row.addWidget(self.none, 1)
        self.table.chosen.connect(self._chosen)
        self.live.clicked.connect(self._to_station)
        self.detail.finding_wanted.connect(self.compare.look_at)
        self.compare.next.clicked.connect(self._follow_finding)
        self.acts.acted.connect(self._act)
        self.acts.overruled.connect(self._overrule)
        self.acts.in_vain.connect(self.window_.tell)

    # what the window asks

    def arrive(self, place: Place) -> None:
        super().arrive(place)
        number = place.get("inspection", "")
        if number.isdigit() and self.table.choose(int(number)):
            self._show()

    def scope(self) -> str:
        row = self.row
        return "" if row is None else row.subject.station

    def help(self) -> Text | None:
        return say("reviewscreen.help")

    def settled(self) -> bool:
        """Whether queue and pictures were heard of."""
        return self._heard and self.compare.settled

    @property
    def row(self) -> InspectionRow | None:
        """The part that is looked at."""
        found: InspectionRow | None = self.table.chosen_row
        return found

    # what is heard

    def _take(self, queue: ReviewQueue) -> None:
        self._heard = True
        self._rows = [r for r in queue.rows if r.number not in self._done]
        self._done &= {r.number for r in queue.rows}
        assert self.queue.head is not None
        shown = ReviewQueue(max(len(self._rows), queue.total - (len(queue.rows) - len(self._rows))), self._rows)
        self.queue.head.remark.set_text(presenter.queue_words(shown))
        self._list()

    def _refused(self, why: Text) -> None:
        self._heard = True
        self._rows = []
        self._list()
        self.none.say(why)

    def _take_recipes(self, recipes: Sequence[RecipeRow]) -> None:
        self._recipes = list(recipes)
        self._show()

    def _told(self, event: dict[str, Any]) -> None:
        if "inspection" in event:
            self._asking.now()

    def _list(self) -> None:
        wanted = self.place.get("inspection", "")
        before = self.row
        self.table.set_rows(self._rows)
        if self._rows and self.row is None:
            first = int(wanted) if wanted.isdigit() and before is None else 0
            if not (first and self.table.choose(first)):
                self.table.choose(self._rows[0].number)
        self._show()

    def _show(self) -> None:
        row = self.row
        self._sheet.setVisible(row is not None)
        self.none.setVisible(row is None)
        if row is None:
            self.none.say(say("reviewscreen.choose" if self._heard else "reviewscreen.asking"))
        number = 0 if row is None else row.number
        if number != self._shown_since[0]:
            self._shown_since = (number, time.monotonic())
            self.acts.put_away()
        self.compare.show_part(row)
        self.compare.heading.set_text("" if row is None else verdicts.unit_words(row))
        self.detail.show_part(row, self._recipes, self.desk.plant, self.compare.finding)
        self._allow()

    def _allow(self, _who: object = None) -> None:
        row = self.row
        self.acts.forbid({
            "confirm": self.judging.why_not(row, verdicts.CONFIRM),
            "overrule": self.judging.why_not(row, verdicts.OVERRULE),
            "hold": self.judging.may_not_hold(row),
        })  # fmt: skip

    # what a person does

    def _chosen(self, _row: InspectionRow) -> None:
        self._show()

    def _to_station(self) -> None:
        row = self.row
        self.window_.go("vision", **({} if row is None else {"camera": row.camera}))

    def _follow_finding(self) -> None:
        if self.compare.finding >= 0:
            self.detail.findings.choose(self.compare.finding)

    def _act(self, act: str) -> None:
        row = self.row
        if row is None:
            return
        if act in ("next", "previous"):
            self.table.choose(presenter.following(self._rows, row.number, 1 if act == "next" else -1))
            self._show()
        elif act == "hold":
            if not self.window_.go("quality", lot=row.subject.lot):
                self.window_.tell(say("judging.no_hold_screen", lot=row.subject.lot))
        elif not self._looked_at(row):
            self.window_.tell(say("visionscreen.just_came", unit=verdicts.unit_words(row)))
        elif act == "confirm":
            self.judging.judge(row, verdicts.CONFIRM)
        else:
            self.acts.ask_reason(say("visionscreen.why", unit=verdicts.unit_words(row)))

    def _looked_at(self, row: InspectionRow) -> bool:
        """Whether the part has been in sight long enough to be the one that a press is meant for."""
        number, since = self._shown_since
        return number == row.number and self.compare.settled and time.monotonic() - since >= verdicts.SETTLE_S

    def _overrule(self, reason: str) -> None:
        row = self.row
        if row is not None:
            self.judging.judge(row, verdicts.OVERRULE, reason)
        self.table.setFocus()

    def _judged(self, told: InspectionRow) -> None:
        number = told.number
        heir = presenter.heir(self._rows, number)
        at_it = self.row is not None and self.row.number == number
        self._done.add(number)
        self._rows = presenter.without(self._rows, number)
        self.table.set_rows(self._rows)
        if at_it and heir:
            self.table.choose(heir)
        self._show()
        self._asking.now()

    # keys

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Letters pressed on a table are meant for the screen."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event)
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._key(event):
            super().keyPressEvent(event)

    def _key(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Escape and self.acts.asking:
            self.acts.put_away()
            self.table.setFocus()
            return True
        sign = letter(event)
        return bool(sign) and self._letter(sign)

    def _letter(self, sign: str) -> bool:
        if self.acts.press(sign):
            return True
        if sign == "Z":
            self.compare.cycle()
            self._follow_finding()
        elif sign in ("+", "="):
            self.compare.nearer()
        elif sign == "-":
            self.compare.farther()
        elif sign == "0":
            self.compare.sight.whole()
        else:
            return False
        return True

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.table.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        width, tight = self.width(), self.width() < TIGHT_PX
        self.queue.setFixedWidth(QUEUE_WIDE if width >= 1500 else QUEUE_LEAST if tight else QUEUE_NARROW)
        self.table.setColumnHidden(0, tight)
        self.acts.set_narrow(tight)
        low = self.height() < LOW_PX
        self.detail.setFixedHeight(max(150, round(self.height() * (0.30 if low else 0.27))))
        self.detail.set_narrow(self.width() < 1500)

    def retell(self) -> None:
        self.compare.retell()
        self._show()


def _number(row: InspectionRow) -> int:
    return row.number


def _time(row: InspectionRow) -> str:
    return time_text(row.at_ns, look().zone)


def _sign(p: QPainter, t: Theme, box: QRectF, row: InspectionRow) -> float:
    mark = QRectF(box.left(), box.center().y() - 12, 24, 24)
    if row.verdict is Verdict.FAIL:
        draw_alarm_mark(p, t, mark, NG_PRIORITY)
    elif row.verdict is Verdict.UNDECIDED:
        draw_question(p, t, mark)
    return 28.0


def _unit(row: InspectionRow) -> str:
    return look().text(verdicts.unit_words(row))


def _found(row: InspectionRow) -> str:
    if row.verdict is Verdict.UNDECIDED:
        return look().text(verdicts.verdict_word(row.verdict))
    return look().text(verdicts.outcome_words(row))


register(ScreenSpec("review", "check", "reviewscreen.title", ReviewScreen, rail=False, order=23, parent="vision"))
