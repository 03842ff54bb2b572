"""Runs: sequences of commands on record."""

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the tables of this room."""
