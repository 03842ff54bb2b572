"""The supervisor: keeps one controller's link, says every doubt at once, and answers questions while it stands."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence

from asyncua import ua

from hmi.api import DriverContext, Health, LinkState, Node, Reading, Text, say
from plugins.opcua.conditions import OpcUaConditions
from plugins.opcua.discover import children
from plugins.opcua.link import Link
from plugins.opcua.reader import read
from plugins.opcua.refusal import LinkError, down, from_error
from plugins.opcua.session import Session, open_session
from plugins.opcua.writer import OpcUaWriter

FIRST_PAUSE_S, LAST_PAUSE_S = 0.2, 1.5
STABLE_S = 10.0
"""A link that stood so long begins with a short pause again."""
LOOK_S = 0.5
END_S = 2.0


def create(context: DriverContext) -> OpcUaDriver:
    """A driver for one OPC UA controller."""
    return OpcUaDriver(context)


class OpcUaDriver:
    """One controller's link (hmi.plant.port.Driver)."""

    def __init__(self, context: DriverContext) -> None:
        self._context = context
        self._log = context.log
        self._health = Health(wanted=len(context.wanted), publishing_ms=context.controller.publishing_ms)
        self._link: Link | None = None
        self._told: tuple[LinkState, str] | None = None
        self._mourned = ""
        self.writer = OpcUaWriter(self._session)
        """The writing half; only the gateway may have it."""
        self.conditions = OpcUaConditions(lambda: self._standing().hearing)
        self._said: set[str] = set()

    @property
    def health(self) -> Health:
        """What is known of the link now."""
        return self._health

    async def run(self) -> None:
        """Connect, subscribe, watch, reconnect; until cancelled. Never ends because of the plant."""
        self._say(LinkState.CONNECTING, None)
        pause = FIRST_PAUSE_S
        try:
            while True:
                began = time.monotonic()
                error = await self._attempt()
                if time.monotonic() - began > STABLE_S:
                    pause = FIRST_PAUSE_S
                self._health.fingerprint = error.fingerprint or self._health.fingerprint
                self._mourn(error)
                self._say(error.state, error.why)
                await self._wait(error, pause)
                pause = min(pause * 2, LAST_PAUSE_S)
        finally:
            self._say(LinkState.STOPPED, None)

    def _mourn(self, error: LinkError) -> None:
        """A fault of ours is logged with its trace, once, however often it comes back."""
        if error.fault is not None and repr(error.fault) != self._mourned:
            self._mourned = repr(error.fault)
            self._log.error("%s: unexpected", self._context.controller.id, exc_info=error.fault)

    async def _attempt(self) -> LinkError:
        """One connection in a task of its own, so that an end asked for from outside is never lost in its own end."""
        standing = asyncio.create_task(self._stand())
        try:
            await asyncio.wait([standing])
        finally:
            # more than once if need be: a task group that is ending with an error forgets that it was cancelled too
            while not standing.done():
                standing.cancel()
                await asyncio.wait([standing], timeout=END_S)
            if not standing.cancelled():
                standing.exception()
        if standing.cancelled():
            # nobody asked for the end: on a busy PC the library can lose its own future under us
            return down("ended")
        return standing.result()

    async def _stand(self) -> LinkError:
        """One connection from its first packet to its end; returns why it ended."""
        try:
            session = await open_session(self._context, self._log)
        except LinkError as err:
            return err
        self._link = link = Link(self._context, session, self._health, self._log, self._said)
        politely = False
        try:
            self._health.connects += 1
            self._health.security, self._health.fingerprint = session.security, session.fingerprint
            self._say(LinkState.CONNECTED, None)
            await link.run()
        except LinkError as err:
            # told before the socket is closed: closing may take its time, doubt may not
            self._say(err.state, err.why)
            politely = err.state is LinkState.DOWN and session.client.uaclient.protocol is not None
            return err
        except asyncio.CancelledError:
            link.close()
            politely = True
            raise
        finally:
            self._link = None
            await session.close(politely)
        raise AssertionError("a link ends with a reason")

    def _say(self, state: LinkState, why: Text | None) -> None:
        word = (state, why.en if why else "")
        if word == self._told:
            return
        before, self._told = self._told, word
        health = self._health
        if health.state is not state:
            health.since_ns = time.time_ns()
        health.state, health.why = state, why
        if state is not LinkState.CONNECTED:
            health.subscribed = 0
            health.latency_ms = health.clock_offset_ms = None
        if before is None or before[0] is not state:
            level = logging.INFO if state in (LinkState.CONNECTED, LinkState.CONNECTING, LinkState.STOPPED) \
                else logging.WARNING  # fmt: skip
            self._log.log(level, "%s: %s%s", self._context.controller.id, state, f" ({why.en})" if why else "")
        self._context.feed.link(state, why)

    async def _wait(self, error: LinkError, pause: float) -> None:
        """Pause before the next attempt; an accepted certificate ends it at once."""
        until = time.monotonic() + (pause if error.retry_s is None else error.retry_s)
        accepted = self._context.trust / "accepted" / f"{error.fingerprint}.der"
        while (left := until - time.monotonic()) > 0:
            await asyncio.sleep(min(left, LOOK_S))
            if error.fingerprint and accepted.is_file():
                return

    def _standing(self) -> Link:
        link = self._link
        if link is None or link.publisher.closed:
            why = self._health.why or say("opcua.not_connected")
            raise ConnectionError(why.en)
        return link

    def _session(self) -> Session:
        return self._standing().session

    async def read(self, addresses: Sequence[str]) -> list[Reading]:
        """Read now, from the source, in order; a failed node carries its status. ConnectionError without a link."""
        session = self._session()
        try:
            return await read(session, addresses)
        except (OSError, TimeoutError, ua.UaError) as err:
            raise _unreachable(err) from err

    async def browse(self, address: str | None) -> list[Node]:
        """The children of a node; None is the Objects folder. ConnectionError without a link."""
        session = self._session()
        try:
            return await children(session, address)
        except (OSError, TimeoutError, ua.UaError) as err:
            raise _unreachable(err) from err


def _unreachable(err: BaseException) -> ConnectionError:
    why = from_error(err).why
    return ConnectionError(why.en if why else str(err))
