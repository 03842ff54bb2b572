"""What a run of rejects is told with: its units and those before it by context, and what the counters' past says."""

from __future__ import annotations

import asyncio
import logging
from itertools import pairwise

from hmi.loop.association import EXPLAINS
from hmi.loop.normal import History
from hmi.loop.outcomes import FIELDS, Outcomes
from hmi.loop.reject_run import Made, usual_share
from hmi.model.plant import Plant

log = logging.getLogger("linekeeper.loop")

SECOND = 1_000_000_000
BEFORE_UNITS = 600
"""Units before a run that it is compared with."""
PAST_S = 4 * 3600
BATCH_JUST_NS = 60 * SECOND
"""A batch that began no longer before the counters' past was read has next to no part in it."""


def counts_by_field(outcomes: list[Made], since_ns: int) -> dict[str, dict[str, list[int]]]:
    """For each context field and value: rejects and good units before the run, rejects and good units in it."""
    found: dict[str, dict[str, list[int]]] = {name: {} for name in FIELDS}
    earlier = [m for m in outcomes if m.at_ns < since_ns][-BEFORE_UNITS:]
    for made in earlier + [m for m in outcomes if m.at_ns >= since_ns]:
        place = (2 if made.at_ns >= since_ns else 0) + (1 if made.good else 0)
        for name in FIELDS:
            found[name].setdefault(getattr(made, name), [0, 0, 0, 0])[place] += 1
    return found


def first_seen(outcomes: list[Made]) -> dict[str, dict[str, int]]:
    """When each value of each context field was first seen, ns."""
    found: dict[str, dict[str, int]] = {name: {} for name in FIELDS}
    for made in outcomes:
        for name in FIELDS:
            found[name].setdefault(getattr(made, name), made.at_ns)
    return found


def add_earlier(batches: dict[str, list[int]], word: str, began_ns: int, earlier: tuple[int, int, int]) -> None:
    """Where little was heard of other batches than the one in the line: what the counters say of the time before
    counts as theirs. earlier: good and rejected units, and until when, ns."""
    good, reject, until_ns = earlier
    if word not in batches or not began_ns or until_ns - began_ns > BATCH_JUST_NS:
        return
    if batches[word][2] < EXPLAINS * sum(counts[2] for counts in batches.values()):
        return  # the batch before it may have been in before the engine too: that time is no comparison
    heard = sum(sum(counts) for name, counts in batches.items() if name != word)
    part = min(1.0, max(0, BEFORE_UNITS - heard) / max(1, good + reject))
    others = batches.setdefault("", [0, 0, 0, 0])
    others[0] += round(reject * part)
    others[1] += round(good * part)


class CountersPast:
    """What the counters tell of the time before the engine: the usual share of rejects, and how many units it was."""

    def __init__(self, plant: Plant, outcomes: Outcomes, history: History | None) -> None:
        """history is asked on a thread; None: there is none."""
        self._plant, self._outcomes, self._history = plant, outcomes, history
        self.earlier: dict[str, tuple[int, int, int]] = {}
        """Of each station: good and rejected units of the past, and until when; fills as it is read."""
        self._reading: asyncio.Future[None] | None = None

    def begin(self, now_ns: int) -> None:
        """Read it once, beside: a busy start must not hold up the first deviation."""
        if self._reading is None and self._history is not None:
            self._reading = asyncio.get_running_loop().run_in_executor(None, self._read, self._history, now_ns)

    def _read(self, history: History, now_ns: int) -> None:
        try:
            for station in self._plant.stations:
                roles, chart = station.roles, self._outcomes.charts.get(station.id)
                if chart is None or "good" not in roles or "reject" not in roles:
                    continue
                good, reject = (_grown(history, roles[r], now_ns) for r in ("good", "reject"))
                chart.share = usual_share(good, reject)
                self.earlier[station.id] = (good, reject, now_ns)
        except Exception:
            log.exception("the usual shares of rejects are not known from the past")


def _grown(history: History, tag: str, now_ns: int) -> int:
    """By how much a counter grew within the past that is looked at; where it began anew, by what came after."""
    values: list[float] = [v for v in history(tag, now_ns - PAST_S * SECOND, now_ns, 2000).value if v is not None]
    return round(sum((max(0.0, b - a) for a, b in pairwise(values)), 0.0))
