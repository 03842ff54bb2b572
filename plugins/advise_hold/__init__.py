"""The advisor that proposes holds of suspect material."""

from plugins.advise_hold.advisor import HoldAdvisor


def create() -> HoldAdvisor:
    """The advisor ``advise_hold``."""
    return HoldAdvisor()


__all__ = ["create"]
