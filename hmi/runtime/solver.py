"""The solver: planning in a process of its own, warm, with low priority, never on the engine's loop.

::

    solver = Solver()            # starts the process
    plan = await solver.plan(request)
    solver.close()

Planning is pure: a question whose process dies is asked once more of a new one.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing as mp
import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

from hmi.model.flow import Plan
from hmi.model.network import PlanRequest

log = logging.getLogger("linekeeper.solver")

PATIENCE_S = 30.0
"""How long an answer may take beyond its own budget before its process is given up."""
_TRIES = 2


class SolverError(OSError):
    """The solver does not answer; it was started anew."""


class Solver:
    """One planning process; questions wait for each other."""

    def __init__(self, patience_s: float = PATIENCE_S) -> None:
        """Start the process; it warms itself up while the engine goes on."""
        self._patience_s = patience_s
        self._asking = ThreadPoolExecutor(1, thread_name_prefix="solver")
        self._lock = threading.Lock()
        self._closed = False
        self._process: Any = None
        self._link: Connection | None = None
        self._asking.submit(self._alive)

    @property
    def pid(self) -> int | None:
        """The process, while there is one."""
        process = self._process
        return None if process is None or not process.is_alive() else int(process.pid)

    async def plan(self, request: PlanRequest) -> Plan:
        """The answers to a failed station. SolverError when no process can give them."""
        return await asyncio.get_running_loop().run_in_executor(self._asking, self._ask, request)

    def close(self) -> None:
        """End the process, whatever it does."""
        self._closed = True
        self._end()
        self._asking.shutdown(wait=True, cancel_futures=True)
        self._end()

    # on the asking thread

    def _ask(self, request: PlanRequest) -> Plan:
        for _ in range(_TRIES):
            link = self._alive()
            if link is None:
                break
            try:
                link.send(request)
                if not link.poll(request.budget_s + self._patience_s):
                    raise TimeoutError("no answer in time")
                answer = link.recv()
            except (EOFError, OSError) as err:  # TimeoutError is an OSError
                if not self._closed:
                    log.warning("the planning process was lost and is started anew: %s", str(err) or "it ended")
                self._end()
                continue
            if isinstance(answer, Plan):
                return answer
            log.error("planning around %s failed:\n%s", request.failed, answer)
            break
        raise SolverError("the planning process does not answer")

    def _alive(self) -> Connection | None:
        with self._lock:
            if self._closed:
                return None
            if self._process is None or not self._process.is_alive():
                self._drop()
                own, theirs = mp.get_context("spawn").Pipe()
                self._process = mp.get_context("spawn").Process(
                    target=_serve, args=(theirs,), name="solver", daemon=True
                )
                self._process.start()
                theirs.close()
                self._link = own
            return self._link

    def _end(self) -> None:
        with self._lock:
            self._drop()

    def _drop(self) -> None:
        process, self._process = self._process, None
        link, self._link = self._link, None
        if process is not None:
            process.kill()
            process.join(5.0)
            process.close()
        if link is not None:
            link.close()


def _serve(link: Connection) -> None:
    """The process: answers until its engine is gone."""
    import traceback

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from threadpoolctl import threadpool_limits

    from hmi.loop.replan import replan, warm

    with threadpool_limits(1):
        warm()  # before it steps back behind the others: the first failure may come at once
        with suppress(OSError, AttributeError):
            os.nice(5)
        while True:
            try:
                request = link.recv()
            except (EOFError, OSError):
                return
            answer: Any
            try:
                answer = replan(request)
            except Exception:  # noqa: BLE001 - said by the engine, with the question it belongs to
                answer = traceback.format_exc()
            try:
                link.send(answer)
            except OSError:
                return
