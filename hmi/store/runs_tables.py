"""The table of runs in plant.db: what was ordered as a whole, and how far it came."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from hmi.store.plant_tables import metadata

run = Table(
    "run",
    metadata,
    Column("id", String(200), primary_key=True),
    Column("cause", String(200), nullable=False),
    Column("reason", Text, nullable=False),
    Column("steps", Text, nullable=False),  # JSON, as are seen and results
    Column("user", String(80), nullable=False),
    Column("signature", BigInteger, nullable=False),
    Column("meaning", String(40), nullable=False),
    Column("seen", Text, nullable=False),
    Column("results", Text, nullable=False),
    Column("state", String(20), nullable=False),
    Column("back_of", String(200), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("started_ns", BigInteger, nullable=False),
    Column("ended_ns", BigInteger, nullable=False),
    Index(None, "state"),
    Index(None, "cause"),
)
