"""What the columns of an alarm list say of a row, and what a person may do about it. Pure; no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from hmi.desk.alarm_rows import AlarmCounts, AlarmDone, AlarmRow
from hmi.model.alarm import OF_STATION, STANDING, AlarmState, Priority
from hmi.model.plant import Plant, Tag, TagType
from hmi.model.quality import Quality
from hmi.model.reading import Value
from hmi.model.text import Lang, Text
from hmi.model.units import with_unit
from hmi.model.words import say
from ui.widgets import figures
from ui.widgets.figures import age_text, number, span_text, time_text

EMPTY = ""


def state_words(row: AlarmRow) -> Text:
    """The state in words, with what the controller still waits for."""
    if row.can_confirm:
        return say("alarmlist.to_confirm")
    return say(f"alarms.state.{row.state.value}")


def when_text(ns: int, zone: tzinfo | None, now_ns: int) -> str:
    """Local time with milliseconds; the day instead of them when it is not today."""
    if ns <= 0:
        return EMPTY
    then, now = (datetime.fromtimestamp(x // 1_000_000_000, UTC).astimezone(zone) for x in (ns, now_ns))
    return time_text(ns, zone, milliseconds=True) if then.date() == now.date() else f"{then:%m-%d %H:%M:%S}"


def age_words(ns: int, now_ns: int) -> Text:
    """How long ago; nothing for never."""
    return Text.same(EMPTY) if ns <= 0 else age_text(max(0, now_ns - ns) / 1e9)


def place_words(row: AlarmRow) -> Text:
    """Line and equipment: ``Line 2 · Oven``; the whole plant without either."""
    parts = [x for x in (row.line, row.equipment) if x.en]
    if not parts:
        return say("alarmlist.plant") if not row.controller else Text.same(row.controller)
    if len(parts) == 1:
        return parts[0]
    return Text(f"{parts[0].en} · {parts[1].en}", f"{parts[0].ko} · {parts[1].ko}")


def kind_words(row: AlarmRow) -> Text:
    """HI, DEV, COMM ...; a controller's own condition says so."""
    return say("alarms.kind.server" if row.kind is None else f"alarms.kind.{row.kind.value}")


def figure(value: Value, row: AlarmRow, tag: Tag | None, lang: Lang) -> str:
    """A value of the alarm's tag as a word or with its digits; nothing for none."""
    if value is None:
        return EMPTY
    if tag is not None and (tag.words or tag.type is TagType.BOOLEAN):
        told = bool(value) if tag.type is TagType.BOOLEAN and not tag.words else value
        return figures.value_text(told, tag, lang)
    if isinstance(value, bool | str):
        return figures.value_text(value, tag, lang)
    return number(float(value), row.digits)


def value_text(row: AlarmRow, tag: Tag | None, lang: Lang) -> str:
    """At the alarm, now where it is another, and the limit: ``221.4 → 219.8 / 220 °C``. Doubt carries its mark."""
    then, now = figure(row.value_at, row, tag, lang), figure(row.value, row, tag, lang)
    if now and row.value_quality is not Quality.GOOD:
        now = f"? {now}" if row.value_quality is not Quality.BAD else f"[ {now} ]"
    said = now if then == now else " → ".join(x for x in (then, now) if x)
    limit = figure(row.limit, row, None, lang)
    if limit:
        said = f"{said} / {limit}" if said else limit
    return with_unit(Text.same(said), row.unit).of(lang) if said else EMPTY


def count_text(row: AlarmRow) -> str:
    """How often it came in 10 minutes; once goes without saying."""
    return f"{row.count}×" if row.count > 1 else EMPTY


def acked_text(row: AlarmRow, zone: tzinfo | None) -> str:
    """Who acknowledged it and when."""
    return f"{row.acked_by} {time_text(row.acked_ns, zone)}".strip() if row.acked_ns else EMPTY


def left_words(row: AlarmRow, now_ns: int) -> Text:
    """How long it stays on the shelf; rounded up, so that nothing is at zero minutes."""
    if row.shelf_until_ns <= 0:
        return Text.same(EMPTY)
    seconds = max(0, row.shelf_until_ns - now_ns) / 1e9
    left = Text.same(span_text(seconds))
    return say("alarmlist.once", left=left) if row.shelf_one_shot else left


def lot_text(row: AlarmRow) -> str:
    """Lot and order."""
    return " · ".join(x for x in (row.lot, row.order) if x)


def aside_words(row: AlarmRow) -> Text:
    """Who put it aside and why; the rules that suppress it."""
    if row.state is AlarmState.SUPPRESSED:
        return Text.same(", ".join(row.suppressed_by))
    return Text.same(": ".join(x for x in (row.aside_by, row.aside_why) if x))


def respond_words(row: AlarmRow) -> Text:
    """How soon a person has to act."""
    return Text.same(EMPTY) if row.respond_within_s <= 0 else age_text(row.respond_within_s)


def urgent_words(row: AlarmRow, zone: tzinfo | None, lang: Lang) -> Text:
    """The strip's line: time, place, name and value against the limit."""
    tail = EMPTY
    if row.limit is not None and row.value_at is not None:
        sign = ">" if row.value_at > row.limit else "<" if row.value_at < row.limit else "="
        then = with_unit(Text.same(figure(row.value_at, row, None, lang)), row.unit).of(lang)
        tail = f"{then} {sign} {figure(row.limit, row, None, lang)}"
    at, place = time_text(row.activated_ns, zone), place_words(row)

    def said(x: Lang) -> str:
        line = f"{at}  {place.of(x)}  {row.name.of(x)}"
        return f"{line}, {tail}" if tail else line

    return Text(said(Lang.EN), said(Lang.KO))


def shorter_words(row: AlarmRow) -> tuple[Text, ...]:
    """The strip's line where it has less room: place and name, then the name."""
    place = place_words(row)
    return Text(f"{place.en}  {row.name.en}", f"{place.ko}  {row.name.ko}"), row.name


def to_acknowledge(rows: Sequence[AlarmRow]) -> list[AlarmRow]:
    """What a press on "Ack visible" takes: never an urgent one, those are looked at one by one."""
    return [r for r in rows if r.can_acknowledge and r.priority is not Priority.URGENT]


def can_shelve(row: AlarmRow | None) -> bool:
    """Whether the row may be put on the shelf: our own, and on the list."""
    return row is not None and row.origin == "own" and row.state in STANDING


@dataclass(frozen=True, slots=True)
class Cause:
    """Where the cause of an alarm is looked at: a screen, and the station whose faceplate comes with it."""

    screen: str
    place: dict[str, str]
    station: str | None = None


def cause_of(row: AlarmRow, plant: Plant | None) -> Cause | None:
    """The level-2 screen of an alarm; None where there is nothing to go to."""
    station = None if plant is None else plant.station.get(row.place)
    if station is not None:
        return Cause("lines", {"line": station.line}, station.id)
    if plant is not None and row.place in plant.line:
        return Cause("lines", {"line": row.place})
    if row.kind in OF_STATION or row.controller:
        return Cause("system", {})
    return Cause("trends", {"tag": row.tag}) if row.tag else None


def calm_words(counts: AlarmCounts | None) -> Text:
    """The one grey line while nothing stands; never "none" while a controller's own alarms are not known."""
    if counts is None:
        return say("alarmlist.not_known")
    if counts.unknown:
        return say("alarmlist.server_unknown", controllers=", ".join(counts.unknown))
    return say("alarmlist.none")


def aside_counts(counts: AlarmCounts | None) -> Text:
    """How many are put aside, so that a calm list never hides them."""
    none = Text.same(EMPTY)
    if counts is None:
        return none
    aside = (("n_shelved", counts.shelved), ("n_suppressed", counts.suppressed), ("n_out", counts.out_of_service))
    parts = [say(f"alarmlist.{key}", n=n) for key, n in aside if n]
    return Text(" · ".join(x.en for x in parts), " · ".join(x.ko for x in parts)) if parts else none


def outcome_words(act: str, done: Sequence[AlarmDone], names: dict[str, Text]) -> Text:
    """What became of an act, for the footer: all done, some, or why none."""
    good = [d for d in done if d.done]
    bad = [d for d in done if not d.done]
    if not bad and len(good) == 1:
        return say(f"alarmlist.did_{act}", name=names.get(good[0].key, Text.same(good[0].key)))
    if not bad:
        return say(f"alarmlist.did_{act}", name=say("alarmlist.n_alarms", n=len(good)))
    why = bad[0].why or say("alarms.nothing_changes")
    if not good:
        return say("alarmlist.not_done", name=names.get(bad[0].key, Text.same(bad[0].key)), why=why)
    did = say(f"alarmlist.did_{act}", name=say("alarmlist.n_alarms", n=len(good)))
    return say("alarmlist.partly", did=did, n=len(bad), why=why)
