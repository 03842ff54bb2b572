"""`linekeeper inspect --pairs PAIRS.csv --json`: judge pictures against their goldens, one JSON object a picture."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import msgspec

from hmi.commands import Outcome
from hmi.model.text import Lang
from hmi.model.words import say


def add_arguments(sub: argparse.ArgumentParser, lang: Lang) -> None:
    """--pairs PAIRS.csv [--json] [--bright]"""
    sub.add_argument("--pairs", type=Path, required=True, metavar="PAIRS.csv", help=say("cli.pairs").of(lang))
    sub.add_argument("--json", action="store_true", help=say("cli.json").of(lang))
    sub.add_argument("--bright", action="store_true", help=say("cli.bright").of(lang))


def run(args: argparse.Namespace, lang: Lang) -> int:
    """One line a picture; a picture that cannot be judged is UNDECIDED and says why, the rest goes on."""
    from hmi.vision.pairs import inspect_pairs

    undecided = False
    out = sys.stdout.buffer
    for judged in inspect_pairs(args.pairs, {"copper": "bright"} if args.bright else None):
        why: dict[str, str] = judged.get("why") or {}
        findings: list[dict[str, Any]] = judged["findings"]
        undecided = undecided or judged["verdict"] == "UNDECIDED"
        if args.json:
            out.write(msgspec.json.encode(judged) + b"\n")
        else:
            words = ", ".join(f"{f['class']} {f['score']:.2f}" for f in findings) or why.get(str(lang), "")
            out.write(f"{judged['verdict']:10} {judged['image']}  {words}\n".encode())
        out.flush()
    return Outcome.PROBLEMS if undecided else Outcome.DONE
