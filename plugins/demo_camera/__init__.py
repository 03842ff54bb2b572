"""The demo plant's camera as a plugin: pictures of boards that are drawn, not photographed."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from plugins.demo_camera.device import DemoCamera


def create(settings: Mapping[str, object], log: logging.Logger) -> DemoCamera:
    """A camera; the setting ``scene`` names the tag that says what lies under it, else that of its station."""
    return DemoCamera(str(settings.get("scene", "")), log)


__all__ = ["create"]
