"""The private parts of asyncua that the OPC UA driver leans on: this fails, by name, when an update moves one of them.

asyncua is pinned exactly; raising the pin begins here.
"""

from __future__ import annotations

import importlib.metadata
import inspect

import pytest
from asyncua import Client, ua
from asyncua.client.ua_client import UaClient, UaClientState, UASocketProtocol
from asyncua.client.ua_session import UaSession
from asyncua.common.subscription import Subscription
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import variant_from_binary, variant_to_binary

from plugins.opcua.bench import ITEMS, doubles, ours, publish_response, stock


def test_the_version_is_the_one_that_was_read() -> None:
    assert importlib.metadata.version("asyncua") == "2.1.0"


def test_a_session_sends_any_request_and_gives_the_raw_answer() -> None:
    parameters = inspect.signature(UaSession._send_request).parameters
    assert list(parameters) == ["self", "request", "timeout", "message_type"]
    assert inspect.iscoroutinefunction(UaSession._send_request)
    assert bytes(Buffer(b"abcd", 1)) == b"bcd"


def test_a_timeout_of_zero_waits_for_ever() -> None:
    source = inspect.getsource(UASocketProtocol.send_request)
    assert "timeout if timeout else None" in source


def test_a_request_is_handed_to_the_socket_in_one_step() -> None:
    """What the writing half stands on: before this call nothing is sent, after it nothing is sent again."""
    assert not inspect.iscoroutinefunction(UASocketProtocol._send_request)
    source = inspect.getsource(UASocketProtocol._send_request)
    assert source.count("transport.write") == 1
    assert source.rstrip().endswith("return future")
    assert list(inspect.signature(UASocketProtocol._send_request).parameters)[:3] == ["self", "request", "timeout"]
    assert list(inspect.signature(UASocketProtocol.check_answer).parameters) == ["self", "data", "context"]
    protocol = UaClient()._make_protocol()
    with pytest.raises(ConnectionError):
        protocol._send_request(ua.WriteRequest())


def test_creating_a_subscription_by_request_starts_no_publish_loop() -> None:
    assert "ensure_publish_loop" in inspect.getsource(UaSession.create_subscription)
    assert "ensure_publish_loop" not in inspect.getsource(UaSession._send_request)


def test_connecting_step_by_step_starts_no_supervisor() -> None:
    for step in ("connect_socket", "send_hello", "open_secure_channel", "create_session", "activate_session"):
        source = inspect.getsource(getattr(Client, step))
        assert "_connection_supervisor" not in source
        assert "_start_renew_loop" not in source


@pytest.mark.parametrize("name", ["_username", "_password", "user_certificate", "user_private_key", "application_uri",
                                  "session_timeout", "secure_channel_timeout", "uaclient"])  # fmt: skip
def test_the_client_keeps_what_we_set(name: str) -> None:
    assert hasattr(Client("opc.tcp://127.0.0.1:4840"), name)


def test_a_socket_can_be_cut_at_once() -> None:
    client = UaClient()
    assert client.protocol is None
    protocol = client._make_protocol()
    assert client.protocol is protocol
    assert protocol.transport is None
    assert UaClientState.CONNECTED.value == "connected"


def test_a_buffer_tells_where_a_variant_ended() -> None:
    body = b"xx" + variant_to_binary(ua.Variant([1, 2, 3], ua.VariantType.Int32)) + b"rest"
    buffer = Buffer(body, 2)
    assert variant_from_binary(buffer).Value == [1, 2, 3]
    assert body[buffer.cur_pos :] == b"rest"


def test_both_ways_of_taking_notifications_take_all_of_them() -> None:
    """The measuring of bench.py drives the library's own loop and handler; both count the same."""
    import asyncio

    body = publish_response(doubles(ITEMS), ITEMS, 1)
    assert asyncio.run(ours(body, 3))[1] == 3 * ITEMS
    assert asyncio.run(stock(body, 1))[1] == ITEMS
    assert "create_task" in inspect.getsource(Subscription._deliver)
