"""`linekeeper alarms [--state active|unacked|all]`: the alarm list, as JSON; from the journal where no engine runs."""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from hmi.alarms.book import AlarmBook, Now
from hmi.alarms.lists import AlarmFilter
from hmi.alarms.rules import place_of, rules_of
from hmi.alarms.server_conditions import ServerConditions
from hmi.commands import Outcome, data_argument, data_folder, print_json, refused, speak
from hmi.desk.alarm_lists import LONGEST_PAGE, AlarmView
from hmi.desk.alarm_rows import AlarmPage
from hmi.desk.client import call
from hmi.desk.live import PLANT_FILE
from hmi.desk.refused import RefusedError
from hmi.desk.wire import DeskUnreachableError
from hmi.model.alarm import AlarmFacts
from hmi.model.plant import Plant
from hmi.model.reading import iso
from hmi.model.text import Lang, Text
from hmi.model.words import say
from hmi.store.alarms import last_states
from hmi.store.faults import StoreError

_NOTHING: dict[str, Any] = {"live": False, "flood": False, "unknown": [], "alarms": []}
STATES = ("active", "unacked", "all")


def add_arguments(sub: argparse.ArgumentParser, lang: Lang) -> None:
    """[--state active|unacked|all] [--json] --data DIR"""
    sub.add_argument("--state", choices=STATES, default="all", help=say("alarms.state_argument").of(lang))
    sub.add_argument("--json", action="store_true", help=say("alarms.json_argument").of(lang))
    data_argument(sub, lang)


def run(args: argparse.Namespace, lang: Lang) -> int:
    """Print the list, most urgent first; without an engine what the journal knows, marked as not live."""
    data = data_folder(args)
    which: str = args.state
    try:
        print_json(_printed(_live(data, which), live=True))
    except DeskUnreachableError:
        return _from_journal(data, which, lang)
    except RefusedError as err:
        return refused(err.text, lang, _NOTHING)
    return Outcome.DONE


def _live(data: Path, which: str) -> AlarmPage:
    """All pages of the list as one."""
    rows: list[Any] = []
    while True:
        answer = call(data, "alarms", which=which, offset=len(rows), limit=LONGEST_PAGE)
        page = msgspec.convert(msgspec.to_builtins(answer), AlarmPage)
        rows += page.rows
        if not page.rows or len(rows) >= page.total:
            return replace(page, rows=rows)


def _from_journal(data: Path, which: str, lang: Lang) -> int:
    file = data / "plant.db"
    if not file.exists() or not (data / PLANT_FILE).exists():
        why = say("alarms.no_journal", data=str(data))
        speak(why, lang)
        print_json({**_NOTHING, "why": why.to_json()})
        return Outcome.NOTHING_THERE
    try:
        known = last_states(file)
        plant = msgspec.json.decode((data / PLANT_FILE).read_bytes(), type=Plant)
    except StoreError as err:
        return _not_kept(err.text, lang)
    except (OSError, msgspec.MsgspecError) as err:
        return _not_kept(str(err), lang)
    speak(say("alarms.from_journal"), lang)
    print_json(_printed(_kept(plant, known, which), live=False))
    return Outcome.DONE


def _not_kept(fault: Text | str, lang: Lang) -> int:
    why = say("alarms.not_kept", why=fault)
    speak(why, lang)
    print_json({**_NOTHING, "why": why.to_json()})
    return Outcome.PROBLEMS


def _kept(plant: Plant, known: dict[str, AlarmFacts], which: str) -> AlarmPage:
    """The list as the journal knows it: every state in doubt, because nobody watches now."""
    now = Now(time.time_ns(), time.monotonic_ns())
    rules = rules_of(plant)
    book = AlarmBook(rules, plant.suppressions, plant.row, [place_of(plant, rule) for rule in rules])
    book.restore(known, now)
    view = AlarmView(plant, book, ServerConditions(plant), lambda: now)
    return replace(view.page(which, "urgency", AlarmFilter(), 0, 0, 0, [], False), rows=view.all_rows(which))


def _printed(page: AlarmPage, live: bool) -> dict[str, Any]:
    """The form scripts get: {live, flood, unknown, alarms}; times in ISO 8601 beside their ns."""
    alarms = []
    for row in page.rows:
        form = msgspec.to_builtins(row)
        form["doubt"], form["value_quality"] = row.doubt.name, row.value_quality.name
        form["activated"] = iso(row.activated_ns)
        form["state_words"] = say(f"alarms.state.{row.state.value}").to_json()
        alarms.append(form)
    return {"live": live, "flood": page.flood, "unknown": page.unknown, "alarms": alarms}
