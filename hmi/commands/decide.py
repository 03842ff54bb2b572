"""`linekeeper decide ID approve|reject|defer --as USER --reason TEXT`: one signed decision on a card.

Exit codes: 0 decided, and what an approval ordered is carried out, or the first of two persons has signed; 4 refused;
6 its outcome is not known; 7 nothing or only a part of it was carried out.
"""

from __future__ import annotations

import argparse
import time

from hmi.commands import Outcome, data_argument, data_folder, no_engine, print_json, speak, unanswered
from hmi.commands.acting import as_argument, sign_in
from hmi.commands.decisions import line, printed
from hmi.desk.client import Conversation, RefusedError
from hmi.desk.decision_rows import DecisionCard, DecisionRow
from hmi.desk.wire import DeskUnreachableError
from hmi.model.decision import REJECT_REASONS, DecisionState, Judgement
from hmi.model.text import Lang, Text
from hmi.model.words import say

PATIENCE_S = 30.0
LOOK_S = 0.5
VERDICTS = ("approve", "reject", "defer")
UNDER_WAY = (DecisionState.APPROVED, DecisionState.EXECUTING, DecisionState.EXECUTED)
CODES = {
    DecisionState.APPROVED: Outcome.UNKNOWN,
    DecisionState.EXECUTING: Outcome.UNKNOWN,
    DecisionState.UNKNOWN: Outcome.UNKNOWN,
    DecisionState.PARTLY: Outcome.REJECTED,
    DecisionState.FAILED: Outcome.REJECTED,
}


def add_arguments(sub: argparse.ArgumentParser, lang: Lang) -> None:
    """ID VERDICT --as USER --reason TEXT [--judgement J] [--wait S] [--json] --data DIR"""
    sub.add_argument("id", metavar="ID", type=int, help=say("decision.argument_id").of(lang))
    sub.add_argument("verdict", choices=VERDICTS, help=say("decision.argument_verdict").of(lang))
    as_argument(sub, lang)
    chips = say("decision.argument_reason", chips=", ".join(REJECT_REASONS))
    sub.add_argument("--reason", required=True, metavar="TEXT", help=chips.of(lang))
    judgements = [j.value for j in Judgement]
    sub.add_argument("--judgement", choices=judgements, help=say("decision.argument_judgement").of(lang))
    wait = say("decision.argument_wait")
    sub.add_argument("--wait", type=float, default=PATIENCE_S, metavar="S", help=wait.of(lang))
    sub.add_argument("--json", action="store_true", help=say("decision.argument_json").of(lang))
    data_argument(sub, lang)


def run(args: argparse.Namespace, lang: Lang) -> int:
    """Sign in, judge the cause where the card asks, decide, wait for the outcome; the exit code says which."""
    data = data_folder(args)
    try:
        conversation, password = sign_in(data, args.user, lang)
        with conversation:
            row = _decide(conversation, password, args, lang)
    except _GoneSilentError as gone:
        return unanswered(gone.text, lang, {"id": args.id, "state": "UNKNOWN"} if args.json else None)
    except DeskUnreachableError:
        return no_engine(data, lang, {"id": args.id, "state": None} if args.json else None)
    except RefusedError as err:
        if args.json:
            print_json({"id": args.id, "state": "REFUSED", "why": err.text.to_json()})
        else:
            speak(err.text, lang)
        return Outcome.REFUSED
    if args.json:
        print_json(printed(row))
    else:
        speak(line(row, lang))
    return CODES.get(row.state, Outcome.DONE)


class _GoneSilentError(Exception):
    """The engine had the decision and went away; text says what is known of it."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def _decide(desk: Conversation, password: str, args: argparse.Namespace, lang: Lang) -> DecisionRow:
    card: DecisionCard = desk.call("decision", id=args.id)
    judgement: str | None = args.judgement
    if judgement is None and args.verdict == "approve" and card.asks_judgement:
        # nobody's agreement is assumed: what was not said goes on record as unsure
        speak(say("decision.judged_unsure"), lang)
        judgement = Judgement.UNSURE.value
    if judgement is not None and card.asks_judgement and not card.judgement:
        card = desk.call("judge_cause", id=args.id, judgement=judgement)
    try:
        card = desk.call(
            "decide", timeout=PATIENCE_S, id=args.id, verdict=args.verdict, reason=args.reason, password=password,
            shown=card.shown,
        )  # fmt: skip
    except DeskUnreachableError as err:
        raise _GoneSilentError(say("decision.unanswered", id=args.id)) from err
    until = time.monotonic() + args.wait
    try:
        while card.row.state in UNDER_WAY and time.monotonic() < until:
            time.sleep(LOOK_S)
            card = desk.call("decision", id=args.id)
    except DeskUnreachableError as err:
        raise _GoneSilentError(say("decision.outcome_unanswered", id=args.id)) from err
    return card.row
