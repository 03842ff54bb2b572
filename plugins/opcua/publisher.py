"""The publish loop: several requests in flight, order restored, lost messages asked for again, readings handed on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from asyncua import ua

from hmi.api import Batch, Feed, Health
from plugins.opcua import message
from plugins.opcua.decoder import Columns, MalformedError
from plugins.opcua.message import Published
from plugins.opcua.refusal import down
from plugins.opcua.sequence import Sequencer
from plugins.opcua.session import REQUEST_S, Session

IN_FLIGHT = 4
"""With one request in flight a fast server falls 40 to 78 % behind (measured); four keep up."""
PATIENCE_S = 0.2
"""So long a message may be overtaken by a later one before it counts as lost."""
ASKED_AGAIN = 50
"""More lost messages than this are not asked for one by one: everything is read afresh."""
OVERFLOW = 0x480
NODE_GONE = 0x80340000
_TOO_MANY = ua.StatusCodes.BadTooManyPublishRequests
_GONE = frozenset({ua.StatusCodes.BadNoSubscription, ua.StatusCodes.BadSubscriptionIdInvalid})
_PASSING = frozenset({
    ua.StatusCodes.BadTimeout, ua.StatusCodes.BadRequestTimeout, ua.StatusCodes.BadTooManyOperations,
    ua.StatusCodes.BadRequestCancelledByClient,
})  # fmt: skip


class Publisher:
    """Hears one connection's subscriptions and tells the feed, in order, each reading once."""

    def __init__(
        self,
        session: Session,
        feed: Feed,
        health: Health,
        rows: Sequence[int],
        refill: Callable[[Sequence[int]], Any],
        node_gone: Callable[[list[int]], None],
        events: Callable[[bytes], None],
    ) -> None:
        """refill(subscriptions) is a coroutine that has every value sent or read again."""
        self._session, self._feed, self.health = session, feed, health
        self._refill, self._node_gone, self._events = refill, node_gone, events
        self._known = np.zeros(max(rows, default=0) + 1, np.bool_)
        self._known[list(rows)] = True
        self._sequencers: dict[int, Sequencer[Published]] = {}
        self._acks: list[ua.SubscriptionAcknowledgement] = []
        self._gap = asyncio.Event()
        self._in_flight = IN_FLIGHT
        self.closed = False
        self.heard = time.monotonic()
        """When the last publish response came."""

    def follow(self, subscription: int) -> None:
        """Expect messages of a new subscription."""
        self._sequencers[subscription] = Sequencer()

    def forget(self, subscription: int) -> None:
        """Expect nothing of a subscription any longer."""
        self._sequencers.pop(subscription, None)

    async def publish(self) -> None:
        """One request always in flight; run as many of these as requests are wanted."""
        request = ua.PublishRequest()
        while True:
            request.Parameters.SubscriptionAcknowledgements, self._acks = self._acks, []
            try:
                body = await self._session.request(request, None)
            except ua.UaStatusCodeError as err:
                if err.code == _TOO_MANY and self._in_flight > 1:
                    self._in_flight -= 1
                    return
                if err.code in _GONE:
                    raise down("subscription_lost") from err
                if err.code != _TOO_MANY and err.code not in _PASSING:
                    raise
                await asyncio.sleep(0.2)
                continue
            self.heard = time.monotonic()
            self.health.messages += 1
            try:
                published = message.publish_response(body)
            except MalformedError:
                # not acknowledged: the gap that it leaves is found and the server is asked for it once more
                self.health.fallbacks += 1
                continue
            self._take(published)

    def _take(self, published: Published) -> None:
        sequencer = self._sequencers.get(published.subscription)
        if sequencer is None or self.closed:
            return
        if published.keepalive:
            sequencer.keepalive(published.sequence)
        else:
            self._acks.append(ua.SubscriptionAcknowledgement(published.subscription, published.sequence))
            for ready in sequencer.take(published.sequence, published):
                self._deliver(ready)
        if sequencer.missing():
            self._gap.set()

    def _deliver(self, published: Published) -> None:
        if published.status is not None:
            raise down("subscription_lost")
        self.health.fallbacks += published.foreign
        for columns in published.columns:
            self.hand_on(columns)
        for events in published.events:
            self._events(events)

    def hand_on(self, columns: Columns, which: npt.NDArray[np.bool_] | None = None) -> None:
        """Give decoded values (which: some of them) to the feed; nothing passes once the connection was given up."""
        if self.closed:
            return
        batch = batch_of(columns, self._ours(columns.handles) if which is None else which)
        status = batch.status
        self.health.notifications += len(batch)
        if status.any():
            self.health.overflows += int(np.count_nonzero(status & OVERFLOW == OVERFLOW))
            gone = status & 0xFFFF0000 == NODE_GONE
            if gone.any():
                self._node_gone(np.unique(batch.rows[gone]).tolist())
        self._feed.readings(batch)

    def _ours(self, handles: npt.NDArray[np.uint32]) -> npt.NDArray[np.bool_] | None:
        """Which handles are rows of ours; None for all of them, as it should be."""
        if len(handles) == 0 or (int(handles.max()) < len(self._known) and self._known[handles].all()):
            return None
        return (handles < len(self._known)) & self._known[np.minimum(handles, len(self._known) - 1)]

    async def heal(self) -> None:
        """Ask for messages that were lost on the way, or have everything sent again when the server forgot them."""
        while True:
            await self._gap.wait()
            self._gap.clear()
            if not any(s.missing() for s in self._sequencers.values()):
                continue
            await asyncio.sleep(PATIENCE_S)
            for subscription, sequencer in list(self._sequencers.items()):
                await self._fill(subscription, sequencer)

    async def _fill(self, subscription: int, sequencer: Sequencer[Published]) -> None:
        lost = sequencer.missing()
        self.health.gaps += len(lost)
        given_up = 0
        for number in lost:
            answer = None
            if len(lost) <= ASKED_AGAIN:
                answer = await self._again(subscription, number)
            if answer is None:
                given_up += 1
                ready = sequencer.give_up(number)
            else:
                self.health.refilled += 1
                ready = sequencer.take(number, answer)
            for published in ready:
                self._deliver(published)
        if given_up:
            await self._refill([subscription])
            self.health.refilled += given_up

    async def _again(self, subscription: int, number: int) -> Published | None:
        request = ua.RepublishRequest()
        request.Parameters.SubscriptionId = subscription
        request.Parameters.RetransmitSequenceNumber = number
        try:
            published = message.republish_response(await self._session.request(request, REQUEST_S), subscription)
        except (ua.UaStatusCodeError, MalformedError):
            return None
        if published.sequence != number or published.keepalive:
            return None  # some servers answer with an empty message where they have none
        self._acks.append(ua.SubscriptionAcknowledgement(subscription, number))
        return published


def batch_of(columns: Columns, which: npt.NDArray[np.bool_] | None = None) -> Batch:
    """Decoded values as the engine wants them; which picks some of them."""
    source_ns = columns.source_ns(time.time_ns())
    if which is None:
        return Batch(
            columns.handles.astype(np.int32), columns.values, columns.status, source_ns, columns.kinds, columns.texts
        )
    places = np.flatnonzero(which)
    texts = {new: columns.texts[old] for new, old in enumerate(places.tolist()) if old in columns.texts}
    return Batch(
        columns.handles[places].astype(np.int32), columns.values[places], columns.status[places],
        source_ns[places], columns.kinds[places], texts,
    )  # fmt: skip
