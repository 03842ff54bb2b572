"""Signing: what a signature means, who may give it, and whether it is on exactly this record.

A signature binds a person, a moment and a meaning to the canonical JSON (hmi.store.canonical) of what was signed and
of what was shown while deciding. It counts for the very record it is on and for nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hmi.model.command import Command
from hmi.model.permission import PERMISSIONS, Action, Person
from hmi.model.text import Text
from hmi.model.words import say
from hmi.store.canonical import canonical, digest
from hmi.store.signatures import Signature

SECOND_WITHIN_NS = 120_000_000_000
"""How long the second person has after the first."""
COMMAND_WITHIN_NS = 600_000_000_000
"""How long a signature carries a command that has not gone out."""

MEANINGS: Mapping[str, frozenset[Action]] = {
    "command": frozenset({
        Action.WRITE_SETPOINT, Action.WRITE_GATE, Action.WRITE_DIVERTER, Action.WRITE_RECIPE, Action.CALL_METHOD,
        Action.REROUTE, Action.PLACE_HOLD, Action.RELEASE_HOLD,
    }),
    "control": frozenset({Action.SET_MODE}),
    "monitor": frozenset({Action.SET_MODE}),
    "approve": frozenset({Action.DECIDE}),
    "reject": frozenset({Action.DECIDE}),
    "defer": frozenset({Action.DECIDE}),
    "hold": frozenset({Action.PLACE_HOLD}),
    "release": frozenset({Action.RELEASE_HOLD}),
    "disposition": frozenset({Action.RELEASE_HOLD}),
    "reroute": frozenset({Action.REROUTE}),
    "verdict": frozenset({Action.JUDGE}),
    "teach": frozenset({Action.TEACH}),
    "use_recipe": frozenset({Action.TEACH}),
    "shelve": frozenset({Action.SHELVE}),
    "out_of_service": frozenset({Action.OUT_OF_SERVICE}),
    "hand_over": frozenset({Action.SIGN_HANDOVER}),
    "take_over": frozenset({Action.SIGN_HANDOVER}),
    "trust": frozenset({Action.TRUST}),
    "configure": frozenset({Action.CONFIGURE}),
    "reviewed": frozenset({Action.READ_AUDIT}),
}  # fmt: skip
"""What can be signed, by catalogue key under ``meaning``, and the rights of which the signer must hold one."""


def command_record(command: Command) -> dict[str, Any]:
    """What is signed of a command: everything but the signatures. The desk shows it and hands it to ``sign``."""
    record: dict[str, Any] = {
        "key": command.key, "tag": command.tag, "value": command.value, "reason": command.reason,
        "grounds": command.grounds.value, "cause": command.cause,
        "seen": [{"tag": s.tag, "value": s.value, "tolerance": float(s.tolerance)} for s in command.seen],
    }  # fmt: skip
    if command.arguments is not None:
        record["arguments"] = list(command.arguments)
    return record


def refuse_meaning(meaning: str) -> Text | None:
    """Words when there is no such meaning."""
    return None if meaning in MEANINGS else say("people.no_meaning", meaning=meaning)


def may_sign(person: Person, meaning: str) -> bool:
    """Whether somebody's role holds a right that this meaning rests on."""
    return bool(MEANINGS[meaning] & PERMISSIONS[person.role])


def refuse_second(
    first: Signature | None, user: str, meaning: str, record: Any, shown: Any, now_ns: int
) -> Text | None:
    """Why somebody cannot sign as the second person, or None.

    It must be another person, within 120 s, on the same record, having been shown the same.
    """
    if first is None or first.first is not None:
        return say("people.no_first")
    if first.user == user:
        return say("people.same_person")
    if first.meaning != meaning or not matches(first, record, shown):
        return say("people.not_the_same")
    if not 0 <= now_ns - first.at_ns <= SECOND_WITHIN_NS:
        return say("people.second_late", seconds=SECOND_WITHIN_NS // 1_000_000_000)
    return None


def matches(signature: Signature, record: Any, shown: Any) -> bool:
    """Whether a signature is on this record and this view of it."""
    return signature.record_sha == digest(record) and signature.shown_sha == digest(shown)


def verify(signature: Signature, record: Any, shown: Any) -> Text | None:
    """What is wrong with a signature on a record; None when it holds."""
    if signature.record_sha != digest(record) or signature.record.encode("utf-8") != canonical(record):
        return say("people.signature_record", number=signature.number)
    if signature.shown_sha != digest(shown) or signature.shown.encode("utf-8") != canonical(shown):
        return say("people.signature_shown", number=signature.number)
    return None


def on_command(signature: Signature, command: Command, now_ns: int) -> bool:
    """Whether a signature orders exactly this command and is not stale."""
    fresh = 0 <= now_ns - signature.at_ns <= COMMAND_WITHIN_NS
    return fresh and signature.record_sha == digest(command_record(command))
