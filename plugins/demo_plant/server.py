"""The demo plant behind OPC UA: publishes what changed, takes what a controller would take, counts every write."""

from __future__ import annotations

import gc
import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from asyncua import Server, ua
from asyncua.crypto.permission_rules import PermissionRuleset, User, UserRole
from asyncua.crypto.security_policies import SecurityPolicyFactory, SecurityPolicyNone
from asyncua.server.address_space import AddressSpace, AttributeService, AttributeValue

from plugins.demo_plant import bench, points, space, standard
from plugins.demo_plant.certificate import APPLICATION_URI, Identity
from plugins.demo_plant.happening import RefusedError
from plugins.demo_plant.layout import NAMESPACE, all_points
from plugins.demo_plant.sim import DemoPlant

_STATUS = {
    "not_writable": ua.StatusCodes.BadUserAccessDenied,
    "type": ua.StatusCodes.BadTypeMismatch,
    "range": ua.StatusCodes.BadOutOfRange,
    "state": ua.StatusCodes.BadInvalidState,
}


class _Guests:
    """Everyone who may connect is a plain user: nobody changes the address space from outside."""

    def get_user(self, iserver: Any, username: Any = None, password: Any = None, certificate: Any = None) -> User:
        return User(role=UserRole.User, name=username)


class _DiscoveryOnly(PermissionRuleset):
    """On a channel without security the endpoints may be asked for, and nothing else."""

    def check_validity(self, user: Any, action_type: Any, body: Any) -> bool:
        return False


class _CountedWrites(AttributeService):
    """Writes from outside go to the plant, which takes or refuses them; the library only keeps what was taken."""

    def __init__(self, aspace: AddressSpace, take: Callable[[ua.WriteValue], ua.StatusCode]) -> None:
        super().__init__(aspace)
        self._take = take

    async def write(self, params: ua.WriteParameters, user: User = User(role=UserRole.Admin)) -> list[ua.StatusCode]:  # noqa: B008 - the library's own signature
        if user.role is UserRole.Admin:
            return await super().write(params, user)
        return [self._take(each) for each in params.NodesToWrite]


class PlantServer:
    """One server for all lines. ``start``, then ``publish`` after each step of the plant; ``stop`` at the end."""

    def __init__(self, plant: DemoPlant, port: int, identity: Identity | None) -> None:
        """``port`` 0 takes a free one; without an identity the server speaks policy None only (for tests)."""
        self._plant = plant
        self._port = port
        self._identity = identity
        self._server = Server(user_manager=_Guests())
        self._types = {tag: ua.VariantType[p.type] for tag, p in all_points().items()}
        self._types |= space.ENGINEERING
        self._nodes: dict[str, AttributeValue] = {}
        self._published: dict[str, object] = {}
        self._written: set[str] = set()
        self._was_bad: set[str] = set()
        self._tag_of: dict[ua.NodeId, str] = {}
        self._at = datetime.now(UTC)

    @property
    def endpoint(self) -> str:
        """Where it listens, e.g. ``opc.tcp://127.0.0.1:48401``."""
        assert self._server.bserver is not None
        return f"opc.tcp://127.0.0.1:{self._server.bserver.port}"

    async def start(self, at: datetime) -> None:
        """Build the address space with the plant's first values and listen on loopback."""
        self._at = at
        server = self._server
        server.set_endpoint(f"opc.tcp://127.0.0.1:{self._port}")
        server.name, server.manufacturer_name = "Linekeeper demo plant", "Linekeeper"
        server.product_uri = NAMESPACE
        server.iserver.load_standard_address_space = self._small_address_space  # type: ignore[method-assign]
        await server.init()
        await server.set_application_uri(APPLICATION_URI)
        await server.set_build_info(NAMESPACE, server.manufacturer_name, server.name, "1.0.0", "1", at)
        self._secure()
        namespace = await server.register_namespace(NAMESPACE)
        found = self._values()
        first = {tag: self._datavalue(tag, value) for tag, value in found.items()}
        await space.build(server, namespace, first, self._reset, self._engineering())
        aspace = server.iserver.aspace
        for tag, value in first.items():
            node = aspace[ua.NodeId(tag, namespace, ua.NodeIdType.String)]
            self._nodes[tag] = node.attributes[ua.AttributeIds.Value]
            self._nodes[tag].value = value
        self._published = found
        self._tag_of = {ua.NodeId(t, namespace, ua.NodeIdType.String): t for t in first}
        server.iserver.attribute_service = _CountedWrites(aspace, self._take)
        await server.start()
        gc.collect()
        gc.freeze()  # the library and the address space live as long as the process: no need to walk them again

    async def _small_address_space(self, _shelf: object = None) -> None:
        standard.fill(self._server.iserver.aspace)

    def _secure(self) -> None:
        server = self._server
        if self._identity is None:
            server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
            return
        server.iserver.certificate = self._identity.certificate
        server.iserver.private_key = self._identity.key
        server.set_security_policy([ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt])
        discovery = SecurityPolicyFactory(
            SecurityPolicyNone, ua.MessageSecurityMode.None_, permission_ruleset=_DiscoveryOnly()
        )
        server._policies.append(discovery)

    async def stop(self) -> None:
        """Say goodbye to the clients and close the port."""
        await self._server.stop()

    async def publish(self, at: datetime) -> int:
        """Give the clients what changed in the plant since the last call, stamped ``at``; returns how much."""
        self._at = at
        found = self._values()
        bad = self._plant.bad_sensors
        touched = self._written | (bad ^ self._was_bad)
        changed = [t for t, v in found.items() if (v != self._published[t] and t not in bad) or t in touched]
        for tag in changed:
            await self._put(tag, found[tag])
        self._written.clear()
        self._was_bad = set(bad)
        self._published = found
        return len(changed)

    async def _put(self, tag: str, value: object) -> None:
        node = self._nodes[tag]
        node.value = data = self._datavalue(tag, value)
        for handle, told in list(node.datachange_callbacks.items()):
            await told(handle, data)

    def _values(self) -> dict[str, object]:
        found: dict[str, object] = dict(points.values(self._plant))
        found["Engineering.WriteCount"] = self._plant.write_count
        found["Engineering.Truths"] = bench.truths(self._plant)
        return found

    def _datavalue(self, tag: str, value: object) -> ua.DataValue:
        if tag in self._plant.bad_sensors:
            status = ua.StatusCode(ua.StatusCodes.BadSensorFailure)
            return ua.DataValue(ua.Variant(), status, SourceTimestamp=self._at, ServerTimestamp=self._at)
        variant = ua.Variant(value, self._types[tag])
        return ua.DataValue(variant, SourceTimestamp=self._at, ServerTimestamp=self._at)

    def _take(self, write: ua.WriteValue) -> ua.StatusCode:
        """One written value: what the controller says to it. What is taken shows at once, before the next step."""
        tag = self._tag_of.get(write.NodeId)
        if tag is None or write.AttributeId != ua.AttributeIds.Value:
            self._plant.write_count += 1
            return ua.StatusCode(ua.StatusCodes.BadUserAccessDenied)
        variant = write.Value.Value
        fits = variant is not None and variant.VariantType is self._types[tag] and not variant.is_array
        try:
            self._plant.write(tag, variant.Value if fits and variant is not None else None)
        except RefusedError as refused:
            return ua.StatusCode(_STATUS[refused.why])
        self._nodes[tag].value = self._datavalue(tag, points.values(self._plant)[tag])
        self._written.add(tag)
        return ua.StatusCode(ua.StatusCodes.Good)

    def _reset(self, line: int, station: int) -> space.Method:
        async def act(_parent: ua.NodeId) -> ua.StatusCode | list[ua.Variant]:
            self._plant.write_count += 1
            return self._outcome(lambda: bench.reset(self._plant, line, station))

        return act

    def _engineering(self) -> dict[str, space.Engineered]:
        def bind(function: Callable[..., object], types: list[ua.VariantType]) -> space.Method:
            async def act(_parent: ua.NodeId, *arguments: ua.Variant) -> ua.StatusCode | list[ua.Variant]:
                if [a.VariantType for a in arguments] != types:
                    return ua.StatusCode(ua.StatusCodes.BadInvalidArgument)
                given = [a.Value for a in arguments]
                return self._outcome(lambda: function(self._plant, *given), ua.StatusCodes.BadInvalidArgument)

            return act

        methods: dict[str, space.Engineered] = {}
        for name, (function, names) in bench.METHODS.items():
            types = [ua.VariantType.Double] * len(names)
            methods[name] = (bind(function, types), list(zip(names, types, strict=True)), [])
        text = ua.VariantType.String
        methods["Play"] = (bind(bench.play, [text]), [("scenario", text)], [])
        methods["Affected"] = (bind(bench.affected, [text]), [("scenario", text)], [("units", text)])
        return methods

    def _outcome(self, act: Callable[[], object], refusal: int | None = None) -> ua.StatusCode | list[ua.Variant]:
        """Act; a list that the act gives is handed to the caller as JSON."""
        try:
            given = act()
        except RefusedError as refused:
            return ua.StatusCode(refusal if refusal is not None else _STATUS[refused.why])
        except (ValueError, OverflowError):  # not a number, or infinite
            return ua.StatusCode(ua.StatusCodes.BadInvalidArgument)
        if isinstance(given, list):
            return [ua.Variant(json.dumps(given), ua.VariantType.String)]
        return ua.StatusCode(ua.StatusCodes.Good)


def quiet() -> None:
    """Silence the library's log: it reports a client's every mistake as an error, and the client is told anyway."""
    logging.getLogger("asyncua").setLevel(logging.CRITICAL)


def moment(start: datetime, elapsed_s: float) -> datetime:
    """The source time of a step, in whole milliseconds as controllers stamp it."""
    at = start + timedelta(seconds=elapsed_s)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)
