"""Read models of the shift log and of handovers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hmi.model.permission import Role
from hmi.model.shiftlog import HandoverRecord, Note
from hmi.model.text import Text


@dataclass(frozen=True, slots=True)
class NotePage:
    """Notes, newest first."""

    total: int
    """Notes that the filter lets through, those on later pages among them."""
    rows: list[Note]
    next_before: int
    """Ask with before = this for the next page; 0: there is none."""


@dataclass(frozen=True, slots=True)
class HandoverPreview:
    """A record as it would be signed now; the engine keeps it for this seat until ``until_ns``."""

    record: HandoverRecord
    sha: str
    """SHA-256 over its canonical JSON: give it back to sign it."""
    until_ns: int


@dataclass(frozen=True, slots=True)
class SignatureBlock:
    """A signature as views and prints show it: printed name, UTC and local time, meaning in both languages."""

    number: int
    user: str
    printed_name: str
    role: Role
    at_ns: int
    local: str
    """ISO 8601 with the offset from UTC."""
    meaning: Text
    meaning_key: str
    station: str


@dataclass(frozen=True, slots=True)
class HandoverRow:
    """A handover in the list of earlier ones."""

    number: int
    at_ns: int
    shift: Text
    shift_start_ns: int
    shift_end_ns: int
    outgoing: str
    """Printed names."""
    incoming: str
    sha: str


@dataclass(frozen=True, slots=True)
class HandoverSheet:
    """A signed handover with all that is to be shown and printed of it."""

    number: int
    record: HandoverRecord | None
    """None: of a form that this version cannot read."""
    sha: str
    signatures: list[SignatureBlock]
    """Outgoing, then incoming."""
    wrong: list[Text] = field(default_factory=list)
    """What does not hold: a changed record, a signature that is not on it. Empty when all is well."""


SHIFTLOG_ANSWERS: dict[str, Any] = {
    "shift_log": NotePage,  # from_ns, to_ns, kinds: list, places: list, text, before, limit
    "handover_preview": HandoverPreview,  # no arguments
    "handovers": list[HandoverRow],  # before, limit
    "handover": HandoverSheet,  # number: int
    # actions
    "add_note": Note,  # text, kind, place, corrects: int | None
    "hand_over": HandoverSheet,  # sha, password, incoming, incoming_password
}
"""Answer types by question, for hmi.desk.ask."""
