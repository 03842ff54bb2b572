"""`linekeeper history TAG --since 10m [--points N] [--csv]`: what a tag said, from the database alone."""

from __future__ import annotations

import argparse
import csv
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from hmi.commands import Outcome, data_argument, data_folder, json_argument, print_json, speak
from hmi.commands.engine import duration
from hmi.desk.client import RefusedError
from hmi.desk.live import LiveTags
from hmi.desk.local import history
from hmi.desk.rows import Series
from hmi.model.quality import Quality, quality_of
from hmi.model.reading import iso
from hmi.model.text import Lang, Text
from hmi.model.words import say
from hmi.runtime.answers import unknown_tag_words
from hmi.store.faults import StoreError
from hmi.store.history_reader import HistoryReader

_AGES = 400 * 366 * 86_400.0
_Point = dict[str, object]


def add_arguments(sub: argparse.ArgumentParser, lang: Lang) -> None:
    """TAG --since 10m [--until 0s] [--points N] [--csv] [--json] --data DIR"""
    sub.add_argument("tag", metavar="TAG", help=say("cli.tag").of(lang))
    sub.add_argument("--since", type=duration, default=600.0, metavar="10m", help=say("cli.since").of(lang))
    sub.add_argument("--until", type=duration, default=0.0, metavar="0s", help=say("cli.until").of(lang))
    sub.add_argument("--points", type=int, default=1200, metavar="N", help=say("cli.points").of(lang))
    sub.add_argument("--csv", action="store_true", help=say("cli.csv").of(lang))
    json_argument(sub, lang)
    data_argument(sub, lang)


def run(args: argparse.Namespace, lang: Lang) -> int:
    """Read the history without the engine; a gap is a point without value."""
    data = data_folder(args)
    if args.points < 2:
        speak(say("cli.too_few_points"), lang)
        return Outcome.USAGE
    if args.until > args.since:
        speak(say("cli.until_before_since"), lang)
        return Outcome.USAGE
    now = time.time_ns()
    from_ns, to_ns = (max(now - int(min(ago, _AGES) * 1e9), 1) for ago in (args.since, args.until))
    asked = _Asked(args.tag, from_ns, to_ns, args.csv)
    if not (data / "history.db").exists():
        return _nothing(asked, say("cli.no_history", data=str(data)), Outcome.NOTHING_THERE, lang)
    try:
        found = history(data, args.tag, from_ns, to_ns, args.points, hold=False)
        points = _points(found, args.points) or _texts(data, args.tag, from_ns, to_ns, args.points)
        why = None if points else _why_empty(data, args.tag)
    except RefusedError as err:
        return _nothing(asked, err.text, Outcome.PROBLEMS, lang)
    except StoreError as err:
        return _nothing(asked, err.text, Outcome.PROBLEMS, lang)
    if why is not None:
        return _nothing(asked, why, Outcome.PROBLEMS, lang)
    _print(asked, found.samples or len(points), points)
    return Outcome.DONE


@dataclass(frozen=True, slots=True)
class _Asked:
    tag: str
    from_ns: int
    to_ns: int
    csv: bool


def _nothing(asked: _Asked, why: Text, outcome: Outcome, lang: Lang) -> Outcome:
    speak(why, lang)
    _print(asked, 0, [], why)
    return outcome


def _print(asked: _Asked, samples: int, points: list[_Point], why: Text | None = None) -> None:
    if asked.csv:
        out = csv.writer(sys.stdout, lineterminator="\n")
        out.writerow(["source_time", "value", "quality"])
        out.writerows([p["source_time"], _cell(p["value"]), p["quality"]] for p in points)
        return
    more = {} if why is None else {"why": why.to_json()}
    form = {"tag": asked.tag, "from": iso(asked.from_ns), "to": iso(asked.to_ns), "samples": samples, "points": points}
    print_json(form | more)


def _cell(value: object) -> object:
    return repr(value) if isinstance(value, float) else "" if value is None else value


def _points(found: Series, most: int) -> list[_Point]:
    """A value was GOOD or UNCERTAIN when it was read: a gap in its stretch of time makes it no worse than UNCERTAIN."""
    points: list[_Point] = [
        {"source_time": iso(t), "value": v, "quality": Quality(k if v is None else min(k, Quality.UNCERTAIN)).name}
        for t, v, k in zip(found.time_ns, found.value, found.quality, strict=True)
    ]
    return points if len(points) <= most else [p for p in points if p["value"] is not None][:most]


def _texts(data: Path, tag: str, from_ns: int, to_ns: int, most: int) -> list[_Point]:
    """What a text tag said, the newest of it when that is more than was asked for."""
    told = HistoryReader(data / "history.db").texts(tag, from_ns, to_ns)
    within = [(t, text, quality_of(status)) for t, text, status in told if t >= from_ns]
    return [
        {"source_time": iso(t), "value": text if quality <= Quality.UNCERTAIN else None, "quality": quality.name}
        for t, text, quality in within[-most:]
    ]


def _why_empty(data: Path, tag: str) -> Text | None:
    """Why a tag has no history at all; None when it has one, but not at that time."""
    if tag in HistoryReader(data / "history.db").tags():
        return None
    plant = LiveTags(data).plant
    known = plant is not None and tag in plant.row
    return say("cli.not_recorded", tag=tag) if known or plant is None else unknown_tag_words(plant, tag)
