"""A handover as a document: one text for screen and print, so that what is signed is what is printed. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from html import escape
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hmi.desk.shiftlog_rows import SignatureBlock
from hmi.model.machine import TimeClass
from hmi.model.shiftlog import HandedAlarms, HandoverRecord, Note
from hmi.model.text import Lang, Text
from hmi.model.units import with_unit
from hmi.model.words import say
from ui.equipment.words import length_words, state_words
from ui.widgets.figures import NONE, number, span_text, utc_text


@dataclass(frozen=True, slots=True)
class Ink:
    """Colours of a document, as #rrggbb."""

    text: str = "#000000"
    second: str = "#444444"
    rule: str = "#bbbbbb"
    head: str = "#eeeeee"
    warning: str = "#b0001c"


Cell = Text | str
Row = Sequence[Cell]


class Paper:
    """Writes a record as HTML of the kind that QTextDocument reads."""

    def __init__(self, lang: Lang, ink: Ink | None = None, place: Callable[[str], Text] = Text.same) -> None:
        """place: the name of a station or line by its id, for notes."""
        self._lang, self._ink, self._place = lang, ink or Ink(), place
        self._zone: tzinfo | None = None

    def write(
        self,
        record: HandoverRecord,
        sha: str,
        signatures: Sequence[SignatureBlock] = (),
        wrong: Sequence[Text] = (),
        handover: int = 0,
    ) -> str:
        """The whole document; without signatures it says that it is not signed."""
        self._zone = zone_of(record.timezone)
        body = [self._head(record, wrong, handover), self._glance(record), self._lines(record), self._standing(record)]
        body += [self._stops(record), self._notes(record), self._alarms(record), self._aside(record)]
        body += [self._holds(record), self._pending(record), self._signed(signatures, sha)]
        return f'<html><body style="color:{self._ink.text}">' + "".join(body) + "</body></html>"

    # parts

    def _head(self, r: HandoverRecord, wrong: Sequence[Text], handover: int) -> str:
        start, end = self._clock(r.shift_start_ns), self._clock(r.shift_end_ns)
        shift = say("handover.sheet.span", shift=r.shift or "", start=start, end=end)
        of = say("handover.sheet.number", number=handover) if handover else say("handover.sheet.not_signed")
        local = r.gathered_local.replace("T", " ")
        as_of = say("handover.sheet.as_of", local=local, utc=utc_text(r.gathered_ns), station=r.station)
        mode = say(f"handover.sheet.{r.mode}")
        if r.mode_since_ns:
            mode = say("handover.sheet.mode_since", mode=mode, clock=self._clock(r.mode_since_ns), by=r.mode_by)
        bad = ""
        if wrong:
            said = "".join(f"<br>{self._t(w)}" for w in wrong)
            bad = f'<p style="color:{self._ink.warning}"><b>{self._say("not_valid")}</b>{said}</p>'
        return (
            f"<h2>{self._say('title')} · {self._t(r.plant)}</h2>{bad}"
            f"<p><b>{self._t(shift)}</b> · {self._t(of)}<br>{self._small(as_of)}<br>"
            f"{self._say('mode')}: {self._t(mode)}</p>"
        )

    def _glance(self, r: HandoverRecord) -> str:
        words = say(
            "handover.sheet.glance", standing=r.standing.total, unacked=r.unacknowledged, shelved=r.shelved.total,
            suppressed=r.suppressed.total, out=r.out_of_service.total, holds=len(r.holds), pending=len(r.unsettled),
            stops=len(r.stops), bare=sum(1 for s in r.stops if s.reason is None), notes=r.notes_total,
        )  # fmt: skip
        return self._part("at_a_glance") + f"<p>{self._t(words)}</p>"

    def _lines(self, r: HandoverRecord) -> str:
        rows = []
        for x in r.lines:
            factors = " · ".join(percent(f) for f in (x.availability, x.effectiveness, x.quality))
            made = " / ".join(number(n) for n in (x.made, x.plan_now, x.plan))
            order = " · ".join(w for w in (x.order, x.lot) if w)
            state = state_words(x.state, x.waiting)
            rows.append((x.name, state, order, number(x.good), number(x.reject), made, percent(x.oee), factors))
        heads = ("line", "state", "order", "good", "reject", "made_plan", "oee", "apq")
        return self._part("lines") + self._table(heads, rows, "none", right=(3, 4, 5, 6, 7))

    def _standing(self, r: HandoverRecord) -> str:
        rows = [
            (x.name, s.name, state_words(s.state, s.waiting, TimeClass.PLANNED if s.planned else None),
             self._clock(s.since_ns), s.cause or "", s.reason or "")
            for x in r.lines for s in x.stations
        ]  # fmt: skip
        heads = ("line", "machine", "state", "since", "cause", "reason")
        return self._part("standing") + self._table(heads, rows, "none_standing")

    def _stops(self, r: HandoverRecord) -> str:
        bare = say("handover.sheet.no_reason")
        rows = [
            (x.name, self._clock(x.start_ns), self._end(x.end_ns), span_text(x.length_s),
             state_words(x.state, x.waiting), x.cause or "", x.reason or bare)
            for x in r.stops
        ]  # fmt: skip
        heads = ("line", "since", "to", "length", "state", "cause", "reason")
        return self._part("stops") + self._table(heads, rows, "no_stops", right=(3,))

    def _notes(self, r: HandoverRecord) -> str:
        title = say("handover.sheet.notes", clock=self._clock(r.notes_from_ns))
        rows = [
            (str(n.number), self._clock(n.at_ns), say(f"shiftlog.kind.{n.kind}"), note_place(n, self._place),
             note_words(n, self._lang), n.printed_name)
            for n in r.notes
        ]  # fmt: skip
        more = r.notes_total - len(r.notes)
        heads = ("handover.number", "handover.when", "handover.kind", "handover.where", "handover.text", "handover.by")
        return self._title(title) + self._table(heads, rows, "no_notes", more=more)

    def _alarms(self, r: HandoverRecord) -> str:
        rows = [
            (str(a.priority), a.name, a.place, say(f"alarms.state.{a.state}"), self._clock(a.since_ns),
             " · ".join(w for w in (a.by, a.why) if w))
            for a in r.standing.rows
        ]  # fmt: skip
        doubt = ""
        if r.unknown:
            words = say("handover.sheet.unknown", names=", ".join(r.unknown))
            doubt = f'<p style="color:{self._ink.warning}">{self._t(words)}</p>'
        heads = ("priority", "alarm", "place", "state", "since", "remark")
        more = r.standing.total - len(r.standing.rows)
        return self._part("alarms") + doubt + self._table(heads, rows, "no_alarms", more=more)

    def _aside(self, r: HandoverRecord) -> str:
        return "".join(
            self._part(key) + self._put_aside(found, key == "shelved")
            for key, found in (("shelved", r.shelved), ("suppressed", r.suppressed),
                               ("out_of_service", r.out_of_service))
        )  # fmt: skip

    def _put_aside(self, found: HandedAlarms, timed: bool) -> str:
        heads = ("priority", "alarm", "place", *(("left",) if timed else ()), "remark")
        rows: list[Row] = []
        for a in found.rows:
            remark = " · ".join(w for w in (a.by, a.why) if w)
            left = (length_words(a.left_s) if a.until_ns else NONE,) if timed else ()
            rows.append((str(a.priority), a.name, a.place, *left, remark))
        return self._table(heads, rows, "none", more=found.total - len(found.rows))

    def _holds(self, r: HandoverRecord) -> str:
        rows = [(h.hold, h.place, self._clock(h.since_ns), h.why) for h in r.holds]
        return self._part("holds") + self._table(("holds", "place", "since", "reason"), rows, "no_holds")

    def _pending(self, r: HandoverRecord) -> str:
        rows = [
            (str(c.number), c.name, with_unit(Text.same(str(c.asked)), c.unit), self._clock(c.at_ns), c.by, c.why)
            for c in r.unsettled
        ]  # fmt: skip
        heads = ("handover.number", "command", "asked", "since", "handover.by", "reason")
        return self._part("pending") + self._table(heads, rows, "no_pending")

    def _signed(self, blocks: Sequence[SignatureBlock], sha: str) -> str:
        rows = [
            (b.printed_name, say(f"role.{b.role.value}"), f"{b.meaning.ko} / {b.meaning.en}",
             f"{b.local.replace('T', ' ')}\n{utc_text(b.at_ns)}", b.station)
            for b in blocks
        ]  # fmt: skip
        heads = ("name", "handover.role", "meaning", "signed_at", "handover.station")
        foot = f"<p>{self._small(say('handover.sheet.hash'))}<br>{self._small(sha)}</p>"
        return self._part("signatures") + self._table(heads, rows, "not_signed") + foot

    # pieces

    def _part(self, key: str) -> str:
        return self._title(say(f"handover.sheet.{key}"))

    def _title(self, title: Text) -> str:
        return f'<h4 style="margin-top:14px;margin-bottom:4px">{self._t(title)}</h4>'

    def _table(
        self, heads: Sequence[str], rows: Iterable[Row], empty: str, right: Sequence[int] = (), more: int = 0
    ) -> str:
        made = list(rows)
        if not made:
            return f"<p>{self._say(empty)}</p>"

        def cell(tag: str, at: int, words: Cell, colour: str, back: str = "") -> str:
            align = "right" if at in right else "left"
            said = self._t(words).replace("\n", "<br>") or NONE
            return f'<{tag} align="{align}" valign="top"{back}><font color="{colour}">{said}</font></{tag}>'

        full = [h if "." in h else f"handover.sheet.{h}" for h in heads]
        back = f' bgcolor="{self._ink.head}"'
        top = "".join(cell("td", i, say(h), self._ink.second, back) for i, h in enumerate(full))
        body = "".join(
            "<tr>" + "".join(cell("td", i, c, self._ink.text) for i, c in enumerate(row)) + "</tr>" for row in made
        )
        rest = f"<p>{self._t(say('handover.sheet.more', n=more))}</p>" if more > 0 else ""
        return (
            f'<table width="99%" cellspacing="0" cellpadding="4" border="1" style="border-style:solid;'
            f'border-color:{self._ink.rule};border-collapse:collapse"><thead><tr>{top}</tr></thead>{body}</table>{rest}'
        )

    def _small(self, words: Cell) -> str:
        return f'<span style="color:{self._ink.second}">{self._t(words)}</span>'

    def _say(self, key: str) -> str:
        return self._t(say(f"handover.sheet.{key}"))

    def _t(self, words: Cell) -> str:
        return escape(words if isinstance(words, str) else words.of(self._lang))

    def _end(self, ns: int | None) -> Cell:
        return say("handover.sheet.lasts") if ns is None else self._clock(ns)

    def _clock(self, ns: int) -> str:
        if ns <= 0:
            return NONE
        return f"{datetime.fromtimestamp(ns // 1_000_000_000, UTC).astimezone(self._zone):%m-%d %H:%M}"


def zone_of(name: str) -> tzinfo | None:
    """A time zone by its name; the computer's own when there is none of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None


def percent(share: float | None) -> str:
    """A share in whole percent."""
    return NONE if share is None else f"{100 * share:.0f} %"


def note_place(note: Note, name: Callable[[str], Text]) -> Text:
    """Where a note belongs."""
    return name(note.place) if note.place else say("handover.whole_plant")


def note_words(note: Note, lang: Lang) -> str:
    """A note's text with what it corrects or what corrects it."""
    tails = []
    if note.corrects is not None:
        tails.append(say("handover.corrects", number=note.corrects).of(lang))
    if note.corrected_by is not None:
        tails.append(say("handover.corrected", number=note.corrected_by).of(lang))
    return f"{note.text} ({', '.join(tails)})" if tails else note.text
