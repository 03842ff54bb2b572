"""Reroutes on record."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the table of reroutes, never to lose a row."""
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "reroute",
        sa.Column("id", number, nullable=False, autoincrement=True),
        sa.Column("failed", sa.String(200), nullable=False),
        sa.Column("en", sa.String(400), nullable=False),
        sa.Column("ko", sa.String(400), nullable=False),
        sa.Column("user", sa.String(80), nullable=False),
        sa.Column("printed_name", sa.String(200), nullable=False),
        sa.Column("cause", sa.String(200), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("signature", sa.BigInteger, nullable=False),
        sa.Column("meaning", sa.String(40), nullable=False),
        sa.Column("writes", sa.Text, nullable=False),
        sa.Column("seen", sa.Text, nullable=False),
        sa.Column("lanes", sa.Text, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("units", sa.BigInteger, nullable=False),
        sa.Column("at_ns", sa.BigInteger, nullable=False),
        sa.Column("ended_ns", sa.BigInteger, nullable=False),
        sa.Column("why_en", sa.Text, nullable=False),
        sa.Column("why_ko", sa.Text, nullable=False),
        sa.Column("back_user", sa.String(80), nullable=False),
        sa.Column("back_reason", sa.Text, nullable=False),
        sa.Column("back_signature", sa.BigInteger, nullable=False),
        sa.Column("back_meaning", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reroute"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_reroute_state", "reroute", ["state"])
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER reroute_no_delete BEFORE DELETE ON reroute "
            "BEGIN SELECT RAISE(ABORT, 'reroute: rows are never deleted'); END"
        )
