"""Rules of a run: whether a signature orders it, its next command, where a result leaves it, its way back. Pure."""

from __future__ import annotations

import json
from dataclasses import replace

from hmi.model.command import Command, CommandOutcome, CommandResult, Grounds
from hmi.model.sequence import Run, RunState, RunStep, StepResult
from hmi.model.text import Text
from hmi.model.words import say
from hmi.people.signing import COMMAND_WITHIN_NS
from hmi.store.signatures import Signature

BACK = ":back"
"""How the id of a run's way back ends."""


def refuse_order(run: Run, signature: Signature | None, now_ns: int) -> Text | None:
    """Why a signature does not order a run, or None: its person, its meaning, its freshness, every single write."""
    if not run.steps:
        return say("gateway.run_empty")
    if signature is None or signature.user != run.user or signature.meaning != run.meaning:
        return say("gateway.needs_signature")
    if not 0 <= now_ns - signature.at_ns <= COMMAND_WITHIN_NS:
        return say("gateway.signature_old", minutes=COMMAND_WITHIN_NS // 60_000_000_000)
    signed = [(w.get("tag"), w.get("value")) for w in json.loads(signature.record).get("writes", ())]
    for step in run.steps[run.done :]:  # what is verified was ordered by an earlier signature
        if (step.tag, step.value) not in signed:
            return say("gateway.not_in_signature", tag=step.tag)
    return None


def command_of(run: Run) -> Command:
    """The command of a run's next step."""
    at = run.done
    step = run.steps[at]
    return Command(
        f"{run.id}:{at}:{run.attempts}", step.tag, step.value, run.reason, Grounds.APPROVAL, run.cause,
        run.seen if at == 0 else (), str(run.signature),
    )  # fmt: skip


def after(run: Run, result: CommandResult) -> Run:
    """The run after its next step had this result."""
    outcome = CommandOutcome.UNKNOWN if result.outcome is CommandOutcome.PENDING else result.outcome
    step = StepResult(outcome, result.why, result.number, result.read_back, result.done_ns)
    now = replace(run, results=(*run.results[: run.done], step))
    if outcome is CommandOutcome.VERIFIED:
        whole = now.done == len(now.steps)
        return replace(now, state=RunState.WHOLE if whole else RunState.RUNNING)
    if outcome is CommandOutcome.UNKNOWN and not result.notes:
        return replace(now, state=RunState.UNKNOWN)
    return replace(now, state=RunState.STOPPED)


def way_back(run: Run, reason: str, user: str, signature: int, meaning: str) -> Run:
    """The run that takes back what a run did, last step first; steps without a way back stay."""
    steps = [RunStep(s.tag, s.back, s.value) for s in reversed(run.steps[: run.done]) if s.back is not None]
    return Run(f"{run.id}{BACK}", run.cause, reason, tuple(steps), user, signature, meaning, back_of=run.id)


def second_signer(signature: Signature, first: Signature | None) -> str:
    """Who signed before the second person, where a signature is a second one; empty where nobody else did.

    Counts only when both are on the same record with the same meaning, by two people.
    """
    if first is None or first.number != signature.first or first.user == signature.user:
        return ""
    same = first.record_sha == signature.record_sha and first.meaning == signature.meaning
    return first.user if same and first.first is None else ""
