"""A plant of two lines for tests/faults/test_loop_kill.py, and its controller: a server that counts every write."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from typing import Any

from asyncua import Server, ua
from asyncua.common.callback import CallbackType

from hmi.model.plant import Controller, Plant, Security
from hmi.model.text import Text
from hmi.plant.port import Node
from hmi.runtime.discovery import plant_from_nodes

URI = "urn:t"
ABORTED, RUNNING = 8, 6
STATES = ("Undefined", "Clearing", "Stopped", "Starting", "Idle", "Suspended", "Execute", "Stopping", "Aborted")
FAILED = "L1.S2"
GATES = ("L1.S1.HoldGate", "L1.S3.HoldGate")
SETPOINT = "L1.S2.SpeedSetpoint"


def _nodes() -> list[Node]:
    def obj(name: str, path: str) -> Node:
        return Node(f"nsu={URI};s={name}", path.rpartition(".")[2], "object", True, path=path)

    def var(name: str, path: str, kind: str, **more: Any) -> Node:
        return replace(Node(f"nsu={URI};s={name}", path.rpartition(".")[2], "variable", False, kind, path=path), **more)

    made = [obj("Plant", "Plant")]
    for line in (1, 2):
        at, path = f"L{line}", f"Plant.Line{line}"
        made += [obj(at, path), *(var(f"{at}.{n}", f"{path}.{n}", "String") for n in ("Order", "Lot", "MaterialBatch"))]
        made += [obj(f"{at}.S{n}", f"{path}.{name}") for n, name in enumerate(("Printer", "Oven", "Packer"), 1)]
        for n, name in enumerate(("Printer", "Oven", "Packer"), 1):
            here, way = f"{at}.S{n}", f"{path}.{name}"
            made += [
                var(f"{here}.State", f"{way}.State", "UInt32", words=STATES),
                var(f"{here}.GoodCount", f"{way}.GoodCount", "UInt32"),
                var(f"{here}.SpeedSetpoint", f"{way}.SpeedSetpoint", "Double", range=(20.0, 120.0), writable=True),
                var(f"{here}.HoldGate", f"{way}.HoldGate", "Boolean", writable=True),
                var(f"{here}.DivertTo", f"{way}.DivertTo", "Int32", writable=True),
                var(f"{here}.RouteActive", f"{way}.RouteActive", "Int32"),
            ]
    return made


def plant_at(port: int) -> Plant:
    """The plant as its engineer described it."""
    controller = Controller("plc1", Text.same("plc1"), "opcua", f"opc.tcp://127.0.0.1:{port}", Security.NONE)
    return plant_from_nodes(_nodes(), controller, "Asia/Seoul")


_KINDS = {
    "State": (ua.VariantType.UInt32, RUNNING), "GoodCount": (ua.VariantType.UInt32, 100),
    "SpeedSetpoint": (ua.VariantType.Double, 100.0), "HoldGate": (ua.VariantType.Boolean, False),
    "DivertTo": (ua.VariantType.Int32, 0), "RouteActive": (ua.VariantType.Int32, 0),
    "Order": (ua.VariantType.String, "WO-1"), "Lot": (ua.VariantType.String, "M1"),
    "MaterialBatch": (ua.VariantType.String, "P-1"),
}  # fmt: skip


class PlantServer:
    """The controller, in a thread; it outlives every engine. One station is failed from the start."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.writes: list[tuple[str, Any]] = []
        """Every write that a client sent, in order."""
        self._nodes: dict[str, Any] = {}
        self._loop = asyncio.new_event_loop()
        self._mending: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._on_loop(self._start())

    def reset(self) -> None:
        """As if nothing had ever been written; the station is failed again."""
        self._on_loop(self._reset())

    def quiet(self) -> None:
        """Let nothing of this story reach into the next."""
        self._on_loop(self._still())

    def value(self, tag: str) -> Any:
        """What a tag says now."""
        return self._on_loop(self._nodes[tag].read_value())

    def stop(self) -> None:
        """End it."""
        self._on_loop(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _on_loop(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(120)

    async def _end(self) -> None:
        await self._server.stop()
        # what belongs to clients that were killed would be waited for
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _start(self) -> None:
        server = self._server = Server()
        await server.init()
        server.set_endpoint(f"opc.tcp://127.0.0.1:{self.port}")
        server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
        own = await server.register_namespace(URI)
        for node in _nodes():
            if node.kind == "variable":
                name = node.address.partition(";s=")[2]
                kind, value = _KINDS[name.rpartition(".")[2]]
                made = await server.nodes.objects.add_variable(ua.NodeId(name, own), name, ua.Variant(value, kind))
                await made.set_writable(node.writable)
                self._nodes[name] = made
        server.subscribe_server_callback(CallbackType.PreWrite, self._written)
        await server.start()
        await self._reset()

    async def _still(self) -> None:
        for task in list(self._mending):
            task.cancel()
        await asyncio.gather(*self._mending, return_exceptions=True)

    async def _reset(self) -> None:
        await self._still()
        for name, node in self._nodes.items():
            kind, value = _KINDS[name.rpartition(".")[2]]
            await node.write_value(ua.Variant(ABORTED if name == f"{FAILED}.State" else value, kind))
        self.writes = []

    def _written(self, event: Any, _dispatcher: object) -> None:
        for one in event.request_params.NodesToWrite if event.is_external else ():
            name, value = str(one.NodeId.Identifier), one.Value.Value.Value
            self.writes.append((name, value))
            if name.endswith(".DivertTo"):
                task = self._loop.create_task(self._diverted(name, value))
                self._mending.add(task)
                task.add_done_callback(self._mending.discard)

    async def _diverted(self, name: str, value: int) -> None:
        route = self._nodes[name.replace("DivertTo", "RouteActive")]
        await asyncio.sleep(0.02)
        await route.write_value(ua.Variant(value, ua.VariantType.Int32))
        if value:  # the fault is cleared while the detour is in use
            await asyncio.sleep(1.0)
            await self._nodes[f"{FAILED}.State"].write_value(ua.Variant(RUNNING, ua.VariantType.UInt32))
