"""The advisor that proposes ways around a failed station."""

from plugins.advise_reroute.advisor import RerouteAdvisor


def create() -> RerouteAdvisor:
    """The advisor ``advise_reroute``."""
    return RerouteAdvisor()


__all__ = ["create"]
