"""The camera's process: takes triggers, grabs, keeps the picture in the ring, inspects, answers. Threads, not a loop.

Grabbing and inspecting each have a thread, so that a camera keeps its pace while a hard picture is looked at; what is
overwritten before it was inspected is UNDECIDED, and said. The heart beats on a thread of its own: a process that is
stopped does not beat, one whose camera hangs does.
"""

from __future__ import annotations

import logging
import os
import queue
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from hmi.model.inspection import Inspection, Verdict
from hmi.model.text import Text
from hmi.model.words import say
from hmi.vision import messages as m
from hmi.vision.camera_port import CameraDevice, NoPictureError, Trigger
from hmi.vision.evidence import Keeper, path_of
from hmi.vision.onecore import use_one_core
from hmi.vision.pictures import as_picture, light_of
from hmi.vision.port import InspectorKind
from hmi.vision.recipes import Recipes
from hmi.vision.ring import FrameRing, Kept

BEAT_S = 0.1
BLACK = 6.0
"""Mean brightness at or below which there was no light."""
OPEN_AGAIN_S = (0.5, 1.0, 2.0, 5.0)
LARGEST_FINDINGS = 100

MakeCamera = Callable[[Mapping[str, Any], logging.Logger], CameraDevice]


class Outgoing:
    """The pipe to the engine, from any thread."""

    def __init__(self, pipe: BinaryIO) -> None:
        self._pipe, self._lock = pipe, threading.Lock()

    def say(self, message: m.FromCamera) -> None:
        """Send; a pipe without an end means that the engine is gone, and so are we."""
        body = m.packed(message)
        try:
            with self._lock:
                self._pipe.write(body)
                self._pipe.flush()
        except OSError:
            os._exit(0)


class Worker:
    """One camera from the first word to the end of the engine's pipe."""

    def __init__(self, start: m.Start, make: MakeCamera, kind: InspectorKind, out: Outgoing) -> None:
        self.start, self._make, self._out = start, make, out
        self._log = logging.getLogger(f"linekeeper.camera.{start.camera}")
        data = Path(start.data)
        self._ring = FrameRing(Path(start.ring))
        self._keeper = Keeper(
            data, lambda number, path, why: out.say(m.Kept(number, path, why)), lambda why: out.say(m.Disk(why))
        )
        self._recipes = Recipes(data, start.camera, kind, start.active, out.say)
        self._triggers: queue.SimpleQueue[Trigger] = queue.SimpleQueue()
        self._taken: queue.SimpleQueue[tuple[Trigger, Kept, bool]] = queue.SimpleQueue()
        self._good = 0
        self._last_reject = ""

    def run(self, pipe: BinaryIO) -> None:
        """Work until the engine's pipe ends."""
        use_one_core()
        for name, act in (("beat", self._beat), ("grab", self._grab), ("inspect", self._inspect)):
            threading.Thread(target=act, name=name, daemon=True).start()
        while (body := m.read(pipe)) is not None:
            message = m.to_camera(body)
            if isinstance(message, m.Take):
                self._triggers.put(Trigger(message.number, message.at_ns, message.mono_ns, message.subject))
            elif isinstance(message, m.Teach):
                self._recipes.teach_file(message)
            elif isinstance(message, m.Use):
                self._recipes.use(message)
        self._keeper.close()

    def _beat(self) -> None:
        while True:
            self._ring.beat()
            time.sleep(BEAT_S)

    # the grabbing thread

    def _grab(self) -> None:
        device: CameraDevice | None = None
        why = say("vision.why.not_opened", detail="-")
        tries, due = 0, 0.0
        while True:
            if device is None and time.monotonic() >= due:
                try:
                    device, tries = self._opened(), 0
                except Exception as fault:  # noqa: BLE001 - a plugin may raise anything; it is tried again
                    why = say("vision.why.not_opened", detail=_detail(fault))
                    self._out.say(m.Closed(why))
                    due = time.monotonic() + OPEN_AGAIN_S[min(tries, len(OPEN_AGAIN_S) - 1)]
                    tries += 1
            try:
                trigger = self._triggers.get(timeout=None if device is not None else max(0.0, due - time.monotonic()))
            except queue.Empty:
                continue
            if device is None:
                self._nothing(trigger, why)
                continue
            try:
                self._take(device, trigger)
            except NoPictureError as fault:
                self._out.say(_undecided(trigger, fault.why))
            except TimeoutError:
                self._nothing(trigger, say("vision.why.no_picture", seconds=f"{self.start.timeout_s:g}"))
            except Exception as fault:  # noqa: BLE001 - whatever the plugin raises: the camera is opened anew
                self._log.warning("camera %s failed", self.start.camera, exc_info=True)
                why = say("vision.why.failed", detail=_detail(fault))
                self._nothing(trigger, why)
                self._out.say(m.Closed(why))
                _closed(device)
                device, due = None, time.monotonic() + OPEN_AGAIN_S[0]

    def _opened(self) -> CameraDevice:
        device = self._make(self.start.settings, self._log)
        device.open()
        self._recipes.golden = getattr(device, "golden", None)
        for product in self.start.products:
            self._recipes.ready(product)
        self._out.say(m.Opened())
        return device

    def _take(self, device: CameraDevice, trigger: Trigger) -> None:
        left = self.start.timeout_s - (time.monotonic_ns() - trigger.mono_ns) / 1e9
        if left <= 0:  # a pile of triggers is worked off without taking pictures of what has long gone
            raise NoPictureError(_late(trigger))
        picture = as_picture(device.grab(trigger, left))
        if trigger.subject.product:
            self._recipes.ready(trigger.subject.product)
        try:
            kept, repeat = self._ring.put(trigger.number, trigger.at_ns, picture)
        except OSError as fault:  # a larger picture than before, and no room for its ring
            raise NoPictureError(say("vision.why.no_ring", why=fault.strerror or str(fault))) from fault
        self._taken.put((trigger, kept, repeat))

    def _nothing(self, trigger: Trigger, why: Text) -> None:
        self._out.say(m.Seen(trigger.number, Verdict.UNDECIDED, None, 0.0, [], why, no_picture=True))

    # the inspecting thread

    def _inspect(self) -> None:
        while True:
            trigger, kept, repeat = self._taken.get()
            try:
                self._out.say(self._passed_over(trigger, kept) or self._judged(trigger, kept, repeat))
            except Exception as fault:  # noqa: BLE001 - one picture that cannot be judged ends nothing
                self._log.warning("inspection of %s failed", self.start.camera, exc_info=True)
                self._out.say(_undecided(trigger, say("vision.why.inspection", detail=_detail(fault))))

    def _passed_over(self, trigger: Trigger, kept: Kept) -> m.Seen | None:
        """The answer to a picture that is not worth looking at: that would only make those behind it late too."""
        if not kept.whole:
            return _lost(trigger, 0.0)
        if self._is_late(trigger) and not self._taken.empty():
            return _undecided(trigger, _late(trigger))
        return None

    def _judged(self, trigger: Trigger, kept: Kept, repeat: bool) -> m.Seen:
        picture = kept.image
        light = light_of(picture)
        black = light <= BLACK
        found = self._recipes.found(trigger.subject.product)
        ready = None if isinstance(found, Text) else found
        if repeat:
            result = Inspection.undecided(say("vision.why.frozen"))
        elif black:
            result = Inspection.undecided(say("vision.black"))
        elif isinstance(found, Text):
            result = Inspection.undecided(found)
        else:
            result = found.inspector.inspect(picture)
        if result.verdict is Verdict.PASS and self._is_late(trigger):
            result = Inspection.undecided(_late(trigger), result.ms)
        picture = picture.copy()
        if not kept.whole:  # looked at last: what was seen or copied until here may be another picture
            return _lost(trigger, result.ms)
        keeping = self._keep(trigger, picture, result.verdict, repeat)
        return m.Seen(
            trigger.number, result.verdict, None if result.score is None else round(result.score, 4), result.ms,
            [replace(f, score=round(f.score, 4)) for f in result.findings[:LARGEST_FINDINGS]], result.why,
            recipe="" if ready is None else ready.name,
            golden="" if ready is None else ready.golden,
            light=round(light, 1),
            shift_px=None if ready is None else getattr(ready.inspector, "shift_px", None),
            width=picture.shape[1], height=picture.shape[0], repeat=repeat, black=black, keeping=keeping,
        )  # fmt: skip

    def _is_late(self, trigger: Trigger) -> bool:
        return time.monotonic_ns() - trigger.mono_ns > self.start.timeout_s * 1e9

    def _keep(self, trigger: Trigger, picture: Any, verdict: Verdict, repeat: bool) -> bool:
        if verdict is Verdict.PASS:
            self._good += 1
            if self.start.keep_good == 0 or self._good % self.start.keep_good:
                return False
        elif repeat and self._last_reject:
            # the very picture that is kept already: hundreds of copies of it would prove nothing more
            self._out.say(m.Kept(trigger.number, self._last_reject))
            return False
        path = path_of(self.start.camera, trigger.at_ns, trigger.number, verdict is Verdict.PASS)
        self._last_reject = "" if verdict is Verdict.PASS else path
        self._keeper.keep(trigger.number, path, picture)
        return True


def _undecided(trigger: Trigger, why: Text) -> m.Seen:
    return m.Seen(trigger.number, Verdict.UNDECIDED, None, 0.0, [], why)


def _lost(trigger: Trigger, ms: float) -> m.Seen:
    return msgspec.structs.replace(_undecided(trigger, say("vision.why.lost")), lost=True, ms=ms)


def _late(trigger: Trigger) -> Text:
    return say("vision.why.late", ms=round((time.monotonic_ns() - trigger.mono_ns) / 1e6))


def _detail(fault: BaseException) -> Text | str:
    if isinstance(fault, NoPictureError):
        return fault.why
    return f"{type(fault).__name__}: {fault}"[:200]


def _closed(device: CameraDevice) -> None:
    try:
        device.close()
    except Exception:
        logging.getLogger("linekeeper.camera").exception("closing failed")
