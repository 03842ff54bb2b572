"""The planning process: answers, is started anew when it dies, and ends with its owner."""

import asyncio
import os
import signal
from dataclasses import replace

import pytest

from hmi.runtime.solver import Solver, SolverError
from tests.unit.flow_case import failure

REQUEST = failure(2, 20, 20, budget_s=0.05)


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_a_killed_process_is_started_anew_and_the_question_answered() -> None:
    solver = Solver()
    try:

        async def story() -> None:
            first = await solver.plan(REQUEST)
            assert first.failed == REQUEST.failed
            assert first.options
            before = solver.pid
            os.kill(before, signal.SIGKILL)
            second = await solver.plan(REQUEST)
            assert {o.kind for o in second.options} >= {"wait", "nothing"}
            assert solver.pid not in (None, before)

        asyncio.run(story())
        last = solver.pid
    finally:
        solver.close()
    assert gone(last)


def test_a_question_it_cannot_answer_and_a_process_that_hangs_are_said() -> None:
    solver = Solver(patience_s=20.0)
    try:
        asyncio.run(solver.plan(REQUEST))
        with pytest.raises(SolverError):
            asyncio.run(solver.plan(replace(REQUEST, failed="nowhere")))
        assert asyncio.run(solver.plan(REQUEST)).options  # the same process still answers
        solver._patience_s = 0.2
        os.kill(solver.pid, signal.SIGSTOP)
        with pytest.raises(SolverError):
            asyncio.run(solver.plan(REQUEST))
        solver._patience_s = 20.0
        assert asyncio.run(solver.plan(REQUEST)).options
    finally:
        solver.close()
    with pytest.raises((SolverError, RuntimeError)):
        asyncio.run(solver.plan(REQUEST))
