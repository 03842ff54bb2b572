"""Hearing what a server tells of its own accord: events and conditions, in a subscription of their own.

A burst of events must not hold back readings, so they travel apart and in small messages. What a server keeps as its
conditions is asked for after every connect and whenever something of it may have been missed.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from typing import Any

from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import struct_from_binary

from hmi.api import DriverContext
from plugins.opcua import events
from plugins.opcua.decoder import MalformedError
from plugins.opcua.publisher import Publisher
from plugins.opcua.session import Session
from plugins.opcua.subscription import CREATE_S
from plugins.opcua.subscription import create as create_subscription
from plugins.opcua.writer import call

MOST_AT_ONCE = 500
"""Events asked for in one message; a server may send more."""
SLICE = 50
"""Events taken apart in one go: about 5 ms, and then the readings have their turn."""
MOST_WAITING_BYTES = 64_000_000
LEAST_INTERVAL_MS = 100.0
CALL_S = 5.0
FRESH_S = 3.0
"""Two who ask at a connect are one: what was asked for so recently is not asked for again."""
AGAIN_S = 10.0
_REFRESH_TYPE, _REFRESH = ua.NodeId(ua.ObjectIds.ConditionType), ua.NodeId(ua.ObjectIds.ConditionType_ConditionRefresh)
_IN_PROGRESS = int(ua.StatusCodes.BadRefreshInProgress)
_NOT_KNOWN = frozenset({
    ua.StatusCodes.BadNodeIdUnknown, ua.StatusCodes.BadNodeIdInvalid, ua.StatusCodes.BadAttributeIdInvalid,
    ua.StatusCodes.BadNotSupported, ua.StatusCodes.BadNotImplemented, ua.StatusCodes.BadServiceUnsupported,
    ua.StatusCodes.BadMethodInvalid, ua.StatusCodes.BadNothingToDo, ua.StatusCodes.BadNotExecutable,
})  # fmt: skip
"""How servers say that they have no events or no conditions."""
_FILTER = frozenset({
    ua.StatusCodes.BadEventFilterInvalid, ua.StatusCodes.BadMonitoredItemFilterInvalid,
    ua.StatusCodes.BadMonitoredItemFilterUnsupported, ua.StatusCodes.BadFilterNotAllowed,
    ua.StatusCodes.BadTypeDefinitionInvalid,
})  # fmt: skip


class Hearing:
    """Events and conditions of one connection."""

    def __init__(
        self, context: DriverContext, session: Session, publisher: Publisher, log: logging.Logger, said: set[str]
    ) -> None:
        """said outlives connections: what was once told about this server is not told again at each of them."""
        self._context, self.session, self._publisher = context, session, publisher
        self._health, self._log, self._said = publisher.health, log, said
        self.subscription = 0
        self._tells: bool | None = None
        """Whether this server tells conditions; None while nobody knows."""
        self._opened = asyncio.Event()
        self._missed = asyncio.Event()
        self._asking: asyncio.Task[bool] | None = None
        self._asked = -FRESH_S
        self._waiting: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._came = asyncio.Event()

    async def run(self, shared: int) -> None:
        """Until cancelled; whatever the server makes of it, readings are not touched.

        shared is the readings' subscription, used where the server has no place for another one.
        """
        if not self._context.controller.settings.get("events", True):
            self._tells = False
            self._opened.set()
            return
        while not self._opened.is_set():
            if await self._open(shared):
                self._opened.set()
            else:
                await asyncio.sleep(AGAIN_S)
        while self._tells is not False:
            try:
                await self.refresh()
            except (ConnectionError, TimeoutError) as err:
                self._say_once(f"cannot ask for its conditions ({err})")
            began = time.monotonic()
            await self._missed.wait()
            # what overflows while it is told would overflow again at once
            await asyncio.sleep(began + AGAIN_S - time.monotonic())
            self._missed.clear()

    async def _open(self, shared: int) -> bool:
        """Make subscription and item; False when it has to be tried again."""
        try:
            self.subscription = self.subscription or await self._subscribe(shared)
            code = await self._listen(conditions=True)
            if code in _FILTER:
                self._tells = False
                code = await self._listen(conditions=False)
        except TimeoutError:
            return False
        except ua.UaStatusCodeError as err:
            code = int(err.code)
        if code >> 30 == 0:
            return True
        if code in _NOT_KNOWN or code in _FILTER:
            self._log.debug("%s tells no events (%s)", self._context.controller.id, ua.StatusCode(code).name)
            self._tells = False
            await self._give_back(shared)
            return True
        self._say_once(f"does not let us hear its events ({ua.StatusCode(code).name})")
        return False

    async def _subscribe(self, shared: int) -> int:
        interval = max(self._context.controller.publishing_ms, LEAST_INTERVAL_MS)
        try:
            made = await create_subscription(self.session, interval, MOST_AT_ONCE)
        except ua.UaStatusCodeError as err:
            if err.code == ua.StatusCodes.BadTooManySubscriptions:
                return shared
            raise
        self._publisher.follow(made.id)
        return made.id

    async def _give_back(self, shared: int) -> None:
        """Drop the subscription that is of no use: controllers have few of them."""
        if self.subscription in (0, shared):
            return
        self._publisher.forget(self.subscription)
        request = ua.DeleteSubscriptionsRequest()
        request.Parameters.SubscriptionIds = [self.subscription]
        try:
            await self.session.request(request)
        except (TimeoutError, ua.UaStatusCodeError):
            pass  # it stays unused: no harm
        self.subscription = 0

    async def _listen(self, *, conditions: bool) -> int:
        request = ua.CreateMonitoredItemsRequest()
        request.Parameters.SubscriptionId = self.subscription
        request.Parameters.TimestampsToReturn = ua.TimestampsToReturn.Neither
        request.Parameters.ItemsToCreate = [events.item(conditions=conditions)]
        body = await self.session.request(request, CREATE_S)
        (result,) = struct_from_binary(ua.CreateMonitoredItemsResponse, Buffer(body)).Results
        return int(result.StatusCode.value)

    def take(self, body: bytes) -> None:
        """A list of events came, as it is on the wire."""
        if self._waiting_bytes + len(body) > MOST_WAITING_BYTES:
            self.missed()
            return
        self._waiting.append(body)
        self._waiting_bytes += len(body)
        self._came.set()

    async def hand_on(self) -> None:
        """Take apart what came, a few events at a time, and give it to the feed in its order; until cancelled.

        Some servers send thousands in one message whatever they were asked; readings do not wait for all of them.
        """
        while True:
            await self._came.wait()
            self._came.clear()
            while self._waiting:
                body = self._waiting.popleft()
                self._waiting_bytes -= len(body)
                try:
                    for count, fields in enumerate(events.fields_of(body), 1):
                        self._hear(events.by_name(fields, self.session.namespaces))
                        if count % SLICE == 0:
                            await asyncio.sleep(0)
                except MalformedError:
                    self._health.fallbacks += 1
                    self.missed()
                await asyncio.sleep(0)

    def _hear(self, event: dict[str, Any]) -> None:
        if self._publisher.closed:
            return
        if event.get("event_type") in (events.OVERFLOW, events.REFRESH_REQUIRED):
            self.missed()
        self._context.feed.event(event)

    def missed(self) -> None:
        """Something of what the server told is lost for good: its conditions are asked for again soon."""
        self._asked = -FRESH_S
        self._missed.set()

    async def refresh(self) -> bool:
        """Have every condition told again, between RefreshStart and RefreshEnd; False: this server has none.

        ConnectionError when the server refuses now or cannot be reached, TimeoutError when it does not answer.
        """
        async with asyncio.timeout(CALL_S):
            await self._opened.wait()
        if self._tells is False:
            return False
        if self._asking is None or self._asking.done():
            if time.monotonic() - self._asked < FRESH_S:
                return True
            self._asking = asyncio.create_task(self._ask())
            # whoever asked may be gone when the answer comes: a link that ended on purpose is no fault to report
            self._asking.add_done_callback(lambda task: task.cancelled() or task.exception())
        return await asyncio.shield(self._asking)

    async def _ask(self) -> bool:
        self._asked = time.monotonic()
        try:
            inputs = [ua.Variant(self.subscription, ua.VariantType.UInt32)]
            code = await call(self.session, _REFRESH_TYPE, _REFRESH, inputs, CALL_S)
        except BaseException:
            self._asked = -FRESH_S
            raise
        if code >> 30 == 0 or code == _IN_PROGRESS:
            self._tells = True
            return True
        self._asked = -FRESH_S
        if code in _NOT_KNOWN:
            self._log.debug("%s has no conditions (%s)", self._context.controller.id, ua.StatusCode(code).name)
            self._tells = False
            return False
        raise ConnectionError(ua.StatusCode(code).name)

    def _say_once(self, what: str) -> None:
        if what not in self._said:
            self._said.add(what)
            self._log.warning("%s %s", self._context.controller.id, what)
