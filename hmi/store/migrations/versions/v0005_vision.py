"""Inspections with their subjects, what inspectors said, and recipes."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the tables of this room."""
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "inspection",
        sa.Column("number", number, nullable=False, autoincrement=True),
        sa.Column("camera", sa.String(200), nullable=False),
        sa.Column("at_ns", sa.BigInteger, nullable=False),
        sa.Column("frame", sa.BigInteger, nullable=False),
        sa.Column("verdict", sa.String(20), nullable=False),
        sa.Column("score", sa.Float),
        sa.Column("ms", sa.Float, nullable=False),
        sa.Column("total_ms", sa.Float, nullable=False),
        sa.Column("unit", sa.String(200), nullable=False),
        sa.Column("lot", sa.String(200), nullable=False),
        sa.Column("order_id", sa.String(200), nullable=False),
        sa.Column("product", sa.String(200), nullable=False),
        sa.Column("line", sa.String(200), nullable=False),
        sa.Column("station", sa.String(200), nullable=False),
        sa.Column("batch", sa.String(200), nullable=False),
        sa.Column("operator", sa.String(200), nullable=False),
        sa.Column("readings", sa.Text, nullable=False),
        sa.Column("recipe", sa.String(400), nullable=False),
        sa.Column("golden", sa.String(600), nullable=False),
        sa.Column("findings", sa.Text, nullable=False),
        sa.Column("why_en", sa.String(1000)),
        sa.Column("why_ko", sa.String(1000)),
        sa.Column("late", sa.String(20), nullable=False),
        sa.Column("evidence", sa.String(600), nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("judged", sa.String(20), nullable=False),
        sa.Column("judged_by", sa.String(200), nullable=False),
        sa.Column("judged_ns", sa.BigInteger, nullable=False),
        sa.Column("judged_why", sa.String(2000), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_inspection"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_inspection_camera_number", "inspection", ["camera", "number"])
    op.create_index("ix_inspection_unit", "inspection", ["unit"])
    op.create_index("ix_inspection_lot", "inspection", ["lot"])
    op.create_index("ix_inspection_judged_verdict_number", "inspection", ["judged", "verdict", "number"])
    op.create_index("ix_inspection_at_ns", "inspection", ["at_ns"])
    op.create_table(
        "recipe",
        sa.Column("id", number, nullable=False, autoincrement=True),
        sa.Column("camera", sa.String(200), nullable=False),
        sa.Column("product", sa.String(200), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("inspector", sa.String(80), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("golden", sa.String(600), nullable=False),
        sa.Column("settings", sa.Text, nullable=False),
        sa.Column("made_ns", sa.BigInteger, nullable=False),
        sa.Column("made_by", sa.String(200), nullable=False),
        sa.Column("why", sa.String(2000), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_recipe"),
        sa.UniqueConstraint("camera", "product", "version", name="uq_recipe_camera_product_version"),
        sqlite_autoincrement=True,
    )
