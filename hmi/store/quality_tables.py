"""The tables of quality in plant.db: unit passes with their words, holds with their gates and units."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from hmi.store.plant_tables import Id, metadata

genealogy_word = Table(
    "genealogy_word",
    metadata,
    Column("number", Id, primary_key=True, autoincrement=True),
    Column("word", String(400), nullable=False),  # id of a unit, lot, order, product, batch, station, line or operator
    UniqueConstraint("word"),
)

unit_pass = Table(
    "unit_pass",
    metadata,
    Column("number", Id, primary_key=True, autoincrement=True),
    Column("at_ns", BigInteger, nullable=False),
    # each of the others is the number of a word
    Column("unit", BigInteger, nullable=False),
    Column("station", BigInteger, nullable=False),
    Column("line", BigInteger, nullable=False),
    Column("lot", BigInteger, nullable=False),
    Column("work_order", BigInteger, nullable=False),
    Column("product", BigInteger, nullable=False),
    Column("batch", BigInteger, nullable=False),
    Column("operator", BigInteger, nullable=False),
    Column("batch_edge", BigInteger, nullable=False),
    UniqueConstraint("unit", "station", "at_ns"),
    Index(None, "station", "at_ns"),
    Index(None, "lot"),
    Index(None, "batch"),
    Index(None, "batch_edge"),
)

hold = Table(
    "hold",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("key", String(200), nullable=False),  # of the act: the same again is the same hold
    Column("state", String(20), nullable=False),
    Column("reason", String(40), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("ids", Text, nullable=False),  # JSON
    Column("since_ns", BigInteger, nullable=False),
    Column("until_ns", BigInteger, nullable=False),
    Column("note", Text, nullable=False),
    Column("place", String(200), nullable=False),
    Column("cause", String(200), nullable=False),
    Column("user", String(80), nullable=False),
    Column("printed_name", String(200), nullable=False),
    Column("signature", BigInteger, nullable=False),
    Column("placed_ns", BigInteger, nullable=False),
    Column("orderer", Text, nullable=False),  # JSON: who ordered the runs under way, on which signature
    Column("runs", Integer, nullable=False),  # how many were ordered: part of the next one's id
    Column("released_ns", BigInteger, nullable=False),
    Column("released_by", String(200), nullable=False),
    Column("disposition", String(20), nullable=False),
    Column("release_note", Text, nullable=False),
    Column("release_signature", BigInteger, nullable=False),
    Column("en", Text, nullable=False),  # why it is as it is
    Column("ko", Text, nullable=False),
    UniqueConstraint("key"),
    Index(None, "state"),
    sqlite_autoincrement=True,
)

hold_gate = Table(
    "hold_gate",
    metadata,
    Column("hold", BigInteger, ForeignKey("hold.id"), primary_key=True, autoincrement=False),
    Column("tag", String(200), primary_key=True),
    Column("station", String(200), nullable=False),
    Column("purpose", String(20), nullable=False),
    Column("asked", Boolean, nullable=False),  # true: close; false: open
    Column("run", String(200), nullable=False),  # the run that last told it
    Column("outcome", String(20), nullable=False),
    Column("en", Text, nullable=False),
    Column("ko", Text, nullable=False),
    Column("at_ns", BigInteger, nullable=False),
)

hold_unit = Table(
    "hold_unit",
    metadata,
    Column("hold", BigInteger, ForeignKey("hold.id"), primary_key=True, autoincrement=False),
    Column("unit", String(400), primary_key=True),
    Column("lot", String(400), nullable=False),
    Column("batch", String(400), nullable=False),
    Column("line", String(200), nullable=False),
    Column("station", String(200), nullable=False),
    Column("at_ns", BigInteger, nullable=False),
    Column("out", Boolean, nullable=False),
    Column("joined_ns", BigInteger, nullable=False),
    Column("moved_ns", BigInteger, nullable=False),
    Index(None, "unit"),
)
