"""Keeps the cameras' processes running: one each, started again when it dies or falls silent; the engine never waits.

Every trigger gets one answer, in time or UNDECIDED: that is counted here, whatever the process does.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from hmi.model.camera import Camera, CameraState, CameraTrigger
from hmi.model.text import Text
from hmi.model.words import say
from hmi.runtime.camera_hosted import Hearer, HostedCamera, said_on_fault, take, unserved
from hmi.runtime.camera_life import ended, last_words, listen, spawn
from hmi.runtime.secrets import SecretFault
from hmi.vision import messages as m
from hmi.vision.camera_port import Trigger
from hmi.vision.ring import FrameReader
from hmi.vision.watch import Watch

log = logging.getLogger(__name__)

LOOK_S = 0.1
RINGS = "frames"


class CameraHost:
    """All cameras of the station."""

    def __init__(
        self, data: Path, cameras: Iterable[Camera], secret: Callable[[str], str | None] = lambda name: None
    ) -> None:
        """secret(``camera/ID/password``) gives a camera's password, where there is one."""
        self._data, self._secret = data, secret
        self.hosted = {c.id: self._hosted(c) for c in cameras}
        self.hearer: Hearer | None = None
        self._tasks: list[asyncio.Task[None]] = []

    def _hosted(self, camera: Camera) -> HostedCamera:
        ring = f"{RINGS}/{quote(camera.id, safe='')}.ring"
        return HostedCamera(camera, ring, Watch(camera.timeout_s), FrameReader(self._data / ring))

    def start(self, hearer: Hearer) -> None:
        """Start a process for every camera; on the engine's loop."""
        self.hearer = hearer
        (self._data / RINGS).mkdir(mode=0o700, exist_ok=True)
        for hosted in self.hosted.values():
            name = hosted.camera.id
            self._tasks.append(asyncio.create_task(self._keep(hosted, hearer), name=f"camera-{name}"))
            self._tasks.append(asyncio.create_task(self._look(hosted, hearer), name=f"camera-look-{name}"))
            if hosted.camera.trigger is CameraTrigger.INTERVAL:
                self._tasks.append(asyncio.create_task(self._clock(hosted, hearer), name=f"camera-clock-{name}"))

    async def stop(self) -> None:
        """End all processes: they get a moment to write what they hold."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=4.0)
        self._tasks.clear()

    def take(self, camera: str, trigger: Trigger) -> None:
        """Ask for a picture. The hearer gets one answer, at once when the camera cannot be asked."""
        hosted, hearer = self.hosted[camera], self.hearer
        assert hearer is not None
        why = hosted.watch.refuses(time.monotonic_ns())
        if why is not None or not hosted.send(take(trigger)):
            hearer.seen(camera, trigger, unserved(trigger, why or say("vision.why.silent")))
            return
        hosted.triggers[trigger.number] = trigger
        hosted.watch.sent(trigger.number, trigger.mono_ns)

    def order(self, camera: str, order: m.Teach | m.Use) -> bool:
        """Hand an order about a recipe to a camera's process; False when there is none to take it."""
        hosted = self.hosted[camera]
        return hosted.watch.refuses(time.monotonic_ns()) is None and hosted.send(order)

    def state(self, camera: str) -> tuple[CameraState, Text | None]:
        """How a camera fares now, and why it is not RUNNING."""
        return self.hosted[camera].watch.state(time.monotonic_ns())

    def kill(self, camera: str) -> None:
        """End a camera's process; it is started again."""
        process = self.hosted[camera].process
        if process is not None:
            with suppress(ProcessLookupError):
                process.kill()

    # a process from start to end

    async def _keep(self, hosted: HostedCamera, hearer: Hearer) -> None:
        name, watch = hosted.camera.id, hosted.watch
        while not watch.off_for_good:
            try:
                process = await self._started(hosted, hearer)
            except SecretFault as fault:
                detail: str | Text = fault.text
            except OSError as fault:
                detail = fault.strerror or str(fault)
            else:
                try:
                    await self._hear(hosted, hearer, process)
                finally:
                    await ended(process)
                    hosted.process = None
                detail = last_words(hosted, process.returncode)
            now = time.monotonic_ns()
            why = say("vision.why.ended", detail=detail)
            for number in watch.ended(why, now):
                self._unserved(hosted, hearer, number, why)
            hosted.triggers.clear()
            self._tell(hosted, hearer)
            if not watch.off_for_good:
                log.warning("camera %s: %s", name, why.en)
                await asyncio.sleep(watch.backoff_s)
                hosted.restarts += 1

    async def _started(self, hosted: HostedCamera, hearer: Hearer) -> asyncio.subprocess.Process:
        password = await asyncio.to_thread(self._secret, f"camera/{hosted.camera.id}/password")
        return await spawn(hosted, self._data, password, *hearer.begins(hosted.camera.id))

    async def _hear(self, hosted: HostedCamera, hearer: Hearer, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None and process.stderr is not None
        grumbling = asyncio.create_task(listen(hosted, process.stderr))
        try:
            while True:
                head = await process.stdout.readexactly(m.HEAD_BYTES)
                body = await process.stdout.readexactly(m.length(head))
                with said_on_fault(hosted):
                    self._heard(hosted, hearer, m.from_camera(body))
        except asyncio.IncompleteReadError:
            with suppress(TimeoutError):
                await asyncio.wait_for(grumbling, 0.5)
        except ValueError:
            log.exception("camera %s does not speak our words", hosted.camera.id)
        finally:
            grumbling.cancel()

    def _heard(self, hosted: HostedCamera, hearer: Hearer, word: m.FromCamera) -> None:
        watch, name, now = hosted.watch, hosted.camera.id, time.monotonic_ns()
        if isinstance(word, m.Seen):
            trigger = hosted.triggers.pop(word.number, None)
            if watch.heard(word, now) and trigger is not None:
                hearer.seen(name, trigger, word)
            elif trigger is not None:  # between its deadline and the next look
                hearer.seen(name, trigger, self._too_late(hosted, trigger))
                hearer.late(name, word)
            else:
                hearer.late(name, word)
        elif isinstance(word, m.Kept):
            hearer.kept(name, word)
        elif isinstance(word, m.Disk):
            hearer.disk(name, word.why)
        elif isinstance(word, m.Taught | m.NotTaught):
            hearer.taught(name, word)
        elif isinstance(word, m.Opened):
            watch.opened(now)
        elif isinstance(word, m.Closed):
            watch.lost_camera(word.why, now)
        else:
            watch.off(word.why)
        self._tell(hosted, hearer)

    # what happens by time

    async def _look(self, hosted: HostedCamera, hearer: Hearer) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            with said_on_fault(hosted):
                self._looked(hosted, hearer)

    def _looked(self, hosted: HostedCamera, hearer: Hearer) -> None:
        now, watch = time.monotonic_ns(), hosted.watch
        if hosted.process is not None:
            watch.beats(hosted.reader.beat_ns())
        for number in watch.overdue(now):
            trigger = hosted.triggers.pop(number, None)
            if trigger is not None:
                hearer.seen(hosted.camera.id, trigger, self._too_late(hosted, trigger))
        if watch.hopeless(now):
            hosted.said.append(say("vision.why.gave_up").en)
            self.kill(hosted.camera.id)
        self._tell(hosted, hearer)

    async def _clock(self, hosted: HostedCamera, hearer: Hearer) -> None:
        step = hosted.camera.interval_s
        due = time.monotonic() + step
        while True:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            missed = int((time.monotonic() - due) / step)
            due += (missed + 1) * step
            with said_on_fault(hosted):
                hearer.due(hosted.camera.id, missed)

    def _tell(self, hosted: HostedCamera, hearer: Hearer) -> None:
        state = hosted.watch.state(time.monotonic_ns())
        if state != hosted.told:
            if state[0] is not hosted.told[0]:
                hosted.since_ns = time.time_ns()
            hosted.told = state
            hearer.state(hosted.camera.id)

    def _too_late(self, hosted: HostedCamera, trigger: Trigger) -> m.Seen:
        _, why = hosted.watch.state(time.monotonic_ns())
        return unserved(trigger, why or say("vision.why.no_picture", seconds=f"{hosted.camera.timeout_s:g}"))

    def _unserved(self, hosted: HostedCamera, hearer: Hearer, number: int, why: Text) -> None:
        trigger = hosted.triggers.pop(number, None)
        if trigger is not None:
            hearer.seen(hosted.camera.id, trigger, unserved(trigger, why))
