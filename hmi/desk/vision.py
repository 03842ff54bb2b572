"""Vision at the desk: triggers from the tags, a verdict for each on record, cameras and verdicts for the windows.

::

    vision = Vision(plant, cameras, database, people, data, reading=..., tell=server.tell_all, told=changes.happened)
    consumers.batches.append(vision.on_batch)
    answers |= vision.answers()              # types: hmi.desk.vision_rows.VISION_ANSWERS
    cameras.start(vision)                    # once the loop runs
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from hmi.desk.people import People
from hmi.desk.sitting import Told
from hmi.desk.vision_acts import VisionActs
from hmi.desk.vision_fares import Fares
from hmi.desk.vision_journal import VisionJournal
from hmi.desk.vision_lists import VisionLists
from hmi.desk.vision_news import Alarm, CameraNews
from hmi.desk.vision_recipes import RecipeActs
from hmi.desk.vision_record import row_of
from hmi.desk.vision_rows import CameraRow, InspectionRow
from hmi.desk.vision_subject import LastPass, Subjects, TriggerTags
from hmi.desk.vision_tidy import GOOD_DAYS, GOOD_MB, Tidying
from hmi.model.camera import Camera, CameraState, Subject
from hmi.model.inspection import Verdict
from hmi.model.plant import Plant
from hmi.model.reading import Reading
from hmi.model.text import Text
from hmi.model.words import say
from hmi.people.clock import Clock, SystemClock
from hmi.plant.port import Batch
from hmi.plant.shifts import day_window, window
from hmi.store import vision as store
from hmi.store.database import Database
from hmi.store.vision import KeptInspection
from hmi.vision import messages as m
from hmi.vision.camera_port import Trigger

log = logging.getLogger(__name__)

ROW_S = 1.0


class HostedCamera(Protocol):
    """What is shown of a camera's process."""

    ring: str
    since_ns: int
    restarts: int


class Cameras(Protocol):
    """The cameras' processes (hmi.runtime.cameras.CameraHost)."""

    @property
    def hosted(self) -> Any:
        """HostedCamera by camera id."""

    def take(self, camera: str, trigger: Trigger) -> None:
        """Ask for a picture; the answer comes to ``seen``."""

    def order(self, camera: str, order: m.Teach | m.Use) -> bool:
        """Hand on an order about a recipe; False when no process can take it."""

    def state(self, camera: str) -> tuple[CameraState, Text | None]:
        """How a camera fares, and why."""


class Vision:
    """Triggers, verdicts and recipes of all cameras of the plant."""

    def __init__(
        self,
        plant: Plant,
        cameras: Cameras,
        database: Database,
        people: People,
        data: Path,
        *,
        reading: Callable[[str], Reading],
        last_pass: LastPass = lambda unit: None,
        tell: Callable[[dict[str, Any]], None] = lambda event: None,
        told: Told = lambda kind, place, text: None,
        alarm: Alarm = lambda camera, stands, why: None,
        clock: Clock | None = None,
        good_days: float = GOOD_DAYS,
        good_mb: float = GOOD_MB,
    ) -> None:
        """reading gives a tag's reading now (whole texts), last_pass what genealogy knows of a unit.

        tell pushes an event to every window, told hears what everybody should read, alarm of a camera that fails or is
        well again; good_days and good_mb bound the kept pictures of good units.
        """
        self._plant, self._cameras, self._database = plant, cameras, database
        self._tell, self._clock = tell, clock or SystemClock()
        self.heard: list[Callable[[InspectionRow], None]] = []
        """Called with each new verdict, on the engine's loop."""
        self.camera = {c.id: c for c in plant.cameras}
        with database.reader() as c:
            self._number, last = store.newest(c)
            self._frames = store.highest_frames(c)
            self._active: dict[str, dict[str, int]] = {}
            for kept in store.recipes(c):
                if kept.active:
                    self._active.setdefault(kept.camera, {})[kept.product] = kept.version
        self._subjects = Subjects(plant, reading, last_pass)
        self._tags = TriggerTags(plant, self._fire, {name: one.subject.unit for name, one in last.items()})
        self._journal = VisionJournal(database, self._publish)
        self._fares = {name: Fares() for name in self.camera}
        self.lists = VisionLists(database)
        self._news = CameraNews(self.camera, told, alarm)
        self._tidying = Tidying(data, database, self._clock, good_days, good_mb)
        self.acts = VisionActs(plant, database, people, self._after_judging)
        self.recipes = RecipeActs(
            cameras, database, people, self._clock, self.acts.area, self.acts.find, self._recipe_used
        )
        self._shift_ns = 0
        self._rows: dict[str, CameraRow] = {}
        self._next_rows = 0.0
        self._count_shift()

    def answers(self) -> dict[str, Callable[..., Any]]:
        """Question name -> answering function."""
        return {"cameras": self.cameras} | self.lists.answers() | self.acts.answers() | self.recipes.answers()

    # triggers

    def on_batch(self, batch: Batch, now_ns: int) -> None:
        """Take a batch of readings that are in the tag table already."""
        self._tags.on_batch(batch, now_ns)

    def _fire(self, camera: Camera, unit: str, at_ns: int) -> None:
        self._take(camera, at_ns, self._subjects.of(camera, unit or None))

    def _take(self, camera: Camera, at_ns: int, subject: Subject) -> None:
        self._cameras.take(camera.id, self._trigger(camera, at_ns, subject))

    def _trigger(self, camera: Camera, at_ns: int, subject: Subject) -> Trigger:
        frame = self._frames[camera.id] = self._frames.get(camera.id, 0) + 1
        return Trigger(frame, at_ns, time.monotonic_ns(), subject)

    # what the cameras say (hmi.runtime.cameras.Hearer)

    def begins(self, camera: str) -> tuple[dict[str, int], list[str]]:
        """The recipe version in use of each product, and the products that may come."""
        return dict(self._active.get(camera, {})), [p.id for p in self._plant.products]

    def due(self, camera: str, missed: int) -> None:
        """A camera's clock says: now. What could not be taken before is said, once."""
        found, now = self.camera[camera], self._clock.wall_ns()
        subject = self._subjects.of(found)
        if missed:
            why = say("vision.why.missed", count=missed, seconds=f"{missed * found.interval_s:.1f}")
            self._fares[camera].lost += missed
            trigger = self._trigger(found, now, subject)
            self.seen(camera, trigger, m.Seen(trigger.number, Verdict.UNDECIDED, None, 0.0, [], why, no_picture=True))
        self._take(found, now, subject)

    def seen(self, camera: str, trigger: Trigger, answer: m.Seen) -> None:
        """The one answer to a trigger: a verdict on record."""
        self._number += 1
        total_ms = round((time.monotonic_ns() - trigger.mono_ns) / 1e6, 2)
        made = KeptInspection(
            self._number, camera, trigger.at_ns, trigger.number, answer.verdict, answer.score, round(answer.ms, 2),
            total_ms, trigger.subject, answer.recipe, answer.golden, answer.findings, answer.why,
            width=answer.width, height=answer.height,
        )  # fmt: skip
        self._fares[camera].take(self._number, answer, total_ms, trigger.subject.product)
        self._journal.add(made, answer.keeping)

    def late(self, camera: str, answer: m.Seen) -> None:
        """A picture that came too late: noted, the verdict stays UNDECIDED."""
        log.info("camera %s: picture %d came too late and says %s", camera, answer.number, answer.verdict)
        self._journal.late(camera, answer)

    def kept(self, camera: str, word: m.Kept) -> None:
        """A picture is on disk, or never will be."""
        if word.path:
            self._news.wrote(camera)
        self._journal.kept(camera, word)

    def disk(self, camera: str, why: Text | None) -> None:
        """Evidence cannot be written, or can again (None)."""
        self._news.disk(camera, why)

    def taught(self, camera: str, word: m.Taught | m.NotTaught) -> None:
        """A recipe is in the book, or is not."""
        self.recipes.taught(camera, word)

    def state(self, camera: str) -> None:
        """How a camera fares has changed: everybody is told when it begins to fail and when it is well again."""
        self._news.state(camera, *self._cameras.state(camera))
        self._push_row(camera)

    # time

    def tick(self) -> None:
        """What happens by time; four times a second."""
        self._journal.tick()
        now = time.monotonic()
        if now < self._next_rows:
            return
        self._next_rows = now + ROW_S
        self._count_shift()
        for camera in self.camera:
            self._push_row(camera)
        if self.camera:
            self._tidying.tick()

    def close(self) -> None:
        """Put on record what waits for its picture."""
        self._tidying.close()
        self._journal.tick(everything=True)

    def _count_shift(self) -> None:
        now = self._clock.wall_ns()
        start = (window(self._plant, now) or day_window(self._plant, now)).start_ns
        if start == self._shift_ns:
            return
        self._shift_ns = start
        with self._database.reader() as c:
            found = store.counts(c, start)
        for camera, fares in self._fares.items():
            fares.counts = found.get(camera, store.Counts())

    # questions

    def cameras(self) -> list[CameraRow]:
        """All cameras, in the plant file's order."""
        return [self._row(camera) for camera in self.camera]

    # inside

    def _publish(self, made: KeptInspection, new: bool) -> None:
        row = row_of(made)
        self._tell({"inspection": row})
        for hear in self.heard if new else ():
            hear(row)

    def _after_judging(self, before: KeptInspection, after: KeptInspection) -> None:
        counts = self._fares[after.camera].counts if after.camera in self._fares else None
        if counts is not None and after.at_ns >= self._shift_ns:
            counts.overruled += (after.judged == store.OVERRULED) - (before.judged == store.OVERRULED)
        self._journal.judged(after)
        self._tell({"inspection": row_of(after)})

    def _recipe_used(self, camera: str, product: str, version: int) -> None:
        self._active.setdefault(camera, {})[product] = version

    def _row(self, camera: str) -> CameraRow:
        found, fares = self.camera[camera], self._fares[camera]
        hosted: HostedCamera = self._cameras.hosted[camera]
        state, why = self._cameras.state(camera)
        counts = fares.counts
        return CameraRow(
            camera, found.name, found.station, found.plugin, state, why, hosted.since_ns, fares.frames, fares.lost,
            fares.per_s(), fares.frame_ms, fares.p99_ms(), counts.inspected, counts.failed, counts.undecided,
            counts.overruled, fares.product, fares.recipe, fares.light, fares.shift_px, fares.width, fares.height,
            hosted.ring, hosted.restarts, fares.last,
        )  # fmt: skip

    def _push_row(self, camera: str) -> None:
        row = self._row(camera)
        if row != self._rows.get(camera):
            self._rows[camera] = row
            self._tell({"camera": row})
