"""One standing connection: all that runs while it stands, and its end as one reason."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence

from asyncua import ua

from hmi.api import DriverContext, Health
from plugins.opcua.hearing import Hearing
from plugins.opcua.items import Items
from plugins.opcua.publisher import IN_FLIGHT, Publisher
from plugins.opcua.refusal import LinkError, down, from_error
from plugins.opcua.session import Session
from plugins.opcua.watch import Watch


class Link:
    """Subscriptions, publishing, watch and channel renewal on one session."""

    def __init__(
        self, context: DriverContext, session: Session, health: Health, log: logging.Logger, said: set[str]
    ) -> None:
        """said outlives connections (hearing.py)."""
        self.session = session
        self.items = Items(context, session, health, log)
        self.publisher = Publisher(
            session, context.feed, health, [w.row for w in context.wanted],
            refill=self._refill, node_gone=self.items.node_gone, events=self._events,
        )  # fmt: skip
        self.hearing = Hearing(context, session, self.publisher, log, said)
        self._watch = Watch(
            session, health,
            last_publish=lambda: self.publisher.heard,
            # three missed signs of life, and time for the server to make many items before the first
            publish_limit_s=lambda: 3 * self.items.keepalive_s + 2.0,
            new_namespaces=self.items.address_space_changed,
        )  # fmt: skip

    def _events(self, body: bytes) -> None:
        self.hearing.take(body)

    async def _refill(self, subscriptions: Sequence[int]) -> None:
        """Something was lost on the way: have it told again."""
        if self.hearing.subscription in subscriptions:
            self.hearing.missed()
        readings = [one for one in subscriptions if one in self.items.subscriptions]
        if readings:
            await self.items.refill(readings)

    async def run(self) -> None:
        """Until the link ends: raises LinkError with the reason. Nothing reaches the feed after it raised."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._watch.run())
                group.create_task(self.session.renew())
                await self.items.open(self.publisher)
                for _ in range(IN_FLIGHT):
                    group.create_task(self.publisher.publish())
                group.create_task(self.publisher.heal())
                group.create_task(self.hearing.run(self.items.subscriptions[0]))
                group.create_task(self.hearing.hand_on())
                group.create_task(self.items.keep())
                group.create_task(self.items.audit())
        except BaseExceptionGroup as group_error:
            raise _reason(group_error) from group_error
        finally:
            self.close()
        raise down("ended")  # unreachable: the tasks run until one raises

    def close(self) -> None:
        """From now on nothing of this connection reaches the feed."""
        self.publisher.closed = True


def _reason(group: BaseExceptionGroup[BaseException]) -> LinkError:
    """The reason that says most: our own words before what broke because of it."""
    errors = [error for error in _flat(group) if isinstance(error, Exception)]
    for error in errors:
        if isinstance(error, LinkError):
            return error
    return from_error(min(errors, key=_is_link_fault))


def _is_link_fault(error: Exception) -> bool:
    return isinstance(error, OSError | TimeoutError | ua.UaError)


def _flat(group: BaseExceptionGroup[BaseException]) -> Iterator[BaseException]:
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _flat(error)
        else:
            yield error
