"""A load source: speaks enough OPC UA to answer real publish requests with prepared responses at any rate.

Full servers in Python or JavaScript end at 20,000 to 50,000 changes a second; this one spends its time on nothing but
sending, so that what is measured is the station. Every change of every tag carries the next number of one counter,
so that a lost or doubled reading is seen; ``ns=2;s=Sent`` tells how many were sent, and so does its last line.

    python tests/bench/load_source.py --port 4840 --tags 10000 --rate 100000

Faults for tests: --drop-every N withholds every Nth message (Republish still gives it), --forget makes Republish fail
too, --swap-every N sends two messages in the wrong order.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import signal
import struct
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import load_answers
import numpy as np
from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import nodeid_from_binary, struct_from_binary, struct_to_binary

NAMESPACES = ["http://opcfoundation.org/UA/", "urn:load-source:server", "urn:load-source"]
FOLDER_OF = 100
CHUNK = 65_000
MOST = 20_000
"""Changes in one message."""
QUEUE = 10
"""Values a tag keeps while no publish request is there; older ones are dropped, and counted."""
TICKS_1970 = 116_444_736_000_000_000
RECORD = np.dtype(
    [("handle", "<u4"), ("mask", "u1"), ("kind", "u1"), ("value", "<f8"), ("source", "<i8"), ("server", "<i8")]
)


@dataclass
class Faults:
    """What goes wrong on purpose; 0 is never."""

    drop_every: int = 0
    swap_every: int = 0
    forget: bool = False
    most_requests: int = 0
    """Publish requests it keeps; one more and the oldest is sent back."""
    most_items: int = 0
    """Items of one subscription."""


@dataclass
class Tally:
    """What happened, for the test that reads it."""

    sent: int = 0
    """Changes sent, first values included."""
    changes: int = 0
    """The counter: the value of the last change made."""
    dropped: int = 0
    """Changes that the queue could not hold."""
    messages: int = 0
    withheld: int = 0
    republished: int = 0


def ticks_now() -> int:
    """OPC UA time."""
    return time.time_ns() // 100 + TICKS_1970


def _type_numbers() -> dict[int, Any]:
    return {
        node.Identifier: form
        for node, form in ua.extension_objects_by_typeid.items()
        if node.NamespaceIndex == 0 and form.__name__.endswith("Request")
    }


REQUESTS = _type_numbers()


class Subscription:
    """One subscription of one session: its items as prepared records, its queue, its sent messages."""

    def __init__(self, number: int, interval_ms: float, keepalive: int) -> None:
        self.number, self.interval_ms, self.keepalive = number, max(interval_ms, 10.0), max(keepalive, 1)
        self.records = np.zeros(0, RECORD)
        self.fresh: list[int] = []
        self.position = 0
        self.sequence = 1
        self.sent: OrderedDict[int, bytes] = OrderedDict()
        self.backlog: deque[bytes] = deque()
        self.quiet = 0

    def add(self, handles: list[int]) -> None:
        """Items whose first value goes out with the next message."""
        new = np.zeros(len(handles), RECORD)
        new["handle"], new["mask"], new["kind"] = handles, 0x0D, 11
        self.fresh.extend(range(len(self.records), len(self.records) + len(handles)))
        self.records = np.concatenate([self.records, new])

    def first_values(self) -> bytes:
        """The value that each new item has now."""
        fresh = self.records[self.fresh]
        fresh["source"] = fresh["server"] = ticks_now()
        self.fresh = []
        return fresh.tobytes()

    def changes(self, count: int, counter: int, since: int, until: int) -> bytes:
        """The next count changes, round the items, numbered on from counter, spread over the time since the last."""
        places = (self.position + np.arange(count)) % len(self.records)
        self.position = int((self.position + count) % len(self.records))
        made = self.records[places]
        made["value"] = np.arange(counter + 1, counter + 1 + count)
        made["source"] = np.linspace(since, until, count, dtype=np.int64)
        made["server"] = until
        self.records["value"][places] = made["value"]
        return made.tobytes()


class Connection(asyncio.Protocol):
    """One client."""

    def __init__(self, source: LoadSource) -> None:
        self.source = source
        self.buffer = b""
        self.parts = b""
        self.chunk_number = 0
        self.requests: deque[tuple[int, int]] = deque()
        self.subscriptions: dict[int, Subscription] = {}
        self.held: bytes | None = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.source.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.source.connections.discard(self)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while len(self.buffer) >= 8:
            size = struct.unpack_from("<I", self.buffer, 4)[0]
            if len(self.buffer) < size:
                return
            chunk, self.buffer = self.buffer[:size], self.buffer[size:]
            self._chunk(chunk)

    def _chunk(self, chunk: bytes) -> None:
        kind = chunk[:3]
        if kind == b"HEL":
            body = struct.pack("<IIIII", 0, 65_535, 65_535, 0, 0)
            self.transport.write(b"ACKF" + struct.pack("<I", 8 + len(body)) + body)
        elif kind == b"OPN":
            self._open(chunk)
        elif kind == b"CLO":
            self.transport.close()
        else:
            self.parts += chunk[24:]
            if chunk[3:4] == b"F":
                body, self.parts = self.parts, b""
                self._request(body, struct.unpack_from("<I", chunk, 20)[0])

    def _open(self, chunk: bytes) -> None:
        buffer = Buffer(chunk[12:])
        struct_from_binary(ua.AsymmetricAlgorithmHeader, buffer)
        sequence = struct_from_binary(ua.SequenceHeader, buffer)
        request = struct_from_binary(ua.OpenSecureChannelRequest, buffer)
        response = ua.OpenSecureChannelResponse()
        response.ResponseHeader.RequestHandle = request.RequestHeader.RequestHandle
        token = response.Parameters.SecurityToken
        token.ChannelId, token.TokenId, token.RevisedLifetime = 7, 1, request.Parameters.RequestedLifetime
        token.CreatedAt = datetime.now(UTC)
        header = ua.AsymmetricAlgorithmHeader(SecurityPolicyURI="http://opcfoundation.org/UA/SecurityPolicy#None")
        body = struct_to_binary(header) + self._sequence(sequence.RequestId) + struct_to_binary(response)
        self.transport.write(b"OPNF" + struct.pack("<II", 12 + len(body), 7) + body)

    def _sequence(self, request_id: int) -> bytes:
        self.chunk_number += 1
        return struct.pack("<II", self.chunk_number, request_id)

    def answer(self, body: bytes, request_id: int) -> None:
        """Send a response in as many chunks as it takes."""
        for at in range(0, len(body), CHUNK):
            part = body[at : at + CHUNK]
            head = b"MSGF" if at + CHUNK >= len(body) else b"MSGC"
            self.transport.write(head + struct.pack("<III", 24 + len(part), 7, 1) + self._sequence(request_id) + part)

    def _request(self, body: bytes, request_id: int) -> None:
        fast = self.source.serve_many(self, body)
        if fast is not None:
            self.answer(fast, request_id)
            return
        buffer = Buffer(body)
        form = REQUESTS[nodeid_from_binary(buffer).Identifier]
        request = struct_from_binary(form, Buffer(body))
        handle = request.RequestHeader.RequestHandle
        if form is ua.PublishRequest:
            for ack in request.Parameters.SubscriptionAcknowledgements:
                if ack.SubscriptionId in self.subscriptions:
                    self.subscriptions[ack.SubscriptionId].sent.pop(ack.SequenceNumber, None)
            self.requests.append((request_id, handle))
            most = self.source.faults.most_requests
            if most and len(self.requests) > most:
                oldest, its_handle = self.requests.popleft()
                fault = _fault(ua.StatusCodes.BadTooManyPublishRequests)
                fault.ResponseHeader.RequestHandle = its_handle
                self.answer(struct_to_binary(fault), oldest)
            self.flush()
            return
        response = self.source.serve(self, request)
        response.ResponseHeader.RequestHandle = handle
        response.ResponseHeader.Timestamp = datetime.now(UTC)
        self.answer(struct_to_binary(response), request_id)

    def tick(self, subscription: Subscription) -> None:
        """One publishing interval has passed: queue what changed, or a sign of life."""
        if subscription.fresh:
            self._queue(subscription, subscription.first_values())
        for made in self.source.due(subscription):
            self._queue(subscription, made)
        if not subscription.backlog:
            subscription.quiet += 1
        self.flush()

    def _queue(self, subscription: Subscription, records: bytes) -> None:
        subscription.backlog.append(records)
        held = sum(map(len, subscription.backlog)) // RECORD.itemsize
        while held > QUEUE * max(len(subscription.records), 1) and len(subscription.backlog) > 1:
            lost = len(subscription.backlog.popleft()) // RECORD.itemsize
            self.source.tally.dropped += lost
            held -= lost

    def flush(self) -> None:
        """Answer publish requests while there is something to tell."""
        for subscription in self.subscriptions.values():
            while self.requests and subscription.backlog:
                self._publish(subscription, subscription.backlog.popleft())
            if self.requests and subscription.quiet >= subscription.keepalive:
                subscription.quiet = 0
                request_id, handle = self.requests.popleft()
                self.answer(_response(handle, subscription, subscription.sequence, b""), request_id)

    def _publish(self, subscription: Subscription, records: bytes) -> None:
        tally, faults = self.source.tally, self.source.faults
        number, subscription.sequence = subscription.sequence, subscription.sequence % (2**32 - 1) + 1
        subscription.quiet = 0
        message = _notification(number, records)
        subscription.sent[number] = message
        if len(subscription.sent) > 200:
            subscription.sent.popitem(last=False)
        tally.messages += 1
        tally.sent += len(records) // RECORD.itemsize
        if faults.drop_every and tally.messages % faults.drop_every == 0:
            tally.withheld += 1
            return
        request_id, handle = self.requests.popleft()
        if faults.swap_every and tally.messages % faults.swap_every == 0 and self.requests and self.held is None:
            self.held = message
            self.requests.appendleft((request_id, handle))
            return
        self.answer(_response(handle, subscription, number, message), request_id)
        if self.held is not None and self.requests:
            request_id, handle = self.requests.popleft()
            message, self.held = self.held, None
            self.answer(_response(handle, subscription, number, message), request_id)


def _notification(number: int, records: bytes) -> bytes:
    change = struct.pack("<i", len(records) // RECORD.itemsize) + records + struct.pack("<i", -1)
    head = struct.pack("<Iqi", number, ticks_now(), 1)
    return head + struct.pack("<BBHBi", 1, 0, 811, 1, len(change)) + change


def _response(handle: int, subscription: Subscription, number: int, message: bytes) -> bytes:
    header = struct.pack("<BBHqIIBiBBB", 1, 0, 829, ticks_now(), handle, 0, 0, -1, 0, 0, 0)
    available = list(subscription.sent)[-64:]
    parameters = struct.pack(f"<Ii{len(available)}IB", subscription.number, len(available), *available, 0)
    body = message or struct.pack("<Iqi", number, ticks_now(), 0)
    return header + parameters + body + struct.pack("<ii", -1, -1)


@dataclass
class LoadSource:
    """The server."""

    tags: int = 10_000
    rate: float = 10_000.0
    faults: Faults = field(default_factory=Faults)
    tally: Tally = field(default_factory=Tally)
    connections: set[Connection] = field(default_factory=set)
    running: bool = True
    """While False no changes are made; what was made is still sent."""

    def __post_init__(self) -> None:
        self._subscription = 0
        self._last: dict[int, tuple[float, int]] = {}
        self._started = datetime.now(UTC)
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, port: int) -> int:
        """Listen on loopback; returns the port."""
        loop = asyncio.get_running_loop()
        self.server = await loop.create_server(lambda: Connection(self), "127.0.0.1", port)
        self.port = int(self.server.sockets[0].getsockname()[1])
        return self.port

    async def stop(self) -> None:
        """Drop everyone."""
        for task in self._tasks:
            task.cancel()
        for connection in list(self.connections):
            connection.transport.abort()
        self.server.close()
        await self.server.wait_closed()

    def due(self, subscription: Subscription) -> list[bytes]:
        """The changes since the last tick, in messages of at most MOST."""
        now, ticks = time.monotonic(), ticks_now()
        since, since_ticks = self._last.get(subscription.number, (now, ticks))
        count = int((now - since) * self.rate)
        if not self.running or not len(subscription.records) or subscription.fresh:
            count, since = 0, now
        rest = (now - since) - count / self.rate if self.rate else 0.0
        self._last[subscription.number] = (now - max(rest, 0.0), ticks)
        messages = []
        for at in range(0, count, MOST):
            part = min(MOST, count - at)
            messages.append(subscription.changes(part, self.tally.changes, since_ticks, ticks))
            self.tally.changes += part
        return messages

    def serve(self, connection: Connection, request: Any) -> Any:
        """The answer to anything but publish."""
        name = type(request).__name__.removesuffix("Request")
        method: Callable[[Connection, Any], Any] | None = getattr(self, f"_{name}", None)
        if method is None:
            return _fault(ua.StatusCodes.BadServiceUnsupported)
        return method(connection, request)

    def serve_many(self, connection: Connection, body: bytes) -> bytes | None:
        """The answer to a browse, read or creation of the plant's own nodes; None: the slow way answers."""
        kind = struct.unpack_from("<H", body, 2)[0]
        try:
            if kind == load_answers.READ and b"Sent" not in body:
                return load_answers.read(body)
            if kind == load_answers.BROWSE:
                below = lambda name: struct_to_binary(self._below(ua.NodeId(name, 2)))  # noqa: E731
                return load_answers.browse(body, below)
            if kind == load_answers.CREATE_ITEMS:
                return self._create_many(connection, body)
        except (load_answers.UnusualError, struct.error):
            pass
        return None

    def _create_many(self, connection: Connection, body: bytes) -> bytes:
        number, wishes = load_answers.wishes(body)
        subscription, most = connection.subscriptions[number], self.faults.most_items
        handles: list[int] = []
        results: list[tuple[int, int, float, int]] = []
        for name, handle, sampling in wishes:
            if most and len(subscription.records) + len(handles) >= most:
                results.append((ua.StatusCodes.BadTooManyMonitoredItems, 0, 0.0, 0))
            elif name.startswith("T") and int(name[1:]) < self.tags:
                handles.append(handle)
                results.append((0, len(subscription.records) + len(handles), sampling, QUEUE))
            else:
                results.append((ua.StatusCodes.BadNodeIdUnknown, 0, 0.0, 0))
        subscription.add(handles)
        return load_answers.created(body, results)

    def _GetEndpoints(self, _: Connection, request: Any) -> Any:
        return ua.GetEndpointsResponse(Endpoints=[self._endpoint()])

    def _endpoint(self) -> ua.EndpointDescription:
        return ua.EndpointDescription(
            EndpointUrl=f"opc.tcp://127.0.0.1:{self.port}", SecurityMode=ua.MessageSecurityMode.None_,
            SecurityPolicyUri="http://opcfoundation.org/UA/SecurityPolicy#None",
            UserIdentityTokens=[ua.UserTokenPolicy(PolicyId="anonymous", TokenType=ua.UserTokenType.Anonymous)],
        )  # fmt: skip

    def _CreateSession(self, _: Connection, request: Any) -> Any:
        response = ua.CreateSessionResponse()
        response.Parameters.SessionId = ua.NodeId(1, 1)
        response.Parameters.AuthenticationToken = ua.NodeId(77, 1)
        response.Parameters.RevisedSessionTimeout = request.Parameters.RequestedSessionTimeout
        response.Parameters.ServerEndpoints = [self._endpoint()]
        return response

    def _ActivateSession(self, _: Connection, request: Any) -> Any:
        return ua.ActivateSessionResponse()

    def _CloseSession(self, connection: Connection, request: Any) -> Any:
        connection.subscriptions.clear()
        return ua.CloseSessionResponse()

    def _Read(self, _: Connection, request: Any) -> Any:
        return ua.ReadResponse(Results=[self._value(item) for item in request.Parameters.NodesToRead])

    def _value(self, item: Any) -> ua.DataValue:
        node, attribute = item.NodeId, item.AttributeId
        now = datetime.now(UTC)
        value: Any = None
        if node.NamespaceIndex == 0:
            if node.Identifier == ua.ObjectIds.Server_NamespaceArray:
                value = NAMESPACES
            elif node.Identifier == ua.ObjectIds.Server_ServerStatus:
                value = ua.ServerStatusDataType(StartTime=self._started, CurrentTime=now)
                value.BuildInfo.ProductName = "load source"
        elif attribute == ua.AttributeIds.Value:
            value = ua.Variant(float(self.tally.sent if node.Identifier == "Sent" else 0), ua.VariantType.Double)
        elif attribute == ua.AttributeIds.DataType:
            value = ua.NodeId(11)
        elif attribute in (ua.AttributeIds.UserAccessLevel, ua.AttributeIds.AccessLevel):
            value = ua.Variant(1, ua.VariantType.Byte)
        if value is None:
            return ua.DataValue(ua.Variant(), ua.StatusCode(ua.StatusCodes.BadNodeIdUnknown))
        return ua.DataValue(value if isinstance(value, ua.Variant) else ua.Variant(value), SourceTimestamp=now)

    def _Browse(self, _: Connection, request: Any) -> Any:
        return ua.BrowseResponse(Results=[self._below(item.NodeId) for item in request.Parameters.NodesToBrowse])

    def _below(self, node: ua.NodeId) -> ua.BrowseResult:
        result = ua.BrowseResult()
        if node.NamespaceIndex == 0 and node.Identifier == ua.ObjectIds.ObjectsFolder:
            folders = range(-(-self.tags // FOLDER_OF))
            result.References = [_reference(f"F{f:03}", ua.NodeClass.Object) for f in folders]
        elif isinstance(node.Identifier, str) and node.Identifier.startswith("F"):
            start = int(node.Identifier[1:]) * FOLDER_OF
            names = range(start, min(start + FOLDER_OF, self.tags))
            result.References = [_reference(f"T{t:05}", ua.NodeClass.Variable) for t in names]
        return result

    def _CreateSubscription(self, connection: Connection, request: Any) -> Any:
        wanted = request.Parameters
        self._subscription += 1
        made = Subscription(self._subscription, wanted.RequestedPublishingInterval, wanted.RequestedMaxKeepAliveCount)
        connection.subscriptions[made.number] = made
        task = asyncio.create_task(self._publishing(connection, made))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        response = ua.CreateSubscriptionResponse()
        response.Parameters = ua.CreateSubscriptionResult(
            SubscriptionId=made.number, RevisedPublishingInterval=made.interval_ms,
            RevisedLifetimeCount=wanted.RequestedLifetimeCount, RevisedMaxKeepAliveCount=made.keepalive,
        )  # fmt: skip
        return response

    async def _publishing(self, connection: Connection, subscription: Subscription) -> None:
        while connection in self.connections and subscription.number in connection.subscriptions:
            await asyncio.sleep(subscription.interval_ms / 1000)
            connection.tick(subscription)

    def _Republish(self, connection: Connection, request: Any) -> Any:
        subscription = connection.subscriptions[request.Parameters.SubscriptionId]
        message = subscription.sent.get(request.Parameters.RetransmitSequenceNumber)
        if message is None or self.faults.forget:
            return _fault(ua.StatusCodes.BadMessageNotAvailable)
        self.tally.republished += 1
        response = ua.RepublishResponse()
        response.NotificationMessage = struct_from_binary(ua.NotificationMessage, Buffer(message))
        return response


def _fault(status: int) -> ua.ServiceFault:
    fault = ua.ServiceFault()
    fault.ResponseHeader.ServiceResult = ua.StatusCode(status)
    return fault


def _reference(name: str, kind: ua.NodeClass) -> ua.ReferenceDescription:
    return ua.ReferenceDescription(
        ReferenceTypeId=ua.NodeId(35), IsForward=True, NodeId=ua.ExpandedNodeId(name, 2, ua.NodeIdType.String),
        BrowseName=ua.QualifiedName(name, 2), DisplayName=ua.LocalizedText(name), NodeClass=kind,
        TypeDefinition=ua.ExpandedNodeId(63),
    )  # fmt: skip


async def _main(args: argparse.Namespace) -> None:
    source = LoadSource(args.tags, args.rate, Faults(args.drop_every, args.swap_every, args.forget))
    port = await source.start(args.port)
    print(f"ready opc.tcp://127.0.0.1:{port}", flush=True)
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), args.seconds or None)
    source.running = False
    await asyncio.sleep(0.5)  # what is on its way arrives
    print(json.dumps(source.tally.__dict__), flush=True)
    await source.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--tags", type=int, default=10_000)
    parser.add_argument("--rate", type=float, default=10_000.0, help="changes a second over all tags")
    parser.add_argument("--seconds", type=float, default=0.0, help="end by itself after so long; 0: when told")
    parser.add_argument("--drop-every", type=int, default=0)
    parser.add_argument("--swap-every", type=int, default=0)
    parser.add_argument("--forget", action="store_true")
    asyncio.run(_main(parser.parse_args()))
