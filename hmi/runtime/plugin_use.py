"""Which plugins the station uses, and how each fares: what the system screen lists. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hmi.desk.rows import PluginRow
from hmi.model.camera import CameraState
from hmi.model.text import Text
from hmi.runtime.cameras import CameraHost
from hmi.runtime.drivers import DriverHost
from hmi.runtime.plugins import Plugin


@dataclass(frozen=True, slots=True)
class PluginUse:
    """Something of the station that works with a plugin: a controller, a camera, a step of the loop."""

    kind: str
    name: str
    off: bool = False
    """Whether it was switched off for good."""
    why: Text | None = None


def of_drivers(drivers: DriverHost) -> list[PluginUse]:
    """The use that controllers make of drivers."""
    return [
        PluginUse("driver", hosted.controller.driver, hosted.state == "OFF", hosted.why)
        for hosted in drivers.hosted.values()
    ]


def of_cameras(cameras: CameraHost) -> list[PluginUse]:
    """The use that cameras make of camera plugins and of inspectors."""
    found: list[PluginUse] = []
    states = {name: cameras.state(name) for name in cameras.hosted}
    looked_at = {h.camera.inspector for n, h in cameras.hosted.items() if states[n][0] is not CameraState.OFF}
    for name, hosted in cameras.hosted.items():
        state, why = states[name]
        off = state is CameraState.OFF
        found.append(PluginUse("camera", hosted.camera.plugin, off, why if off else None))
        # a camera that is off says nothing of an inspector that goes on looking through others
        lost = off and hosted.camera.inspector not in looked_at
        found.append(PluginUse("inspector", hosted.camera.inspector, lost, why if lost else None))
    return found


def of_loop(loaded: Mapping[tuple[str, str], Text | None]) -> list[PluginUse]:
    """The use that the loop makes of detectors and advisors: by kind and name, why it is switched off."""
    return [PluginUse(kind, name, why is not None, why) for (kind, name), why in loaded.items()]


def plugin_rows(found: Iterable[Plugin], uses: Iterable[PluginUse]) -> list[PluginRow]:
    """Every plugin that was found: RUNNING while something uses it, OFF when one of these was switched off."""
    of: dict[tuple[str, str], list[PluginUse]] = {}
    for use in uses:
        of.setdefault((use.kind, use.name), []).append(use)
    rows = []
    for plugin in found:
        mine = of.get((plugin.kind, plugin.name), [])
        off = any(use.off for use in mine)
        state = "REFUSED" if plugin.refused else "OFF" if off else "RUNNING" if mine else "IDLE"
        why = plugin.refused or next((use.why for use in mine if use.why is not None), None)
        rows.append(PluginRow(plugin.name, plugin.kind, plugin.version, state, why))
    return rows
