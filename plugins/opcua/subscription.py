"""Subscriptions on the server: asked for, and their counts put right when the server keeps another interval."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import struct_from_binary

from plugins.opcua.session import REQUEST_S, SESSION_MS, Session

KEEPALIVE_MS = 1500.0
CREATE_S = 10.0


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription as the server keeps it."""

    id: int
    publishing_ms: float
    keepalive_s: float
    """It gives a sign of life at least so often."""


async def create(session: Session, asked_ms: float, most: int = 0) -> Subscription:
    """Make a subscription that publishes every asked_ms, at most so many notifications at once (0: the server's own).

    Raises UaStatusCodeError when the server does not go along, TimeoutError, ConnectionError.
    """
    keepalive, lifetime = counts(asked_ms)
    request = ua.CreateSubscriptionRequest()
    request.Parameters = ua.CreateSubscriptionParameters(
        RequestedPublishingInterval=asked_ms, RequestedLifetimeCount=lifetime, RequestedMaxKeepAliveCount=keepalive,
        MaxNotificationsPerPublish=most, PublishingEnabled=True, Priority=0,
    )  # fmt: skip
    # asked directly: the library's own call would start its own publish loop beside ours
    body = await session.request(request, CREATE_S)
    result = struct_from_binary(ua.CreateSubscriptionResponse, Buffer(body)).Parameters
    revised = float(result.RevisedPublishingInterval) or asked_ms
    actual = result.RevisedMaxKeepAliveCount
    keepalive, lifetime = counts(revised)
    if revised != asked_ms and (actual > 2 * keepalive or result.RevisedLifetimeCount < 3 * keepalive):
        # counts are in publishing intervals: with another interval they mean another time
        change = ua.ModifySubscriptionParameters(
            SubscriptionId=result.SubscriptionId, RequestedPublishingInterval=revised,
            RequestedLifetimeCount=lifetime, RequestedMaxKeepAliveCount=keepalive, MaxNotificationsPerPublish=most,
        )  # fmt: skip
        changed = await asyncio.wait_for(session.client.uaclient.session.update_subscription(change), REQUEST_S)
        actual, revised = changed.RevisedMaxKeepAliveCount, float(changed.RevisedPublishingInterval) or revised
    return Subscription(result.SubscriptionId, revised, max(actual, 1) * revised / 1000)


def counts(interval_ms: float) -> tuple[int, int]:
    """Keep-alive and lifetime counts for a publishing interval: a sign of life about every 1.5 s, an end after 45 s."""
    keepalive = max(1, round(KEEPALIVE_MS / max(interval_ms, 1.0)))
    return keepalive, max(3 * keepalive, round(SESSION_MS / max(interval_ms, 1.0)))
