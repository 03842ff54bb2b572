"""Genealogy and holds."""

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the tables of this room."""
