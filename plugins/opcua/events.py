"""Events and conditions of the server: which fields we ask for, and what came, by name and fit for JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from asyncua import ua

from plugins.opcua import ticks
from plugins.opcua.variant import as_plain

HANDLE = 0xFFFF_FFFE
"""The event item's client handle: no row of the tag table."""
_BASE, _CONDITION = ua.ObjectIds.BaseEventType, ua.ObjectIds.ConditionType
_ACK, _ALARM = ua.ObjectIds.AcknowledgeableConditionType, ua.ObjectIds.AlarmConditionType
FIELDS: dict[str, tuple[int, tuple[str, ...]]] = {
    "event_id": (_BASE, ("EventId",)),
    "event_type": (_BASE, ("EventType",)),
    "source_node": (_BASE, ("SourceNode",)),
    "source_name": (_BASE, ("SourceName",)),
    "time_ns": (_BASE, ("Time",)),
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
}
"""Our name of each field, the type that defines it, and its path there (none: the condition's own node id)."""


def item() -> ua.MonitoredItemCreateRequest:
    """The item that hears all events of the server, as far down as it tells them."""
    clauses = [
        ua.SimpleAttributeOperand(
            TypeDefinitionId=ua.NodeId(origin), BrowsePath=[ua.QualifiedName(step) for step in path],
            AttributeId=ua.AttributeIds.Value if path else ua.AttributeIds.NodeId,
        )
        for origin, path in FIELDS.values()
    ]  # fmt: skip
    return ua.MonitoredItemCreateRequest(
        ItemToMonitor=ua.ReadValueId(
            NodeId=ua.NodeId(ua.ObjectIds.Server), AttributeId=ua.AttributeIds.EventNotifier
        ),
        MonitoringMode=ua.MonitoringMode.Reporting,
        RequestedParameters=ua.MonitoringParameters(
            ClientHandle=HANDLE, SamplingInterval=0.0, QueueSize=1000, DiscardOldest=True,
            Filter=ua.EventFilter(SelectClauses=clauses),
        ),
    )  # fmt: skip


def by_name(fields: list[Any]) -> dict[str, Any]:
    """What an event says; a field that it does not have is left out. Times in ns since 1970, bytes as hexadecimal."""
    told = {}
    for name, value in zip(FIELDS, fields, strict=False):
        if value is None:
            continue
        told[name] = ticks.ns_of(ua.datetime_to_win_epoch(value)) if isinstance(value, datetime) else as_plain(value)
    return told
