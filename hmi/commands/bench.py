"""`linekeeper bench [--json]`: each figure beside a raw baseline of the same run."""

from __future__ import annotations

import argparse
import logging
import subprocess
import sys
from collections.abc import Callable

from hmi.commands import Outcome, print_json, speak
from hmi.model.text import Lang
from hmi.model.words import say
from hmi.runtime import plugins
from hmi.runtime.bench import Figure, history, processes

_LONGEST_S = 3600


def add_arguments(sub: argparse.ArgumentParser, lang: Lang) -> None:
    """[--json] [--seconds 10] [--only NAME...]"""
    sub.add_argument("--json", action="store_true", help=say("cli.json").of(lang))
    sub.add_argument("--seconds", type=float, default=10.0, metavar="10", help=say("cli.bench_seconds").of(lang))
    sub.add_argument("--only", nargs="*", choices=sorted(ROOMS), default=None, help=say("cli.bench_only").of(lang))


def _driver(seconds: float) -> list[Figure]:
    module = plugins.load(plugins.by_name("opcua", "driver", plugins.find()))
    from importlib import import_module

    found = import_module(f"{module.__name__}.bench").measure(seconds)
    stock = "asyncua's stock handler"
    return [
        Figure("driver.cpu_per_notification", round(found["ours_us"], 3), "us", round(found["stock_us"], 2), stock,
               "<= 1/20 of the stock handler"),
        Figure("driver.cpu_per_notification_mixed", round(found["mixed_ours_us"], 3), "us",
               round(found["mixed_stock_us"], 2), stock),
    ]  # fmt: skip


ROOMS: dict[str, Callable[[float], list[Figure]]] = {
    "driver": _driver,
    "history": lambda seconds: history.figures(),
    "window": lambda seconds: processes.window_figures(seconds),
    "start": lambda seconds: processes.start_figures(),
    "engine": lambda seconds: processes.engine_figures(),
}


def run(args: argparse.Namespace, lang: Lang) -> int:
    """Measure room by room; what fails is named and the rest goes on."""
    if not 0 < args.seconds <= _LONGEST_S:
        speak(say("cli.bench_seconds_wrong", most=_LONGEST_S), lang)
        return Outcome.USAGE
    logging.getLogger("asyncua").setLevel(logging.CRITICAL)
    figures: list[Figure] = []
    failed = False
    for name in args.only or ROOMS:
        if not args.json:
            speak(say("cli.bench_room", room=name), lang)
        try:
            figures += ROOMS[name](args.seconds)
        except (OSError, RuntimeError, ValueError, subprocess.SubprocessError, plugins.PluginFault) as err:
            failed = True
            speak(say("cli.bench_failed", room=name, detail=str(err)), lang)
    if args.json:
        print_json({"figures": [f.to_json() for f in figures]})
    else:
        for f in figures:
            ratio = "" if f.ratio is None else f"{f.ratio:8.3f} x {f.baseline:g} ({f.baseline_is})"
            sys.stdout.write(f"{f.name:40} {f.value:>12g} {f.unit:24} {ratio}  {f.bar}\n")
    return Outcome.PROBLEMS if failed else Outcome.DONE
