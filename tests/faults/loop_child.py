"""The process that tests/faults/test_loop_kill.py kills: a whole engine with a supervisor at its desk.

Started once, it forks an engine for each line of its standard input, a JSON object: folder, story, when (``before`` or
``after``) and at, the number of the unit of work at which the engine is killed by SIGKILL (0: never). Each engine goes
on with what it finds on its folder. Answers one line: ``{"killed": true}``, or where the story stands and how many
units of work it took.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
import os
import signal
import sys
import time
import traceback
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from hmi.desk import decisions, material_watch
from hmi.desk.refused import RefusedError
from hmi.desk.server import Seat
from hmi.loop import detect, failing, returning
from hmi.loop.replan import replan
from hmi.model.command import CommandOutcome, Mode
from hmi.model.decision import AdviceKind, Confidence, DecisionState, Expected, Judgement, Recommendation, Write
from hmi.model.hold import Disposition, HoldReason, HoldScope, HoldState, ScopeKind
from hmi.model.machine import MachineState
from hmi.model.sequence import RunState
from hmi.model.text import Text
from hmi.people import hashing
from hmi.people.hashing import Cost
from hmi.plant.gateway import gateway
from hmi.runtime import loop_wiring, wiring
from hmi.store import decisions as cards
from hmi.store import loop as loop_store
from hmi.store import routes
from hmi.store.database import Database
from hmi.store.routes import RerouteState
from plugins import opcua  # noqa: F401 - every fork finds it loaded
from plugins.advise_reroute.advisor import RerouteAdvisor
from tests.faults.loop_plant import FAILED, SETPOINT, plant_at

KIM, WORD = "kim", "blue-horse-7-lamp"
LONGEST_S = 100.0
"""A story that takes longer has failed; nothing is timed against it."""
QUICKER = 10.0
"""Everything that the engine looks at by time alone, it looks at so many times as often."""
SHORT_S = 0.3


class StoryAdvisor:
    """Answers the failed station with what the story is about."""

    name = "story"

    def __init__(self, story: str) -> None:
        self._story = story

    def takes(self, deviation, causes):
        return deviation.detector == "station-failure"

    async def propose(self, deviation, causes, view):
        if self._story == "reroute":
            made = await RerouteAdvisor().propose(deviation, causes, view)
            assert made is not None and made.kind is AdviceKind.REROUTE
            return replace(made, expected=replace(made.expected, window_s=SHORT_S))
        what = Text.same(self._story)
        made = partial(
            Recommendation, self.name, place=deviation.place, what=what, causes=tuple(causes), evidence=(), context=(),
            confidence=Confidence(0.7, 0, 0, False, self.name, "1", 0), alternatives=(), undo=what, expires_s=600.0,
            key=self._story,
        )  # fmt: skip
        if self._story == "step":
            expected = Expected(what, f"deviation:station-failure/{FAILED}", "", -1, 1.0, 0.0, 0.0, 0.0, SHORT_S)
            writes = (Write(SETPOINT, view.reading(SETPOINT).value, 90.0, 100.0, 0.5),)
            return made(kind=AdviceKind.STEP, expected=expected, writes=writes, inputs=(SETPOINT,))
        sketch = await view.hold(HoldScope(ScopeKind.LOT, ("M1",)))
        writes = tuple(Write(tag, view.reading(tag).value, value, not value) for tag, value in sketch.writes)
        scope = {"kind": ScopeKind.LOT.value, "ids": ["M1"], "since_ns": 0, "until_ns": 0}
        hold = {"reason": HoldReason.REJECT_RUN.value, "scope": scope}
        expected = Expected(what, "hold:moved", "pcs", -1, None, 0.0, 0.0, 0.0, SHORT_S)
        tags = tuple(w.tag for w in writes)
        return made(kind=AdviceKind.HOLD, expected=expected, writes=writes, inputs=tags, hold=hold)


class NearSolver:
    """The planner without a process of its own."""

    pid = None

    async def plan(self, request):
        # without history a line is taken to be fed as fast as it can go: then no other line has hours to spare
        lines = tuple(replace(line, rate_per_h=150.0) for line in request.network.lines)
        network = replace(request.network, lines=lines)
        return replan(replace(request, network=network, budget_s=0.05, replications=2, horizon_s=600.0))

    def close(self):
        pass


class Killer:
    """Counts units of work from the moment it is armed, and ends the process at one of them."""

    def __init__(self, when: str, at: int) -> None:
        self.when, self.at, self.count, self.armed = when, at, 0, False
        submit = Database.submit

        def counted(database: Database, run: Any, *, patient: bool = False) -> Future[Any]:
            if not self.armed:
                return submit(database, run, patient=patient)
            self.count += 1
            number = self.count
            if self.when == "before" and number == self.at:
                os.kill(os.getpid(), signal.SIGKILL)
            future = submit(database, run, patient=patient)
            if self.when == "after" and number == self.at:
                # on the writer's thread, before anybody else hears of the commit
                future.add_done_callback(lambda _: os.kill(os.getpid(), signal.SIGKILL))
            return future

        Database.submit = counted


def hurry() -> None:
    """Shorter waits; nothing of what is decided changes."""
    failing.TAU_NS[MachineState.ABORTED] = int(SHORT_S * 1e9)
    decisions.ROUND_NS = 50_000_000
    detect.QUIET_NS = 500_000_000
    returning.RETURN_WINDOW_S = SHORT_S
    gateway.PATIENCE_NS = 300_000_000
    material_watch.RUNS_NS = 200_000_000
    loop_wiring.Solver = NearSolver
    hashing.Cost = partial(Cost, 1, 64, 4)
    every = wiring._every
    wiring._every = lambda seconds, act: every(seconds / QUICKER, act)


class Desk:
    """A seat at the engine's desk, in its own process."""

    def __init__(self, wired: wiring.Wired) -> None:
        self._routes = wired.server._routes
        self.seat = Seat.__new__(Seat)
        self.seat.session, self.seat.left, self.seat.gone = None, [], False
        self.seat.tell = lambda message: None

    async def ask(self, name: str, **given: Any) -> Any:
        answer = self._routes[name].answer
        if "seat" in inspect.signature(answer).parameters:
            given["seat"] = self.seat
        found = answer(**given)
        return await found if inspect.isawaitable(found) else found


class Supervisor:
    """Does by level what a person would do next; ``look`` says whether the story is at its end."""

    def __init__(self, story: str, desk: Desk, database: Database) -> None:
        self._story, self._ask, self._database = story, desk.ask, database

    async def look(self) -> bool:
        inbox = await self._ask("inbox")
        for row in inbox.open:
            card = await self._ask("decision", id=row.id)
            if card.asks_judgement:
                card = await self._ask("judge_cause", id=row.id, judgement=Judgement.AGREE)
            await self._ask("decide", id=row.id, verdict="approve", reason="story", password=WORD, shown=card.shown)
        if self._story == "hold" and await self._gates():
            return False
        mine = [c for c in self.cards() if c.state.ended]
        if inbox.open or inbox.running or not mine or not all(self._taught(c.id) for c in mine):
            return False
        if await self._ask("runs"):
            return False
        return await getattr(self, f"_{self._story}")(mine)

    def cards(self) -> list[cards.Card]:
        with self._database.reader() as c:
            return cards.cards(c)

    def _taught(self, number: int) -> bool:
        with self._database.reader() as c:
            return loop_store.taught(c, number)

    async def _gates(self) -> bool:
        """Gates that were certainly not told are signed anew, as a person would; whether there were any."""
        for held in await self._ask("holds", released=True):
            wrong = [g for g in held.gates if g.closed is not (held.state is not HoldState.RELEASED) and g.outcome]
            if held.state is not HoldState.PLACING and wrong:
                await self._ask("close_gates", id=held.id, password=WORD)
                return True
        return False

    async def _hold(self, mine: list[cards.Card]) -> bool:
        held = (await self._ask("holds", released=True))[0]
        if held.state is HoldState.HELD:
            rework = Disposition.REWORK
            await self._ask("release_hold", id=held.id, disposition=rework, note="looked at", password=WORD)
            return False
        return held.state is HoldState.RELEASED and all(g.closed is False for g in held.gates)

    async def _step(self, mine: list[cards.Card]) -> bool:
        card = mine[0]
        if card.state is DecisionState.FAILED:
            return True
        if (await self._ask("decision", id=card.id)).can_undo:
            await self._ask("undo_decision", id=card.id, reason="story", password=WORD)
            return False
        back = await self._ask("run", id=f"{card.run}:back")
        if back.state is RunState.STOPPED:
            assert back.results[-1].outcome is not CommandOutcome.VERIFIED
            await self._ask("run_go_on", id=back.id, reason="story", password=WORD)
            return False
        return (await self._ask("run", id=card.run)).state is RunState.TAKEN_BACK

    async def _reroute(self, mine: list[cards.Card]) -> bool:
        with self._database.reader() as c:
            found = routes.recent(c)
        if found and all(r.state.ended for r in found):
            return True
        returns = [c for c in mine if c.advice.kind is AdviceKind.RETURN]
        for row in found:  # a way back that was certainly not told, or only in part: a person signs it anew
            if row.state in (RerouteState.VERIFIED, RerouteState.CONFIRMED, RerouteState.PARTLY) and returns:
                await self._ask("return_route", id=row.id, reason="story", password=WORD)
        return False


async def live(folder: Path, port: int, story: str, killer: Killer) -> dict[str, Any]:
    wired = wiring.wire(folder, plant_at(port), str(folder / "plant.toml"))
    database = wired.loop._s.database
    desk = Desk(wired)
    await desk.ask("sign_in", user=KIM, password=WORD)
    wired.drivers.start()
    wired.loop.start()
    begun, said = time.monotonic(), ""
    in_control, supervisor = False, Supervisor(story, desk, database)

    async def ticking() -> None:
        while True:
            wired.tick()
            await asyncio.sleep(0.02)

    ticks = asyncio.create_task(ticking())
    done = False
    while not done and time.monotonic() - begun < LONGEST_S:
        await asyncio.sleep(0.02)
        if ticks.done():
            ticks.result()
        try:
            if not in_control:
                await desk.ask("set_mode", mode=Mode.CONTROL, reason="story", password=WORD)
                in_control = killer.armed = True
            done = await supervisor.look()
        except RefusedError as refused:
            said = refused.text.en  # what cannot be done now is tried again, as a person would
    killer.at = 0
    ticks.cancel()
    answer = {
        "done": done, "said": said, "units": killer.count, "cards": [
            [c.advice.kind.value, c.state.value, c.effect.value if c.effect else "", c.why.en if c.why else ""]
            for c in supervisor.cards()
        ],
    }  # fmt: skip
    wired.acquisition.close()
    await wired.loop.stop()
    await wired.drivers.stop()
    wired.close()
    return answer


def engine(asked: dict[str, Any], port: int, out: Any) -> None:
    """One engine's life, in a fork; never returns."""
    try:
        killer = Killer(asked["when"], asked["at"])
        loop_wiring.LoopRooms._plugins = lambda rooms, kind: (
            [("story", lambda: StoryAdvisor(asked["story"]))] if kind == "advisor" else []
        )
        answer = asyncio.run(live(Path(asked["folder"]), port, asked["story"], killer))
    except BaseException:  # noqa: BLE001 - whatever it is, the test is to say it
        answer = {"done": False, "fault": traceback.format_exc()}
    out.write(json.dumps(answer) + "\n")
    out.flush()
    os._exit(0)


async def make(folder: Path, port: int) -> None:
    """A data folder with its people."""
    wired = wiring.wire(folder, plant_at(port), "plant.toml")
    desk = Desk(wired)
    await desk.ask("first_user", user="park", password=WORD, printed_name="Park Minsu")
    await desk.ask("add_user", user=KIM, role="supervisor", password=WORD, must_change=False)
    wired.close()


def main() -> None:
    port, template = int(sys.argv[1]), Path(sys.argv[2])
    logging.basicConfig(filename=template.parent / "engine.log", level=logging.WARNING)
    hurry()
    plant_at(port)
    if os.fork() == 0:
        template.mkdir(mode=0o700)
        asyncio.run(make(template, port))
        os._exit(0)
    os.wait()
    print("ready", flush=True)
    for line in sys.stdin:
        if os.fork() == 0:
            engine(json.loads(line), port, sys.stdout)
        _, status = os.wait()
        if os.WIFSIGNALED(status):
            print(json.dumps({"killed": os.WTERMSIG(status) == signal.SIGKILL}), flush=True)


if __name__ == "__main__":
    main()
