"""The loop: deviations, cards, their life, lessons, and what detectors learned."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

APPEND_ONLY = ("decision_event", "lesson")
NEVER_DELETED = (*APPEND_ONLY, "deviation", "decision")


def upgrade() -> None:
    """Make the tables of the loop, and the triggers that guard its record."""
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "deviation",
        sa.Column("id", number, nullable=False, autoincrement=True),
        sa.Column("detector", sa.String(60), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("at_ns", sa.BigInteger, nullable=False),
        sa.Column("cleared_ns", sa.BigInteger, nullable=False),
        sa.Column("stage", sa.String(20), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("causes", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deviation"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_deviation_stage", "deviation", ["stage"])
    op.create_index("ix_deviation_cleared_ns", "deviation", ["cleared_ns"])
    op.create_table(
        "decision",
        sa.Column("id", number, nullable=False, autoincrement=True),
        sa.Column("deviation", sa.BigInteger, nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("advisor", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("effect", sa.String(20)),
        sa.Column("detected_ns", sa.BigInteger, nullable=False),
        sa.Column("proposed_ns", sa.BigInteger, nullable=False),
        sa.Column("decided_ns", sa.BigInteger, nullable=False),
        sa.Column("ended_ns", sa.BigInteger, nullable=False),
        sa.Column("expires_ns", sa.BigInteger, nullable=False),
        sa.Column("due_ns", sa.BigInteger, nullable=False),
        sa.Column("user", sa.String(80), nullable=False),
        sa.Column("printed_name", sa.String(200), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("areas", sa.Text, nullable=False),
        sa.Column("signature", sa.BigInteger, nullable=False),
        sa.Column("judgement", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("outside", sa.String(200), nullable=False),
        sa.Column("en", sa.Text),
        sa.Column("ko", sa.Text),
        sa.Column("measured", sa.Float),
        sa.Column("control", sa.Float),
        sa.Column("advice", sa.Text, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_decision"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_decision_state", "decision", ["state"])
    op.create_index("ix_decision_key", "decision", ["key"])
    op.create_table(
        "decision_event",
        sa.Column("id", number, nullable=False, autoincrement=True),
        sa.Column("decision", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("at_ns", sa.BigInteger, nullable=False),
        sa.Column("printed_name", sa.String(200), nullable=False),
        sa.Column("en", sa.Text, nullable=False),
        sa.Column("ko", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_decision_event"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_decision_event_decision", "decision_event", ["decision"])
    op.create_table(
        "lesson",
        sa.Column("id", number, nullable=False, autoincrement=True),
        sa.Column("decision", sa.BigInteger, nullable=False),
        sa.Column("advisor", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("at_ns", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("effect", sa.String(20)),
        sa.Column("said", sa.Float, nullable=False),
        sa.Column("shown", sa.Float, nullable=False),
        sa.Column("decide_s", sa.Float),
        sa.PrimaryKeyConstraint("id", name="pk_lesson"),
        sa.UniqueConstraint("decision", name="uq_lesson_decision"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_lesson_advisor", "lesson", ["advisor"])
    op.create_table(
        "detector_state",
        sa.Column("key", sa.String(300), nullable=False),
        sa.Column("at_ns", sa.BigInteger, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_detector_state"),
    )
    for table in APPEND_ONLY:
        _refuse(table, "UPDATE")
    for table in NEVER_DELETED:
        _refuse(table, "DELETE")


def _refuse(table: str, act: str) -> None:
    words = f"{table}: rows are never {'changed' if act == 'UPDATE' else 'deleted'}"
    name = f"{table}_no_{act.lower()}"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER {name} BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, '{words}'); END")
        return
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{words}'; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
