"""Keeps the cameras' processes running: one each, started again when it dies or falls silent; the engine never waits.

Every trigger gets one answer, in time or UNDECIDED: that is counted here, whatever the process does.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

import msgspec

from hmi.model.camera import Camera, CameraState, CameraTrigger
from hmi.model.inspection import Verdict
from hmi.model.text import Text
from hmi.model.words import say
from hmi.runtime.processes import own_command
from hmi.runtime.secrets import SecretFault
from hmi.vision import messages as m
from hmi.vision.camera_port import Trigger
from hmi.vision.ring import FrameReader
from hmi.vision.watch import Watch

log = logging.getLogger(__name__)

MODULE = "hmi.runtime.camera_process"
LOOK_S = 0.1
RINGS = "frames"


class Hearer(Protocol):
    """Who takes what the cameras say; called on the engine's loop."""

    def begins(self, camera: str) -> tuple[dict[str, int], list[str]]:
        """The recipe version in use of each product, and the products that may come."""

    def due(self, camera: str, missed: int) -> None:
        """The clock of a camera says: now; so many times it could not say so before."""

    def seen(self, camera: str, trigger: Trigger, answer: m.Seen) -> None:
        """The one answer to a trigger."""

    def late(self, camera: str, answer: m.Seen) -> None:
        """An answer to a trigger that was answered as too late before."""

    def kept(self, camera: str, word: m.Kept) -> None:
        """A picture is on disk, or never will be."""

    def disk(self, camera: str, why: Text | None) -> None:
        """Evidence cannot be written; None: it can again."""

    def taught(self, camera: str, word: m.Taught | m.NotTaught) -> None:
        """A recipe is in the book, or is not."""

    def state(self, camera: str) -> None:
        """How a camera fares has changed."""


@dataclass
class HostedCamera:
    """One camera and its process."""

    camera: Camera
    ring: str
    """File name of its frame ring, relative to the data folder."""
    watch: Watch
    reader: FrameReader
    triggers: dict[int, Trigger] = field(default_factory=dict)
    process: asyncio.subprocess.Process | None = None
    told: tuple[CameraState, Text | None] = (CameraState.STARTING, None)
    since_ns: int = field(default_factory=time.time_ns)
    restarts: int = 0
    said: deque[str] = field(default_factory=lambda: deque(maxlen=3))
    """Last lines on standard error: the reason of an end."""
    password: str | None = None


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
        if why is not None or not self._send(hosted, _take(trigger)):
            hearer.seen(camera, trigger, _unserved(trigger, why or say("vision.why.silent")))
            return
        hosted.triggers[trigger.number] = trigger
        hosted.watch.sent(trigger.number, trigger.mono_ns)

    def order(self, camera: str, order: m.Teach | m.Use) -> bool:
        """Hand an order about a recipe to a camera's process; False when there is none to take it."""
        hosted = self.hosted[camera]
        return hosted.watch.refuses(time.monotonic_ns()) is None and self._send(hosted, order)

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
                process = await self._spawn(hosted, hearer)
            except SecretFault as fault:
                detail: str | Text = fault.text
            except OSError as fault:
                detail = fault.strerror or str(fault)
            else:
                try:
                    await self._hear(hosted, hearer, process)
                finally:
                    await _ended(process)
                    hosted.process = None
                detail = _last(hosted, process.returncode)
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

    async def _spawn(self, hosted: HostedCamera, hearer: Hearer) -> asyncio.subprocess.Process:
        camera, pipe = hosted.camera, asyncio.subprocess.PIPE
        password = await asyncio.to_thread(self._secret, f"camera/{camera.id}/password")
        process = await asyncio.create_subprocess_exec(
            *own_command(MODULE), stdin=pipe, stdout=pipe, stderr=pipe, limit=m.LARGEST
        )
        hosted.process = process
        hosted.watch.starting(time.monotonic_ns())
        settings = dict(camera.settings) | ({} if password is None else {"password": password})
        active, products = hearer.begins(camera.id)
        self._send(
            hosted,
            m.Start(
                camera.id, camera.plugin, camera.inspector, str(self._data), str(self._data / hosted.ring),
                camera.timeout_s, camera.keep_good, settings, active, products,
            ),
        )  # fmt: skip
        return process

    async def _hear(self, hosted: HostedCamera, hearer: Hearer, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None and process.stderr is not None
        grumbling = asyncio.create_task(_listen(hosted, process.stderr))
        try:
            while True:
                head = await process.stdout.readexactly(m.HEAD_BYTES)
                body = await process.stdout.readexactly(m.length(head))
                with _said_on_fault(hosted):
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
            with _said_on_fault(hosted):
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
            with _said_on_fault(hosted):
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
        return _unserved(trigger, why or say("vision.why.no_picture", seconds=f"{hosted.camera.timeout_s:g}"))

    def _unserved(self, hosted: HostedCamera, hearer: Hearer, number: int, why: Text) -> None:
        trigger = hosted.triggers.pop(number, None)
        if trigger is not None:
            hearer.seen(hosted.camera.id, trigger, _unserved(trigger, why))

    @staticmethod
    def _send(hosted: HostedCamera, word: m.ToCamera) -> bool:
        process = hosted.process
        if process is None or process.stdin is None or process.stdin.is_closing():
            return False
        process.stdin.write(m.packed(word))
        return True


@contextmanager
def _said_on_fault(hosted: HostedCamera) -> Iterator[None]:
    """A fault in taking one word is said, and the camera goes on."""
    try:
        yield
    except msgspec.MsgspecError:
        raise
    except Exception:
        log.exception("camera %s: what it said could not be taken", hosted.camera.id)


def _take(trigger: Trigger) -> m.Take:
    return m.Take(trigger.number, trigger.at_ns, trigger.mono_ns, trigger.subject)


def _unserved(trigger: Trigger, why: Text) -> m.Seen:
    return m.Seen(trigger.number, Verdict.UNDECIDED, None, 0.0, [], why, no_picture=True)


async def _listen(hosted: HostedCamera, errors: asyncio.StreamReader) -> None:
    while line := await errors.readline():
        text = line.decode("utf-8", "replace").strip()
        if text:
            hosted.said.append(text[:200])
            log.info("camera %s: %s", hosted.camera.id, text)


async def _ended(process: asyncio.subprocess.Process) -> None:
    """Let go of the pipe, which ends the process; make it end when it does not."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        await asyncio.wait_for(process.wait(), 2.5)
    except (TimeoutError, asyncio.CancelledError):
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _last(hosted: HostedCamera, code: int | None) -> str:
    words = hosted.said[-1] if hosted.said else ""
    hosted.said.clear()
    ending = f"signal {-code}" if code is not None and code < 0 else f"code {code}"
    return f"{ending}: {words}" if words else ending
