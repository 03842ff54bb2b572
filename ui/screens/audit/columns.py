"""The columns of the trail."""

from __future__ import annotations

from collections.abc import Callable

from hmi.desk.people_rows import AuditRow
from hmi.model.plant import Plant
from hmi.model.words import say
from ui.screens.audit import presenter, words
from ui.theme.look import look
from ui.widgets.figures import day_time_text
from ui.widgets.tablemodel import Column


def columns(plant: Callable[[], Plant | None]) -> list[Column]:
    """plant: whose names stand for the ids, as it is now."""

    def thing(row: AuditRow) -> str:
        return look().text(words.object_words(row, plant()))

    def thing_and_id(row: AuditRow) -> str:
        return f"{thing(row)}\n{row.object}"  # the id is what the filter takes

    def change(row: AuditRow) -> str:
        return words.change_words(row, plant(), look().lang)

    return [
        Column("seq", say("auditscreen.number"), lambda r: str(r.seq), width=64, right=True, sort=seq_of),
        Column("time", say("auditscreen.time"), _time, width=186, sort=seq_of),
        Column("who", say("auditscreen.who"), lambda r: presenter.who_words(r, look().lang), width=150),
        Column("action", say("auditscreen.action"), lambda r: look().text(r.text), width=196, bold=True),
        Column("object", say("auditscreen.object"), thing, width=190, tip=thing_and_id),
        Column("change", say("auditscreen.change"), change, width=0),
        Column("why", say("auditscreen.why"), lambda r: look().text(words.why_words(r)), width=150),
    ]


def seq_of(row: AuditRow) -> int:
    """What a row is known by."""
    return row.seq


def _time(row: AuditRow) -> str:
    return day_time_text(row.at_ns, look().zone)
