"""Real camera processes on a data folder of a test, with a camera whose pictures and moods the test writes down."""

import asyncio
import json
import os
import time
from dataclasses import replace

import numpy as np

from hmi.desk.vision import Vision
from hmi.model.camera import Camera
from hmi.model.flow import Product
from hmi.model.plant import Area, Controller, Line, Plant, Security, Site, Station, Tag, TagType
from hmi.model.text import Text
from hmi.people.clock import SystemClock
from hmi.plant.acquisition import Acquisition, kind_of
from hmi.plant.port import Batch, LinkState
from hmi.plant.tagtable import TagTableWriter
from hmi.runtime.cameras import CameraHost
from tests.integration.people_site import Site as PeopleSite

CAMERA = '''
"""A camera that draws what mood.json says: for tests of everything that can go wrong with one."""
import json, os, time
from pathlib import Path
import cv2
import numpy as np


def board():
    picture = np.full((240, 320), 170, np.uint8)
    for n in range(4):
        cv2.line(picture, (20, 40 + 30 * n), (200, 40 + 30 * n), 60, 10)
        cv2.circle(picture, (22, 40 + 30 * n), 9, 60, -1)
    cv2.rectangle(picture, (240, 30), (300, 200), 60, -1)
    return picture


class Drawn:
    def __init__(self, settings):
        self.file, self.secret = Path(settings["mood"]), settings.get("password")

    def mood(self):
        return json.loads(self.file.read_text())

    def open(self):
        if self.mood().get("shut"):
            raise RuntimeError("nobody answers")

    def grab(self, trigger, timeout_s):
        mood = self.mood()
        rng = np.random.default_rng(trigger.number)
        picture = board()
        if mood.get("hang"):
            time.sleep(mood["hang"])
        if mood.get("raise"):
            raise ValueError(mood["raise"])
        if mood.get("huge"):
            return np.zeros((10_000, 10_001), np.uint8)
        if mood.get("nothing"):
            return None
        if trigger.subject.readings.get("L1.S4.Scene") == "open":
            picture[60:84, 100:112] = 170
        if mood.get("size"):
            picture = cv2.resize(picture, tuple(mood["size"]))
        if not mood.get("frozen"):
            picture = np.clip(picture + rng.normal(0, 3, picture.shape), 0, 255).astype(np.uint8)
        if mood.get("black"):
            picture = rng.integers(0, 3, picture.shape, np.uint8)
        return picture

    def golden(self, product):
        return board() if product in ("A4", "B2") else None

    def close(self):
        pass


def create(settings, log):
    print("a plugin that prints does not break the pipe")
    return Drawn(settings)
'''
INSPECTOR = '''
"""Template compare that takes its time."""
import time
from hmi.vision.template.inspector import TemplateCompareKind


class Slow:
    def __init__(self, inner):
        self.inner, self.recipe = inner, inner.recipe

    def inspect(self, picture):
        time.sleep(0.15)
        return self.inner.inspect(picture)


class Kind(TemplateCompareKind):
    name = "slow"

    def load(self, recipe, golden):
        return Slow(super().load(recipe, golden))


def create():
    return Kind()
'''


def plugin(data, name, kind, code):
    folder = data / "plugins" / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "code.py").write_text(code)
    (folder / "plugin.toml").write_text(
        f'name = "{name}"\nkind = "{kind}"\nversion = "1"\napi = 1\nmodule = "code"\n'
        f'[description]\nen = "for tests"\nko = "시험용"\n'
    )


ROLES = {"order": "L1.Order", "product": "L1.Product", "lot": "L1.Lot", "material_batch": "L1.Batch"}
TAGS = ("L1.Order", "L1.Product", "L1.Lot", "L1.Batch", "L1.S4.UnitId", "L1.S4.Scene", "L1.S4.Light")


def small_plant(*cameras):
    def tag(name):
        kind = TagType.DOUBLE if name.endswith("Light") else TagType.STRING
        place = "L1.S4" if ".S4." in name else "L1"
        return Tag(id=name, name=Text.same(name), controller="c", node=f"nsu=x;s={name}", type=kind, place=place)

    return Plant(
        id="p", name=Text.same("p"), timezone="UTC", sites=(Site("s", Text.same("s")),),
        areas=(Area("north", Text.same("a"), "s"),),
        lines=(Line("L1", Text.same("L1"), "north", roles=ROLES),),
        stations=(Station(id="L1.S4", name=Text.same("AOI"), line="L1", order=4, roles={"unit": "L1.S4.UnitId"}),),
        controllers=(
            Controller(
                id="c", name=Text.same("c"), driver="opcua", endpoint="opc.tcp://127.0.0.1:1", security=Security.NONE
            ),
        ),
        tags=tuple(tag(name) for name in TAGS),
        products=(Product("A4", Text.same("A4"), ("aoi",)),),
        cameras=cameras,
    )  # fmt: skip


class RealClock(SystemClock):
    """This computer's clocks; waiting after a wrong password moves nothing."""

    s = 0.0


class VisionSite(PeopleSite):
    """Cameras, tags and people on one loop, on the real clock."""

    def __init__(self, data, *, camera=None, start=True, **options):
        self.mood_file = data / "mood.json"
        if not self.mood_file.exists():
            self.mood()
        plugin(data, "drawn", "camera", CAMERA)
        plugin(data, "slow", "inspector", INSPECTOR)
        plain = Camera(
            "cam1", Text("Eye", "눈"), "L1.S4", "drawn", reads=("L1.S4.Scene", "L1.S4.Light"), keep_good=2,
            settings={"mood": str(self.mood_file)},
        )  # fmt: skip
        self.plant = small_plant(replace(plain, **(camera or {})))
        self.events, self.rows, self.notices, self.alarms, self.options = [], [], [], [], options
        self.started = start
        super().__init__(data, more=self._more, clock=RealClock())
        self.feed.link(LinkState.CONNECTED)
        if start:
            self.run(lambda: self.cameras.start(self.vision))
            self.tick = asyncio.run_coroutine_threadsafe(self._ticking(), self.loop)

    def _more(self, people):
        table = TagTableWriter(self.data / "tags.table", len(self.plant.tags), 1)
        self.acquisition = Acquisition(self.plant, table)
        self.feed_of = self.acquisition.feed("c")
        self.cameras = CameraHost(self.data, self.plant.cameras, self.box.get)
        self.vision = Vision(
            self.plant, self.cameras, self.database, people, self.data,
            reading=lambda tag: table.reading(self.plant.row[tag]), tell=self.events.append,
            told=lambda *said: self.notices.append(said), alarm=lambda *said: self.alarms.append(said),
            **self.options,
        )  # fmt: skip
        self.vision.heard.append(self.rows.append)
        self.acquisition.consumers.batches.append(self.vision.on_batch)
        return self.vision.answers()

    @property
    def feed(self):
        return OnLoop(self, self.feed_of)

    async def _ticking(self):
        while True:
            self.vision.tick()
            await asyncio.sleep(0.05)

    def mood(self, **mood):
        fresh = self.mood_file.with_suffix(".new")
        fresh.write_text(json.dumps(mood))
        os.replace(fresh, self.mood_file)

    def tags(self, **values):
        """Let the controller say values, all in one batch."""
        names = [name for name in TAGS if name.rpartition(".")[2] in values]
        now = time.time_ns()
        given = [values[name.rpartition(".")[2]] for name in names]
        batch = Batch(
            np.array([self.plant.row[n] for n in names], np.int32),
            np.array([v if isinstance(v, float) else np.nan for v in given]),
            np.zeros(len(names), np.uint32),
            np.full(len(names), now, np.int64),
            np.array([kind_of(self.plant.tag[n].type) for n in names], np.uint8),
            {i: v for i, v in enumerate(given) if isinstance(v, str)},
        )  # fmt: skip
        self.feed.readings(batch)

    def context(self):
        self.tags(Order="O-1", Product="A4", Lot="LOT-1", Batch="PASTE-1", Light=80.0)

    def unit(self, name, scene="", **more):
        self.tags(UnitId=name, Scene=scene, **more)

    def verdict(self, unit, seconds=10.0):
        return self.until(lambda: next((r for r in list(self.rows) if r.subject.unit == unit), None), seconds, unit)

    def row(self):
        return self.run(self.vision.cameras)[0]

    def state(self):
        return self.run(lambda: self.cameras.state("cam1"))[0]

    def running(self):
        self.until(lambda: self.state() == "RUNNING", 20.0, "a running camera")

    def pid(self):
        return self.until(lambda: (p := self.cameras.hosted["cam1"].process) and p.pid, 10.0, "a process")

    def kept(self):
        """Everything on record, oldest first."""
        self.run(lambda: self.vision._journal.tick(everything=True))
        self.database.submit(lambda work: None).result()
        return self.on_loop(self.vision.lists.inspections(limit=500))[::-1]

    @staticmethod
    def until(condition, seconds=10.0, what="condition"):
        deadline = time.monotonic() + seconds
        while not (found := condition()):
            assert time.monotonic() < deadline, f"{what} did not come in {seconds} s"
            time.sleep(0.02)
        return found

    def stop(self):
        if not self.loop.is_closed():
            if self.started:
                self.tick.cancel()
            self.on_loop(self.cameras.stop())
            self.run(self.vision.close)
        super().stop()


class OnLoop:
    """Calls a feed on the engine's loop."""

    def __init__(self, site, feed):
        self._site, self._feed = site, feed

    def __getattr__(self, name):
        act = getattr(self._feed, name)
        return lambda *given: self._site.run(lambda: act(*given))
