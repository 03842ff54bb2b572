"""A demo as a real process on a folder of its own, heard line by line, and the plant's truth read over the wire."""

from __future__ import annotations

import asyncio
import json
import queue
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from asyncua import Client
from asyncua.crypto.security_policies import SecurityPolicyBasic256Sha256
from cryptography.hazmat.primitives import serialization

from hmi.desk.client import Conversation
from hmi.runtime.plantfile import load
from plugins.demo_plant.certificate import APPLICATION_URI, make_identity
from plugins.demo_plant.layout import NAMESPACE

ROOT = Path(__file__).resolve().parents[2]
STARTS_S = 120.0
"""The plant's past is made and the engine comes up."""


@dataclass(frozen=True)
class Wire:
    """What the plant's server says, whatever the station thinks."""

    writes: int
    truths: list[dict[str, Any]]
    affected: frozenset[str]


@dataclass
class DemoRun:
    """One `linekeeper demo --headless --supervisor ... --json`."""

    data: Path
    scenario: str
    answer: str
    longest_s: float
    seed: int = 7
    lines: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._told: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._key, self._mine = self.data.parent / "key.pem", self.data.parent / "mine.der"
        identity = make_identity()
        self._mine.write_bytes(identity.der)
        self._key.write_bytes(
            identity.key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        words = [
            "demo", "--lang", "en", "--headless", "--scenario", self.scenario, "--supervisor", self.answer, "--json",
            "--seed", str(self.seed), "--data", str(self.data), "--out", str(self.data.parent / "pictures"),
        ]  # fmt: skip
        self.log = (self.data.parent / "demo.log").open("w+")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "hmi.cli", *words], cwd=ROOT, stdout=subprocess.PIPE, stderr=self.log, text=True
        )
        threading.Thread(target=self._hear, daemon=True).start()

    def _hear(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._told.put(json.loads(line))
        self._told.put(None)

    def until(self, did: str, seconds: float | None = None) -> dict[str, Any]:
        """The next line of a kind. AssertionError with what was said so far when it does not come in time."""
        deadline = time.monotonic() + (self.longest_s if seconds is None else seconds)
        while True:
            try:
                line = self._told.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"no {did!r} in time; said so far:\n{self.said()}") from None
            if line is None:
                raise AssertionError(f"the demo ended without {did!r}; said so far:\n{self.said()}")
            self.lines.append(line)
            if line.get("did") == did:
                return line

    def said(self) -> str:
        """Everything the supervisor said, and the demo's own words."""
        self.log.flush()
        heard = "\n".join(json.dumps(line, ensure_ascii=False) for line in self.lines)
        return heard + "\n" + Path(self.log.name).read_text(encoding="utf-8")

    def wire(self) -> Wire:
        """Ask the plant's server now."""
        return asyncio.run(self._ask_wire())

    async def _ask_wire(self) -> Wire:
        client = Client(load(self.data / "plant.toml").controllers[0].endpoint)
        client.application_uri = APPLICATION_URI
        await client.set_security(
            SecurityPolicyBasic256Sha256, str(self._mine), str(self._key),
            server_certificate=str(self.data / "demo-plant.der"),
        )  # fmt: skip
        async with client:
            index = await client.get_namespace_index(NAMESPACE)

            def node(name: str) -> Any:
                return client.get_node(f"ns={index};s=Engineering{name}")

            writes = await node(".WriteCount").read_value()
            truths = json.loads(await node(".Truths").read_value())
            affected = "[]"
            if truths:
                affected = await node("").call_method(node(".Affected").nodeid, self.scenario)
            return Wire(writes, truths, frozenset(json.loads(affected)))

    def ask(self, name: str, **arguments: Any) -> Any:
        """Ask the desk of the running engine."""
        with Conversation(self.data, 30.0) as desk:
            return desk.call(name, **arguments)

    def command(self, *words: str) -> Any:
        """The JSON that a command of `linekeeper` prints for this folder."""
        done = subprocess.run(
            [sys.executable, "-m", "hmi.cli", *words, "--data", str(self.data), "--json"], cwd=ROOT,
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def end(self) -> None:
        """End it and everything it started."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.log.close()
