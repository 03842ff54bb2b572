"""Rows of the trail in words, and what a filter asks for. No Qt."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from typing import Any

from hmi.desk.people_rows import AuditRow, TrailRow
from hmi.model.permission import Role
from hmi.model.plant import Plant
from hmi.model.text import Lang, Text
from hmi.model.words import catalogue, say
from ui.screens.audit import words as w
from ui.widgets.figures import day_time_text, time_text, utc_text

S = 1_000_000_000
PERIODS = {"hour": 3600, "shift": 8 * 3600, "day": 86_400, "week": 7 * 86_400, "all": 0}
"""How far back, in seconds; 0 for everything."""
PAGE = 200
STRETCH = 34


@dataclass(frozen=True, slots=True)
class Filter:
    """What a person wants to see."""

    period: str = "day"
    on: date | None = None
    """One day of the plant's calendar instead of a period."""
    user: str = ""
    action: str = ""
    object: str = ""
    text: str = ""

    def asks(self, now_ns: int, zone: tzinfo | None) -> dict[str, Any]:
        """The arguments of the question ``audit``."""
        from_ns = to_ns = 0
        if self.on is not None:
            start = datetime.combine(self.on, time.min, zone) if zone is not None else datetime.combine(
                self.on, time.min
            ).astimezone()  # fmt: skip
            end = datetime.combine(self.on, time.max, start.tzinfo)
            from_ns, to_ns = round(start.timestamp()) * S, round(end.timestamp()) * S
        elif PERIODS.get(self.period):
            from_ns = now_ns - PERIODS[self.period] * S
        return {
            "user": self.user, "actions": [self.action] if self.action else [], "object": self.object,
            "from_ns": from_ns, "to_ns": to_ns, "text": self.text, "limit": PAGE,
        }  # fmt: skip


def actions() -> list[tuple[str, Text]]:
    """All acts that have a word, for the filter, in alphabetical order of their keys."""
    stem = "audit.action."
    return sorted((key.removeprefix(stem), text) for key, text in catalogue().items() if key.startswith(stem))


def who_words(row: AuditRow, lang: Lang) -> str:
    """Who did it; the station itself where it was nobody."""
    if not row.user:
        return say("auditscreen.station").of(lang)
    known = row.role in {r.value for r in Role}
    return f"{row.user} ({say(f'role.{row.role}').of(lang)})" if known else row.user


def full(row: AuditRow, plant: Plant | None, lang: Lang, zone: tzinfo | None) -> list[tuple[Text, str]]:
    """The chosen row in full: in words, and as it stands in the record."""
    what, why = w.object_words(row, plant).of(lang), w.why_words(row).of(lang)
    clock = f"{day_time_text(row.at_ns, zone)}{time_text(row.at_ns, zone, milliseconds=True)[8:]}"
    return [
        (say("auditscreen.number"), f"{row.seq}"),
        (say("auditscreen.time"), f"{clock}   ({utc_text(row.at_ns)})"),
        (say("auditscreen.who"), who_words(row, lang)),
        (say("auditscreen.action"), row.text.of(lang)),
        (say("auditscreen.object"), what if what == row.object else f"{what} ({row.object})"),
        (say("auditscreen.change"), w.change_words(row, plant, lang)),
        (say("auditscreen.old"), _plain(row.old, lang)),
        (say("auditscreen.new"), _plain(row.new, lang)),
        (say("auditscreen.why"), why),
        (say("auditscreen.cause"), w.thing_words(row.cause, plant).of(lang)),
        (say("auditscreen.where"), row.station),
        (say("auditscreen.session"), row.session),
        (say("auditscreen.hash"), row.hash),
    ]


def breakable(text: str) -> str:
    """A text that can be wrapped: long words such as hashes get places where they may break."""
    parts = []
    for word in text.split(" "):
        pieces = [word[i : i + STRETCH] for i in range(0, len(word), STRETCH)] or [""]
        parts.append("\u200b".join(pieces))
    return " ".join(parts)


def _plain(value: Any, lang: Lang) -> str:
    if isinstance(value, dict) and set(value) == {"en", "ko"}:
        return str(value[lang.value])
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def merged(newest: Sequence[AuditRow], kept: Sequence[AuditRow]) -> list[AuditRow]:
    """The newest page before what was read earlier, each row once, newest first."""
    rows = {row.seq: row for row in (*kept, *newest)}
    return [rows[seq] for seq in sorted(rows, reverse=True)]


def verdict(found: TrailRow) -> Text:
    """What the check says, in a sentence."""
    if found.whole:
        return say("audit.whole", rows=f"{found.rows:,}", signed=f"{found.signed_to:,}")
    return say("audit.flawed", count=len(found.flaws), rows=f"{found.rows:,}")


def flaw_words(found: TrailRow, most: int = 6) -> Text | None:
    """What is wrong, line by line; None where all is well."""
    if found.whole:
        return None
    told = [flaw.text for flaw in found.flaws[:most]]
    if len(found.flaws) > most:
        told.append(say("auditscreen.more_flaws", n=len(found.flaws) - most))
    return Text("\n".join(x.en for x in told), "\n".join(x.ko for x in told))
