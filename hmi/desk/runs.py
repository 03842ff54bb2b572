"""Runs at the desk: what is under way or stopped on the way, letting it go on, and taking it back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from hmi.desk.refused import RefusedError
from hmi.desk.server import Seat
from hmi.model.permission import Action, Person
from hmi.model.sequence import Run
from hmi.model.words import say
from hmi.plant.gateway.run_rules import way_back
from hmi.plant.gateway.runs import RunRefusedError, Runs

_RIGHT = {"hold": Action.PLACE_HOLD, "release": Action.RELEASE_HOLD, "reroute": Action.REROUTE}
"""The right that a run's meaning rests on; any other is an approved decision."""


class RunDesk:
    """The desk's questions and actions on runs."""

    def __init__(
        self,
        runs: Runs,
        require: Callable[[Seat, Action, str], Person],
        sign: Callable[..., Awaitable[str]],
        area: Callable[[str], str],
    ) -> None:
        """sign(seat, meaning, record, shown, password) -> number of the signature; area(tag) is a tag's area."""
        self._runs, self._require, self._sign, self._area = runs, require, sign, area

    def answers(self) -> dict[str, Callable[..., Any]]:
        """Question name -> answering function."""
        return {"runs": self.runs, "run": self.run, "run_go_on": self.go_on, "run_take_back": self.take_back}

    def runs(self) -> list[Run]:
        """Runs that have not ended."""
        return self._runs.open

    def run(self, id: str) -> Run:
        """A run with what became of its steps."""
        found = self._runs.find(id)
        if found is None:
            raise RefusedError(say("gateway.no_run", id=id))
        return found

    async def go_on(self, seat: Seat, id: str, reason: str, password: str) -> Run:
        """Sign the steps that are left anew, and go on with them."""
        run = self.run(id)
        left = [{"tag": s.tag, "value": s.value} for s in run.steps[run.done :]]
        actor, number = await self._signed(seat, run, left, reason, password)
        return await _told(self._runs.go_on(id, actor, number))

    async def take_back(self, seat: Seat, id: str, reason: str, password: str) -> Run:
        """Sign the way back, and carry it out as a run of its own."""
        run = self.run(id)
        steps = way_back(run, reason, run.user, 0, run.meaning).steps
        actor, number = await self._signed(
            seat, run, [{"tag": s.tag, "value": s.value} for s in steps], reason, password
        )
        return await _told(self._runs.take_back(id, actor, reason, number, run.meaning))

    async def _signed(
        self, seat: Seat, run: Run, writes: list[dict[str, Any]], reason: str, password: str
    ) -> tuple[Person, int]:
        right = _RIGHT.get(run.meaning, Action.DECIDE)
        areas = sorted({self._area(step.tag) for step in run.steps}) or ["*"]
        persons = [self._require(seat, right, area) for area in areas]  # in every one of them, or not at all
        if not reason.strip():
            raise RefusedError(say("gateway.no_reason"))
        record = {"run": run.id, "cause": run.cause, "writes": writes, "reason": reason}
        shown = {"results": [r.outcome.value for r in run.results], "state": run.state.value}
        return persons[0], int(await self._sign(seat, run.meaning, record, shown, password))


async def _told(going: Awaitable[Run]) -> Run:
    try:
        return await going
    except RunRefusedError as refused:
        raise RefusedError(refused.text) from refused
    except OSError as err:
        raise RefusedError(getattr(err, "text", None) or say("people.not_recorded")) from err
