"""A small OPC UA server for the driver's tests, in a process of its own so that it can be killed and frozen.

Commands: ``set NAME VALUE``, ``add NAME VALUE``, ``addtext NAME TEXT``, ``delete NAME``, ``event TEXT``,
``burst COUNT`` (of events), ``writes NAME`` (answered ``wrote``, how often clients wrote it, and what last),
``calls -`` (answered ``called`` and all calls of Tell); each is answered ``done``.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import sys
from pathlib import Path
from typing import Any

from asyncua import Server, ua
from asyncua.common.callback import CallbackType
from asyncua.crypto.permission_rules import SimpleRoleRuleset, User, UserRole
from asyncua.server.user_managers import UserManager

URI = "urn:test-plant"


class OneUser(UserManager):
    """Lets in line/keeper, one certificate, and nobody else."""

    def __init__(self, person: str) -> None:
        """person is the file of a certificate that is let in too."""
        self.person = Path(person).read_bytes() if person else b""

    def get_user(self, iserver, username=None, password=None, certificate=None):
        print(f"attempt {username}", flush=True)
        if username is None and certificate == self.person:
            return User(role=UserRole.User)
        return User(role=UserRole.User) if (username, password) == ("line", "keeper") else None


async def main(args: argparse.Namespace) -> None:
    server = Server(user_manager=OneUser(args.person) if args.user else None)
    await server.init()
    server.set_endpoint(f"opc.tcp://127.0.0.1:{args.port}")
    server.set_server_name("test plant")
    if args.cert:
        await server.set_application_uri(args.uri)
        server.set_security_policy(
            [ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt], permission_ruleset=SimpleRoleRuleset()
        )
        await server.load_certificate(Path(args.cert))
        await server.load_private_key(Path(args.key))
    else:
        server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    if args.shift:
        other = await server.register_namespace("urn:loaded-first")
        for name in ("A", "B"):
            await server.nodes.objects.add_variable(ua.NodeId(name, other), name, -999.0)
    own = await server.register_namespace(URI)
    objects = server.nodes.objects

    async def add(name: str, variant: ua.Variant) -> None:
        node = await objects.add_variable(ua.NodeId(name, own), name, variant)
        await node.set_writable()

    await add("A", ua.Variant(1.0, ua.VariantType.Double))
    await add("B", ua.Variant(2.0, ua.VariantType.Double))
    await add("Count", ua.Variant(7, ua.VariantType.UInt32))
    await add("Big", ua.Variant(2**60 + 1, ua.VariantType.UInt64))
    await add("Name", ua.Variant("오븐 3", ua.VariantType.String))
    await add("On", ua.Variant(True, ua.VariantType.Boolean))
    await add("List", ua.Variant([1.0, 2.0], ua.VariantType.Double))
    events = await server.get_event_generator()
    written: dict[str, list[ua.DataValue]] = {}

    def note(event: Any, _dispatcher: object) -> None:
        for one in event.request_params.NodesToWrite:
            if event.is_external:
                written.setdefault(str(one.NodeId.Identifier), []).append(one.Value)

    server.subscribe_server_callback(CallbackType.PreWrite, note)
    called: list[str] = []

    async def tell(_parent: ua.NodeId, text: ua.Variant, number: ua.Variant) -> ua.StatusCode:
        called.append(f"{text.Value} {number.Value}")
        return ua.StatusCode(ua.StatusCodes.Good if number.Value >= 0 else ua.StatusCodes.BadOutOfRange)

    await objects.add_method(ua.NodeId("Tell", own), "Tell", tell, [ua.VariantType.String, ua.VariantType.Double], [])
    async with server:
        print("ready", flush=True)
        loop = asyncio.get_running_loop()
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            command, name, *rest = line.split(maxsplit=2)
            node = server.get_node(ua.NodeId(name, own))
            match command:
                case "set":
                    await node.write_value(float(rest[0]))
                case "add":
                    await add(name, ua.Variant(float(rest[0]), ua.VariantType.Double))
                case "addtext":
                    await add(name, ua.Variant(rest[0].strip(), ua.VariantType.String))
                case "writes":
                    values = written.get(name, [])
                    last = values[-1] if values else ua.DataValue()
                    times = [last.SourceTimestamp, last.ServerTimestamp]
                    print("wrote", len(values), last.Value.VariantType.name, last.Value.Value, times, flush=True)
                case "burst":
                    for number in range(int(name)):
                        await events.trigger(message=str(number))
                case "calls":
                    print("called", called, flush=True)
                case "event":
                    await events.trigger(message=name)
                case "delete":
                    await server.delete_nodes([node])
            print("done", flush=True)


if __name__ == "__main__":
    gc.disable()  # starts a quarter sooner; nothing lives long here
    logging.disable(logging.CRITICAL)
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--shift", action="store_true")
    parser.add_argument("--user", action="store_true")
    parser.add_argument("--person", default="")
    parser.add_argument("--cert", default="")
    parser.add_argument("--key", default="")
    parser.add_argument("--uri", default="urn:test:server")
    asyncio.run(main(parser.parse_args()))
