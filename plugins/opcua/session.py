"""One connection to one server, made new for every attempt: endpoint, trust, user, session, namespaces, limits.

The library's own reconnection is not used (connectivity.md: wrong data with good quality after a shift of namespaces,
items lost for ever): this session either stands or is thrown away.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlparse

from asyncua import Client, ua
from asyncua.crypto import security_policies

from hmi.api import Controller, DriverContext, Security
from plugins.opcua import bulk, message, raw, trust
from plugins.opcua.decoder import Columns
from plugins.opcua.refusal import down, from_error, grouped, refused
from plugins.opcua.user import UserToken, user_of

CONNECT_S = 8.0
"""Hard limit of one attempt: a black hole in the network holds nothing longer than this."""
REQUEST_S = 5.0
SESSION_MS = 45_000
"""A session that we lost without good-bye occupies its place in the controller no longer than this."""
CHANNEL_MS = 600_000
_QUIET = ("asyncua.client", "asyncua.common", "asyncua.uaprotocol", "asyncua.crypto", "asyncua.ua")
POLICIES: dict[str, type[security_policies.SecurityPolicy]] = {
    "Basic256Sha256": security_policies.SecurityPolicyBasic256Sha256,
    "Aes128Sha256RsaOaep": security_policies.SecurityPolicyAes128Sha256RsaOaep,
    "Aes256Sha256RsaPss": security_policies.SecurityPolicyAes256Sha256RsaPss,
}
_MODES = {
    Security.SIGN_AND_ENCRYPT: ua.MessageSecurityMode.SignAndEncrypt,
    Security.SIGN: ua.MessageSecurityMode.Sign,
    Security.NONE: ua.MessageSecurityMode.None_,
}
_LIMITS = {
    "items": ua.ObjectIds.Server_ServerCapabilities_OperationLimits_MaxMonitoredItemsPerCall,
    "read": ua.ObjectIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerRead,
    "browse": ua.ObjectIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerBrowse,
    "points": ua.ObjectIds.Server_ServerCapabilities_MaxBrowseContinuationPoints,
}


@dataclass(frozen=True, slots=True)
class Limits:
    """How much the server takes in one call; never more than 1,000, where gains end and controllers choke."""

    items: int = 1000
    read: int = 1000
    browse: int = 1000
    points: int = 0
    """Browse continuation points of a session; 0 where the server does not say."""


class Session:
    """An activated session; every method raises LinkError or the library's errors when it no longer stands."""

    def __init__(self, client: Client, security: str, fingerprint: str) -> None:
        self.client = client
        self.security = security
        self.fingerprint = fingerprint
        self.namespaces: list[str] = []
        self.limits = Limits()
        self.started_ns = 0
        """When the server says it was started; 0 while unknown."""

    async def request(self, request: Any, timeout: float | None = REQUEST_S) -> bytes:
        """Send a request and give the answer's bytes; timeout None waits for ever (publish).

        Raises UaStatusCodeError for a service fault, TimeoutError, ConnectionError.
        """
        answer = await self.client.uaclient.session._send_request(request, timeout=timeout or 0)
        return bytes(answer)

    async def send(self, kind: int, parameters: bytes, timeout: float = REQUEST_S) -> bytes:
        """Send a request whose parameters are bytes already (bulk.py); same errors."""
        return await raw.send(self.client.uaclient, kind, parameters, timeout)

    async def read(self, nodes: Sequence[tuple[ua.NodeId, int]], timeout: float = REQUEST_S) -> Columns:
        """Attributes of nodes in one call, by our own codec."""
        parameters = bulk.read_parameters(nodes, ua.TimestampsToReturn.Both)
        return message.read_response(await self.send(bulk.READ, parameters, timeout))

    async def values(self, nodes: Sequence[ua.NodeId], attribute: int, timeout: float = REQUEST_S) -> list[Any]:
        """One attribute of nodes in one call, as the library's values; None where it could not be read."""
        request = ua.ReadRequest()
        request.Parameters.TimestampsToReturn = ua.TimestampsToReturn.Neither
        request.Parameters.NodesToRead = [
            ua.ReadValueId(NodeId=node, AttributeId=ua.AttributeIds(attribute)) for node in nodes
        ]
        results = await asyncio.wait_for(self.client.uaclient.session.read(request.Parameters), timeout)
        return [value_of(result) for result in results]

    async def learn(self) -> None:
        """Read the namespaces and limits as they are now."""
        names = await self.values([ua.NodeId(ua.ObjectIds.Server_NamespaceArray)], ua.AttributeIds.Value)
        if not names[0]:
            raise down("no_namespaces")
        self.namespaces = [str(name) for name in names[0]]
        found = await self.values([ua.NodeId(node) for node in _LIMITS.values()], ua.AttributeIds.Value)
        told = {name: int(v) for name, v in zip(_LIMITS, found, strict=True) if isinstance(v, int) and v > 0}
        self.limits = Limits(
            min(1000, told.get("items", 1000)), min(1000, told.get("read", 1000)),
            min(1000, told.get("browse", 1000)), told.get("points", 0),
        )  # fmt: skip

    async def renew(self) -> None:
        """Keep the secure channel's keys fresh; runs until cancelled, raises when the server does not go along."""
        while True:
            await asyncio.sleep(self.client.secure_channel_timeout * 0.75 / 1000)
            await asyncio.wait_for(self.client.open_secure_channel(renew=True), REQUEST_S)
            self.client.uaclient.revolve_security_token()

    async def close(self, politely: bool) -> None:
        """Say good-bye where somebody listens, then cut."""
        if politely:
            try:
                async with asyncio.timeout(1.0):
                    await self.client.close_session()
                    await self.client.close_secure_channel()
            except (OSError, TimeoutError, ua.UaError):
                pass  # it is being thrown away: what it still wanted to say changes nothing
        cut(self.client)


def value_of(result: ua.DataValue) -> Any:
    """The value of a read result; None when it is not there or not good."""
    if result.Value is None or (result.StatusCode is not None and not result.StatusCode.is_good()):
        return None
    return result.Value.Value


def cut(client: Client) -> None:
    """Drop the socket at once; a frozen server would hold an orderly end for ever."""
    protocol = client.uaclient.protocol
    if protocol is not None and protocol.transport is not None:
        protocol.transport.abort()
    client.disconnect_socket()


async def open_session(context: DriverContext, log: logging.Logger) -> Session:
    """Connect, check whom we met, sign in, learn the server. LinkError says in words why not."""
    # what the library would log each second of an outage is said by us, once
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    own = ""
    try:
        async with asyncio.timeout(CONNECT_S):
            client, security, fingerprint, own = await _prepared(context, log)
            try:
                await _establish(client)
                session = Session(client, security, fingerprint)
                await session.learn()
            except BaseException:
                cut(client)
                raise
            return session
    except Exception as err:
        link = from_error(err, own)
        if isinstance(err, ua.UaError) and "certificate mismatch" in str(err).lower():
            link = refused("other_certificate")
        raise link from err


async def _reach(client: Client) -> None:
    """Socket and channel: the steps that tell an empty network from a server that hangs."""
    try:
        await client.connect_socket()
    except TimeoutError:
        raise down("unreachable") from None
    await client.send_hello()
    await client.open_secure_channel()


async def _establish(client: Client) -> None:
    await _reach(client)
    await client.create_session()
    await client.activate_session(client._username, client._password, client.user_certificate)


def _client(controller: Controller) -> Client:
    url = urlparse(controller.endpoint)
    try:
        fits = url.scheme == "opc.tcp" and bool(url.hostname) and (url.port or 4840) > 0
    except ValueError:
        fits = False
    if not fits:
        raise refused("bad_endpoint", endpoint=controller.endpoint)
    if url.port is None:
        url = url._replace(netloc=f"{url.netloc}:4840")
    client = Client(url.geturl(), timeout=REQUEST_S)
    client.name = client.description = "Linekeeper"
    client.product_uri = "urn:linekeeper"
    client.session_timeout = SESSION_MS
    client.secure_channel_timeout = CHANNEL_MS
    return client


async def _prepared(context: DriverContext, log: logging.Logger) -> tuple[Client, str, str, str]:
    """A client with security and user set; its security in words, the server's and our own fingerprint."""
    controller = context.controller
    token = user_of(context)
    client = _client(controller)
    if controller.security is Security.NONE:
        _give(client, token)
        if token.name:
            # a password goes out only where the server offers to receive it encrypted
            await _check_token_policy(controller)
        return client, "None", "", ""
    policy = POLICIES.get(controller.policy)
    if policy is None:
        raise refused("unknown_policy", policy=controller.policy, known=", ".join(POLICIES))
    identity = await asyncio.to_thread(trust.identity, context.trust, None, context.secrets)
    if identity.expires - datetime.now(UTC) < trust.WARN:
        log.warning("our own certificate expires on %s", identity.expires.date())
    mode = _MODES[controller.security]
    endpoint = await _endpoint(controller, mode, policy.URI)
    der = _leaf(endpoint.ServerCertificate)
    fingerprint = _check_server(context, der, endpoint, log)
    client.application_uri = identity.uri
    _give(client, token)
    await client.set_security(
        policy, identity.certificate, identity.key, identity.password, server_certificate=der, mode=mode
    )
    return client, f"{controller.security.value} {controller.policy}", fingerprint, identity.fingerprint


def _give(client: Client, token: UserToken) -> None:
    if token.certificate is not None:
        client.user_certificate, client.user_private_key = token.certificate, token.key
    elif token.name:
        client.set_user(token.name)
        client.set_password(token.password)


async def _endpoints(controller: Controller) -> list[ua.EndpointDescription]:
    """What the server offers; asked without security, as the standard has it, so nothing in it is believed yet."""
    client = _client(controller)
    try:
        await _reach(client)
        endpoints: list[ua.EndpointDescription] = await client.get_endpoints()
        return endpoints
    finally:
        cut(client)


async def _endpoint(controller: Controller, mode: ua.MessageSecurityMode, policy_uri: str) -> ua.EndpointDescription:
    offered = await _endpoints(controller)
    for endpoint in offered:
        if endpoint.SecurityMode == mode and endpoint.SecurityPolicyUri == policy_uri and endpoint.ServerCertificate:
            return endpoint
    there = sorted({f"{e.SecurityMode.name.rstrip('_')} {e.SecurityPolicyUri.rpartition('#')[2]}" for e in offered})
    refusal = refused("not_offered", asked=f"{controller.security.value} {controller.policy}", offered=", ".join(there))
    refusal.elsewhere = True
    raise refusal


async def _check_token_policy(controller: Controller) -> None:
    for endpoint in await _endpoints(controller):
        if endpoint.SecurityMode != ua.MessageSecurityMode.None_:
            continue
        for token in endpoint.UserIdentityTokens:
            encrypted = token.SecurityPolicyUri and not token.SecurityPolicyUri.endswith("#None")
            if token.TokenType == ua.UserTokenType.UserName and encrypted and endpoint.ServerCertificate:
                return
    raise refused("password_in_clear")


def _check_server(context: DriverContext, der: bytes, endpoint: ua.EndpointDescription, log: logging.Logger) -> str:
    fault = trust.fault_of(der, datetime.now(UTC))
    if fault is not None:
        since, until = ("", "") if fault == "unreadable" else trust.validity(der)
        raise refused(f"certificate_{fault}", since=since, until=until)
    pinned = trust.plain(context.controller.fingerprint) == trust.fingerprint_of(der)
    if pinned or trust.is_accepted(context.trust, der):
        if not trust.names_application(der, endpoint.Server.ApplicationUri):
            log.warning("the certificate of %s names another application", context.controller.id)
        return trust.fingerprint_of(der)
    fingerprint = trust.keep_waiting(context.trust, der)
    raise refused("untrusted", fingerprint=fingerprint, shown=grouped(fingerprint))


def _leaf(chain: bytes) -> bytes:
    """The server's own certificate of a chain: the first one, by the length that DER writes in front."""
    if chain[:2] != b"\x30\x82":
        return chain
    return chain[: int.from_bytes(chain[2:4], "big") + 4]
