"""One request on the wire, once: what certainly never left, what was answered, and what nobody can say.

The library's own way of sending waits for a free place and mixes up its reasons; here the request is handed to the
socket in one step, so that before it nothing is sent and after it nothing is sent again.
"""

from __future__ import annotations

import asyncio
from typing import Any

from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import struct_from_binary

from hmi.api import NoAnswerError, NotSentError
from plugins.opcua.session import Session

IN_DOUBT = frozenset({
    ua.StatusCodes.BadTimeout, ua.StatusCodes.BadRequestTimeout, ua.StatusCodes.BadCommunicationError,
    ua.StatusCodes.BadRequestCancelledByClient, ua.StatusCodes.BadRequestCancelledByRequest,
    ua.StatusCodes.BadShutdown, ua.StatusCodes.BadConnectionClosed, ua.StatusCodes.BadSecureChannelClosed,
})  # fmt: skip
"""Answers that say no more than no answer: a server in front of the controller lost sight of what it passed on."""


async def send_once(session: Session, request: Any, timeout_s: float) -> bytes:
    """Hand a request to the socket and wait for its answer's bytes.

    NotSentError when there is no open socket to hand it to; NoAnswerError when no answer came in time or the
    connection broke meanwhile; UaStatusCodeError when the server refused the whole request.
    """
    protocol = session.client.uaclient.protocol
    if protocol is None or protocol.transport is None or protocol.transport.is_closing():
        raise NotSentError("the connection is closed")
    try:
        answer: asyncio.Future[Buffer] = protocol._send_request(request, timeout_s)
    except ConnectionError as err:
        raise NotSentError(str(err)) from err
    try:
        # an answer that lies here already when we come back late counts, so the wait itself cancels nothing
        await asyncio.wait([answer], timeout=timeout_s)
        if not answer.done():
            raise NoAnswerError(f"no answer within {timeout_s:g} s")
    finally:
        answer.cancel()
    if answer.cancelled() or answer.exception() is not None:
        raise NoAnswerError("the connection broke before an answer came")
    body = answer.result()
    protocol.check_answer(body, "")
    return bytes(body)


def first_result(form: Any, body: bytes) -> Any:
    """The one result of a service's answer. NoAnswerError when the answer cannot be understood."""
    try:
        response = struct_from_binary(form, Buffer(body))
        response.ResponseHeader.ServiceResult.check()
        (result,) = response.Results
    except ua.UaStatusCodeError:
        raise
    except Exception as err:
        raise NoAnswerError(f"an answer that cannot be understood: {err}") from err
    return result


def settled(code: int) -> int:
    """A status code as the answer to a request; NoAnswerError for one that leaves open what happened."""
    if code in IN_DOUBT:
        raise NoAnswerError(ua.StatusCode(code).name)
    return code
