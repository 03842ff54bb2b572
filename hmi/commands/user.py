"""`linekeeper user add|list|disable|enable|password`: who may sign in, with an engine and without."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from hmi.commands import Outcome, data_argument, data_folder, print_json, speak
from hmi.commands.asking import NoPasswordError, password
from hmi.commands.own_desk import Desk, database_file, desk
from hmi.desk.refused import RefusedError
from hmi.desk.wire import DeskUnreachableError
from hmi.model.permission import Role
from hmi.model.text import Lang, Text
from hmi.model.words import say
from hmi.people.refusal import PeopleRefusedError
from hmi.runtime.datafolder import DataFolderError, SecondInstanceError
from hmi.runtime.secrets import SecretFault
from hmi.store.faults import StoreError
from hmi.store.people import Account, accounts_in

ACTS = ("add", "list", "disable", "enable", "password")


def add_arguments(sub: argparse.ArgumentParser, lang: Lang) -> None:
    """add NAME --role ROLE [--as ADMINISTRATOR] | list | disable NAME --as ADMINISTRATOR | password NAME [--as ...]"""

    def help_of(key: str) -> str:
        return say(f"cli.user_help.{key}").of(lang)

    sub.add_argument("act", choices=ACTS, metavar="|".join(ACTS), help=help_of("act"))
    sub.add_argument("name", nargs="?", default="", metavar="NAME", help=help_of("name"))
    sub.add_argument("--role", default="", metavar="ROLE", help=help_of("role"))
    sub.add_argument("--as", dest="actor", default="", metavar="USER", help=help_of("as"))
    sub.add_argument("--printed", default="", metavar="NAME", help=help_of("printed"))
    sub.add_argument("--areas", default="", metavar="A,B", help=help_of("areas"))
    sub.add_argument("--language", choices=[x.value for x in Lang], default=Lang.KO.value, help=help_of("language"))
    sub.add_argument("--temporary", action="store_true", help=help_of("temporary"))
    sub.add_argument("--reason", default="linekeeper user", metavar="TEXT", help=help_of("reason"))
    sub.add_argument("--json", action="store_true", help=help_of("json"))
    data_argument(sub, lang)


def run(args: argparse.Namespace, lang: Lang) -> int:
    """Carry out one act; every refusal is words and an exit code."""
    data = data_folder(args)
    if args.act == "list":
        return _list(data, args.json, lang)
    if not args.name:
        speak(say("cli.user_says.name_needed"), lang)
        return Outcome.USAGE
    acts: dict[str, Callable[[Desk, argparse.Namespace, Lang], Text | int]] = {
        "add": _add, "disable": _switch, "enable": _switch, "password": _password,
    }  # fmt: skip
    try:
        with desk(data) as here:
            said = acts[args.act](here, args, lang)
    except SecondInstanceError as err:
        speak(err.text, lang)
        return Outcome.TAKEN
    except (DataFolderError, StoreError, SecretFault) as err:
        speak(err.text, lang)
        return Outcome.NOTHING_THERE
    except (RefusedError, PeopleRefusedError) as err:
        speak(err.text, lang)
        return Outcome.REFUSED
    except DeskUnreachableError:
        speak(say("cli.no_engine", data=str(data)), lang)
        return Outcome.NOTHING_THERE
    except NoPasswordError:
        speak(say("cli.user_says.no_password"), lang)
        return Outcome.USAGE
    if isinstance(said, int):
        return said
    speak(said, lang)
    return Outcome.DONE


def _add(here: Desk, args: argparse.Namespace, lang: Lang) -> Text | int:
    roles = ", ".join(Role)
    if not args.role:
        speak(say("cli.user_says.role_needed", roles=roles), lang)
        return Outcome.USAGE
    if args.role not in set(Role):
        raise RefusedError(say("people.unknown_role", role=args.role, roles=roles))
    first = here.call("who").empty
    if first and args.actor:
        raise RefusedError(say("people.no_users"))
    if first and args.role != Role.ADMINISTRATOR:
        raise RefusedError(say("people.first_is_administrator"))
    if not first and not _signed_in(here, args, lang):
        return Outcome.USAGE
    new = _new_password(args.name, lang)
    if first:
        here.call("first_user", user=args.name, password=new, printed_name=args.printed, language=Lang(args.language))
    else:
        areas = [a for a in args.areas.split(",") if a.strip()] or None
        here.call(
            "add_user", user=args.name, role=args.role, password=new, printed_name=args.printed, areas=areas,
            language=Lang(args.language), must_change=args.temporary,
        )  # fmt: skip
    return say("cli.user_says.added", user=args.name, role=say(f"role.{args.role}"))


def _switch(here: Desk, args: argparse.Namespace, lang: Lang) -> Text | int:
    if not _signed_in(here, args, lang):
        return Outcome.USAGE
    here.call(f"{args.act}_user", user=args.name, why=args.reason)
    return say(f"cli.user_says.{args.act}d", user=args.name)


def _password(here: Desk, args: argparse.Namespace, lang: Lang) -> Text | int:
    if args.actor and args.actor != args.name:
        if not _signed_in(here, args, lang):
            return Outcome.USAGE
        here.call("reset_password", user=args.name, new=_new_password(args.name, lang), why=args.reason)
        return say("cli.user_says.reset", user=args.name)
    old = password(say("cli.user_says.ask_old", user=args.name).of(lang))
    here.call("sign_in", user=args.name, password=old)
    here.call("change_password", old=old, new=_new_password(args.name, lang))
    return say("cli.user_says.changed", user=args.name)


def _signed_in(here: Desk, args: argparse.Namespace, lang: Lang) -> bool:
    if not args.actor:
        speak(say("cli.user_says.as_needed"), lang)
        return False
    own = password(say("cli.user_says.ask_actor", user=args.actor).of(lang))
    here.call("sign_in", user=args.actor, password=own)
    return True


def _new_password(user: str, lang: Lang) -> str:
    new = password(say("cli.user_says.ask_new", user=user).of(lang))
    if password(say("cli.user_says.ask_again").of(lang)) != new:
        raise RefusedError(say("people.password_twice"))
    return new


def _list(data: Path, as_json: bool, lang: Lang) -> int:
    """Who there is, read from the file: what only names says nothing that the file's owner may not know."""
    file = database_file(data)
    if not file.exists():
        speak(say("audit.no_trail", data=str(data)), lang)
        return Outcome.NOTHING_THERE
    try:
        found = accounts_in(file)
    except StoreError as err:
        speak(err.text, lang)
        return Outcome.NOTHING_THERE
    if as_json:
        print_json([_plain(account) for account in found])
        return Outcome.DONE
    lines = [say("cli.user_says.columns").of(lang)]
    for account in found:
        everywhere = say("cli.user_says.everywhere").of(lang)
        areas = ",".join(sorted(account.areas)).replace("*", everywhere)
        state = say("cli.user_says.state_enabled" if account.enabled else "cli.user_says.state_disabled").of(lang)
        role = say(f"role.{account.role.value}").of(lang)
        lines.append("\t".join((account.user, account.printed_name, role, areas, state)))
    sys.stdout.write("\n".join(lines) + "\n")
    return Outcome.DONE


def _plain(account: Account) -> dict[str, object]:
    return {
        "user": account.user, "printed_name": account.printed_name, "role": account.role.value,
        "areas": sorted(account.areas), "language": account.language.value, "enabled": account.enabled,
        "must_change": account.must_change,
    }  # fmt: skip
