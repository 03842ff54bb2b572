"""Batches one ahead: the next request is made and sent while the server still works on the one before."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any, TypeVar

T = TypeVar("T")
U = TypeVar("U")
AHEAD = 2


async def in_batches(
    everything: Sequence[U], size: int, call: Callable[[Sequence[U]], Coroutine[Any, Any, T]]
) -> list[T]:
    """call(part) for each part of at most size, in order, at most two at a time; their answers in order.

    The first failure is raised and ends the others.
    """
    parts: Iterable[Sequence[U]] = (everything[at : at + size] for at in range(0, len(everything), size))
    running: deque[asyncio.Task[T]] = deque()
    answers: list[T] = []
    try:
        for part in parts:
            running.append(asyncio.create_task(call(part)))
            if len(running) == AHEAD:
                answers.append(await running[0])
                running.popleft()
        while running:
            answers.append(await running[0])
            running.popleft()
    finally:
        for task in running:
            task.cancel()
        if running:
            await asyncio.gather(*running, return_exceptions=True)
    return answers
