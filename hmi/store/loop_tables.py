"""The tables of the loop in plant.db: deviations, cards with their life, lessons, and what detectors learned."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, Index, String, Table, Text, UniqueConstraint

from hmi.store.plant_tables import Id, metadata

deviation = Table(
    "deviation",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("detector", String(60), nullable=False),
    Column("place", String(200), nullable=False),
    Column("at_ns", BigInteger, nullable=False),
    Column("cleared_ns", BigInteger, nullable=False),  # 0: it stands
    Column("stage", String(20), nullable=False),  # NEW, ANALYZED, ANSWERED
    Column("body", Text, nullable=False),  # JSON of statistic, limit, tags, facts
    Column("causes", Text, nullable=False),  # JSON, the likeliest first
    Index(None, "stage"),
    Index(None, "cleared_ns"),
    sqlite_autoincrement=True,
)

decision = Table(
    "decision",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("deviation", BigInteger, nullable=False),  # 0: none
    Column("key", String(200), nullable=False),
    Column("advisor", String(80), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("place", String(200), nullable=False),
    Column("state", String(20), nullable=False),
    Column("effect", String(20)),
    Column("detected_ns", BigInteger, nullable=False),
    Column("proposed_ns", BigInteger, nullable=False),
    Column("decided_ns", BigInteger, nullable=False),
    Column("ended_ns", BigInteger, nullable=False),
    Column("expires_ns", BigInteger, nullable=False),
    Column("due_ns", BigInteger, nullable=False),  # when a deferred card comes back, or its effect is judged
    Column("user", String(80), nullable=False),
    Column("printed_name", String(200), nullable=False),
    Column("role", String(20), nullable=False),
    Column("areas", Text, nullable=False),  # JSON
    Column("signature", BigInteger, nullable=False),  # 0: none
    Column("judgement", String(20), nullable=False),
    Column("reason", Text, nullable=False),
    Column("outside", String(200), nullable=False),  # hold:12, reroute:3 or the run's id
    Column("en", Text),  # why it stands as it does
    Column("ko", Text),
    Column("measured", Float),
    Column("control", Float),
    Column("advice", Text, nullable=False),  # JSON
    Column("facts", Text, nullable=False),  # JSON: what judging needs of the moment of execution
    Index(None, "state"),
    Index(None, "key"),
    sqlite_autoincrement=True,
)

decision_event = Table(
    "decision_event",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("decision", BigInteger, nullable=False),
    Column("state", String(20), nullable=False),
    Column("at_ns", BigInteger, nullable=False),
    Column("printed_name", String(200), nullable=False),
    Column("en", Text, nullable=False),
    Column("ko", Text, nullable=False),
    Index(None, "decision"),
    sqlite_autoincrement=True,
)

lesson = Table(
    "lesson",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("decision", BigInteger, nullable=False),
    Column("advisor", String(80), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("at_ns", BigInteger, nullable=False),
    Column("state", String(20), nullable=False),  # how the card ended
    Column("effect", String(20)),
    Column("said", Float, nullable=False),  # the advisor's own confidence, before calibration
    Column("shown", Float, nullable=False),  # the confidence on the card
    Column("decide_s", Float),
    UniqueConstraint("decision"),
    Index(None, "advisor"),
    sqlite_autoincrement=True,
)

detector_state = Table(
    "detector_state",
    metadata,
    Column("key", String(300), primary_key=True),  # detector/station
    Column("at_ns", BigInteger, nullable=False),
    Column("body", Text, nullable=False),  # JSON
)

APPEND_ONLY = ("decision_event", "lesson")
"""Tables whose rows are never changed and never deleted."""
