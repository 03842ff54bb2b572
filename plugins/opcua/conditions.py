"""What people do about a server's own conditions: method calls there, and the server stays the authority."""

from __future__ import annotations

from collections.abc import Callable

from asyncua import ua

from plugins.opcua import address
from plugins.opcua.hearing import Hearing
from plugins.opcua.writer import call

ACT_S = 4.0
_ACKNOWLEDGE = ua.NodeId(ua.ObjectIds.AcknowledgeableConditionType_Acknowledge)
_CONFIRM = ua.NodeId(ua.ObjectIds.AcknowledgeableConditionType_Confirm)
_NO_NODE, _NO_EVENT = int(ua.StatusCodes.BadNodeIdUnknown), int(ua.StatusCodes.BadEventIdUnknown)


class OpcUaConditions:
    """The conditions of one controller (what hmi.alarms.server_conditions.ConditionActs asks, for this one).

    Each call goes on the wire at most once. ConnectionError without a link, TimeoutError when nobody can say whether
    it was done: the condition's next event tells.
    """

    def __init__(self, standing: Callable[[], Hearing]) -> None:
        """standing gives the hearing of the link that stands now, or raises ConnectionError."""
        self._standing = standing

    async def acknowledge(self, condition: str, event_id: str, comment: str) -> int:
        """Acknowledge what the person saw (event_id); the status code: BadEventIdUnknown when it is not the newest."""
        return await self._act(_ACKNOWLEDGE, condition, event_id, comment)

    async def confirm(self, condition: str, event_id: str, comment: str) -> int:
        """Confirm what the person saw; the status code."""
        return await self._act(_CONFIRM, condition, event_id, comment)

    async def refresh(self) -> bool:
        """Have every condition told again; False: this controller tells no conditions."""
        return await self._standing().refresh()

    async def _act(self, method: ua.NodeId, condition: str, event_id: str, comment: str) -> int:
        session = self._standing().session
        try:
            node = address.resolve(condition, session.namespaces)
        except address.AddressError:
            node = None
        if node is None:
            return _NO_NODE
        try:
            event = bytes.fromhex(event_id)
        except ValueError:
            return _NO_EVENT
        inputs = [
            ua.Variant(event, ua.VariantType.ByteString),
            ua.Variant(ua.LocalizedText(comment), ua.VariantType.LocalizedText),
        ]
        return await call(session, node, method, inputs, ACT_S)
