"""Subscriptions and their items on the server: created in batches that it can bear, kept as desired, tried again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import struct_from_binary

from hmi.api import DriverContext, Health, Tag, TagType
from plugins.opcua import address, bulk
from plugins.opcua.ahead import in_batches
from plugins.opcua.message import UnusualError
from plugins.opcua.publisher import Publisher
from plugins.opcua.reconciler import Reconciler
from plugins.opcua.session import REQUEST_S, Session
from plugins.opcua.subscription import CREATE_S, KEEPALIVE_MS
from plugins.opcua.subscription import create as create_subscription

MOST_SUBSCRIPTIONS = 32
AUDIT_S, AUDIT_ITEMS = 1.0, 100
_BAD_NODE = int(ua.StatusCodes.BadNodeIdInvalid)
_NO_NODE = int(ua.StatusCodes.BadNodeIdUnknown)
_FILTER = frozenset({
    ua.StatusCodes.BadFilterNotAllowed, ua.StatusCodes.BadMonitoredItemFilterUnsupported,
    ua.StatusCodes.BadMonitoredItemFilterInvalid, ua.StatusCodes.BadDeadbandFilterInvalid,
})  # fmt: skip
_FULL = ua.StatusCodes.BadTooManyMonitoredItems
_TOO_BIG = frozenset({
    ua.StatusCodes.BadTooManyOperations, ua.StatusCodes.BadRequestTooLarge, ua.StatusCodes.BadResponseTooLarge,
    ua.StatusCodes.BadEncodingLimitsExceeded,
})  # fmt: skip


class Items:
    """Everything we subscribe on one connection."""

    def __init__(self, context: DriverContext, session: Session, health: Health, log: logging.Logger) -> None:
        self._context, self._session, self._health, self._log = context, session, health, log
        settings = context.controller.settings
        publishing = context.controller.publishing_ms
        self._sampling = float(str(settings.get("sampling_ms", publishing / 4)))
        by_value = settings.get("trigger", "timestamp") == "value"
        self._trigger = ua.DataChangeTrigger.StatusValue if by_value else ua.DataChangeTrigger.StatusValueTimestamp
        self._tags: dict[int, Tag] = {w.row: w.tag for w in context.wanted}
        self._plain: set[int] = set()
        """Rows whose filter the server does not take."""
        self._filters: dict[float, bytes] = {}
        """Filters as they go on the wire, by deadband; -1: none."""
        self.reconciler = Reconciler(self._tags)
        self._changed = asyncio.Event()
        self._publisher: Publisher | None = None
        self.subscriptions: list[int] = []
        self._filled: dict[int, int] = {}
        """Items of each subscription."""
        self._growing = asyncio.Lock()
        self._batch = session.limits.items
        self.keepalive_s = KEEPALIVE_MS / 1000
        health.wanted, health.subscribed, health.refused_items = len(self._tags), 0, 0
        health.publishing_ms, health.sampling_ms = publishing, self._sampling
        health.revised_sampling_ms = health.revised_queue = None

    async def open(self, publisher: Publisher) -> None:
        """Make the first subscription."""
        self._publisher = publisher
        await self._subscribe()

    async def _subscribe(self) -> None:
        made = await create_subscription(self._session, self._context.controller.publishing_ms)
        self._health.revised_publishing_ms, self.keepalive_s = made.publishing_ms, made.keepalive_s
        self.subscriptions.append(made.id)
        self._filled[made.id] = 0
        assert self._publisher is not None
        self._publisher.follow(made.id)

    async def keep(self) -> None:
        """Create what is due, again and again; runs until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            due = self.reconciler.due(loop.time())
            if due:
                await self._create(due)
                self._health.subscribed = self.reconciler.standing
                self._health.refused_items = len(self.reconciler.refusals)
                continue
            self._changed.clear()
            then = self.reconciler.next_due()
            try:
                async with asyncio.timeout(None if then is None else max(then - loop.time(), 0.01)):
                    await self._changed.wait()
            except TimeoutError:
                continue

    async def audit(self) -> None:
        """Look a few standing items up each second, round and round: some servers drop a node without a word."""
        place = 0
        while True:
            await asyncio.sleep(AUDIT_S)
            rows = [row for row in self._tags if self.reconciler.lost(row) is not None]
            if not rows:
                continue
            place = place % len(rows)
            part = rows[place : place + min(AUDIT_ITEMS, self._session.limits.read)]
            place += len(part)
            try:
                await self._read(part, only_gone=True)
            except (ua.UaStatusCodeError, TimeoutError):
                continue  # busy; whether it answers at all is for the watch to judge

    def address_space_changed(self) -> None:
        """New namespaces: what was refused may be there now."""
        self.reconciler.again(list(self.reconciler.refusals), asyncio.get_running_loop().time())
        self._changed.set()

    def node_gone(self, rows: list[int]) -> None:
        """The server says that the nodes of standing items do not exist any longer: drop and try again."""
        gone: dict[int, list[int]] = {}
        now = asyncio.get_running_loop().time()
        for row in rows:
            place = self.reconciler.lost(row)
            if place is not None:
                gone.setdefault(place[0], []).append(place[1])
                self.reconciler.refused(row, _NO_NODE, now)
        for subscription, ids in gone.items():
            task = asyncio.create_task(self._delete(subscription, ids))
            task.add_done_callback(_swallow)
        self._changed.set()

    async def _delete(self, subscription: int, ids: list[int]) -> None:
        request = ua.DeleteMonitoredItemsRequest()
        request.Parameters.SubscriptionId, request.Parameters.MonitoredItemIds = subscription, ids
        await self._session.request(request)

    async def _create(self, rows: Sequence[int]) -> None:
        now = asyncio.get_running_loop().time()
        found: list[tuple[int, ua.NodeId]] = []
        for row in rows:
            try:
                node = address.resolve(self._tags[row].node, self._session.namespaces)
            except address.AddressError:
                self._refuse(row, _BAD_NODE, now)
                continue
            if node is None:
                self._refuse(row, _NO_NODE, now)
            else:
                found.append((row, node))
        await in_batches(found, self._batch, self._create_part)

    async def _create_part(self, part: Sequence[tuple[int, ua.NodeId]]) -> None:
        """Create a batch; one that the server finds too big is halved, now and from now on."""
        subscription = self.subscriptions[-1]
        try:
            results = await self._create_items(subscription, part)
        except ua.UaStatusCodeError as err:
            if err.code not in _TOO_BIG or len(part) == 1:
                raise
            half = len(part) // 2
            self._batch = min(self._batch, half)
            await self._create_part(part[:half])
            await self._create_part(part[half:])
            return
        if self._settle(part, results, subscription):
            async with self._growing:
                if subscription == self.subscriptions[-1]:  # the batch sent meanwhile may have found it full too
                    await self._subscribe()

    def _settle(
        self, part: Sequence[tuple[int, ua.NodeId]], results: Sequence[bulk.Created], subscription: int
    ) -> bool:
        """Book what became of a batch; True when the rest needs another subscription, and is due again."""
        now = asyncio.get_running_loop().time()
        rows: list[int] = []
        ids: list[int] = []
        full = False
        for (row, _), result in zip(part, results, strict=False):
            code = result.status
            if code >> 30 == 0:
                rows.append(row)
                ids.append(result.id)
                self._revised(result)
            elif (
                code == _FULL
                and len(self.subscriptions) < MOST_SUBSCRIPTIONS
                and self._filled[subscription] + len(rows)
            ):
                full = True
            elif code in _FILTER and row not in self._plain:
                self._plain.add(row)
            else:
                self._refuse(row, code, now)
        self.reconciler.created(rows, ids, subscription)
        self._filled[subscription] += len(rows)
        return full

    def _revised(self, result: bulk.Created) -> None:
        health, sampling, queue = self._health, result.sampling_ms, result.queue
        low, high = health.revised_sampling_ms or (sampling, sampling)
        health.revised_sampling_ms = (min(low, sampling), max(high, sampling))
        short, long = health.revised_queue or (queue, queue)
        health.revised_queue = (min(short, queue), max(long, queue))

    def _refuse(self, row: int, status: int, now: float) -> None:
        if self.reconciler.refused(row, status, now):
            self._context.feed.item(row, status)

    async def _create_items(self, subscription: int, part: Sequence[tuple[int, ua.NodeId]]) -> list[bulk.Created]:
        parameters = bulk.create_parameters(subscription, [self._wish(row, node) for row, node in part])
        body = await self._session.send(bulk.CREATE_ITEMS, parameters, CREATE_S)
        try:
            return bulk.created(body)
        except UnusualError:
            results = struct_from_binary(ua.CreateMonitoredItemsResponse, Buffer(body)).Results
            return [
                bulk.Created(int(r.StatusCode.value), r.MonitoredItemId, r.RevisedSamplingInterval, r.RevisedQueueSize)
                for r in results
            ]

    def _wish(self, row: int, node: ua.NodeId) -> bulk.Wish:
        tag = self._tags[row]
        sampling = self._sampling if tag.sampling_ms is None else tag.sampling_ms
        return bulk.Wish(node, row, sampling, self._filter(tag, row not in self._plain), tag.queue)

    def _filter(self, tag: Tag, filtered: bool) -> bytes:
        width = 0.0
        if tag.deadband > 0 and tag.type.is_number and tag.type is not TagType.BOOLEAN and tag.scale:
            width = tag.deadband / abs(tag.scale)
        key = width if filtered else -1.0
        if key not in self._filters:
            band = ua.DeadbandType.Absolute if width else ua.DeadbandType.None_
            wanted = ua.DataChangeFilter(Trigger=self._trigger, DeadbandType=band, DeadbandValue=width)
            self._filters[key] = bulk.filter_bytes(wanted if filtered else None)
        return self._filters[key]

    async def refill(self, subscriptions: Sequence[int]) -> None:
        """Have every value again: the server sends them once more, or, where it cannot, they are read."""
        try:
            for subscription in subscriptions:
                request = ua.CallMethodRequest(
                    ObjectId=ua.NodeId(ua.ObjectIds.Server), MethodId=ua.NodeId(ua.ObjectIds.Server_ResendData),
                    InputArguments=[ua.Variant(subscription, ua.VariantType.UInt32)],
                )  # fmt: skip
                results = await asyncio.wait_for(self._session.client.uaclient.session.call([request]), REQUEST_S)
                results[0].StatusCode.check()
        except ua.UaStatusCodeError:
            await self._read_all()

    async def _read_all(self) -> None:
        rows = [row for row in self._tags if self.reconciler.lost(row) is not None]
        step = self._session.limits.read
        for at in range(0, len(rows), step):
            await self._read(rows[at : at + step], only_gone=False)

    async def _read(self, rows: Sequence[int], *, only_gone: bool) -> None:
        """Read rows and hand on what came, or only of those whose node is gone."""
        assert self._publisher is not None
        nodes = [address.resolve(self._tags[row].node, self._session.namespaces) for row in rows]
        columns = await self._session.read([(node or ua.NodeId(), ua.AttributeIds.Value) for node in nodes])
        columns.handles[:] = rows
        gone = columns.status & 0xFFFF0000 == _NO_NODE
        if only_gone and not gone.any():
            return
        self._publisher.hand_on(columns, gone if only_gone else None)


def _swallow(task: asyncio.Task[None]) -> None:
    """The item is gone on the server anyway; a failure to say so changes nothing."""
    if not task.cancelled():
        task.exception()
