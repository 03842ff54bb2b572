"""Asking a controller what it has, through its driver plugin."""

from __future__ import annotations

import logging
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from hmi.model.plant import Controller, Plant
from hmi.model.text import Text
from hmi.model.words import say
from hmi.plant.port import Batch, DriverContext, LinkState, Node, Secrets
from hmi.runtime.discovery.describe import plant_from_nodes

log = logging.getLogger("linekeeper.discover")


class DiscoveryError(Exception):
    """A controller could not be discovered; text says why."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


class NoFeed:
    """A feed that nobody listens to."""

    def readings(self, batch: Batch) -> None:
        """Not wanted."""

    def link(self, state: LinkState, why: Text | None = None) -> None:
        """Not wanted."""

    def item(self, row: int, status: int) -> None:
        """Not wanted."""

    def event(self, event: dict[str, Any]) -> None:
        """Not wanted."""


async def discover_nodes(module: object, controller: Controller, trust: Path, secrets: Secrets) -> list[Node]:
    """All nodes of a controller, through ``discover`` of its driver's module. DiscoveryError says why it failed."""
    discover: Callable[[DriverContext], Awaitable[list[Node]]] | None = getattr(module, "discover", None)
    if discover is None:
        raise DiscoveryError(say("discovery.no_discover", driver=controller.driver))
    try:
        return await discover(DriverContext(controller, (), NoFeed(), log, trust, secrets))
    except (OSError, TimeoutError) as err:
        told = getattr(err, "text", None)
        why = told if isinstance(told, Text) else Text.same(str(err) or type(err).__name__)
        raise DiscoveryError(say("discovery.unreachable", endpoint=controller.endpoint, why=why)) from err


async def discover_plant(
    module: object, controller: Controller, trust: Path, secrets: Secrets, timezone: str | None = None
) -> Plant:
    """A plant made from a controller's address space; it passes ``plantfile.load`` after ``plantfile.write``."""
    nodes = await discover_nodes(module, controller, trust, secrets)
    return plant_from_nodes(nodes, controller, timezone or local_timezone())


def local_timezone() -> str:
    """The IANA name of this computer's time zone; UTC where it does not tell one."""
    link = Path("/etc/localtime")
    candidates = [os.environ.get("TZ", "")]
    if link.is_symlink():
        candidates.append(str(link.resolve()).rpartition("zoneinfo/")[2])
    return next((name for name in candidates if _is_zone(name)), "UTC")


def _is_zone(name: str) -> bool:
    from zoneinfo import ZoneInfo

    try:
        return bool(name) and ZoneInfo(name).key == name
    except (ValueError, OSError, KeyError):
        return False
