"""Discovery: a plant file from a controller that nobody here has described."""

from hmi.runtime.discovery.ask import DiscoveryError, NoFeed, discover_nodes, discover_plant, local_timezone
from hmi.runtime.discovery.describe import left_out, plant_from_nodes

__all__ = [
    "DiscoveryError", "NoFeed", "discover_nodes", "discover_plant", "left_out", "local_timezone", "plant_from_nodes",
]  # fmt: skip
