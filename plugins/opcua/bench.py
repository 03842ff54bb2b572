"""What a notification costs: our path against the library's stock handler, interleaved, from socket bytes to the feed.

Both get the very same pre-encoded publish responses through the library's transport, on a loopback without a socket,
so that nothing but the two ways of taking them is compared. CPU time, because a shared machine's wall clock lies.
"""

from __future__ import annotations

import asyncio
import logging
import struct
import time
from collections.abc import Callable
from typing import Any

from asyncua import Client, ua
from asyncua.client.ua_client import UaClientState
from asyncua.common.subscription import Subscription, SubscriptionItemData
from asyncua.ua.ua_binary import struct_to_binary, variant_to_binary

from hmi.api import Batch, Health, LinkState, Text
from plugins.opcua import message, ticks
from plugins.opcua.publisher import Publisher
from plugins.opcua.session import Session

ITEMS = 10_000
CHUNK = 65_000
SUBSCRIPTION = 1
_SEQUENCE_AT = struct.Struct("<I")


class NoFeed:
    """A feed that counts and forgets."""

    def __init__(self) -> None:
        self.count = 0

    def readings(self, batch: Batch) -> None:
        """Count them."""
        self.count += len(batch)

    def link(self, state: LinkState, why: Text | None = None) -> None:
        """Nothing."""

    def item(self, row: int, status: int) -> None:
        """Nothing."""

    def event(self, event: dict[str, Any]) -> None:
        """Nothing."""


def doubles(count: int) -> bytes:
    """Notifications as most servers send them for measured values: Double, both times."""
    now = ticks.from_ns(time.time_ns())
    record = struct.Struct("<IBBdqq")
    return b"".join(record.pack(row, 0x0D, 11, row * 0.5, now + row, now + row) for row in range(count))


def mixed(count: int) -> bytes:
    """Notifications of a line as node-opcua sends them: neighbours of different type, some texts, some bad."""
    now = ticks.from_ns(time.time_ns())
    kinds = [
        ua.Variant(6, ua.VariantType.UInt32), ua.Variant(812, ua.VariantType.UInt32),
        ua.Variant(3, ua.VariantType.Int32), ua.Variant(180.25, ua.VariantType.Double),
        ua.Variant(99.5, ua.VariantType.Double), ua.Variant(True, ua.VariantType.Boolean),
        ua.Variant(4.0, ua.VariantType.Float), ua.Variant("U1001-000123", ua.VariantType.String),
    ]  # fmt: skip
    encoded = [variant_to_binary(kind) for kind in kinds]
    parts = []
    for row in range(count):
        bad = row % 17 == 0
        parts.append(struct.pack("<IB", row, 0x0F if bad else 0x0D) + encoded[(row * 5) % 7 if row % 20 else 7])
        parts.append((struct.pack("<I", 0x808C0000) if bad else b"") + struct.pack("<qq", now + row, now + row))
    return b"".join(parts)


def publish_response(notifications: bytes, count: int, sequence: int, subscription: int = SUBSCRIPTION) -> bytes:
    """A PublishResponse around encoded notifications."""
    response = ua.PublishResponse()
    response.Parameters.SubscriptionId = subscription
    response.Parameters.NotificationMessage.SequenceNumber = sequence
    empty: bytes = struct_to_binary(response)
    change = struct.pack("<i", count) + notifications + struct.pack("<i", -1)
    data = struct.pack("<iBBHBi", 1, 1, 0, message.DATA_CHANGE, 1, len(change)) + change
    return empty[:-12] + data + empty[-8:]


def sequence_place(body: bytes) -> int:
    """Where the sequence number stands in such a response, to send it many times under new numbers."""
    probe = publish_response(b"", 0, 0x5EED5EED)
    place = probe.index(_SEQUENCE_AT.pack(0x5EED5EED))
    assert len(body) > place
    return place


class Loopback:
    """A transport that answers each publish request with the next response, as a server with much to tell would."""

    def __init__(self, body: bytes, most: int) -> None:
        self._body = bytearray(body)
        self._place = sequence_place(body)
        self._left = most
        self._number = self._chunks = 0
        self.done = asyncio.Event()
        self.protocol: Any = None

    def write(self, data: bytes) -> None:
        """A request of the client; its id stands behind the symmetric header."""
        if self._left == 0:
            self.done.set()
            return
        self._left -= 1
        asyncio.get_running_loop().call_soon(self._answer, struct.unpack_from("<I", data, 20)[0])

    def _answer(self, request: int) -> None:
        self._number += 1
        _SEQUENCE_AT.pack_into(self._body, self._place, self._number)
        for at in range(0, len(self._body), CHUNK):
            part = bytes(self._body[at : at + CHUNK])
            last = at + CHUNK >= len(self._body)
            self._chunks += 1
            head = struct.pack("<4sIIIII", b"MSGF" if last else b"MSGC", 24 + len(part), 0, 0, self._chunks, request)
            self.protocol.data_received(head + part)

    def close(self) -> None:
        """Nothing to close."""

    abort = close


def _client(body: bytes, messages: int) -> tuple[Client, Loopback]:
    client = Client("opc.tcp://127.0.0.1:4840")
    transport = Loopback(body, messages)
    protocol = client.uaclient._make_protocol()
    protocol.connection_made(transport)
    transport.protocol = protocol
    client.uaclient._set_state(UaClientState.CONNECTED)
    return client, transport


async def ours(body: bytes, messages: int) -> tuple[float, int]:
    """CPU seconds and notifications of our path."""
    client, transport = _client(body, messages)
    feed = NoFeed()

    async def no_refill(subscriptions: object) -> None:
        """Nothing is ever lost here."""

    publisher = Publisher(
        Session(client, "None", ""), feed, Health(), range(ITEMS), no_refill, lambda rows: None, lambda *event: None
    )
    publisher.follow(SUBSCRIPTION)
    return await _timed(publisher.publish, transport, lambda: feed.count)


class _CountingHandler:
    def __init__(self) -> None:
        self.count = 0

    def datachange_notification(self, node: Any, val: Any, data: Any) -> None:
        """The stock way: once per notification, in a task of its own."""
        self.count += 1


async def stock(body: bytes, messages: int) -> tuple[float, int]:
    """CPU seconds and notifications of the library's own publish loop and handler."""
    client, transport = _client(body, messages)
    session = client.uaclient.session
    handler = _CountingHandler()
    subscription = Subscription(session, ua.CreateSubscriptionParameters(), handler)
    for row in range(ITEMS):
        data = SubscriptionItemData()
        data.node, data.client_handle = client.get_node(ua.NodeId(row + 1, 2)), row
        subscription._monitored_items[row] = data
    session._subscription_callbacks[SUBSCRIPTION] = subscription.publish_callback
    return await _timed(session._publish_loop, transport, lambda: handler.count)


async def _timed(loop: Callable[[], Any], transport: Loopback, count: Callable[[], int]) -> tuple[float, int]:
    began = time.process_time()
    task = asyncio.create_task(loop())
    await transport.done.wait()
    await asyncio.sleep(0)
    took = time.process_time() - began
    task.cancel()
    await asyncio.wait([task])
    return took, count()


def measure(seconds: float) -> dict[str, float]:
    """Microseconds of CPU per notification for both paths and their ratio (ours over stock), in about so many seconds.

    Keys: ours_us, stock_us, ratio for Doubles with both times; mixed_* for a line's mixture.
    """
    logging.getLogger("asyncua").setLevel(logging.CRITICAL)
    spent = {name: [0.0, 0.0] for name in ("ours", "stock", "mixed_ours", "mixed_stock")}
    bodies = {
        "": publish_response(doubles(ITEMS), ITEMS, 1),
        "mixed_": publish_response(mixed(ITEMS), ITEMS, 1),
    }
    until = time.monotonic() + seconds
    first = True
    while first or time.monotonic() < until:
        for prefix, body in bodies.items():
            for way, take, messages in (("ours", ours, 20), ("stock", stock, 2)):
                took, count = asyncio.run(take(body, messages))
                if first:
                    continue  # the first round pays for caches and code that is made on first use
                spent[prefix + way][0] += took
                spent[prefix + way][1] += count
        if first:
            first, until = False, max(until, time.monotonic() + 0.2)
    result: dict[str, float] = {}
    for prefix in bodies:
        for way in ("ours", "stock"):
            seconds_spent, taken = spent[prefix + way]
            result[f"{prefix}{way}_us"] = seconds_spent / taken * 1e6
        result[f"{prefix}ratio"] = result[f"{prefix}ours_us"] / result[f"{prefix}stock_us"]
    return result
