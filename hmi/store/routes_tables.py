"""The table of reroutes in plant.db: what was opened around which station, on whose word, and how far it came."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, String, Table, Text

from hmi.store.plant_tables import Id, metadata

reroute = Table(
    "reroute",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("failed", String(200), nullable=False),
    Column("en", String(400), nullable=False),  # what was opened, in words
    Column("ko", String(400), nullable=False),
    Column("user", String(80), nullable=False),
    Column("printed_name", String(200), nullable=False),
    Column("cause", String(200), nullable=False),
    Column("reason", Text, nullable=False),
    Column("signature", BigInteger, nullable=False),
    Column("meaning", String(40), nullable=False),
    Column("writes", Text, nullable=False),  # JSON, as are seen and lanes
    Column("seen", Text, nullable=False),
    Column("lanes", Text, nullable=False),
    Column("state", String(20), nullable=False),
    Column("units", BigInteger, nullable=False),
    Column("at_ns", BigInteger, nullable=False),
    Column("ended_ns", BigInteger, nullable=False),
    Column("why_en", Text, nullable=False),
    Column("why_ko", Text, nullable=False),
    Column("back_user", String(80), nullable=False),  # who ordered the way back, why and on which signature
    Column("back_reason", Text, nullable=False),
    Column("back_signature", BigInteger, nullable=False),
    Column("back_meaning", String(40), nullable=False),
    Index(None, "state"),
    sqlite_autoincrement=True,
)
