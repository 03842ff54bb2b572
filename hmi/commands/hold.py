"""`linekeeper hold`: place a hold on a lot, a material batch, units or a station's window; list and release holds.

Exit codes: 0 HELD, RELEASED or listed; 1 only partly held, or on paper; 4 refused; 6 a gate's outcome is not known.
"""

from __future__ import annotations

import argparse
import re
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from hmi.commands import Outcome, data_argument, data_folder, no_engine, print_json, speak, unanswered
from hmi.commands.acting import sign_in
from hmi.desk.client import Conversation, RefusedError
from hmi.desk.hold_rows import HoldRow
from hmi.desk.wire import DeskUnreachableError
from hmi.model.hold import Disposition, HoldReason, HoldScope, HoldState, ScopeKind
from hmi.model.reading import iso
from hmi.model.text import Lang
from hmi.model.words import say

PATIENCE_S = 60.0
CODES = {HoldState.HELD: Outcome.DONE, HoldState.RELEASED: Outcome.DONE, HoldState.PLACING: Outcome.UNKNOWN}
_AGO = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd])(?:\s+ago)?")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_UNIT_S = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def add_arguments(sub: argparse.ArgumentParser, lang: Lang) -> None:
    """A scope with --as and --reason; or --release ID --disposition D; or --list."""
    what = sub.add_mutually_exclusive_group(required=True)
    what.add_argument("--lot", metavar="LOT", help=say("hold.lot_argument").of(lang))
    what.add_argument("--batch", metavar="BATCH", help=say("hold.batch_argument").of(lang))
    what.add_argument("--unit", metavar="UNIT", action="append", help=say("hold.unit_argument").of(lang))
    what.add_argument("--station", metavar="STATION", help=say("hold.station_argument").of(lang))
    what.add_argument("--release", metavar="ID", type=int, help=say("hold.release_argument").of(lang))
    what.add_argument("--list", action="store_true", help=say("hold.list_argument").of(lang))
    sub.add_argument("--since", metavar="TIME", default="", help=say("hold.since_argument").of(lang))
    sub.add_argument("--until", metavar="TIME", default="", help=say("hold.until_argument").of(lang))
    sub.add_argument("--as", dest="user", metavar="USER", help=say("cli.as").of(lang))
    reasons = [r.value for r in HoldReason]
    sub.add_argument("--reason", type=_code, choices=reasons, help=say("hold.reason_argument").of(lang))
    sub.add_argument("--note", default="", metavar="TEXT", help=say("hold.note_argument").of(lang))
    dispositions = [d.value for d in Disposition]
    chosen = say("hold.disposition_argument").of(lang)
    sub.add_argument("--disposition", type=lambda word: _code(word).upper(), choices=dispositions, help=chosen)
    sub.add_argument("--all", action="store_true", help=say("hold.all_argument").of(lang))
    sub.add_argument("--json", action="store_true", help=say("cli.json").of(lang))
    data_argument(sub, lang)


def _code(word: str) -> str:
    """A reason or disposition as people type it: ``Reject-Run`` is ``reject_run``."""
    return word.strip().lower().replace("-", "_")


class BadTimeError(ValueError):
    """A text that is no time."""


def moment(text: str, zone: str, now: datetime) -> int:
    """Nanoseconds of a time: ISO 8601, HH:MM in the plant's local time (the last one that was), 10m ago. BadTimeError.

    now is an aware datetime; a time without offset is the plant's local time.
    """
    asked = text.strip()
    try:
        local = now.astimezone(ZoneInfo(zone) if zone else None)
    except (OSError, ValueError):
        local = now.astimezone()
    ago, clock = _AGO.fullmatch(asked), _CLOCK.fullmatch(asked)
    try:
        if ago is not None:
            found = now - timedelta(seconds=float(ago[1]) * _UNIT_S[ago[2]])
        elif clock is not None:
            found = local.replace(hour=int(clock[1]), minute=int(clock[2]), second=int(clock[3] or 0), microsecond=0)
            found = found if found <= local else found - timedelta(days=1)
        else:
            found = datetime.fromisoformat(asked)
            found = found if found.tzinfo is not None else found.replace(tzinfo=local.tzinfo)
        return int(found.timestamp() * 1000) * 1_000_000
    except (ValueError, OverflowError, OSError) as err:
        raise BadTimeError(text) from err


def run(args: argparse.Namespace, lang: Lang) -> int:
    """Do what was asked, tell the hold; the exit code says how real it is."""
    data = data_folder(args)
    acting = not args.list
    if args.release is not None and not (args.user and args.disposition):
        speak(say("hold.needs_disposition"), lang)
        return Outcome.USAGE
    if acting and args.release is None and not (args.user and args.reason):
        speak(say("hold.needs"), lang)
        return Outcome.USAGE
    try:
        if args.list:
            return _list(data, args)
        return _act(data, args, lang)
    except BadTimeError as err:
        speak(say("hold.bad_time", text=str(err)), lang)
        return Outcome.USAGE
    except DeskUnreachableError:
        return no_engine(data, lang, [] if args.list else {"state": None} if args.json else None)
    except RefusedError as err:
        if args.json:
            print_json({"state": "REFUSED", "why": err.text.to_json()})
        else:
            speak(err.text, lang)
        return Outcome.REFUSED


def _list(data: Path, args: argparse.Namespace) -> int:
    with Conversation(data) as conversation:
        rows: list[HoldRow] = conversation.call("holds", released=args.all)
    print_json([printed(row) for row in rows])
    return Outcome.DONE


def _act(data: Path, args: argparse.Namespace, lang: Lang) -> int:
    conversation, password = sign_in(data, args.user, lang)
    with conversation:
        if args.release is not None:
            name, asked = "release_hold", {"id": args.release, "disposition": args.disposition}
        else:
            scope = _scope(args, conversation.call("plant").timezone)
            name, asked = "place_hold", {"scope": scope, "reason": args.reason, "key": secrets.token_hex(16)}
        try:
            row: HoldRow = conversation.call(
                name, timeout=PATIENCE_S, note=args.note, password=password, **asked
            )  # fmt: skip
        except DeskUnreachableError:
            lost = {"id": args.release, "state": "UNKNOWN"} if args.json else None
            return unanswered(say(f"hold.{name}_unanswered"), lang, lost)
    if args.json:
        print_json(printed(row))
    else:
        state = say(f"hold.state.{row.state.value}")
        speak(say("hold.said", id=row.id, name=row.name, state=state, units=row.units), lang)
        if row.why is not None:
            speak(row.why, lang)
    if any(g.outcome == "UNKNOWN" for g in row.gates):
        return Outcome.UNKNOWN
    if row.state is HoldState.RELEASED and row.why is not None:
        return Outcome.PROBLEMS
    return CODES.get(row.state, Outcome.PROBLEMS)


def _scope(args: argparse.Namespace, zone: str) -> HoldScope:
    if args.lot:
        return HoldScope(ScopeKind.LOT, (args.lot,))
    if args.batch:
        return HoldScope(ScopeKind.BATCH, (args.batch,))
    if args.unit:
        return HoldScope(ScopeKind.UNITS, tuple(args.unit))
    now = datetime.now().astimezone()
    until = moment(args.until, zone, now) if args.until else 0
    return HoldScope(ScopeKind.STATION, (args.station,), moment(args.since, zone, now), until)


def printed(row: HoldRow) -> dict[str, Any]:
    """The form scripts get: times in ISO 8601 beside their ns."""
    form: dict[str, Any] = msgspec.to_builtins(row)
    form["placed"], form["released"] = iso(row.placed_ns), iso(row.released_ns)
    return form
