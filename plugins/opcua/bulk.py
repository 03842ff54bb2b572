"""The three requests that come with thousands of nodes (browse, read, create items), and their answers, without an
object for each node: the library takes about 80 us a node for them, this a few.

Answers of a form that is not foreseen here raise UnusualError (message.py), and the caller lets the library decode.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from asyncua import ua
from asyncua.ua.ua_binary import nodeid_to_binary, struct_to_binary

from plugins.opcua import message
from plugins.opcua.message import UnusualError

BROWSE, READ, CREATE_ITEMS = 527, 631, 751
"""Binary encodings of the requests."""
BROWSE_RESPONSE, CREATE_ITEMS_RESPONSE = 530, 754

_i4 = struct.Struct("<i")
_u4 = struct.Struct("<I")
_u2 = struct.Struct("<H")
_ITEM = struct.Struct("<IId")
_NO_TEXT = b"\xff\xff\xff\xff"
_VALUE_TAIL = _NO_TEXT + b"\x00\x00" + _NO_TEXT  # no index range, no data encoding
_BROWSE_TAIL = b"\x00\x21\x01" + _u4.pack(0) + _u4.pack(63)
"""HierarchicalReferences (33), subtypes too, every node class, every field."""
_CREATED = np.dtype([("status", "<u4"), ("id", "<u4"), ("sampling", "<f8"), ("queue", "<u4"), ("filter", "V3")])
_NO_FILTER = b"\x00\x00\x00"


def node_bytes(node: ua.NodeId) -> bytes:
    """A node id as it goes on the wire."""
    identifier = node.Identifier
    if node.NodeIdType is ua.NodeIdType.String and isinstance(identifier, str):
        text = identifier.encode("utf-8")
        return b"\x03" + _u2.pack(node.NamespaceIndex) + _i4.pack(len(text)) + text
    return bytes(nodeid_to_binary(node))


def read_parameters(nodes: Iterable[tuple[ua.NodeId, int]], timestamps: ua.TimestampsToReturn) -> bytes:
    """Parameters of a read of attributes."""
    parts = [node_bytes(node) + _u4.pack(attribute) + _VALUE_TAIL for node, attribute in nodes]
    return struct.pack("<diI", 0.0, timestamps.value, len(parts)) + b"".join(parts)


def browse_parameters(nodes: Sequence[ua.NodeId]) -> bytes:
    """Parameters of a browse of all hierarchical references forward."""
    head = b"\x00\x00" + b"\x00" * 12 + _u4.pack(0)  # no view, as many as the server likes
    parts = [node_bytes(node) + b"\x00\x00\x00\x00" + _BROWSE_TAIL for node in nodes]
    return head + _i4.pack(len(parts)) + b"".join(parts)


@dataclass(frozen=True, slots=True)
class Wish:
    """One item to create."""

    node: ua.NodeId
    handle: int
    sampling_ms: float
    filter: bytes
    """As filter_bytes makes it."""
    queue: int


def filter_bytes(wanted: ua.DataChangeFilter | None) -> bytes:
    """A data change filter as an extension object; None: without."""
    if wanted is None:
        return _NO_FILTER
    body = struct_to_binary(wanted)
    return b"\x01\x00" + _u2.pack(ua.ObjectIds.DataChangeFilter_Encoding_DefaultBinary) + b"\x01" + \
        _i4.pack(len(body)) + body  # fmt: skip


def create_parameters(subscription: int, wishes: Sequence[Wish]) -> bytes:
    """Parameters of the creation of reporting items on values, with both timestamps."""
    value, reporting = _u4.pack(ua.AttributeIds.Value) + _VALUE_TAIL, _u4.pack(ua.MonitoringMode.Reporting)
    parts = [
        b"".join((
            node_bytes(w.node), value, reporting, _u4.pack(w.handle), struct.pack("<d", w.sampling_ms), w.filter,
            _u4.pack(w.queue), b"\x01",
        ))
        for w in wishes
    ]  # fmt: skip
    head = struct.pack("<Iii", subscription, ua.TimestampsToReturn.Both.value, len(parts))
    return head + b"".join(parts)


@dataclass(frozen=True, slots=True)
class Created:
    """What became of one item."""

    status: int
    id: int
    sampling_ms: float
    queue: int


def created(body: bytes) -> list[Created]:
    """The results of a creation. UnusualError when they are of another form."""
    at = message.header(body, CREATE_ITEMS_RESPONSE)
    try:
        count = max(_i4.unpack_from(body, at)[0], 0)
    except struct.error as err:
        raise UnusualError("too short") from err
    size = count * _CREATED.itemsize
    if len(body) < at + 4 + size:
        raise UnusualError("too short")
    rows = np.frombuffer(body, _CREATED, count, at + 4)
    if body[at + 4 : at + 4 + size] and not all(f == _NO_FILTER for f in set(rows["filter"].tolist())):
        raise UnusualError("a filter result")
    return [Created(*row) for row in rows[["status", "id", "sampling", "queue"]].tolist()]


@dataclass(frozen=True, slots=True)
class Link:
    """One reference as the server told it."""

    node: ua.NodeId | None
    """None where the node lives on another server."""
    type: int
    """Reference type in namespace 0; 0 for another namespace's own."""
    name: str
    node_class: int
    definition: int
    """Type definition in namespace 0; 0 for another namespace's own."""


@dataclass(frozen=True, slots=True)
class Below:
    """What one browsed node has."""

    status: int
    continuation: bytes
    links: list[Link]


def browsed(body: bytes) -> list[Below]:
    """The results of a browse. UnusualError when they are of another form or end too early."""
    at = message.header(body, BROWSE_RESPONSE)
    try:
        count = max(_i4.unpack_from(body, at)[0], 0)
        at += 4
        out = []
        for _ in range(count):
            below, at = _below(body, at)
            out.append(below)
    except (struct.error, IndexError, UnicodeDecodeError) as err:
        raise UnusualError("ends too early") from err
    if at > len(body):
        raise UnusualError("ends too early")
    return out


def _below(body: bytes, at: int) -> tuple[Below, int]:
    status, size = struct.unpack_from("<Ii", body, at)
    at += 8
    point = b""
    if size > 0:
        point, at = body[at : at + size], at + size
    (count,) = _i4.unpack_from(body, at)
    at += 4
    links = []
    for _ in range(max(count, 0)):
        link, at = _link(body, at)
        links.append(link)
    return Below(status, point, links), at


def _link(body: bytes, at: int) -> tuple[Link, int]:
    (by_index, by, _), at = _node(body, at)
    (index, identifier, foreign), at = _node(body, at + 1)  # is-forward: we asked for no other
    name, at = _text(body, at + 2)
    mask = body[at]
    at += 1
    shown = None
    for bit in (1, 2):
        if mask & bit:
            shown, at = _text(body, at)
    (node_class,) = _i4.unpack_from(body, at)
    (type_index, definition, _), at = _node(body, at + 4)
    node = None
    if not foreign:
        node = ua.NodeId(identifier, index, ua.NodeIdType.ByteString) if isinstance(identifier, bytes) else \
            ua.NodeId(identifier, index)  # fmt: skip
    return Link(node, _standard(by_index, by), name or shown or "", node_class, _standard(type_index, definition)), at


def _standard(index: int, identifier: object) -> int:
    return identifier if index == 0 and isinstance(identifier, int) else 0


def _node(body: bytes, at: int) -> tuple[tuple[int, object, bool], int]:
    """Namespace, identifier and whether it lives elsewhere, of an (expanded) node id."""
    flags = body[at]
    form = flags & 0x3F
    index: int = 0
    identifier: object
    if form == 0:
        identifier, at = body[at + 1], at + 2
    elif form == 1:
        index, identifier, at = body[at + 1], _u2.unpack_from(body, at + 2)[0], at + 4
    elif form == 2:
        index, identifier = struct.unpack_from("<HI", body, at + 1)
        at += 7
    elif form == 3:
        (index,) = _u2.unpack_from(body, at + 1)
        text, at = _text(body, at + 3)
        identifier = text or ""
    elif form == 5:
        index, size = struct.unpack_from("<Hi", body, at + 1)
        at += 7 + max(size, 0)
        identifier = body[at - max(size, 0) : at]
    else:
        raise UnusualError(f"node id form {form}")  # a Guid: rare, and the library knows it
    if flags & 0x80:
        _, at = _text(body, at)
    if flags & 0x40:
        at += 4
    return (index, identifier, bool(flags & 0xC0)), at


def _text(body: bytes, at: int) -> tuple[str | None, int]:
    (size,) = _i4.unpack_from(body, at)
    if size < 0:
        return None, at + 4
    end = at + 4 + size
    return body[at + 4 : end].decode("utf-8"), end
