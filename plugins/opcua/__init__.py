"""OPC UA: the driver of controllers that speak it, discovery of their address space, and whom to trust."""

from plugins.opcua.discover import discover
from plugins.opcua.driver import create
from plugins.opcua.trust import accept

__all__ = ["accept", "create", "discover"]
