"""Notes of the shift log and signed handovers."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

TABLES = ("shift_note", "handover")


def upgrade() -> None:
    """Make the tables of the shift log, and the triggers that guard them."""
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "shift_note",
        sa.Column("number", number, nullable=False, autoincrement=True),
        sa.Column("at_ns", sa.BigInteger, nullable=False),
        sa.Column("local", sa.String(40), nullable=False),
        sa.Column("user", sa.String(80), nullable=False),
        sa.Column("printed_name", sa.String(200), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("corrects", sa.BigInteger),
        sa.PrimaryKeyConstraint("number", name="pk_shift_note"),
        sa.UniqueConstraint("corrects", name="uq_shift_note_corrects"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_shift_note_at_ns", "shift_note", ["at_ns"])
    op.create_table(
        "handover",
        sa.Column("number", number, nullable=False, autoincrement=True),
        sa.Column("at_ns", sa.BigInteger, nullable=False),
        sa.Column("shift_start_ns", sa.BigInteger, nullable=False),
        sa.Column("shift_end_ns", sa.BigInteger, nullable=False),
        sa.Column("en", sa.String(200), nullable=False),
        sa.Column("ko", sa.String(200), nullable=False),
        sa.Column("outgoing", sa.BigInteger, nullable=False),
        sa.Column("incoming", sa.BigInteger, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("record_sha", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_handover"),
        sa.UniqueConstraint("record_sha", name="uq_handover_record_sha"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_handover_at_ns", "handover", ["at_ns"])
    for table in TABLES:
        _refuse(table, "UPDATE")
        _refuse(table, "DELETE")
    if op.get_bind().dialect.name == "sqlite":
        # INSERT OR REPLACE deletes without telling the trigger for deletes
        for table in TABLES:
            last = f"(SELECT coalesce(max(number), 0) FROM {table})"  # noqa: S608 - fixed names
            op.execute(
                f"CREATE TRIGGER {table}_at_the_end BEFORE INSERT ON {table} "
                f"WHEN NEW.number <> -1 AND NEW.number <> {last} + 1 "  # -1: numbered by the database
                f"BEGIN SELECT RAISE(ABORT, '{table}: rows are added at the end only'); END"
            )


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
