"""Runs: sequences of commands on record; commands that call a method keep its arguments."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the table of runs, never to lose a row, and the arguments' column."""
    op.create_table(
        "run",
        sa.Column("id", sa.String(200), nullable=False),
        sa.Column("cause", sa.String(200), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("steps", sa.Text, nullable=False),
        sa.Column("user", sa.String(80), nullable=False),
        sa.Column("signature", sa.BigInteger, nullable=False),
        sa.Column("meaning", sa.String(40), nullable=False),
        sa.Column("seen", sa.Text, nullable=False),
        sa.Column("results", sa.Text, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("back_of", sa.String(200), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("started_ns", sa.BigInteger, nullable=False),
        sa.Column("ended_ns", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_run"),
    )
    op.create_index("ix_run_state", "run", ["state"])
    op.create_index("ix_run_cause", "run", ["cause"])
    op.add_column("command", sa.Column("arguments", sa.Text))
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER run_no_delete BEFORE DELETE ON run "
            "BEGIN SELECT RAISE(ABORT, 'run: rows are never deleted'); END"
        )
