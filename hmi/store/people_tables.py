"""The tables of people and their acts in plant.db: accounts, signatures, the audit chain with its heads, commands.

Triggers that the migration makes keep accounts from being deleted and records from being changed.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, LargeBinary, String, Table, Text, UniqueConstraint

from hmi.store.plant_tables import Id, metadata

account = Table(
    "account",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("user", String(80), nullable=False),
    Column("folded", String(160), nullable=False),  # the name as it is compared
    Column("printed_name", String(200), nullable=False),
    Column("role", String(20), nullable=False),
    Column("areas", Text, nullable=False),  # JSON list of area ids; ["*"] is the whole plant
    Column("language", String(5), nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("must_change", Boolean, nullable=False),
    Column("password", String(500), nullable=False),  # PHC string: algorithm, cost, salt, hash
    Column("password_ns", BigInteger, nullable=False),
    Column("made_ns", BigInteger, nullable=False),
    UniqueConstraint("folded"),
    sqlite_autoincrement=True,
)

former_password = Table(
    "former_password",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("account", BigInteger, nullable=False),
    Column("password", String(500), nullable=False),
    Index(None, "account"),
)

signature = Table(
    "signature",
    metadata,
    Column("number", Id, primary_key=True, autoincrement=True),
    Column("user", String(80), nullable=False),
    Column("printed_name", String(200), nullable=False),
    Column("role", String(20), nullable=False),
    Column("at_ns", BigInteger, nullable=False),
    Column("local", String(40), nullable=False),  # ISO 8601 with offset
    Column("meaning", String(80), nullable=False),
    Column("en", String(1000), nullable=False),
    Column("ko", String(1000), nullable=False),
    Column("record", Text, nullable=False),  # canonical JSON of what was signed
    Column("record_sha", String(64), nullable=False),
    Column("shown", Text, nullable=False),  # canonical JSON of what was shown
    Column("shown_sha", String(64), nullable=False),
    Column("first", BigInteger),  # of a second person: the first one's signature
    Column("session", String(32), nullable=False),
    Column("station", String(200), nullable=False),
    Index(None, "record_sha"),
    sqlite_autoincrement=True,
)

audit = Table(
    "audit",
    metadata,
    Column("seq", Id, primary_key=True, autoincrement=True),
    # these five repeat what the row says, so that it can be searched; the check compares them
    Column("at_ns", BigInteger, nullable=False),
    Column("user", String(80), nullable=False),
    Column("action", String(40), nullable=False),
    Column("object", String(400), nullable=False),
    Column("cause", String(200), nullable=False),
    Column("row", LargeBinary, nullable=False),  # canonical JSON
    Column("hash", String(64), nullable=False),
    Index(None, "at_ns"),
    Index(None, "user", "seq"),
    Index(None, "action", "seq"),
    Index(None, "object", "seq"),
    Index(None, "cause", "seq"),
    sqlite_autoincrement=True,
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("number", Id, primary_key=True, autoincrement=True),
    Column("seq", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),  # canonical JSON
    Column("signatures", Text, nullable=False),  # JSON: algorithm -> hex
    sqlite_autoincrement=True,
)

command = Table(
    "command",
    metadata,
    Column("number", Id, primary_key=True, autoincrement=True),
    Column("key", String(200), nullable=False),
    Column("tag", String(200), nullable=False),
    Column("value", Text, nullable=False),  # JSON, as are old, seen, read_back and notes
    Column("old", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("grounds", String(20), nullable=False),
    Column("cause", String(200)),
    Column("seen", Text, nullable=False),
    Column("user", String(80), nullable=False),  # empty: nobody was signed in
    Column("printed_name", String(200), nullable=False),
    Column("role", String(20), nullable=False),
    Column("signature", String(40)),
    Column("second_signature", String(40)),
    Column("intent_ns", BigInteger, nullable=False),
    Column("sent_ns", BigInteger, nullable=False),
    Column("taken_ns", BigInteger, nullable=False),
    Column("done_ns", BigInteger, nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("settled", Boolean, nullable=False),  # false: nobody knows yet whether it was done
    Column("status", BigInteger),
    Column("en", Text),
    Column("ko", Text),
    Column("read_back", Text, nullable=False),
    Column("notes", Text, nullable=False),
    Column("arguments", Text),  # JSON, of a method call
    UniqueConstraint("key"),
    Index(None, "settled"),
    Index(None, "tag", "number"),
    sqlite_autoincrement=True,
)

READ_ONLY = ("signature", "audit", "audit_head")
"""Tables whose rows are never changed and never deleted."""

NEVER_DELETED = ("account", "command")
