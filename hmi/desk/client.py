"""The desk's side of the conversation with the engine: questions without waiting, answers on the caller's thread."""

from __future__ import annotations

import itertools
import logging
import queue
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from hmi.desk import wire
from hmi.desk.ask import ANSWERS
from hmi.desk.local import LOCAL_ANSWERS
from hmi.desk.refused import RefusedError as RefusedError
from hmi.model.text import Text
from hmi.model.words import say

log = logging.getLogger(__name__)

OnAnswer = Callable[[Any], None]
OnRefused = Callable[[Text], None]


@dataclass(slots=True)
class _Asked:
    name: str
    on_answer: OnAnswer | None
    on_refused: OnRefused | None


def _typed(name: str, answer: Any) -> Any:
    kind = ANSWERS.get(name)
    return answer if kind is None else msgspec.convert(answer, kind, strict=False)


class Conversation:
    """A connection of a script: questions one after the other, each waited for; who signs in sits here until close."""

    def __init__(self, data: Path, timeout: float = 10.0) -> None:
        """Connect and prove ourselves. DeskUnreachableError without an engine."""
        self._data, self._timeout = data, timeout
        door = wire.find_door(data)
        self._plug = door.connect(timeout)
        self._ids = itertools.count(1)
        try:
            wire.greet(self._plug, door)
        except (OSError, msgspec.MsgspecError) as err:
            self._plug.close()
            raise wire.DeskUnreachableError(str(err)) from err

    def call(self, name: str, timeout: float | None = None, **arguments: Any) -> Any:
        """Ask and wait. RefusedError when the engine says no, DeskUnreachableError when it goes away."""
        number = next(self._ids)
        try:
            self._plug.settimeout(timeout or self._timeout)
            self._plug.sendall(wire.frame({"id": number, "ask": name, "with": arguments}))
            while True:
                message = msgspec.json.decode(wire.receive(self._plug))
                if message.get("id") == number:
                    break
        except OSError as err:
            raise wire.DeskUnreachableError(str(err)) from err
        if "refused" in message:
            raise RefusedError(Text.from_json(message["refused"]))
        return _typed(name, message["answer"])

    def close(self) -> None:
        """Leave the desk; a session at this seat ends with it."""
        self._plug.close()

    def __enter__(self) -> Conversation:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def call(data: Path, name: str, timeout: float = 10.0, **arguments: Any) -> Any:
    """Ask once and wait: for scripts. DeskUnreachableError without an engine, RefusedError when it says no."""
    if name in LOCAL_ANSWERS:
        return LOCAL_ANSWERS[name](data, **arguments)
    with Conversation(data, timeout) as conversation:
        return conversation.call(name, **arguments)


class DeskClient:
    """A lasting connection of a window. Reconnects by itself; never blocks the thread that asks.

    Callbacks run inside ``poll()``, so on the thread that calls it. What was asked and not answered when the engine
    went away is refused with words, never silently dropped.
    """

    def __init__(self, data: Path, on_event: Callable[[dict[str, Any]], None] | None = None) -> None:
        """Talk to the engine of a data folder; on_event gets what the engine tells unasked."""
        self._data = data
        self._on_event = on_event
        self._ids = itertools.count(1)
        self._open: dict[int, _Asked] = {}
        self._lock = threading.Lock()
        self._out: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._in: queue.SimpleQueue[tuple[_Asked | None, Any, Text | None]] = queue.SimpleQueue()
        self._local = ThreadPoolExecutor(2, thread_name_prefix="desk-local")
        self._closing = threading.Event()
        self._connected = False
        self._plug: socket.socket | None = None
        self._thread = threading.Thread(target=self._run, name="desk-client", daemon=True)
        self._thread.start()

    @property
    def connected(self) -> bool:
        """Whether the engine answers at the moment."""
        return self._connected

    def ask(
        self, name: str, on_answer: OnAnswer | None = None, on_refused: OnRefused | None = None, **arguments: Any
    ) -> None:
        """Put a question or an action; one of the callbacks comes later through poll()."""
        asked = _Asked(name, on_answer, on_refused)
        if name in LOCAL_ANSWERS:
            self._local.submit(self._answer_here, asked, arguments)
            return
        if not self._connected:
            self._in.put((asked, None, say("desk.no_engine")))
            return
        number = next(self._ids)
        with self._lock:
            self._open[number] = asked
        self._out.put(wire.frame({"id": number, "ask": name, "with": arguments}))

    def poll(self) -> int:
        """Run the callbacks of all answers that have come; returns how many."""
        count = 0
        while True:
            try:
                asked, answer, refused = self._in.get_nowait()
            except queue.Empty:
                return count
            count += 1
            if asked is None:
                if self._on_event is not None:
                    self._on_event(answer)
            elif refused is not None:
                if asked.on_refused is not None:
                    asked.on_refused(refused)
            elif asked.on_answer is not None:
                asked.on_answer(answer)

    def close(self) -> None:
        """End the conversation."""
        self._closing.set()
        self._out.put(None)
        if self._plug is not None:
            try:
                self._plug.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self._thread.join(2.0)
        self._local.shutdown(wait=True, cancel_futures=True)

    def _answer_here(self, asked: _Asked, arguments: dict[str, Any]) -> None:
        try:
            self._in.put((asked, LOCAL_ANSWERS[asked.name](self._data, **arguments), None))
        except RefusedError as err:
            self._in.put((asked, None, err.text))
        except Exception:
            log.exception("question %s failed", asked.name)
            self._in.put((asked, None, say("desk.failed", ask=asked.name)))

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                door = wire.find_door(self._data)
                plug = door.connect(2.0)
            except wire.DeskUnreachableError:
                self._closing.wait(0.2)
                continue
            try:
                wire.greet(plug, door)
                plug.settimeout(None)
                self._plug = plug
                while not self._out.empty():
                    self._out.get_nowait()
                self._connected = True
                writer = threading.Thread(target=self._write, args=(plug,), name="desk-writer", daemon=True)
                writer.start()
                while True:
                    self._take(wire.receive(plug))
            except (OSError, msgspec.MsgspecError):
                pass
            finally:
                self._connected = False
                self._plug = None
                self._out.put(None)
                plug.close()
                self._refuse_open()
            self._closing.wait(0.2)

    def _write(self, plug: socket.socket) -> None:
        while (message := self._out.get()) is not None:
            try:
                plug.sendall(message)
            except OSError:
                return

    def _take(self, body: bytes) -> None:
        message = msgspec.json.decode(body)
        if "event" in message:
            self._in.put((None, message["event"], None))
            return
        with self._lock:
            asked = self._open.pop(message.get("id"), None)
        if asked is None:
            return
        if "refused" in message:
            self._in.put((asked, None, Text.from_json(message["refused"])))
            return
        try:
            self._in.put((asked, _typed(asked.name, message["answer"]), None))
        except msgspec.MsgspecError:
            log.exception("answer to %s does not fit", asked.name)
            self._in.put((asked, None, say("desk.failed", ask=asked.name)))

    def _refuse_open(self) -> None:
        with self._lock:
            left, self._open = list(self._open.values()), {}
        for asked in left:
            self._in.put((asked, None, say("desk.no_engine")))
