"""`linekeeper history TAG --since 10m [--points N] [--csv]`: what a tag said, from the database alone."""

from __future__ import annotations

import argparse
import csv
import sys
import time

from hmi.commands import Outcome, data_argument, data_folder, print_json, speak
from hmi.commands.engine import duration
from hmi.desk.client import RefusedError
from hmi.desk.local import history
from hmi.desk.rows import Series
from hmi.model.quality import Quality
from hmi.model.reading import iso
from hmi.model.text import Lang
from hmi.model.words import say


def add_arguments(sub: argparse.ArgumentParser, lang: Lang) -> None:
    """TAG --since 10m [--until 0s] [--points N] [--csv] --data DIR"""
    sub.add_argument("tag", metavar="TAG", help=say("cli.tag").of(lang))
    sub.add_argument("--since", type=duration, default=600.0, metavar="10m", help=say("cli.since").of(lang))
    sub.add_argument("--until", type=duration, default=0.0, metavar="0s", help=say("cli.until").of(lang))
    sub.add_argument("--points", type=int, default=1200, metavar="N", help=say("cli.points").of(lang))
    sub.add_argument("--csv", action="store_true", help=say("cli.csv").of(lang))
    data_argument(sub, lang)


def run(args: argparse.Namespace, lang: Lang) -> int:
    """Read the history without the engine; a gap is a point without value."""
    data = data_folder(args)
    if not (data / "history.db").exists():
        speak(say("cli.no_history", data=str(data)), lang)
        return Outcome.NOTHING_THERE
    if args.points < 2:
        speak(say("cli.too_few_points"), lang)
        return Outcome.USAGE
    now = time.time_ns()
    try:
        found = history(
            data, args.tag, now - int(args.since * 1e9), now - int(args.until * 1e9), args.points, hold=False
        )
    except RefusedError as err:
        speak(err.text, lang)
        return Outcome.PROBLEMS
    points = _points(found)
    if args.csv:
        out = csv.writer(sys.stdout)
        out.writerow(["source_time", "value", "quality"])
        out.writerows([p["source_time"], "" if p["value"] is None else repr(p["value"]), p["quality"]] for p in points)
    else:
        print_json(
            {"tag": found.tag, "from": iso(found.from_ns), "to": iso(found.to_ns), "samples": found.samples,
             "points": points}
        )  # fmt: skip
    return Outcome.DONE


def _points(found: Series) -> list[dict[str, object]]:
    return [
        {"source_time": iso(t), "value": v, "quality": Quality(k).name}
        for t, v, k in zip(found.time_ns, found.value, found.quality, strict=True)
    ]
