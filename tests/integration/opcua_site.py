"""What the OPC UA tests stand on: a feed that remembers, a driver on it, and servers as processes of their own."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from hmi.api import Batch, Controller, DriverContext, LinkState, Security, Tag, Text, Wanted, quality_of
from hmi.api import Quality as Q
from plugins.opcua import create
from plugins.opcua.driver import OpcUaDriver

SERVER = Path(__file__).with_name("opcua_server.py")
URI = "urn:test-plant"
PATIENCE_S = 20.0
"""A test that waits longer has failed; nothing is timed against it."""


@dataclass
class Recorder:
    """A feed that keeps everything in the order in which it came."""

    log: list[tuple[str, Any]] = field(default_factory=list)
    last: dict[int, tuple[Any, int, int, int]] = field(default_factory=dict)
    """Value or text, status, source time, kind of each row; emptied when the link is in doubt."""
    good: dict[int, set[Any]] = field(default_factory=dict)
    """Every value that each row ever had with good quality."""
    state: LinkState | None = None
    why: Text | None = None
    count: int = 0

    def readings(self, batch: Batch) -> None:
        assert self.state is LinkState.CONNECTED, "a reading while the link was in doubt"
        self.count += len(batch)
        for at, row in enumerate(batch.rows.tolist()):
            value = batch.texts.get(at, float(batch.values[at]))
            status = int(batch.status[at])
            self.last[row] = (value, status, int(batch.source_ns[at]), int(batch.kinds[at]))
            if quality_of(status) is Q.GOOD:
                self.good.setdefault(row, set()).add(value)

    def link(self, state: LinkState, why: Text | None = None) -> None:
        self.state, self.why = state, why
        self.log.append(("link", state))
        if state is not LinkState.CONNECTED:
            self.last.clear()

    def item(self, row: int, status: int) -> None:
        self.log.append(("item", (row, status)))

    def event(self, event: dict[str, Any]) -> None:
        self.log.append(("event", event))

    @property
    def states(self) -> list[LinkState]:
        return [what for kind, what in self.log if kind == "link"]

    def refusals(self) -> list[tuple[int, int]]:
        return [what for kind, what in self.log if kind == "item"]

    def value(self, row: int) -> Any:
        """The value of a row, None while there is none that can be believed."""
        value, status, _, _ = self.last.get(row, (None, 0x80000000, 0, 0))
        return value if quality_of(status) is Q.GOOD else None


class Drawer(dict[str, str]):
    """Secrets in memory; what a driver keeps itself is there for the next one as well."""

    kept: ClassVar[dict[str, str]] = {}

    def get(self, name: str, otherwise: str | None = None) -> str | None:
        return super().get(name, self.kept.get(name, otherwise))

    def set(self, name: str, value: str) -> str:
        self.kept[name] = value
        return "here"


def tag(name: str, node: str | None = None, **more: Any) -> Tag:
    return Tag(name, Text.same(name), "plc", node or f"nsu={URI};s={name}", **more)


def context(
    port: int, feed: Recorder, trust: Path, tags: Sequence[Tag] = (), secrets: dict[str, str] | None = None, **more: Any
) -> DriverContext:
    settings = {"security": Security.NONE, "publishing_ms": 50.0, **more}
    controller = Controller("plc", Text.same("plc"), "opcua", f"opc.tcp://127.0.0.1:{port}", **settings)
    wanted = [Wanted(row, t) for row, t in enumerate(tags)]
    return DriverContext(controller, wanted, feed, logging.getLogger("test.opcua"), trust, Drawer(secrets or {}))


@contextlib.asynccontextmanager
async def driving(made: DriverContext) -> AsyncIterator[OpcUaDriver]:
    """A driver that runs meanwhile."""
    driver = create(made)
    task = asyncio.create_task(driver.run())
    try:
        yield driver
    finally:
        assert not task.done(), task
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        assert isinstance(made.feed, Recorder)
        assert made.feed.state is LinkState.STOPPED


async def until(condition: Callable[[], Any], what: str = "") -> None:
    """Wait for something to become true."""
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, f"never came: {what or condition}"
        await asyncio.sleep(0.01)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Process:
    """A server in a process of its own, told what to do line by line."""

    def __init__(self, command: Sequence[str], cwd: Path | None = None, ready: str = "ready") -> None:
        self.run = subprocess.Popen(
            list(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            cwd=cwd, env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
        self._await(ready)

    def _await(self, word: str) -> None:
        assert self.run.stdout is not None
        for line in self.run.stdout:
            if line.startswith(word):
                return
        raise AssertionError(f"the server ended before it said {word!r}")

    def tell(self, command: str) -> None:
        """Give a command and wait until it is done."""
        assert self.run.stdin is not None
        self.run.stdin.write(command + "\n")
        self.run.stdin.flush()
        self._await("done")

    def ask(self, command: str) -> str:
        """Give a command and take its one line of answer."""
        assert self.run.stdin is not None
        assert self.run.stdout is not None
        self.run.stdin.write(command + "\n")
        self.run.stdin.flush()
        answer = self.run.stdout.readline().strip()
        self._await("done")
        return answer

    def signal(self, number: signal.Signals) -> None:
        self.run.send_signal(number)

    def kill(self) -> None:
        if self.run.poll() is None:
            self.run.send_signal(signal.SIGCONT)
            self.run.kill()
        self.run.wait()
        for pipe in (self.run.stdin, self.run.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()


@contextlib.contextmanager
def server(port: int, *options: str) -> Iterator[Process]:
    """The test server (opcua_server.py) on a port."""
    process = Process([sys.executable, str(SERVER), "--port", str(port), *options])
    try:
        yield process
    finally:
        process.kill()
