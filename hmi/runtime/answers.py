"""What the engine answers at the desk: each public method is one question or action of hmi.desk.ask."""

from __future__ import annotations

import dataclasses
import difflib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hmi import __version__
from hmi.desk import rows
from hmi.desk.client import RefusedError
from hmi.model import quality as q
from hmi.model.plant import Plant, Security
from hmi.model.quality import Quality
from hmi.model.reading import Reading
from hmi.model.text import Text
from hmi.model.words import say
from hmi.plant.acquisition import Acquisition
from hmi.plant.port import Driver
from hmi.runtime.drivers import DriverHost
from hmi.runtime.meter import Meter


@dataclass(slots=True)
class HistoryState:
    """How the history fares, for the system screen."""

    queue: int = 0
    mb: float = 0.0
    lost: int = 0
    written: int = 0
    why: Text | None = None


@dataclass(slots=True)
class Station:
    """What the answers look at."""

    plant: Plant
    plant_file: str
    revision: int
    acquisition: Acquisition
    drivers: DriverHost
    meter: Meter
    history: Callable[[], HistoryState]
    plugins: Callable[[], list[rows.PluginRow]]
    windows: Callable[[], int]
    restarts: int
    trust: Path
    accept: Callable[[str, str], bool]
    """accept(controller id, fingerprint): put a waiting certificate on the trust list; False if none waits."""


class Answers:
    """The questions about tags, controllers and the engine itself."""

    def __init__(self, station: Station) -> None:
        self._s = station
        self._rate_marks: dict[str, tuple[float, int, float]] = {}

    def table(self) -> dict[str, Callable[..., Any]]:
        """Question name -> answering function."""
        names = ("hello", "plant", "status", "read", "controllers", "bad_tags", "engine", "browse", "peek", "trust")
        return {name: getattr(self, name) for name in names}

    def hello(self) -> rows.Hello:
        """Who answers."""
        s = self._s
        return rows.Hello(__version__, s.meter.pid, s.revision, s.plant.demo, s.plant_file, s.meter.started_ns)

    def plant(self) -> Plant:
        """The plant as the engine has it."""
        return self._s.plant

    def reading(self, tag: str) -> Reading:
        """The last reading of a known tag, long text whole."""
        row = self._s.plant.row[tag]
        reading = self._s.acquisition.table.reading(row)
        whole = self._s.acquisition.full_text.get(row)
        if whole is not None and isinstance(reading.value, str):
            return Reading(whole, reading.status, reading.source_ns)
        return reading

    def read(self, tags: list[str]) -> list[dict[str, Any]]:
        """Readings by tag id; an unknown tag is BAD with words that name near ones."""
        now = time.time_ns()
        found = []
        for tag in tags:
            if tag in self._s.plant.row:
                found.append(self.reading(tag).to_json(tag, now))
            else:
                found.append(unknown_tag(self._s.plant, tag))
        return found

    def bad_tags(self, controller: str | None = None, limit: int = 200) -> rows.BadTags:
        """Tags that are not GOOD, of one controller or of all."""
        s = self._s
        table = s.acquisition.table
        if controller is None:
            which = np.arange(len(s.plant.tags), dtype=np.int32)
        else:
            self._controller(controller)
            which = s.acquisition.rows_of(controller)
        bad = which[(table.status[which] >> 30) != 0]
        shown = [
            rows.TagRow(
                s.plant.tags[r].id,
                q.quality_of(int(table.status[r])),
                int(table.status[r]),
                q.why(int(table.status[r])),
                int(table.source_ns[r]),
            )
            for r in bad[:limit].tolist()
        ]
        return rows.BadTags(len(bad), shown)

    def controllers(self) -> list[rows.ControllerRow]:
        """Every controller with the state of its link."""
        return [self._controller_row(name) for name in self._s.drivers.hosted]

    def _controller_row(self, name: str) -> rows.ControllerRow:
        s = self._s
        hosted = s.drivers.hosted[name]
        h, c = hosted.health, hosted.controller
        which = s.acquisition.rows_of(name)
        bad = int(((s.acquisition.table.status[which] >> 30) != 0).sum())
        now = time.monotonic()
        then, count, rate = self._rate_marks.get(name, (now, h.notifications, 0.0))
        if now - then >= 1.0:
            rate = (h.notifications - count) / (now - then)
            self._rate_marks[name] = (now, h.notifications, rate)
        elif name not in self._rate_marks:
            self._rate_marks[name] = (now, h.notifications, 0.0)
        return rows.ControllerRow(
            controller=name, name=c.name, endpoint=c.endpoint, state=str(h.state), why=h.why, since_ns=h.since_ns,
            latency_ms=h.latency_ms, clock_offset_ms=h.clock_offset_ms, security=h.security or str(c.security),
            unsecured=c.security is Security.NONE, publishing_ms=h.publishing_ms,
            revised_publishing_ms=h.revised_publishing_ms, sampling_ms=h.sampling_ms,
            revised_sampling_ms=h.revised_sampling_ms, revised_queue=h.revised_queue, wanted=len(which),
            subscribed=h.subscribed, bad_tags=bad, notifications=h.notifications, per_s=round(max(rate, 0.0), 1),
            overflows=h.overflows, gaps=h.gaps, refilled=h.refilled, fallbacks=h.fallbacks, connects=h.connects,
            fingerprint=h.fingerprint, product=h.product, server_start_ns=h.server_start_ns,
        )  # fmt: skip

    def engine(self) -> rows.EngineRow:
        """The engine's own health."""
        s, h = self._s, self._s.history()
        status = s.acquisition.table.status[: len(s.plant.tags)]
        return rows.EngineRow(
            pid=s.meter.pid, started_ns=s.meter.started_ns, cpu_percent=round(s.meter.cpu_percent(), 1),
            memory_mb=round(s.meter.memory_mb(), 1), loop_lag_ms=round(s.meter.lag_ms, 2), tags=len(s.plant.tags),
            tags_not_good=int(((status >> 30) != 0).sum()), readings_per_s=round(s.meter.readings_per_s, 1),
            history_queue=h.queue, history_mb=round(h.mb, 2), history_lost=h.lost, history_why=h.why,
            disk_free_mb=round(s.meter.disk_free_mb(), 1), windows=s.windows(), plugins=s.plugins(),
            restarts=s.restarts,
        )  # fmt: skip

    def status(self) -> dict[str, Any]:
        """Everything `linekeeper status` prints."""
        s = self._s
        table = s.acquisition.table
        counts = {quality.name: 0 for quality in Quality}
        for status, count in zip(*np.unique(table.status[: len(s.plant.tags)], return_counts=True), strict=True):
            counts[q.quality_of(int(status)).name] += int(count)
        return {
            "alive": True,
            "version": __version__,
            "plant": {"id": s.plant.id, "name": s.plant.name, "file": s.plant_file, "demo": s.plant.demo},
            "tags": {"total": len(s.plant.tags), **counts},
            "engine": self.engine(),
            "history": dataclasses.asdict(s.history()),
            "controllers": self.controllers(),
        }

    async def browse(self, controller: str, node: str | None = None) -> list[dict[str, Any]]:
        """One level of a controller's address space."""
        driver = self._driver(controller)
        try:
            return [dataclasses.asdict(n) for n in await driver.browse(node)]
        except (ConnectionError, TimeoutError) as err:
            raise RefusedError(say("desk.not_connected", controller=controller)) from err

    async def peek(self, controller: str, nodes: list[str]) -> list[dict[str, Any]]:
        """Nodes read from the controller now."""
        driver = self._driver(controller)
        try:
            found = await driver.read(nodes)
        except (ConnectionError, TimeoutError) as err:
            raise RefusedError(say("desk.not_connected", controller=controller)) from err
        now = time.time_ns()
        return [r.to_json(node, now) for node, r in zip(nodes, found, strict=True)]

    def trust(self, controller: str, fingerprint: str) -> None:
        """Accept the server certificate that waits for this controller."""
        self._controller(controller)
        if not self._s.accept(controller, fingerprint):
            raise RefusedError(say("desk.no_certificate", fingerprint=fingerprint[:16]))

    def _controller(self, name: str) -> None:
        if name not in self._s.drivers.hosted:
            raise RefusedError(say("desk.unknown_controller", controller=name))

    def _driver(self, name: str) -> Driver:
        self._controller(name)
        driver = self._s.drivers.driver(name)
        if driver is None:
            raise RefusedError(say("desk.not_connected", controller=name))
        return driver


def unknown_tag_words(plant: Plant, tag: str) -> Text:
    """That a tag does not exist, and which ones may have been meant."""
    near = difflib.get_close_matches(tag, plant.row, n=3)
    hint = say("desk.did_you_mean", names=", ".join(near)) if near else Text("", "")
    return say("desk.unknown_tag", tag=tag, hint=hint)


def unknown_tag(plant: Plant, tag: str) -> dict[str, Any]:
    """The answer about a tag that does not exist, in the shape of a reading."""
    return {
        "tag": tag,
        "value": None,
        "quality": Quality.BAD.name,
        "status": f"0x{q.BAD_NODE_ID_UNKNOWN:08X}",
        "source_time": None,
        "age_s": None,
        "why": unknown_tag_words(plant, tag).to_json(),
    }
