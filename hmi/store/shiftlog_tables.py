"""The tables of the shift log in plant.db: notes and signed handovers; their rows are never changed or deleted."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, String, Table, Text, UniqueConstraint

from hmi.store.plant_tables import Id, metadata

shift_note = Table(
    "shift_note",
    metadata,
    Column("number", Id, primary_key=True, autoincrement=True),
    Column("at_ns", BigInteger, nullable=False),
    Column("local", String(40), nullable=False),  # ISO 8601 with offset
    Column("user", String(80), nullable=False),
    Column("printed_name", String(200), nullable=False),
    Column("role", String(20), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("place", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("corrects", BigInteger),  # a note is corrected once: the correction is corrected further
    UniqueConstraint("corrects"),
    Index(None, "at_ns"),
    sqlite_autoincrement=True,
)

handover = Table(
    "handover",
    metadata,
    Column("number", Id, primary_key=True, autoincrement=True),
    Column("at_ns", BigInteger, nullable=False),  # when the record was gathered
    Column("shift_start_ns", BigInteger, nullable=False),
    Column("shift_end_ns", BigInteger, nullable=False),
    Column("en", String(200), nullable=False),  # name of the shift
    Column("ko", String(200), nullable=False),
    Column("outgoing", BigInteger, nullable=False),  # numbers of the two signatures
    Column("incoming", BigInteger, nullable=False),
    Column("record", Text, nullable=False),  # canonical JSON
    Column("record_sha", String(64), nullable=False),
    UniqueConstraint("record_sha"),
    Index(None, "at_ns"),
    sqlite_autoincrement=True,
)
