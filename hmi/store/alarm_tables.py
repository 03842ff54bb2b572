"""The tables of alarms in plant.db: the journal with one row for each transition, and the facts that it led to."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, String, Table, Text

from hmi.store.plant_tables import Id, metadata

alarm_journal = Table(
    "alarm_journal",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("alarm", String(400), nullable=False),
    Column("origin", String(10), nullable=False),  # own, or server: a controller's own condition
    Column("noted_ns", BigInteger, nullable=False),
    Column("at_ns", BigInteger, nullable=False),
    Column("event", String(20), nullable=False),
    Column("number", String(4), nullable=False),  # of the transition in the table of states
    Column("before", String(1), nullable=False),
    Column("after", String(1), nullable=False),
    Column("activation", BigInteger, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("value", Float),
    Column("by", String(80), nullable=False),
    Column("why", Text, nullable=False),
    Column("named", BigInteger, nullable=False),  # the activation that an acknowledgement named
    Column("until_ns", BigInteger, nullable=False),
    Column("source", String(400), nullable=False),
    Column("risen", Integer, nullable=False),  # the priority that the event named; 0: none
    Column("first_out", Boolean, nullable=False),
    Column("order", String(200), nullable=False),
    Column("lot", String(200), nullable=False),
    Column("tag", String(200), nullable=False),
    Column("place", String(200), nullable=False),
    Column("en", String(1000), nullable=False),
    Column("ko", String(1000), nullable=False),
    Index(None, "noted_ns"),
    Index(None, "alarm", "id"),
    sqlite_autoincrement=True,
)

alarm_state = Table(
    "alarm_state",
    metadata,
    Column("alarm", String(400), primary_key=True),
    Column("facts", Text, nullable=False),  # JSON
)
