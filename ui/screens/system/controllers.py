"""The controllers beside each other, and all about the one that is chosen, with its certificate to accept."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from hmi.desk.rows import ControllerRow
from hmi.model.text import Text
from hmi.model.words import say
from ui.screens.system import presenter
from ui.screens.system.certificate import CertificatePlate
from ui.theme.look import look
from ui.widgets.figures import number
from ui.widgets.label import Caption
from ui.widgets.panel import KeyValue, Panel
from ui.widgets.table import ROW_PX, DataTable
from ui.widgets.tablemodel import Column

MOST_ROWS = 6


class ControllerTable(Panel):
    """One row for each controller."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(say("system.controllers"), parent)

        def figure(key: str, text: object, width: int, sort: object = None) -> Column:
            return Column(key, say(f"system.c_{key}"), text, width, right=True, sort=sort)  # type: ignore[arg-type]

        self.table = DataTable(
            [
                Column("name", say("system.c_name"), lambda r: look().text(r.name), 0, bold=True),
                Column("state", say("system.c_state"),
                       lambda r: look().text(presenter.worded("system.link", r.state)), 128,
                       quality=presenter.link_quality),
                figure("since", lambda r: look().text(presenter.since(r, time.time_ns())), 64, lambda r: r.since_ns),
                figure("latency", lambda r: presenter.milliseconds(r.latency_ms), 84, lambda r: r.latency_ms),
                figure("clock", lambda r: presenter.milliseconds(r.clock_offset_ms, sign=True), 88,
                       lambda r: r.clock_offset_ms),
                figure("publishing", lambda r: presenter.interval(r.publishing_ms, r.revised_publishing_ms), 128),
                figure("sampling", lambda r: presenter.interval(r.sampling_ms, r.revised_sampling_ms), 140),
                figure("items", lambda r: f"{number(r.subscribed, 0)} / {number(r.wanted, 0)}", 108,
                       lambda r: r.subscribed),
                figure("bad", lambda r: number(r.bad_tags, 0), 80, lambda r: r.bad_tags),
                figure("per_s", lambda r: number(r.per_s, 0), 64, lambda r: r.per_s),
                figure("overflows", lambda r: number(r.overflows, 0), 92, lambda r: r.overflows),
                figure("gaps", lambda r: f"{number(r.refilled, 0)} / {number(r.gaps, 0)}", 72, lambda r: r.gaps),
            ],
            key=lambda r: r.controller, name=say("system.controllers"), empty=say("system.no_controllers"),
        )  # fmt: skip
        self.table.chosen.connect(self.chosen)
        self.table.opened.connect(self.chosen)
        self.add(self.table)
        self._fit(1)

    def show_rows(self, rows: Sequence[ControllerRow], chosen: str | None) -> None:
        """Show these."""
        self.table.set_rows(rows)
        if chosen is not None and (self.table.chosen_row is None or self.table.chosen_row.controller != chosen):
            self.table.choose(chosen)
        self._fit(len(rows))
        assert self.head is not None
        up = sum(r.state == "CONNECTED" for r in rows)
        self.head.remark.set_text(say("system.up", up=up, all=len(rows)) if rows else "")

    def _fit(self, count: int) -> None:
        rows = min(MOST_ROWS, max(1, count))
        self.table.setFixedHeight(32 + rows * max(ROW_PX, self.table.row_px) + 2)


class ControllerPlate(Panel):
    """All about the chosen controller."""

    accepted = Signal(str, str)
    """Controller and fingerprint of a certificate that a person accepts."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(say("system.controller"), parent)
        self._row: ControllerRow | None = None
        self.why = Caption("", wrap=True, bold=True)
        self.why.hide()
        self.facts = KeyValue(name=say("system.controller"), key_px=104)
        self.certificate = CertificatePlate()
        self.certificate.accepted.connect(self._accept)
        self.certificate.hide()
        self.add(self.why)
        self.add(self.certificate)
        self.add(self.facts)
        self.body.addStretch(1)

    def show_row(self, row: ControllerRow | None) -> None:
        """Show this controller, or that there is none."""
        self._row = row
        assert self.head is not None
        self.head.title.set_text(say("system.controller") if row is None else row.name)
        if row is None:
            self.facts.hide()
            self.why.hide()
            self.certificate.hide()
            return
        waits = presenter.certificate_waits(row)
        self.why.setVisible(row.why is not None and not waits)
        self.why.set_text(row.why or Text.same(""))
        self.certificate.show_fingerprint(row.fingerprint if waits else "", row.name)
        self.certificate.setVisible(waits)
        self.facts.setVisible(not waits)  # every digit of the fingerprint must have its room
        facts = presenter.link_facts(row, look().zone, time.time_ns())
        self.facts.set_rows(facts)

    def _accept(self, fingerprint: str) -> None:
        if self._row is not None:
            self.accepted.emit(self._row.controller, fingerprint)
