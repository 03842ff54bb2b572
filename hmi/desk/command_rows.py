"""Read models of commands: what the faceplate, the dialog and the footer show."""

from __future__ import annotations

from dataclasses import dataclass, field

from hmi.model.command import CommandOutcome, CommandResult
from hmi.model.quality import status_name
from hmi.model.reading import Value
from hmi.model.text import Text


@dataclass(frozen=True, slots=True)
class CommandRow:
    """A command and what became of it; times are ns since 1970 UTC, 0 is not reached."""

    number: int
    key: str
    tag: str
    old: Value
    asked: Value
    read_back: Value
    outcome: CommandOutcome
    why: Text | None
    status: int | None
    status_name: str | None
    """The controller's answer by the standard's name, e.g. BadOutOfRange."""
    user: str
    printed_name: str
    reason: str
    intent_ns: int
    sent_ns: int
    taken_ns: int
    done_ns: int
    notes: list[Text] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class CommandPreview:
    """What the gateway would say to a command now, before anybody confirms it."""

    tag: str
    now: Value
    low: float | None
    high: float | None
    max_step: float | None
    unit: str
    access: str
    refused_by: str | None
    """Name of the rule that forbids it."""
    why: Text | None
    signatures: int
    """How many persons must sign: 0, 1 or 2."""
    read_back: str
    """Tag that reports what was done."""
    deadline_s: float


@dataclass(frozen=True, slots=True)
class ModeRow:
    """Whether the station may write, since when and by whom."""

    mode: str
    since_ns: int
    by: str
    unsettled: list[CommandRow] = field(default_factory=list)


def row_of(result: CommandResult) -> CommandRow:
    """A command as the screens show it."""
    c, who = result.command, result.actor
    return CommandRow(
        result.number, c.key, c.tag, result.old, c.value, result.read_back, result.outcome, result.why, result.status,
        None if result.status is None else status_name(result.status),
        "" if who is None else who.user, "" if who is None else who.printed_name, c.reason, result.intent_ns,
        result.sent_ns, result.taken_ns, result.done_ns, list(result.notes),
    )  # fmt: skip
