"""Rows of the engine to what the system screen says: links, certificates, tags in doubt, health. No Qt."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import tzinfo

from hmi.desk.rows import BadTags, ControllerRow, EngineRow, PluginRow, TagRow
from hmi.model.plant import Plant
from hmi.model.quality import Quality
from hmi.model.text import Text
from hmi.model.words import catalogue, say
from ui.equipment.words import length_words, station_name
from ui.widgets.figures import NONE, age_text, day_time_text, number

FAR_CLOCK_MS = 1000.0
SLOW_MS = 500.0
_QUALITY = {
    "CONNECTED": Quality.GOOD, "CONNECTING": Quality.UNCERTAIN, "SILENT": Quality.STALE, "DOWN": Quality.BAD,
    "REFUSED": Quality.BAD, "STOPPED": Quality.BAD,
}  # fmt: skip

Facts = list[tuple[Text, Text | str] | tuple[Text, Text | str, str]]


def link_quality(row: ControllerRow) -> Quality:
    """How far what comes from a controller can be believed."""
    return _QUALITY.get(row.state, Quality.BAD)


def worded(prefix: str, word: str) -> Text:
    """A word of the catalogue, or the word itself where the engine knows one that this window does not."""
    key = f"{prefix}.{word}"
    return say(key) if key in catalogue() else Text.same(word)


def interval(asked: float | None, revised: float | tuple[float, float] | None) -> str:
    """An interval as asked and as revised: ``100 ms`` when both are one, ``100 → 250 ms`` when not."""
    if revised is None:
        return NONE if asked is None else f"{number(asked, 0)} ms"
    low, high = revised if isinstance(revised, tuple) else (revised, revised)
    got = number(low, 0) if low == high else f"{number(low, 0)} … {number(high, 0)}"
    if asked is None or (low == high == asked):
        return f"{got} ms"
    return f"{number(asked, 0)} → {got} ms"


def milliseconds(value: float | None, *, sign: bool = False) -> str:
    """A time in ms with one decimal below ten; with a sign for a clock."""
    if value is None:
        return NONE
    shown = number(value, 1 if abs(value) < 10 else 0)
    return f"+{shown} ms" if sign and value > 0 and shown.strip("0.") else f"{shown} ms"


def since(row: ControllerRow, now_ns: int) -> Text:
    """For how long the link has been as it is."""
    return Text.same(NONE) if row.since_ns == 0 else age_text((now_ns - row.since_ns) / 1e9)


def link_facts(row: ControllerRow, zone: tzinfo | None, now_ns: int) -> Facts:
    """All about one controller, one line each."""
    state = worded("system.link", row.state)
    facts: Facts = [(say("system.state"), say("system.state_since", state=state, length=since(row, now_ns)))]
    facts += [
        (say("system.endpoint"), row.endpoint),
        (say("system.security"), say("system.unsecured") if row.unsecured else row.security or NONE),
        (say("system.product"), row.product or NONE),
        (say("system.server_start"), day_time_text(row.server_start_ns, zone)),
        (say("system.connects"), number(row.connects, 0)),
        (say("system.queue"), NONE if row.revised_queue is None else _range(row.revised_queue)),
        (say("system.notifications"), say("system.notified", n=number(row.notifications, 0),
                                          fallbacks=number(row.fallbacks, 0))),
        (say("system.gaps"), say("system.refilled", gaps=number(row.gaps, 0), refilled=number(row.refilled, 0))),
        (say("system.fingerprint"), short_fingerprint(row.fingerprint)),
    ]  # fmt: skip
    return facts


def _range(found: tuple[int, int]) -> str:
    return number(found[0], 0) if found[0] == found[1] else f"{number(found[0], 0)} … {number(found[1], 0)}"


def fingerprint_groups(fingerprint: str) -> list[str]:
    """A fingerprint in groups of four digits as they are compared aloud: 16 for SHA-256."""
    plain = re.sub(r"[^0-9a-f]", "", fingerprint.lower())
    return [plain[i : i + 4].upper() for i in range(0, len(plain), 4)]


def short_fingerprint(fingerprint: str) -> str:
    """The first groups of a fingerprint, for a line in a table."""
    groups = fingerprint_groups(fingerprint)
    return NONE if not groups else " ".join(groups[:4]) + (" …" if len(groups) > 4 else "")


def certificate_waits(row: ControllerRow) -> bool:
    """Whether a person has to accept a certificate: the link is refused and its reason names the fingerprint."""
    if row.state != "REFUSED" or not row.fingerprint:
        return False
    if row.why is None:
        return True
    said = re.sub(r"[\s:.\-]", "", row.why.en.lower())
    return "".join(fingerprint_groups(row.fingerprint)).lower()[:8] in said


@dataclass(frozen=True, slots=True)
class DoubtRow:
    """A tag that is not GOOD, in words."""

    tag: str
    name: Text
    quality: Quality
    why: Text
    age: Text
    age_s: float


def doubt_row(row: TagRow, plant: Plant | None, now_ns: int) -> DoubtRow:
    """One line of the tags in doubt."""
    name = Text.same(row.tag)
    tag = None if plant is None else plant.tag.get(row.tag)
    if plant is not None and tag is not None:
        name = say("system.tag_at", place=place_name(plant, tag.place), tag=tag.name) if tag.place else tag.name
    age_s = float("inf") if row.source_ns == 0 else (now_ns - row.source_ns) / 1e9
    age = say("figures.never") if row.source_ns == 0 else age_text(age_s)
    return DoubtRow(row.tag, name, row.quality, row.why or say(f"quality.{row.quality.name}"), age, age_s)


def place_name(plant: Plant, place: str) -> Text:
    """A station with its line, a line, or the id."""
    station = plant.station.get(place)
    if station is None:
        return station_name(plant, place)
    line = station_name(plant, station.line)
    return Text(f"{line.en} · {station.name.en}", f"{line.ko} · {station.name.ko}")


def doubt_words(found: BadTags, all_tags: int | None) -> Text:
    """How many tags are in doubt of all."""
    if found.total == 0:
        return Text.same("")
    count = number(found.total, 0)
    if all_tags is None:
        return say("system.doubts", n=count)
    return say("system.doubts_of", n=count, all=number(all_tags, 0))


def engine_facts(row: EngineRow, now_ns: int, frame_ms: tuple[float, float] | None) -> Facts:
    """The engine's health, one line each; frame_ms: this window's median and 99th percentile between frames."""
    up = length_words((now_ns - row.started_ns) / 1e9)
    facts: Facts = [
        (say("system.process"), say("system.process_says", pid=str(row.pid), length=up)),
        (say("system.cpu"), say("system.cpu_says", cpu=number(row.cpu_percent, 1), mb=number(row.memory_mb, 0))),
        (say("system.lag"), f"{number(row.loop_lag_ms, 1)} ms", "text"),
        (say("system.tags"), say("system.tags_say", all=number(row.tags, 0), bad=number(row.tags_not_good, 0))),
        (say("system.rate"), say("system.per_s", n=number(row.readings_per_s, 0))),
        (say("system.history"), row.history_why if row.history_why is not None else say("system.history_good")),
        (say("system.history_size"), say("system.history_says", mb=number(row.history_mb, 1),
                                         queue=number(row.history_queue, 0), lost=number(row.history_lost, 0))),
        (say("system.disk"), disk(row.disk_free_mb)),
        (say("system.windows"), number(row.windows, 0)),
        (say("system.restarts"), number(row.restarts, 0)),
    ]  # fmt: skip
    if frame_ms is not None:
        facts.append(
            (
                say("system.frames"),
                say(
                    "system.frames_say",
                    p50=number(frame_ms[0], 1),
                    p99=number(frame_ms[1], 0 if frame_ms[1] >= 100 else 1),
                ),
            )
        )
    return facts


def disk(free_mb: float) -> str:
    """Free space in the unit in which a person thinks of it."""
    return f"{number(free_mb / 1024, 1)} GB" if free_mb >= 1024 else f"{number(free_mb, 0)} MB"


def plugin_quality(row: PluginRow) -> Quality:
    """Whether a plugin does its work."""
    return Quality.BAD if row.state in ("OFF", "REFUSED") else Quality.GOOD
