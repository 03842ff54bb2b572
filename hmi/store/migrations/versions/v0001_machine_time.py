"""Machine time, production and events."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the first tables."""
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "meta",
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("value", sa.String(2000)),
        sa.PrimaryKeyConstraint("name", name="pk_meta"),
    )
    op.create_table(
        "state_span",
        sa.Column("id", number, nullable=False, autoincrement=True),
        sa.Column("station", sa.String(200), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("waiting", sa.String(20), nullable=False),
        sa.Column("start_ns", sa.BigInteger, nullable=False),
        sa.Column("end_ns", sa.BigInteger),
        sa.Column("cause", sa.String(200)),
        sa.Column("reason", sa.String(200)),
        sa.Column("origin", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_state_span"),
        sa.UniqueConstraint("station", "start_ns", name="uq_state_span_station_start_ns"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_state_span_station_end_ns", "state_span", ["station", "end_ns"])
    op.create_table(
        "production",
        sa.Column("station", sa.String(200), nullable=False),
        sa.Column("minute_ns", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("good", sa.BigInteger, nullable=False),
        sa.Column("reject", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("station", "minute_ns", name="pk_production"),
    )
    op.create_table(
        "event",
        sa.Column("id", number, nullable=False, autoincrement=True),
        sa.Column("at_ns", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("en", sa.String(4000), nullable=False),
        sa.Column("ko", sa.String(4000), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_event_at_ns", "event", ["at_ns"])
