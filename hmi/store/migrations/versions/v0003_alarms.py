"""The alarm journal and the facts of every alarm."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables of alarms."""
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "alarm_journal",
        sa.Column("id", number, nullable=False, autoincrement=True),
        sa.Column("alarm", sa.String(400), nullable=False),
        sa.Column("origin", sa.String(10), nullable=False),
        sa.Column("noted_ns", sa.BigInteger, nullable=False),
        sa.Column("at_ns", sa.BigInteger, nullable=False),
        sa.Column("event", sa.String(20), nullable=False),
        sa.Column("number", sa.String(4), nullable=False),
        sa.Column("before", sa.String(1), nullable=False),
        sa.Column("after", sa.String(1), nullable=False),
        sa.Column("activation", sa.BigInteger, nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("value", sa.Float),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("named", sa.BigInteger, nullable=False),
        sa.Column("until_ns", sa.BigInteger, nullable=False),
        sa.Column("source", sa.String(400), nullable=False),
        sa.Column("risen", sa.Integer, nullable=False),
        sa.Column("first_out", sa.Boolean, nullable=False),
        sa.Column("order", sa.String(200), nullable=False),
        sa.Column("lot", sa.String(200), nullable=False),
        sa.Column("tag", sa.String(200), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("en", sa.String(1000), nullable=False),
        sa.Column("ko", sa.String(1000), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alarm_journal"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_alarm_journal_noted_ns", "alarm_journal", ["noted_ns"])
    op.create_index("ix_alarm_journal_alarm_id", "alarm_journal", ["alarm", "id"])
    op.create_table(
        "alarm_state",
        sa.Column("alarm", sa.String(400), nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("alarm", name="pk_alarm_state"),
    )
