"""Audit: the trail with its filters, check and export, and the record of commands."""

from __future__ import annotations

import time
from functools import cached_property
from typing import Any

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QStackedLayout, QVBoxLayout, QWidget

from hmi.desk.people_rows import AuditPage, AuditRow, ExportRow, TrailRow
from hmi.model.permission import Action
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.session import session_of
from ui.command.recordtable import CommandRecord
from ui.equipment.rights import may_not
from ui.screens.audit import presenter
from ui.screens.audit.columns import columns, seq_of
from ui.screens.audit.detail import RowDetail
from ui.screens.audit.export import ExportPlate
from ui.screens.audit.filters import Filters
from ui.shell.registry import ScreenSpec, register
from ui.shell.screen import Place, Screen, Window
from ui.theme.look import look
from ui.theme.typeface import Size
from ui.widgets.controls import Button, Choice
from ui.widgets.dialog import Remark
from ui.widgets.guarded import GuardedButton
from ui.widgets.label import Caption
from ui.widgets.panel import EmptyState, Panel
from ui.widgets.table import DataTable

ROOMY, MORE = 1500, {"object": 110, "action": 44, "why": 70}
"""From this width on some columns take so much more."""
PAGES = ("trail", "commands")
GIVES_WAY = (("why", 1140), ("change", 960), ("object", 720))


class AuditScreen(Screen):
    """``go("audit", page="commands")`` opens the record of commands."""

    wide = True

    def __init__(self, window: Window, parent: QWidget | None = None) -> None:
        super().__init__(window, parent)
        self._session = session_of(self.desk)
        self._rows: list[AuditRow] = []
        self._page: AuditPage | None = None
        self._next = 0
        self._build()
        self._asking = self.desk.keep_asking(self.trail, "audit", 5.0, self._take, self._refused, self._asks)
        self._session.who_changed.connect(self._allow)
        self._allow()

    def _build(self) -> None:
        self.tabs = Choice(
            [(p, say(f"auditscreen.page.{p}")) for p in PAGES], name=say("auditscreen.title"), ground="ground"
        )
        self.tabs.changed.connect(self._tab)
        self.verify = GuardedButton(say("auditscreen.verify"), icon="check", ground="ground")
        self.export = GuardedButton(say("auditscreen.export"), icon="note", ground="ground")
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.tabs)
        top.addStretch(1)
        top.addWidget(self.verify)
        top.addWidget(self.export)
        self.trail = Panel()
        self.filters = Filters()
        self.verdict = Remark()
        self.flaws = Remark(bold=False)
        self.table = DataTable(
            columns(lambda: self.desk.plant),
            seq_of,
            name=say("auditscreen.trail"),
            empty=say("auditscreen.none"),
        )
        self.more = Button(say("auditscreen.more"))
        self.count = Caption("", size=Size.SMALL, tone="second")
        foot = QHBoxLayout()
        foot.addWidget(self.count, 1)
        foot.addWidget(self.more)
        self.detail = RowDetail()
        self.detail.hide()
        middle = QHBoxLayout()
        middle.setSpacing(12)
        middle.addWidget(self.table, 1)
        middle.addWidget(self.detail)
        for part in (self.filters, self.verdict, self.flaws):
            self.trail.add(part)
        self.trail.body.addLayout(middle, 1)
        self.trail.body.addLayout(foot)
        self.closed = EmptyState(say("auditscreen.none"), icon="lock", ground="ground")
        self.commands = Panel(say("cmd.table"))
        self.record = CommandRecord(self.desk)
        self.commands.add(self.record, 1)
        self._stack = QStackedLayout()
        for page in (self.trail, self.closed, self.commands):
            self._stack.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(top)
        column.addLayout(self._stack, 1)
        self.filters.changed.connect(self._filtered)
        self.table.chosen.connect(self._show_row)
        self.detail.closed.connect(self._close_row)
        self.more.clicked.connect(self._more)
        self.verify.acted.connect(self._verify)
        self.export.acted.connect(self._export)

    # -- ways ---------------------------------------------------------------------------------------------------------

    def scenes(self) -> dict[str, dict[str, str]]:
        """What the tour shows beside the first page."""
        return {"commands": {"page": "commands"}}

    def arrive(self, place: Place) -> None:
        super().arrive(place)
        self.tabs.choose(place.get("page", PAGES[0]) if place.get("page") in PAGES else PAGES[0])
        self._allow()

    def _tab(self, key: str) -> None:
        self.window_.go("audit", page=key)

    def crumbs(self) -> list[Text]:
        return [say("auditscreen.page.commands")] if self.tabs.key == "commands" else []

    def help(self) -> Text | None:
        return say("auditscreen.help")

    def settled(self) -> bool:
        """Whether the first answer was heard."""
        if self.tabs.key == "commands":
            return self.record.settled
        return self._page is not None or may_not(self._session.who, Action.READ_AUDIT) is not None

    # -- what is shown ------------------------------------------------------------------------------------------------

    def _allow(self, _who: object = None) -> None:
        """Rights changed. What the engine told one person is not left for the next to see."""
        why = may_not(self._session.who, Action.READ_AUDIT)
        self.export.forbid(may_not(self._session.who, Action.EXPORT_AUDIT))
        if why is not None:
            self._rows, self._page = [], None
            self.table.set_rows([])
            self.detail.hide()
            self.verdict.set_text("")
            self.flaws.set_text("")
            self.closed.say(say("auditscreen.not_allowed", why=why))
        elif self._page is None:
            self._asking.now()
        for button in (self.verify, self.export):
            button.setVisible(why is None and self.tabs.key == "trail")
        self._stack.setCurrentWidget(
            self.commands if self.tabs.key == "commands" else self.closed if why is not None else self.trail
        )

    def _asks(self) -> dict[str, Any] | None:
        if may_not(self._session.who, Action.READ_AUDIT) is not None:
            return None
        return self.filters.filter.asks(time.time_ns(), look().zone)

    def _filtered(self) -> None:
        self._rows, self._next = [], 0
        self._page = None
        self._asking.now()

    def _take(self, page: AuditPage) -> None:
        if may_not(self._session.who, Action.READ_AUDIT) is not None:
            return  # the answer to somebody who has left in between
        if self._page is None or not self._rows:
            self._next = page.next_before
        self._page = page
        self._rows = presenter.merged(page.rows, self._rows)
        self._show()

    def _refused(self, why: Text) -> None:
        self.count.set_text(why)

    def _more(self) -> None:
        if self._next:
            asks = self.filters.filter.asks(time.time_ns(), look().zone)
            self.desk.ask("audit", self._older, self._refused, **asks, before_seq=self._next)

    def _older(self, page: AuditPage) -> None:
        self._next = page.next_before
        self._rows = presenter.merged(self._rows, page.rows)
        self._show()

    def _show(self) -> None:
        self.table.set_rows(self._rows)
        total = 0 if self._page is None else self._page.total
        signed = 0 if self._page is None else self._page.signed_to
        told = say("auditscreen.count", n=f"{len(self._rows):,}", total=f"{total:,}", signed=f"{signed:,}")
        self.count.set_text(told)
        self.more.setEnabled(self._next > 0)

    def _show_row(self, row: AuditRow) -> None:
        self.detail.show_row(row, self.desk.plant)
        self.detail.show()
        self._fit()

    def _close_row(self) -> None:
        self.detail.hide()
        self._fit()

    def _fit(self) -> None:
        """The columns that give way when there is no room beside the chosen row."""
        room = self.width() - (0 if self.detail.isHidden() else self.detail.width() + 12)
        keys = [c.key for c in self.table.rows_model.columns]
        for key, px in GIVES_WAY:
            self.table.setColumnHidden(keys.index(key), room < px)
        for column, more in zip(self.table.rows_model.columns, map(MORE.get, keys), strict=True):
            if more is not None:
                self.table.setColumnWidth(keys.index(column.key), column.width + (more if room >= ROOMY else 0))
        stretch, fixed = QHeaderView.ResizeMode.Stretch, QHeaderView.ResizeMode.Interactive
        tight = self.table.isColumnHidden(keys.index("change"))
        self.table.horizontalHeader().setSectionResizeMode(keys.index("object"), stretch if tight else fixed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    # -- what a person does -------------------------------------------------------------------------------------------

    def _verify(self) -> None:
        self.verify.forbid(say("auditscreen.verifying"))
        self.verdict.set_text(say("auditscreen.verifying"))
        self.flaws.set_text("")
        self.desk.ask("verify_audit", self._verified, self._not_verified)

    def _verified(self, found: TrailRow) -> None:
        self.verify.forbid(None)
        told = presenter.verdict(found)
        self.verdict.set_text(told)
        self.flaws.set_text(presenter.flaw_words(found) or "")
        self.window_.tell(told)

    def _not_verified(self, why: Text) -> None:
        self.verify.forbid(None)
        self.verdict.set_text(why)

    @cached_property
    def export_plate(self) -> ExportPlate:
        """The plate that asks where to."""
        return ExportPlate(self.window(), self.desk, self._exported)

    def _export(self) -> None:
        self.export_plate.ask()

    def _exported(self, found: ExportRow) -> None:
        told = say("audit.exported", rows=f"{found.rows:,}", folder=found.folder, fingerprint=found.key)
        self.verdict.set_text(told)
        self.flaws.set_text("")
        self.window_.tell(told)

    def retell(self) -> None:
        self._allow()
        self._show()
        if self.table.chosen_row is not None and self.detail.isVisible():
            self._show_row(self.table.chosen_row)


register(ScreenSpec("audit", "audit", "auditscreen.title", AuditScreen, order=94))
