"""The writing half of the driver: one value, one method call, one read-back, each on the wire at most once.

Nothing waits here for a link, and nothing is sent again: what became of a request that got no answer is for the
gateway to find out by reading.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from asyncua import ua

from hmi.api import Argument, NoAnswerError, NotSentError, Reading, TagType, Value
from plugins.opcua import address, message
from plugins.opcua.decoder import MalformedError
from plugins.opcua.once import first_result, send_once, settled
from plugins.opcua.outgoing import OutgoingError, variant
from plugins.opcua.reader import to_readings
from plugins.opcua.session import Session

_BAD_NODE = int(ua.StatusCodes.BadNodeIdInvalid)
_NO_NODE = int(ua.StatusCodes.BadNodeIdUnknown)


class OpcUaWriter:
    """Writes to one controller (hmi.plant.gateway.port.ControllerWriter)."""

    def __init__(self, standing: Callable[[], Session]) -> None:
        """standing gives the session of the link that stands now, or raises ConnectionError."""
        self._standing = standing

    async def write(self, address: str, type: TagType, value: Value, timeout_s: float) -> int:
        """Write one value as the declared type, without times, which many controllers refuse.

        The status code of the controller; or, with nothing sent, ours for an address or a value that cannot be sent.
        NotSentError without a link; NoAnswerError when it was sent and nobody can say what became of it.
        """
        session = self._session()
        try:
            node = _node(session, address)
            outgoing = variant(type, value)
        except OutgoingError as err:
            return err.status
        request = ua.WriteRequest()
        request.Parameters.NodesToWrite = [
            ua.WriteValue(
                NodeId=node, AttributeId=ua.AttributeIds.Value, Value=ua.DataValue(Value=outgoing, StatusCode=None)
            )
        ]
        try:
            result = first_result(ua.WriteResponse, await send_once(session, request, timeout_s))
        except ua.UaStatusCodeError as err:
            return settled(int(err.code))
        return settled(int(result.value))

    async def call(self, object: str, method: str, arguments: Sequence[Argument], timeout_s: float) -> int:
        """Call a method of an object; answers and errors as those of write."""
        session = self._session()
        try:
            inputs = [variant(one.type, one.value) for one in arguments]
            return await call(session, _node(session, object), _node(session, method), inputs, timeout_s)
        except OutgoingError as err:
            return err.status

    async def read_now(self, address: str, timeout_s: float) -> Reading:
        """Read one value from the source, no older than this request; same errors."""
        session = self._session()
        try:
            node = _node(session, address)
        except OutgoingError as err:
            return Reading(None, err.status, 0)
        request = ua.ReadRequest()
        request.Parameters.MaxAge = 0
        request.Parameters.TimestampsToReturn = ua.TimestampsToReturn.Both
        request.Parameters.NodesToRead = [ua.ReadValueId(NodeId=node, AttributeId=ua.AttributeIds.Value)]
        try:
            columns = message.read_response(await send_once(session, request, timeout_s))
            (reading,) = to_readings(columns, time.time_ns())
        except ua.UaStatusCodeError as err:
            return Reading(None, settled(int(err.code)), 0)
        except (MalformedError, ValueError) as err:
            raise NoAnswerError(f"an answer that cannot be understood: {err}") from err
        return reading

    def _session(self) -> Session:
        try:
            return self._standing()
        except ConnectionError as err:
            raise NotSentError(str(err)) from err


async def call(
    session: Session, object: ua.NodeId, method: ua.NodeId, inputs: Sequence[ua.Variant], timeout_s: float
) -> int:
    """One method call, once; the status code. NotSentError and NoAnswerError as send_once has them."""
    request = ua.CallRequest()
    request.Parameters.MethodsToCall = [
        ua.CallMethodRequest(ObjectId=object, MethodId=method, InputArguments=list(inputs))
    ]
    try:
        result = first_result(ua.CallResponse, await send_once(session, request, timeout_s))
    except ua.UaStatusCodeError as err:
        return settled(int(err.code))
    return settled(int(result.StatusCode.value))


def _node(session: Session, text: str) -> ua.NodeId:
    """The node as the server numbers it now; OutgoingError when there is none."""
    try:
        node = address.resolve(text, session.namespaces)
    except address.AddressError as err:
        raise OutgoingError(_BAD_NODE, text) from err
    if node is None:
        raise OutgoingError(_NO_NODE, text)
    return node
