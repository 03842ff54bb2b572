"""Requests whose parameters we encode ourselves: the library's header, our bytes, one place that hands them over."""

from __future__ import annotations

import asyncio
from typing import Any

from asyncua import ua
from asyncua.client.ua_client import UaClient
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import struct_to_binary


async def send(client: UaClient, kind: int, parameters: bytes, timeout: float) -> bytes:
    """Send a request of a kind (its binary encoding's id) and give the answer's bytes.

    Raises UaStatusCodeError for a service fault, TimeoutError, ConnectionError.
    """
    protocol = client.protocol
    if protocol is None or protocol.transport is None:
        raise ConnectionError("Connection is not open")
    async with client._request_semaphore:
        answer: Buffer = await asyncio.wait_for(_hand_over(protocol, kind, parameters, timeout), timeout)
    protocol.check_answer(answer, "")
    return bytes(answer)


def _hand_over(protocol: Any, kind: int, parameters: bytes, timeout: float) -> asyncio.Future[Any]:
    """What UASocketProtocol._send_request does, with parameters that are bytes already."""
    header = ua.RequestHeader()
    protocol._setup_request_header(header, timeout)
    number = protocol._request_id + 1
    body = b"".join((b"\x01\x00", kind.to_bytes(2, "little"), struct_to_binary(header), parameters))
    try:
        protocol.revolve_security_token()
        message = protocol._connection.message_to_binary(
            body, message_type=ua.MessageType.SecureMessage, request_id=number
        )
    except Exception:
        protocol._request_handle -= 1
        raise
    protocol._request_id = number
    answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    protocol._callbackmap[number] = answer
    protocol.transport.write(message)
    return answer
