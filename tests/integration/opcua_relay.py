"""A relay on the wire between driver and server: counts what a client asks for and can lose it, without security."""

from __future__ import annotations

import asyncio
import contextlib
import struct
from collections import Counter
from collections.abc import AsyncIterator

WRITE, CALL, READ = 673, 712, 631


class Relay:
    """Passes everything on; ``requests`` counts the requests of the client by their encoding id, over all its links."""

    def __init__(self, port: int) -> None:
        """port is the server's."""
        self.server_port = port
        self.port = 0
        self.requests: Counter[int] = Counter()
        self.cut_at: set[int] = set()
        """Requests that break the connection, instead of being passed on."""
        self.cut_after: set[int] = set()
        """Requests that are passed on, and then the connection breaks before the answer."""
        self._mute = False
        self._links: set[asyncio.Task[None]] = set()

    async def link(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._links.add(task)
        try:
            server, to_server = await asyncio.open_connection("127.0.0.1", self.server_port)
            async with asyncio.TaskGroup() as group:
                group.create_task(self._up(client, to_server))
                group.create_task(self._down(server, to_client))
        except (OSError, BaseExceptionGroup, asyncio.CancelledError):
            pass  # either side is gone: so is the other
        finally:
            self._links.discard(task)
            to_client.transport.abort()
            with contextlib.suppress(UnboundLocalError):
                to_server.transport.abort()

    async def _up(self, client: asyncio.StreamReader, to_server: asyncio.StreamWriter) -> None:
        while True:
            head = await client.readexactly(8)
            body = await client.readexactly(struct.unpack_from("<I", head, 4)[0] - 8)
            kind = struct.unpack_from("<H", body, 18)[0] if head[:3] == b"MSG" else 0
            self.requests[kind] += 1
            if kind in self.cut_at:
                raise ConnectionResetError
            self._mute = kind in self.cut_after
            to_server.write(head + body)
            if self._mute:
                await asyncio.sleep(0.3)
                raise ConnectionResetError

    async def _down(self, server: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        while part := await server.read(65536):
            if not self._mute:
                to_client.write(part)
        raise ConnectionResetError

    async def close(self) -> None:
        for task in list(self._links):
            task.cancel()
        if self._links:
            await asyncio.wait(self._links)


@contextlib.asynccontextmanager
async def relaying(port: int) -> AsyncIterator[Relay]:
    """A relay to a server's port, on a port of its own."""
    relay = Relay(port)
    listening = await asyncio.start_server(relay.link, "127.0.0.1", 0)
    relay.port = listening.sockets[0].getsockname()[1]
    try:
        yield relay
    finally:
        listening.close()
        await relay.close()
