"""`linekeeper discover opc.tcp://... --out plant.toml`: a plant file from a server's address space."""

from __future__ import annotations

import argparse
import asyncio
import logging
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from hmi.commands import Outcome, data_argument, data_folder, speak
from hmi.commands.secret import read_secret
from hmi.model import disk
from hmi.model.plant import Controller, Plant, Security
from hmi.model.problem import ProblemsError
from hmi.model.text import Lang, Text
from hmi.model.words import say
from hmi.runtime import datafolder, plantfile, plugins
from hmi.runtime.discovery import DiscoveryError, discover_plant
from hmi.runtime.secrets import SecretFault, SecretStore

POLICIES = ("Basic256Sha256", "Aes256Sha256RsaPss", "Aes128Sha256RsaOaep")


def add_arguments(sub: argparse.ArgumentParser, lang: Lang) -> None:
    """ENDPOINT --out FILE [--id plc1] [--driver opcua] [--user NAME] --data DIR"""
    sub.add_argument("endpoint", metavar="ENDPOINT", help=say("cli.endpoint").of(lang))
    sub.add_argument("--out", type=Path, required=True, metavar="FILE", help=say("cli.discover_out").of(lang))
    sub.add_argument("--id", default="plc1", metavar="ID", help=say("cli.discover_id").of(lang))
    sub.add_argument("--driver", default="opcua", metavar="NAME", help=say("cli.driver").of(lang))
    sub.add_argument("--user", default=None, metavar="NAME", help=say("cli.discover_user").of(lang))
    data_argument(sub, lang)


def run(args: argparse.Namespace, lang: Lang) -> int:
    """Walk the server on the safest link that it offers, and write what was found."""
    data = data_folder(args)
    try:
        datafolder.prepare(data)
        secrets = SecretStore(data)
        if args.user is not None:
            secrets.set(f"controller/{args.id}/password", read_secret(say("cli.password_of", user=args.user).of(lang)))
        module = plugins.load(plugins.by_name(args.driver, "driver", plugins.find(data)))
        controller = Controller(args.id, Text.same(args.id), args.driver, args.endpoint, user=args.user)
        # refusals on the way to a link are answered here, with what the engineer decides
        logging.getLogger("linekeeper.discover").setLevel(logging.ERROR)
        plant = _safest(module, controller, data / "trust", secrets, lang)
        plantfile.write(plant, args.out)
        plantfile.load(args.out)
    except DiscoveryError as err:
        speak(err.text, lang)
        return Outcome.NOTHING_THERE
    except (datafolder.DataFolderError, plugins.PluginFault, SecretFault) as err:
        speak(err.text, lang)
        return Outcome.REFUSED
    except ProblemsError:
        raise
    except OSError as err:
        speak(say("cli.cannot_write", file=str(args.out), detail=disk.why(err)), lang)
        return Outcome.REFUSED
    speak(
        say(
            "cli.discover_done", file=str(args.out), lines=len(plant.lines), stations=len(plant.stations),
            tags=len(plant.tags),
        ),
        lang,
    )  # fmt: skip
    return Outcome.DONE


def _safest(module: ModuleType, controller: Controller, trust: Path, secrets: SecretStore, lang: Lang) -> Plant:
    """Signed and encrypted first; its certificate is pinned in the file. Without security only when nothing else is
    offered, and then the file says so in so many words."""
    first: DiscoveryError | None = None
    for security in (Security.SIGN_AND_ENCRYPT, Security.SIGN):
        for policy in POLICIES:
            tried = replace(controller, security=security, policy=policy)
            try:
                return _pinned(module, tried, trust, secrets, lang)
            except DiscoveryError as err:
                first = first or err
                if not getattr(_link(err), "elsewhere", False):
                    raise
    try:
        plant = asyncio.run(discover_plant(module, replace(controller, security=Security.NONE), trust, secrets))
    except DiscoveryError as err:
        raise first or err from err
    speak(say("cli.discover_unsecured", endpoint=controller.endpoint), lang)
    return plant


def _pinned(module: ModuleType, controller: Controller, trust: Path, secrets: SecretStore, lang: Lang) -> Plant:
    try:
        return asyncio.run(discover_plant(module, controller, trust, secrets))
    except DiscoveryError as err:
        fingerprint = getattr(_link(err), "fingerprint", "")
        if not fingerprint:
            raise
    grouped = " ".join(fingerprint[i : i + 4] for i in range(0, len(fingerprint), 4)).upper()
    speak(say("cli.discover_pinned", fingerprint=grouped), lang)
    return asyncio.run(discover_plant(module, replace(controller, fingerprint=fingerprint), trust, secrets))


def _link(err: DiscoveryError) -> object:
    """What the driver knows of the link that could not be made."""
    return getattr(err.__cause__, "link", None)
