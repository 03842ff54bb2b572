"""What the alarms screen says: the chosen alarm's facts, journal rows, metrics with their scales. Pure; no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

from hmi.desk.alarm_rows import AlarmCounts, AlarmMetric, AlarmPage, AlarmRow
from hmi.model.alarm import STANDING, AlarmState, EventKind, JournalRow
from hmi.model.plant import Plant, Tag
from hmi.model.text import Lang, Text
from hmi.model.units import unit_words
from hmi.model.words import say
from ui.equipment.words import station_name
from ui.widgets import alarmwords as w
from ui.widgets.figures import NONE, day_time_text, number, time_text, value_text

S = 1_000_000_000
LISTS = ("standing", "shelved", "suppressed", "out_of_service")
PAGES = (*LISTS, "journal", "metrics")
COLUMNS = {
    "standing": ("mark", "state", "at", "age", "place", "tag", "name", "kind", "value", "count", "acked", "lot", "help",
                 "comment"),
    "shelved": ("mark", "at", "place", "tag", "name", "kind", "value", "left", "aside"),
    "suppressed": ("mark", "at", "place", "tag", "name", "kind", "value", "aside"),
    "out_of_service": ("mark", "at", "place", "tag", "name", "kind", "value", "aside"),
}  # fmt: skip
GIVES_WAY = ("comment", "help", "tag", "lot", "acked", "count", "kind", "age", "state", "value", "left", "place")
"""Columns go in this order as the list narrows; the chosen alarm beside it says all of them."""
WINDOWS = {"h1": 3600, "h8": 8 * 3600, "h24": 86_400, "d7": 7 * 86_400}
HISTORY_DAYS = 7


def tab_words(page: str, counts: AlarmCounts | None) -> Text:
    """A tab's word with how many are behind it; those without a count stand alone."""
    word = say(f"alarmscreen.{page}")
    if counts is None:
        return word
    n = {"shelved": counts.shelved, "suppressed": counts.suppressed, "out_of_service": counts.out_of_service}.get(page)
    return say("alarmscreen.with_count", word=word, n=n) if n else word


def places(plant: Plant | None) -> list[tuple[str, Text]]:
    """What the list can be narrowed to: the whole plant, lines, and below each its stations."""
    found: list[tuple[str, Text]] = [("", say("alarmscreen.everywhere"))]
    for line in () if plant is None else plant.lines:
        found.append((line.id, line.name))
        stations = plant.stations_of(line.id) if plant is not None else ()
        found += [(s.id, Text(f"    {s.name.en}", f"    {s.name.ko}")) for s in stations]
    return found


def empty_words(page: str, shown: AlarmPage | None) -> Text:
    """Why a list has no rows: never "none" for what is hidden or not known."""
    if shown is not None and shown.hidden:
        return say("alarmscreen.empty_filtered", n=shown.hidden)
    if shown is not None and shown.unknown:
        return say("alarmlist.server_unknown", controllers=", ".join(shown.unknown))
    return say("alarmlist.not_known") if shown is None else say(f"alarmscreen.empty_{page}")


# -- the chosen alarm -------------------------------------------------------------------------------------------------


def facts(
    row: AlarmRow, tag: Tag | None, zone: tzinfo | None, lang: Lang, now_ns: int, plant: Plant | None = None
) -> list[tuple[Text, Text | str]]:
    """Names and what they say; what has nothing to say is left out."""
    word = unit_words(row.unit).of(lang)
    unit = f" {word}" if word else ""
    then, now, limit = (w.figure(x, row, tag, lang) for x in (row.value_at, row.value, row.limit))
    doubt = "" if not row.value_quality else f"  ({say(f'quality.{row.value_quality.name}').of(lang)})"
    keeper = say("alarmscreen.server", controller=row.controller) if row.origin == "server" else None
    at = w.when_text(row.activated_ns, zone, now_ns)
    made: list[tuple[str, Text | str]] = [
        ("alarmlist.state", w.state_words(row)),
        ("alarmscreen.where_key", w.place_words(row)),
        ("alarmlist.at", f"{at}  ·  {w.age_words(row.activated_ns, now_ns).of(lang)}" if at else ""),
        ("alarmscreen.value_then", then + unit if then else ""),
        ("alarmscreen.value_now", now + unit + doubt if now else ""),
        ("alarmscreen.limit", limit + unit if limit else ""),
        ("alarmscreen.kind_key", w.kind_words(row)),
        ("alarmscreen.count", say("alarmscreen.times", n=row.count) if row.count > 1 else ""),
        ("alarmscreen.group", _group(row, plant)),
        ("alarmscreen.acked", w.acked_text(row, zone)),
        ("alarmlist.comment", row.comment),
        ("alarmlist.left", w.left_words(row, now_ns)),
        ("alarmlist.aside", w.aside_words(row)),
        ("alarmlist.lot", w.lot_text(row)),
        ("alarmlist.tag", row.tag),
        ("alarmscreen.origin", keeper or ""),
    ]
    return [(say(key), said) for key, said in made if (said.of(lang) if isinstance(said, Text) else said)]


def _group(row: AlarmRow, plant: Plant | None) -> Text | str:
    if not row.group:
        return ""
    group = station_name(plant, row.group)
    return say("alarmscreen.first_of", group=group) if row.first_out else group


def guidance(row: AlarmRow) -> list[tuple[Text, Text]]:
    """Cause, consequence, action and time to respond, as far as the plant file says them."""
    made: list[tuple[str, Text | None]] = [
        ("action", row.action), ("cause", row.cause), ("consequence", row.consequence),
    ]  # fmt: skip
    said = [(say(f"alarmscreen.{key}"), text) for key, text in made if text is not None and text.en]
    if row.respond_within_s > 0:
        said.append((say("alarmscreen.respond"), w.respond_words(row)))
    return said


@dataclass(frozen=True, slots=True)
class Allowed:
    """Which buttons make sense for an alarm; whether the person may is the engine's word."""

    acknowledge: bool = False
    confirm: bool = False
    reset: bool = False
    shelve: bool = False
    unshelve: bool = False
    take_out: bool = False
    put_back: bool = False


def allowed(row: AlarmRow | None) -> Allowed:
    """The acts that the state of an alarm allows."""
    if row is None:
        return Allowed()
    own = row.origin == "own"
    return Allowed(
        row.can_acknowledge, row.can_confirm, row.can_reset, w.can_shelve(row),
        own and row.state is AlarmState.SHELVED, own and row.state in (*STANDING, AlarmState.SHELVED),
        own and row.state is AlarmState.OUT_OF_SERVICE,
    )  # fmt: skip


# -- journal ----------------------------------------------------------------------------------------------------------


def happened(row: JournalRow) -> Text:
    """What a journal row tells."""
    return say(f"alarmscreen.event.{row.event.kind.value}")


def step_words(row: JournalRow) -> Text:
    """From which state to which."""
    before, after = (say(f"alarms.state.{x.value}") for x in (row.before, row.after))
    return after if row.before is row.after else say("alarmscreen.step", before=before, after=after)


def journal_value(row: JournalRow, tag: Tag | None = None, lang: Lang = Lang.EN) -> str:
    """Reason, rule or value of a journal row; the value in the words of its tag, where that is known."""
    event = row.event
    parts = [event.why]
    if event.value is not None:
        parts.append(number(event.value) if tag is None else value_text(event.value, tag, lang))
    if event.kind in (EventKind.SUPPRESS, EventKind.UNSUPPRESS):
        parts.append(event.source)
    return "  ".join(x for x in parts if x)


def journal_when(row: JournalRow, zone: tzinfo | None) -> str:
    """Local date and time with milliseconds, by the clock that noticed it."""
    ms = row.event.at_ns // 1_000_000 % 1000
    return f"{day_time_text(row.event.at_ns, zone)}.{ms:03d}"


def history_lines(
    rows: Sequence[JournalRow], zone: tzinfo | None, lang: Lang, most: int = 8, tag: Tag | None = None
) -> list[tuple[Text, Text | str]]:
    """The last transitions of one alarm, newest first."""
    made: list[tuple[Text, Text | str]] = []
    for row in rows[:most]:
        who = row.event.by or ""
        said = happened(row).of(lang)
        tail = journal_value(row, tag, lang)
        day = day_time_text(row.event.at_ns, zone)[5:]
        made.append((Text.same(day), "  ".join(x for x in (said, who, tail) if x)))
    return made


# -- metrics ----------------------------------------------------------------------------------------------------------

SCALES: dict[str, tuple[float | None, float | None, float]] = {
    "average": (1, 2, 4), "per_day": (144, 288, 576), "floods": (None, None, 10), "flood_time": (0.01, 0.01, 0.04),
    "busy_periods": (0.01, 0.01, 0.04), "busy_hours": (0.01, 0.01, 0.04), "peak": (10, 10, 40),
    "low_share": (0.8, 0.8, 1), "medium_share": (0.15, 0.15, 1), "high_share": (0.05, 0.05, 1),
    "top_ten": (0.01, 0.05, 1), "chattering": (0, 0, 10), "fleeting": (0, 0, 10), "stale": (4, 4, 20),
    "unapproved": (0, 0, 10),
}  # fmt: skip
"""By metric: target, action limit, end of the bar; after alarms.md 1.4."""


@dataclass(frozen=True, slots=True)
class MetricLine:
    """One line of the metrics page, ready to draw. Shares of the bar are 0 to 1."""

    name: Text
    value: str
    bar: float | None
    target_at: float | None
    action_at: float | None
    target: str
    met: Text
    bad: bool


def metric_line(metric: AlarmMetric, lang: Lang) -> MetricLine:
    """A metric with its bar; unknown stays unknown."""
    target, action, full = SCALES.get(metric.key, (None, None, 1.0))
    value = metric.value
    bar = None if value is None else min(1.0, max(0.0, value / full))
    met = say(f"alarmscreen.met_{metric.met}") if metric.met else Text.same("")
    if value is None:
        met = say("alarmscreen.not_known")
    return MetricLine(
        say(f"alarms.metric.{metric.key}"), metric_text(metric), bar, _at(target, full), _at(action, full),
        "" if metric.target is None else metric.target.of(lang), met, metric.met == "action",
    )  # fmt: skip


def _at(value: float | None, full: float) -> float | None:
    return None if value is None else min(1.0, value / full)


def metric_text(metric: AlarmMetric) -> str:
    """A metric's figure."""
    if metric.value is None:
        return NONE
    if metric.unit == "share":
        share = metric.value * 100
        return f"{number(share, 1 if 0 < share < 10 else 0)} %"
    if metric.unit in ("per_10min", "per_day"):
        return number(metric.value, 2 if metric.value < 10 else 0)
    return number(metric.value, 0)


def group_began(row: AlarmRow | None, zone: tzinfo | None, lang: Lang) -> str:
    """The alarm with which a unit's trouble began."""
    return "" if row is None else f"{time_text(row.activated_ns, zone)}  {row.name.of(lang)}"
