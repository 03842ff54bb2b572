"""The loop: deviations, cards, their life, lessons, and what detectors learned."""

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the tables of this room."""
