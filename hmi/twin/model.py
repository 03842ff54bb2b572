"""The twin: stations, buffers, lanes and a repair as discrete events on SimPy's clock."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any

import simpy
from simpy.events import Timeout

from hmi.twin.draws import Draws, good_shares, opens_s, services
from hmi.twin.orders import Loads, loads_of, result_of
from hmi.twin.scenario import Result, Scenario, TwinStation


@dataclass(frozen=True, slots=True)
class _Feeder:
    """A load that its line is fed with and that finds no room."""

    line: str
    at: int
    load: int


@dataclass(slots=True, eq=False)
class _Server:
    """A station at work."""

    id: str
    times: Any
    room: float
    """Loads that fit before it."""
    opens_s: float = 0.0
    good: Any = None
    """Share of good units by load; None: all of them."""
    waiting: deque[int] = field(default_factory=deque)
    coming: int = 0
    """Loads on a lane to it."""
    at_work: bool = False
    finished: int | None = None
    """A load that is done and has nowhere to go."""
    blocked: deque[_Server | _Feeder] = field(default_factory=deque)
    """Who waits for room here, first come first."""
    served: int = 0
    product: str = ""


def play(scenario: Scenario, draws: Draws, repair_s: float = 0.0) -> Result:
    """One replication; repair_s is how long the failed station stands."""
    return _Play(scenario, draws, repair_s).run()


class _Play:
    def __init__(self, scenario: Scenario, draws: Draws, repair_s: float) -> None:
        self.s, self.repair_s = scenario, repair_s
        self.env = simpy.Environment()
        self.loads: Loads = loads_of(scenario, repair_s)
        self.servers = {x.id: self._server(x, draws) for x in scenario.stations}
        self.back_s = repair_s + scenario.return_s
        self.on_lanes: dict[str, int] = {}
        self.out: list[tuple[float, int]] = []
        self.good: dict[int, float] = {}
        """Share of good units in loads that are not whole."""
        self.changeovers = 0

    def _server(self, x: TwinStation, draws: Draws) -> _Server:
        room = float("inf") if x.buffer is None else max(1, round(x.buffer / self.s.unit))
        shares = good_shares(self.s, x, draws)
        server = _Server(
            x.id, services(self.s, x, draws).tolist(), room, opens_s(self.s, x, draws, self.repair_s),
            None if shares is None else shares.tolist(),
        )  # fmt: skip
        server.waiting.extend(self.loads.start.get(x.id, ()))
        return server

    def run(self) -> Result:
        """Play until the horizon."""
        for feed in self.s.feeds:
            self._feed(feed.line, 0)
        for server in self.servers.values():
            if 0 < server.opens_s < self.s.horizon_s:
                self._after(server.opens_s, self._opened, server)
            self._start(server)
        if self.s.diverted:
            self._after(self.back_s, self._home, None)
        self.env.run(until=self.s.horizon_s)
        return result_of(self.s, self.loads, self.out, self.changeovers, self.on_lanes, self.repair_s, self.good)

    def _after(self, delay: float, act: Any, what: Any) -> None:
        event = Timeout(self.env, delay, what)
        event.callbacks.append(act)

    # feeding: a unit comes at its interval, or when there is room

    def _feed(self, line: str, at: int) -> None:
        plan = self.loads.fed.get(line, ())
        if at < len(plan):
            load, not_before, interval = plan[at]
            self._after(max(interval, not_before - self.env.now), self._fed, (line, at, load))

    def _fed(self, event: Any) -> None:
        line, at, load = event.value
        first = self.servers[self.loads.first[line]]
        if len(first.waiting) + first.coming < first.room:
            first.waiting.append(load)
            self._start(first)
            self._feed(line, at + 1)
        else:
            first.blocked.append(_Feeder(line, at, load))

    # stations

    def _start(self, x: _Server) -> None:
        if x.at_work or x.finished is not None or not x.waiting or self.env.now < x.opens_s:
            return
        load = x.waiting.popleft()
        x.at_work = True
        time = x.times[x.served] if x.served < len(x.times) else x.times[-1]
        x.served += 1
        product = self.loads.product[load]
        if x.product and product != x.product:
            self.changeovers += 1
            time += self.s.setup_s
        x.product = product
        self._after(time, self._done, (x, load))
        self._room(x)

    def _done(self, event: Any) -> None:
        x, load = event.value
        x.at_work = False
        x.finished = load
        if x.good is not None and x.served <= len(x.good):
            self.good[load] = self.good.get(load, 1.0) * x.good[x.served - 1]
        self._leave(x)

    def _leave(self, x: _Server) -> None:
        """Let a finished load go on if there is room, and take the next one."""
        lane, there, transport = self._next(x.id)
        load = x.finished
        assert load is not None
        if there is None:
            self.out.append((self.env.now, load))
        else:
            target = self.servers[there]
            if len(target.waiting) + target.coming >= target.room:
                target.blocked.append(x)
                return
            if lane:
                self.on_lanes[lane] = self.on_lanes.get(lane, 0) + 1
            if transport > 0:
                target.coming += 1
                self._after(transport, self._arrived, (target, load))
            else:
                target.waiting.append(load)
                if not target.at_work:
                    self._start(target)
        x.finished = None
        self._start(x)

    def _next(self, station: str) -> tuple[str, str | None, float]:
        if self.env.now < self.back_s and station in self.s.diverted:
            return self.s.diverted[station]
        if station in self.s.steady:
            return self.s.steady[station]
        return "", self.s.successor[station], 0.0

    def _arrived(self, event: Any) -> None:
        target, load = event.value
        target.coming -= 1
        target.waiting.append(load)
        self._start(target)

    def _room(self, x: _Server) -> None:
        """There is room before a station: whoever waited longest moves up."""
        while x.blocked and len(x.waiting) + x.coming < x.room:
            first = x.blocked.popleft()
            if isinstance(first, _Feeder):
                x.waiting.append(first.load)
                self._feed(first.line, first.at + 1)
            else:
                self._leave(first)

    def _opened(self, event: Any) -> None:
        self._start(event.value)

    def _home(self, _event: Any) -> None:
        """The diverters are home: loads that waited for room on a lane go their own way."""
        for server in list(self.servers.values()):
            for waiting in [b for b in server.blocked if isinstance(b, _Server)]:
                if self._next(waiting.id)[1] != server.id:
                    server.blocked.remove(waiting)
                    self._leave(waiting)
