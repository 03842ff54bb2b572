"""`linekeeper read TAG...`: the last readings, as a JSON list."""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from hmi.commands import Outcome, data_argument, data_folder, json_argument, no_engine, print_json, speak
from hmi.desk.client import RefusedError, call
from hmi.desk.live import LiveTags
from hmi.desk.wire import DeskUnreachableError
from hmi.model.quality import BAD_NO_COMMUNICATION, STALE_ENGINE_SILENT, Quality
from hmi.model.reading import Reading
from hmi.model.text import Lang
from hmi.model.words import say


def add_arguments(sub: argparse.ArgumentParser, lang: Lang) -> None:
    """TAG... [--all] [--json] --data DIR"""
    sub.add_argument("tags", nargs="*", metavar="TAG", help=say("cli.tags").of(lang))
    sub.add_argument("--all", action="store_true", help=say("cli.read_all").of(lang))
    json_argument(sub, lang)
    data_argument(sub, lang)


def run(args: argparse.Namespace, lang: Lang) -> int:
    """Ask the engine; when it is down its last words are still told, as STALE."""
    if not args.tags and not args.all:
        speak(say("cli.name_a_tag"), lang)
        return Outcome.USAGE
    data = data_folder(args)
    live = LiveTags(data)
    tags: list[str] = args.tags or ([t.id for t in live.plant.tags] if live.plant else [])
    try:
        readings: list[dict[str, Any]] = call(data, "read", tags=tags)
    except DeskUnreachableError:
        if live.plant is None:
            return no_engine(data, lang, [_never_heard(tag, data) for tag in tags])
        readings = _last_words(live, tags)
    except RefusedError as err:
        speak(err.text, lang)
        print_json([])
        return Outcome.REFUSED
    print_json(readings)
    known = set(live.plant.row) if live.plant else set()
    return Outcome.DONE if all(r["tag"] in known for r in readings) else Outcome.PROBLEMS


def _never_heard(tag: str, data: Path) -> dict[str, Any]:
    """The answer where neither an engine nor its last words are there, in the shape of a reading."""
    why = say("cli.no_engine", data=str(data))
    return Reading(None, BAD_NO_COMMUNICATION, 0).to_json(tag, 0) | {"why": why.to_json()}


def _last_words(live: LiveTags, tags: list[str]) -> list[dict[str, Any]]:
    from hmi.runtime.answers import unknown_tag

    assert live.plant is not None
    now = time.time_ns()
    told = []
    for tag in tags:
        if tag not in live.plant.row:
            told.append(unknown_tag(live.plant, tag))
            continue
        reading = live.reading(tag)
        if reading.quality is not Quality.BAD:
            # nobody answers at the desk: however fresh the table's last heartbeat, this is a last word
            reading = replace(reading, status=STALE_ENGINE_SILENT)
        told.append(reading.to_json(tag, now))
    return told
