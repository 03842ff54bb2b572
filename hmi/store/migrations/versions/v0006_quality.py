"""Genealogy and holds."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_WORDS = ("unit", "station", "line", "lot", "work_order", "product", "batch", "operator", "batch_edge")


def upgrade() -> None:
    """Make the tables of this room; holds, their gates and units are never to lose a row."""
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "genealogy_word",
        sa.Column("number", number, nullable=False, autoincrement=True),
        sa.Column("word", sa.String(400), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_genealogy_word"),
        sa.UniqueConstraint("word", name="uq_genealogy_word_word"),
    )
    op.create_table(
        "unit_pass",
        sa.Column("number", number, nullable=False, autoincrement=True),
        sa.Column("at_ns", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in _WORDS),
        sa.PrimaryKeyConstraint("number", name="pk_unit_pass"),
        sa.UniqueConstraint("unit", "station", "at_ns", name="uq_unit_pass_unit_station_at_ns"),
    )
    op.create_index("ix_unit_pass_station_at_ns", "unit_pass", ["station", "at_ns"])
    for name in ("lot", "batch", "batch_edge"):
        op.create_index(f"ix_unit_pass_{name}", "unit_pass", [name])
    _holds(number)
    if op.get_bind().dialect.name == "sqlite":
        for table in ("hold", "hold_gate", "hold_unit"):
            op.execute(
                f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table}: rows are never deleted'); END"
            )


def _holds(number: sa.types.TypeEngine[int]) -> None:
    op.create_table(
        "hold",
        sa.Column("id", number, nullable=False, autoincrement=True),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("ids", sa.Text, nullable=False),
        sa.Column("since_ns", sa.BigInteger, nullable=False),
        sa.Column("until_ns", sa.BigInteger, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("cause", sa.String(200), nullable=False),
        sa.Column("user", sa.String(80), nullable=False),
        sa.Column("printed_name", sa.String(200), nullable=False),
        sa.Column("signature", sa.BigInteger, nullable=False),
        sa.Column("placed_ns", sa.BigInteger, nullable=False),
        sa.Column("orderer", sa.Text, nullable=False),
        sa.Column("runs", sa.Integer, nullable=False),
        sa.Column("released_ns", sa.BigInteger, nullable=False),
        sa.Column("released_by", sa.String(200), nullable=False),
        sa.Column("disposition", sa.String(20), nullable=False),
        sa.Column("release_note", sa.Text, nullable=False),
        sa.Column("release_signature", sa.BigInteger, nullable=False),
        sa.Column("en", sa.Text, nullable=False),
        sa.Column("ko", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_hold"),
        sa.UniqueConstraint("key", name="uq_hold_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_hold_state", "hold", ["state"])
    op.create_table(
        "hold_gate",
        sa.Column("hold", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("tag", sa.String(200), nullable=False),
        sa.Column("station", sa.String(200), nullable=False),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("asked", sa.Boolean, nullable=False),
        sa.Column("run", sa.String(200), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("en", sa.Text, nullable=False),
        sa.Column("ko", sa.Text, nullable=False),
        sa.Column("at_ns", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("hold", "tag", name="pk_hold_gate"),
        sa.ForeignKeyConstraint(["hold"], ["hold.id"], name="fk_hold_gate_hold"),
    )
    op.create_table(
        "hold_unit",
        sa.Column("hold", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("unit", sa.String(400), nullable=False),
        sa.Column("lot", sa.String(400), nullable=False),
        sa.Column("batch", sa.String(400), nullable=False),
        sa.Column("line", sa.String(200), nullable=False),
        sa.Column("station", sa.String(200), nullable=False),
        sa.Column("at_ns", sa.BigInteger, nullable=False),
        sa.Column("out", sa.Boolean, nullable=False),
        sa.Column("joined_ns", sa.BigInteger, nullable=False),
        sa.Column("moved_ns", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("hold", "unit", name="pk_hold_unit"),
        sa.ForeignKeyConstraint(["hold"], ["hold.id"], name="fk_hold_unit_hold"),
    )
    op.create_index("ix_hold_unit_unit", "hold_unit", ["unit"])
