"""`linekeeper audit verify|export`: whether the trail is whole, and the trail as signed files."""

from __future__ import annotations

import argparse
from getpass import getuser
from pathlib import Path

from hmi.commands import Outcome, data_argument, data_folder, print_json, speak
from hmi.commands.own_desk import database_file, desk
from hmi.desk.audit import trail_row
from hmi.desk.refused import RefusedError
from hmi.desk.wire import DeskUnreachableError
from hmi.model.text import Lang
from hmi.model.words import say
from hmi.people import heads, trail
from hmi.people.clock import SystemClock
from hmi.people.export import export
from hmi.people.keys import AuditKeys
from hmi.people.refusal import PeopleRefusedError
from hmi.runtime import settings
from hmi.runtime.datafolder import DataFolderError, SecondInstanceError
from hmi.runtime.secrets import SecretFault
from hmi.store.faults import StoreError

ACTS = ("verify", "export")


def add_arguments(sub: argparse.ArgumentParser, lang: Lang) -> None:
    """verify [--heads FILE] [--json] | export --out DIR"""

    def help_of(key: str) -> str:
        return say(f"cli.audit_help.{key}").of(lang)

    sub.add_argument("act", choices=ACTS, metavar="|".join(ACTS), help=help_of("act"))
    sub.add_argument("--out", type=Path, default=None, metavar="DIR", help=help_of("out"))
    sub.add_argument("--heads", type=Path, action="append", default=[], metavar="FILE", help=help_of("heads"))
    sub.add_argument("--json", action="store_true", help=help_of("json"))
    data_argument(sub, lang)


def run(args: argparse.Namespace, lang: Lang) -> int:
    """Check or export; works beside a running engine."""
    data = data_folder(args)
    file = database_file(data)
    if not file.exists():
        speak(say("audit.no_trail", data=str(data)), lang)
        return Outcome.NOTHING_THERE
    if args.act == "verify":
        return _verify(file, data, args.heads, args.json, lang)
    if args.out is None:
        speak(say("cli.audit_help.out_needed"), lang)
        return Outcome.USAGE
    return _export(file, data, args.out.absolute(), args.json, lang)


def _verify(file: Path, data: Path, more: list[Path], as_json: bool, lang: Lang) -> int:
    second = settings.load(data).audit_copy
    copies = [data / heads.FILE, *([Path(second) / heads.FILE] if second else []), *more]
    report = trail.verify(file, copies)
    if as_json:
        print_json(trail_row(report))
    else:
        for flaw in report.flaws:
            speak(flaw.text, lang)
        if report.whole:
            speak(say("audit.whole", rows=report.rows, signed=report.signed_to), lang)
        else:
            speak(say("audit.flawed", rows=report.rows, count=len(report.flaws)), lang)
        for key in report.keys:
            speak(say("audit.key", fingerprint=key), lang)
    return Outcome.DONE if report.whole else Outcome.PROBLEMS


def _export(file: Path, data: Path, out: Path, as_json: bool, lang: Lang) -> int:
    try:
        if out.exists() and any(out.iterdir()):
            raise PeopleRefusedError(say("audit.export_not_empty", folder=str(out)))
        with desk(data) as here:  # what cannot be put on record is not done
            here.call("record_export", folder=str(out), os_user=getuser())
        keys = AuditKeys(data)
        made = export(file, out, keys, SystemClock())
    except SecondInstanceError as err:
        speak(err.text, lang)
        return Outcome.TAKEN
    except (DataFolderError, StoreError, SecretFault) as err:
        speak(err.text, lang)
        return Outcome.NOTHING_THERE
    except (RefusedError, PeopleRefusedError) as err:
        speak(err.text, lang)
        return Outcome.REFUSED
    except (DeskUnreachableError, OSError) as err:
        speak(say("audit.export_failed", folder=str(out), detail=str(err)), lang)
        return Outcome.NOTHING_THERE
    if as_json:
        print_json({"folder": str(made.folder), "rows": made.rows, "last_hash": made.last_hash, "key": keys.id})
    else:
        speak(say("audit.exported", folder=str(made.folder), rows=made.rows, fingerprint=keys.id), lang)
    return Outcome.DONE
