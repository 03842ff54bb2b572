"""Answers of the server taken apart: publish, republish and read responses, without building an object per value.

What these few answers never carry in practice (diagnostics, an additional header) raises UnusualError, and the caller
lets the library decode that message.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Any

from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import struct_from_binary, struct_to_binary

from plugins.opcua import decoder
from plugins.opcua.decoder import Columns, MalformedError

PUBLISH_RESPONSE, REPUBLISH_RESPONSE, READ_RESPONSE = 829, 835, 634
DATA_CHANGE, STATUS_CHANGE, EVENTS = 811, 820, 916

_u2 = struct.Struct("<H").unpack_from
_u4 = struct.Struct("<I").unpack_from
_i4 = struct.Struct("<i").unpack_from
_i8 = struct.Struct("<q").unpack_from
_TAIL = struct.Struct("<I8x").unpack_from


class UnusualError(Exception):
    """A form of message that only the library knows."""


@dataclass(slots=True)
class Published:
    """One notification message of a subscription."""

    subscription: int
    sequence: int
    available: tuple[int, ...] = ()
    columns: list[Columns] = field(default_factory=list)
    events: list[bytes] = field(default_factory=list)
    """Lists of events as they came; taken apart later, a few at a time (hearing.py)."""
    status: int | None = None
    """The subscription itself changed, e.g. it timed out."""
    keepalive: bool = False
    foreign: bool = False
    """The library had to help."""


def publish_response(body: bytes) -> Published:
    """Take a PublishResponse apart. MalformedError when its bytes are wrong."""
    try:
        try:
            at = header(body, PUBLISH_RESPONSE)
            subscription = _u4(body, at)[0]
            at += 4
            count = max(_i4(body, at)[0], 0)
            available = struct.unpack_from(f"<{count}I", body, at + 4)
            published = Published(subscription, 0, available)
            _notification(body, at + 4 + 4 * count + 1, published)
        except UnusualError:
            response = _by_library(ua.PublishResponse, body)
            result = response.Parameters
            published = Published(result.SubscriptionId, 0, tuple(result.AvailableSequenceNumbers), foreign=True)
            _notification(struct_to_binary(result.NotificationMessage), 0, published)
    except (struct.error, IndexError) as err:
        raise MalformedError(f"the publish response ends too early: {err}") from err
    return published


def republish_response(body: bytes, subscription: int) -> Published:
    """Take a RepublishResponse apart, the answer to asking for a lost message."""
    published = Published(subscription, 0)
    try:
        _notification(body, header(body, REPUBLISH_RESPONSE), published)
    except UnusualError:
        response = _by_library(ua.RepublishResponse, body)
        _notification(struct_to_binary(response.NotificationMessage), 0, published)
    except (struct.error, IndexError) as err:
        raise MalformedError(f"the republish response ends too early: {err}") from err
    return published


def read_response(body: bytes) -> Columns:
    """The values of a ReadResponse."""
    try:
        try:
            at = header(body, READ_RESPONSE)
        except UnusualError:
            body = struct_to_binary(_by_library(ua.ReadResponse, body))
            at = header(body, READ_RESPONSE)
        count = max(_i4(body, at)[0], 0)
        return decoder.decode(body, at + 4, count, 0)[0]
    except (struct.error, IndexError, UnusualError) as err:
        raise MalformedError(f"the read response ends too early: {err}") from err


def server_time(body: bytes) -> int:
    """The server's clock, in ticks, when it sent a response; 0 where it does not say.

    Fresher than its CurrentTime node, which some servers move once a second only.
    """
    try:
        _, at = _type(body, 0)
        return max(int(_i8(body, at)[0]), 0)
    except (UnusualError, struct.error, IndexError):
        return 0


def header(body: bytes, wanted: int) -> int:
    """Check type and response header; where the parameters begin."""
    kind, at = _type(body, 0)
    if kind != wanted or _u4(body, at + 12)[0] != 0 or body[at + 16] != 0:
        raise UnusualError(kind)
    at += 17
    if _i4(body, at)[0] > 0:
        raise UnusualError("string table")
    extra, at = _type(body, at + 4)
    if extra or body[at]:
        raise UnusualError("additional header")
    return at + 1


def _type(body: bytes, at: int) -> tuple[int, int]:
    """A numeric node id of namespace 0."""
    form = body[at]
    if form == 1 and body[at + 1] == 0:
        return _u2(body, at + 2)[0], at + 4
    if form == 0:
        return body[at + 1], at + 2
    if form == 2 and _u2(body, at + 1)[0] == 0:
        return _u4(body, at + 3)[0], at + 7
    raise UnusualError(f"node id form {form}")


def _notification(body: bytes, at: int, into: Published) -> None:
    into.sequence = _TAIL(body, at)[0]
    count = _i4(body, at + 12)[0]
    at += 16
    into.keepalive = count <= 0
    for _ in range(max(count, 0)):
        kind, at = _type(body, at)
        length = _i4(body, at + 1)[0]
        at += 5
        if kind == DATA_CHANGE:
            columns, _end = decoder.decode(body, at + 4, max(_i4(body, at)[0], 0), 4)
            into.foreign |= bool(columns.foreign)
            into.columns.append(columns)
        elif kind == STATUS_CHANGE:
            into.status = _u4(body, at)[0]
        elif kind == EVENTS:
            into.events.append(body[at : at + length])
        at += length
    if at > len(body):
        raise MalformedError("the notification ends too early")


def _by_library(form: Any, body: bytes) -> Any:
    try:
        return struct_from_binary(form, Buffer(body))
    except Exception as err:
        raise MalformedError(f"a message that the library cannot read either: {err}") from err
