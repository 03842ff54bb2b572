"""Inspections with their subjects, what inspectors said, and recipes."""

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the tables of this room."""
