"""Events and conditions of the server: which fields we ask for, and what came, by name and fit for JSON. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import Primitives, struct_from_binary

from plugins.opcua import address, ticks
from plugins.opcua.decoder import MalformedError
from plugins.opcua.variant import as_plain

HANDLE = 0xFFFF_FFFE
"""The event item's client handle: no row of the tag table."""
QUEUE = 10_000
REFRESH_START, REFRESH_END, REFRESH_REQUIRED, OVERFLOW = "i=2787", "i=2788", "i=2789", "i=3035"
"""Event types that say something about the telling itself."""
_BASE, _CONDITION = ua.ObjectIds.BaseEventType, ua.ObjectIds.ConditionType
_ACK, _ALARM = ua.ObjectIds.AcknowledgeableConditionType, ua.ObjectIds.AlarmConditionType
_LIMIT = ua.ObjectIds.ExclusiveLimitAlarmType
FIELDS: dict[str, tuple[int, tuple[str, ...]]] = {
    "event_id": (_BASE, ("EventId",)),
    "event_type": (_BASE, ("EventType",)),
    "source_node": (_BASE, ("SourceNode",)),
    "source_name": (_BASE, ("SourceName",)),
    "time_ns": (_BASE, ("Time",)),
    "receive_time_ns": (_BASE, ("ReceiveTime",)),
    "message": (_BASE, ("Message",)),
    "severity": (_BASE, ("Severity",)),
    "condition_id": (_CONDITION, ()),
    "condition_name": (_CONDITION, ("ConditionName",)),
    "branch_id": (_CONDITION, ("BranchId",)),
    "retain": (_CONDITION, ("Retain",)),
    "enabled": (_CONDITION, ("EnabledState", "Id")),
    "comment": (_CONDITION, ("Comment",)),
    "acked": (_ACK, ("AckedState", "Id")),
    "confirmed": (_ACK, ("ConfirmedState", "Id")),
    "active": (_ALARM, ("ActiveState", "Id")),
    "suppressed_or_shelved": (_ALARM, ("SuppressedOrShelved",)),
    "shelving": (_ALARM, ("ShelvingState", "CurrentState")),
    "limit": (_LIMIT, ("LimitState", "CurrentState")),
}
"""Our name of each field, the type that defines it, and its path there (none: the condition's own node id)."""
_PLAIN = tuple(name for name, (origin, _) in FIELDS.items() if origin == _BASE)


def item(*, conditions: bool) -> ua.MonitoredItemCreateRequest:
    """The item that hears all events of the Server object, which every notifier of a server passes its own up to.

    No where-clause: one by type would hide RefreshStart and RefreshEnd. Without conditions only the fields of plain
    events are asked for, for servers that do not know the others.
    """
    clauses = [
        ua.SimpleAttributeOperand(
            TypeDefinitionId=ua.NodeId(origin), BrowsePath=[ua.QualifiedName(step) for step in path],
            AttributeId=ua.AttributeIds.Value if path else ua.AttributeIds.NodeId,
        )
        for name, (origin, path) in FIELDS.items() if conditions or name in _PLAIN
    ]  # fmt: skip
    return ua.MonitoredItemCreateRequest(
        ItemToMonitor=ua.ReadValueId(
            NodeId=ua.NodeId(ua.ObjectIds.Server), AttributeId=ua.AttributeIds.EventNotifier
        ),
        MonitoringMode=ua.MonitoringMode.Reporting,
        RequestedParameters=ua.MonitoringParameters(
            ClientHandle=HANDLE, SamplingInterval=0.0, QueueSize=QUEUE, DiscardOldest=True,
            Filter=ua.EventFilter(SelectClauses=clauses),
        ),
    )  # fmt: skip


def fields_of(body: bytes) -> Iterator[list[Any]]:
    """The fields of each of our events in an encoded list of events, one at a time. MalformedError."""
    buffer = Buffer(body)
    try:
        for _ in range(max(Primitives.Int32.unpack(buffer), 0)):
            event = struct_from_binary(ua.EventFieldList, buffer)
            if event.ClientHandle == HANDLE:
                yield [field.Value for field in event.EventFields or ()]
    except Exception as err:
        raise MalformedError(f"an event that the library cannot read: {err}") from err


def by_name(fields: Sequence[Any], namespaces: Sequence[str]) -> dict[str, Any]:
    """What an event says; a field that it does not have is left out.

    Times in ns since 1970, bytes as hexadecimal digits, node ids with their namespace's URI.
    """
    told: dict[str, Any] = {}
    names = FIELDS if len(fields) > len(_PLAIN) else _PLAIN
    for name, value in zip(names, fields, strict=False):
        match value:
            case None:
                continue
            case datetime():
                when = ua.datetime_to_win_epoch(value)
                if when > 0:
                    told[name] = ticks.ns_of(when)
            case ua.NodeId():
                if not (name == "condition_id" and value.is_null()):
                    told[name] = address.written(value, namespaces)
            case _:
                told[name] = as_plain(value)
    return told
