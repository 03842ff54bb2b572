"""Read models of people, signatures and the audit trail."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hmi.model.permission import Role
from hmi.model.text import Text


@dataclass(frozen=True, slots=True)
class WhoRow:
    """Who sits at this seat; user is empty when nobody does."""

    user: str = ""
    printed_name: str = ""
    role: Role = Role.VIEWER
    areas: list[str] = field(default_factory=list)
    language: str = "ko"
    locked: bool = False
    """Writing is locked; the view stays. unlock(password) opens it."""
    must_change: bool = False
    """The password is temporary: nothing but change_password is done."""
    since_ns: int = 0
    idle_s: float = 0.0
    """Writing locks after so long without an act; the window calls ``active`` at most every 10 s."""
    actions: list[str] = field(default_factory=list)
    """What the role may do, so that the window offers no more; the engine checks every act all the same."""
    empty: bool = False
    """Nobody was ever made: ask for the first administrator."""


@dataclass(frozen=True, slots=True)
class UserRow:
    """A user on the people screen."""

    user: str
    printed_name: str
    role: Role
    areas: list[str]
    language: str
    enabled: bool
    must_change: bool
    locked_out: bool
    made_ns: int
    password_ns: int
    signed_in: int
    """Seats this user sits at."""


@dataclass(frozen=True, slots=True)
class SignatureRow:
    """A signature as every view and print shows it: printed name, UTC and local time, meaning."""

    number: int
    user: str
    printed_name: str
    role: Role
    at_ns: int
    local: str
    meaning: Text
    meaning_key: str
    record: Any
    record_sha: str
    shown: Any
    shown_sha: str
    first: int | None
    station: str


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One row of the audit trail."""

    seq: int
    at_ns: int
    user: str
    role: str
    station: str
    action: str
    text: Text
    """The action in words."""
    object: str
    old: Any
    new: Any
    why: str
    cause: str
    session: str
    hash: str


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Rows of the trail, newest first."""

    total: int
    """Rows that the filter lets through, those on later pages among them."""
    rows: list[AuditRow]
    next_before: int
    """Ask with before_seq = this for the next page; 0: there is none."""
    signed_to: int
    """The last row that a signed head covers."""


@dataclass(frozen=True, slots=True)
class FlawRow:
    """One thing that is wrong with the trail."""

    kind: str
    seq: int
    text: Text


@dataclass(frozen=True, slots=True)
class TrailRow:
    """What a check of the trail found."""

    whole: bool
    rows: int
    heads: int
    signed_to: int
    keys: list[str]
    flaws: list[FlawRow]


@dataclass(frozen=True, slots=True)
class ExportRow:
    """Where an export was written."""

    folder: str
    rows: int
    last_hash: str
    key: str
    """Fingerprint of the signing keys."""


PEOPLE_ANSWERS: dict[str, Any] = {
    "who": WhoRow,  # no arguments
    "users": list[UserRow],  # no arguments
    "signature": SignatureRow,  # number: int
    "audit": AuditPage,  # user, actions: list, object, cause, from_ns, to_ns, text, before_seq, limit
    "verify_audit": TrailRow,  # no arguments
    # actions
    "sign_in": WhoRow,  # user, password
    "sign_out": WhoRow,  # no arguments
    "lock": WhoRow,  # no arguments
    "unlock": WhoRow,  # password
    "active": None,  # no arguments: the person at the window did something
    "first_user": WhoRow,  # user, password, printed_name, language
    "add_user": UserRow,  # user, role, password, printed_name, areas, language, must_change
    "set_role": UserRow,  # user, role, why
    "set_areas": UserRow,  # user, areas, why
    "set_language": WhoRow,  # language: one's own
    "disable_user": UserRow,  # user, why
    "enable_user": UserRow,  # user, why
    "change_password": WhoRow,  # old, new
    "reset_password": UserRow,  # user, new, why
    "sign": int,  # meaning_key, record, shown, password -> number of the signature
    "sign_second": int,  # user, password, meaning_key, record, shown, first
    "export_audit": ExportRow,  # folder (default: exports/ in the data folder)
    "record_export": None,  # folder, os_user: what the command line is about to export by itself
}
"""Answer types by question, for hmi.desk.ask."""
