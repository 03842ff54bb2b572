"""The watch on a standing link: does somebody answer, how fast, with which clock, and is it still the same server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import struct_from_binary

from hmi.api import Health
from plugins.opcua import message, ticks
from plugins.opcua.refusal import down, silent
from plugins.opcua.session import Session, value_of

TICK_S = 0.2
ASK_S = 0.75
SILENT_S = 2.0
"""Nothing heard for so long, though asked: the server hangs or the network does."""
ANSWER_S = 10.0
"""A server that publishes but leaves a question unanswered for so long is not well either."""
STALL_S = 0.3


class Watch:
    """Asks the server for its state all the while and raises when it has gone quiet."""

    def __init__(self, session: Session, health: Health, last_publish: Callable[[], float],
                 publish_limit_s: Callable[[], float], new_namespaces: Callable[[], None]) -> None:  # fmt: skip
        """publish_limit_s says how long a subscription may be without any sign of life."""
        self._session, self._health = session, health
        self._last_publish, self._publish_limit_s = last_publish, publish_limit_s
        self._new_namespaces = new_namespaces
        self._heard = time.monotonic()

    async def run(self) -> None:
        """Until cancelled. Raises LinkError: SILENT when no answer comes, DOWN when it is not the same server."""
        question: asyncio.Task[None] | None = None
        asked = 0.0
        forgiven = 0.0
        try:
            while True:
                before = time.monotonic()
                await asyncio.sleep(TICK_S)
                now = time.monotonic()
                if now - before > TICK_S + STALL_S:
                    forgiven = now  # we were held up ourselves: answers may lie unread, so the count begins anew
                if question is not None and question.done():
                    question.result()
                    self._heard, question = now, None
                if question is None and now - asked >= ASK_S:
                    asked, question = now, asyncio.create_task(self._ask())
                self._judge(now, asked if question is not None else now, forgiven)
        finally:
            if question is not None:
                question.cancel()

    def _judge(self, now: float, asked: float, forgiven: float) -> None:
        published = self._last_publish()
        quiet = now - max(self._heard, published, forgiven)
        unpublished = now - max(published, forgiven)
        if quiet > SILENT_S or now - max(asked, forgiven) > ANSWER_S or unpublished > self._publish_limit_s():
            raise silent()

    async def _ask(self) -> None:
        request = ua.ReadRequest()
        request.Parameters.NodesToRead = [
            ua.ReadValueId(NodeId=ua.NodeId(node), AttributeId=ua.AttributeIds.Value)
            for node in (ua.ObjectIds.Server_ServerStatus, ua.ObjectIds.Server_NamespaceArray)
        ]
        wall, began = time.time_ns(), time.perf_counter_ns()
        body = await self._session.request(request, ANSWER_S + SILENT_S)
        took = time.perf_counter_ns() - began
        status, names = struct_from_binary(ua.ReadResponse, Buffer(body)).Results
        self._health.latency_ms = took / 1e6
        server_now = message.server_time(body)
        if server_now:
            self._health.clock_offset_ms = (ticks.ns_of(server_now) - (wall + took // 2)) / 1e6
        self._take_status(value_of(status))
        self._take_namespaces(value_of(names))

    def _take_status(self, status: ua.ServerStatusDataType | None) -> None:
        if status is None:
            return
        started = ticks.ns_of(ua.datetime_to_win_epoch(status.StartTime)) if status.StartTime else 0
        if self._session.started_ns not in (0, started):
            raise down("restarted")
        self._session.started_ns = self._health.server_start_ns = started
        build = status.BuildInfo
        self._health.product = " ".join(part for part in (build.ProductName, build.SoftwareVersion) if part)

    def _take_namespaces(self, names: list[str] | None) -> None:
        if not names or names == self._session.namespaces:
            return
        before = len(self._session.namespaces)
        if names[:before] != self._session.namespaces:
            raise down("namespaces_moved")
        self._session.namespaces = [str(name) for name in names]
        self._new_namespaces()
