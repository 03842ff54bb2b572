"""The engine's end of the desk socket: authenticates, checks every request's arguments, answers, tells events."""

from __future__ import annotations

import asyncio
import inspect
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_type_hints

import msgspec

from hmi.desk import wire
from hmi.desk.client import RefusedError
from hmi.model.words import say

log = logging.getLogger(__name__)

Answerer = Callable[..., Any | Awaitable[Any]]
_BACKLOG = 8 * 1024 * 1024  # bytes a window may lag behind before it is let go
_LONGEST_NAME, _LONGEST_DETAIL = 80, 300
_NOT_OURS = (msgspec.MsgspecError, RecursionError)
"""What a body raises that is not our language, or brackets without end."""
_AT_ONCE = 64
"""Questions of one connection that may be under way; the next one waits on the socket."""


@dataclass(frozen=True, slots=True)
class _Route:
    answer: Answerer
    arguments: type[msgspec.Struct]


class Seat:
    """One connected window or script."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self.number = secrets.token_hex(4)
        self.session: object | None = None
        """Who sits here; kept by hmi.desk.sitting and nobody else."""
        self.left: list[Callable[[], None]] = []
        """Called once when the connection ends."""
        self.gone = False

    def leave(self) -> None:
        """End the connection: what came is not the desk's language."""
        self._writer.transport.abort()

    def tell(self, message: Any) -> None:
        """Send without waiting; a window that does not read is disconnected rather than waited for."""
        transport = self._writer.transport
        if transport.is_closing():
            return
        if transport.get_write_buffer_size() > _BACKLOG:
            transport.abort()
            return
        self._writer.write(wire.frame(message))


class DeskServer:
    """Listens on the data folder's socket and answers the questions that it was given."""

    def __init__(self, data: Path, answers: Mapping[str, Answerer]) -> None:
        """answers: question name -> function whose annotated parameters are the checked arguments.

        A parameter named ``seat`` receives the asking Seat. A function may be async; RefusedError becomes a refusal.
        """
        self._data = data
        self._routes = {name: _Route(fn, _arguments(name, fn)) for name, fn in answers.items()}
        self._seats: set[Seat] = set()
        self._server: asyncio.Server | None = None
        self._door = wire.new_door(data)
        self._talks: set[asyncio.Task[None]] = set()

    @property
    def seats(self) -> int:
        """How many windows and scripts are connected."""
        return len(self._seats)

    async def start(self) -> None:
        """Open the door and publish where it is."""
        if self._door.path is not None:
            Path(self._door.path).unlink(missing_ok=True)
            self._server = await asyncio.start_unix_server(self._serve, self._door.path)
            Path(self._door.path).chmod(0o600)
        else:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
            self._door = replace(self._door, port=self._server.sockets[0].getsockname()[1])
        wire.publish_door(self._data, self._door)

    async def stop(self) -> None:
        """Close the door; connected windows see the connection end."""
        if self._server is not None:
            self._server.close()
        for talk in list(self._talks):
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)
        (self._data / wire.FILE).unlink(missing_ok=True)
        if self._door.path is not None:
            Path(self._door.path).unlink(missing_ok=True)

    def tell_all(self, event: dict[str, Any]) -> None:
        """Push an event to every window."""
        for seat in tuple(self._seats):
            seat.tell({"event": event})

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._talks.add(task)
        seat = Seat(writer)
        under_way: set[asyncio.Task[None]] = set()
        room = asyncio.Semaphore(_AT_ONCE)
        try:
            async with asyncio.timeout(5):
                await self._greet(reader, writer)
            self._seats.add(seat)
            while True:
                body = await _frame(reader)
                await room.acquire()
                # a command that waits for its read-back must not hold up what else this window asks
                one = asyncio.create_task(self._one(seat, body))
                under_way.add(one)
                one.add_done_callback(under_way.discard)
                one.add_done_callback(lambda _: room.release())
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError, TimeoutError, *_NOT_OURS, asyncio.CancelledError):
            pass
        finally:
            self._seats.discard(seat)
            seat.gone = True
            for one in tuple(under_way):
                one.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)
            for act in seat.left:
                act()
            if task is not None:
                self._talks.discard(task)
            writer.close()
            with suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonce = secrets.token_hex(16)
        writer.write(wire.frame({"nonce": nonce}))
        answer = msgspec.json.decode(await _frame(reader, 4096))
        if not isinstance(answer, dict) or not wire.proven(self._door.key, "window", nonce, answer.get("proof")):
            log.warning("a process that does not know the desk's key was turned away")
            raise ConnectionRefusedError
        writer.write(wire.frame({"proof": wire.proof(self._door.key, "engine", str(answer.get("nonce")))}))

    async def _one(self, seat: Seat, body: bytes) -> None:
        try:
            request = msgspec.json.decode(body, type=dict[str, Any])
        except _NOT_OURS:
            seat.leave()
            return
        number, name = request.get("id"), str(request.get("ask"))[:_LONGEST_NAME]
        route = self._routes.get(name)
        try:
            if route is None:
                raise RefusedError(say("desk.unknown_ask", ask=name))
            try:
                checked = msgspec.convert(request.get("with", {}), route.arguments)
            except (msgspec.ValidationError, RecursionError) as err:
                raise RefusedError(say("desk.bad_arguments", ask=name, detail=str(err)[:_LONGEST_DETAIL])) from err
            given = msgspec.structs.asdict(checked)
            if "seat" in inspect.signature(route.answer).parameters:
                given["seat"] = seat
            answer = route.answer(**given)
            if inspect.isawaitable(answer):
                answer = await answer
            seat.tell({"id": number, "answer": answer})
        except RefusedError as err:
            seat.tell({"id": number, "refused": err.text.to_json()})
        except OverflowError as err:  # a number that no table and no clock can hold
            log.warning("question %s: %s", name, err)
            said = say("desk.bad_arguments", ask=name, detail=str(err)[:_LONGEST_DETAIL])
            seat.tell({"id": number, "refused": said.to_json()})
        except Exception:
            log.exception("question %s failed", name)
            seat.tell({"id": number, "refused": say("desk.failed", ask=name).to_json()})


def _arguments(name: str, answer: Answerer) -> type[msgspec.Struct]:
    hints = get_type_hints(answer)
    fields: list[Any] = []
    for parameter in inspect.signature(answer).parameters.values():
        if parameter.name == "seat":
            continue
        kind = hints.get(parameter.name, Any)
        if parameter.default is inspect.Parameter.empty:
            fields.append((parameter.name, kind))
        else:
            fields.append((parameter.name, kind, parameter.default))
    return msgspec.defstruct(f"With_{name}", fields, kw_only=True, forbid_unknown_fields=True)


async def _frame(reader: asyncio.StreamReader, limit: int = wire.MAX_FRAME) -> bytes:
    size = int.from_bytes(await reader.readexactly(4), "little")
    if size > limit:
        raise ConnectionRefusedError
    return await reader.readexactly(size)
