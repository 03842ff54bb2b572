"""`linekeeper backtest --detector NAME FILE --out SCORES.csv`: a detector played over a recorded file, causally."""

from __future__ import annotations

import argparse
from pathlib import Path

from hmi.commands import Outcome, speak
from hmi.loop.backtest import backtest
from hmi.model import disk
from hmi.model.text import Lang
from hmi.model.words import say
from hmi.runtime import plugins


def add_arguments(sub: argparse.ArgumentParser, lang: Lang) -> None:
    """--detector NAME --sep ';' --time datetime --ignore a,b --warmup 400 FILE --out SCORES.csv"""
    sub.add_argument("file", type=Path, metavar="FILE", help=say("cli.backtest_file").of(lang))
    sub.add_argument("--detector", required=True, metavar="NAME", help=say("cli.detector").of(lang))
    sub.add_argument("--out", type=Path, required=True, metavar="SCORES.csv", help=say("cli.scores").of(lang))
    sub.add_argument("--sep", default=",", metavar="';'", help=say("cli.sep").of(lang))
    sub.add_argument("--time", default="time", metavar="COLUMN", help=say("cli.time_column").of(lang))
    sub.add_argument("--ignore", default="", metavar="A,B", help=say("cli.ignore").of(lang))
    sub.add_argument("--warmup", type=int, default=400, metavar="N", help=say("cli.warmup").of(lang))


def run(args: argparse.Namespace, lang: Lang) -> int:
    """Play the file; faults of the file and of the detector's name are told in words."""
    ignore = [name.strip() for name in args.ignore.split(",") if name.strip()]
    try:
        module = plugins.load(plugins.by_name(args.detector, "detector", plugins.find()))
        played = backtest(
            args.file, module.create(), args.out, sep=args.sep, time_column=args.time, ignore=ignore,
            warmup=args.warmup,
        )  # fmt: skip
    except plugins.PluginFault as err:
        speak(err.text, lang)
        return Outcome.PROBLEMS
    except OSError as err:
        speak(say("cli.cannot_write", file=str(args.out), detail=disk.why(err)), lang)
        return Outcome.PROBLEMS
    speak(played.text(str(args.out)), lang)
    return Outcome.DONE
