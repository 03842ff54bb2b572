"""Which context goes with rejects: Fisher's exact test for every value of every field, Benjamini-Hochberg over all.

Pure. What it finds is an association, never a proof; the causes say so by their share of the evidence.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

FALSE_SHARE = 0.05
"""Of the associations named, at most this share is expected to be false."""
EXPLAINS = 0.6
"""The share of the run's rejects that a value must carry to be named as its cause."""


@dataclass(frozen=True, slots=True)
class Association:
    """A value that goes with rejects."""

    field: str
    value: str
    rejects: int
    """Units with this value, over the run and the time before it."""
    units: int
    others_rejects: int
    others_units: int
    q: float
    """Chance adjusted for how many values were tried."""
    carries: float
    """Share of the run's rejects with this value."""


def adjusted(chances: Sequence[float]) -> list[float]:
    """Benjamini and Hochberg's q values, in the order given."""
    order = sorted(range(len(chances)), key=lambda i: chances[i])
    found, least = [1.0] * len(chances), 1.0
    for rank in range(len(order), 0, -1):
        i = order[rank - 1]
        least = min(least, chances[i] * len(chances) / rank)
        found[i] = least
    return found


def chance(own_rejects: int, own_good: int, others_rejects: int, others_good: int) -> float:
    """Fisher's exact test, one-sided: the chance of at least so many own rejects if rejects fell on all alike.

    The tail of the hypergeometric distribution. ``scipy.stats`` has it too; importing that costs every start of the
    engine a second and 50 MB.
    """
    rejects, own = own_rejects + others_rejects, own_rejects + own_good
    everything = own + others_rejects + others_good

    def ways(of: int, taken: npt.NDArray[np.int64] | int) -> Any:
        return gammaln(of + 1) - gammaln(np.add(taken, 1)) - gammaln(of - np.asarray(taken) + 1)

    at_least = np.arange(own_rejects, min(rejects, own) + 1)
    tail = ways(rejects, at_least) + ways(everything - rejects, own - at_least) - ways(everything, own)
    return min(1.0, float(np.exp(tail).sum()))


def associations(fields: Mapping[str, Mapping[str, Sequence[int]]]) -> list[Association]:
    """Values that rejects go with, the surest first.

    fields: for each field and value [rejects before, good before, rejects in the run, good in the run].
    """
    tried: list[tuple[str, str, int, int, int, int, float]] = []
    chances: list[float] = []
    for name, values in fields.items():
        rejects = sum(v[0] + v[2] for v in values.values())
        good = sum(v[1] + v[3] for v in values.values())
        in_run = sum(v[2] for v in values.values())
        for value, (b_rej, b_good, r_rej, r_good) in values.items():
            own_rej, own_good = b_rej + r_rej, b_good + r_good
            if not value or own_rej + own_good == rejects + good:
                continue  # not known, or nothing to compare with
            others_rej, others_good = rejects - own_rej, good - own_good
            chances.append(chance(own_rej, own_good, others_rej, others_good))
            carries = r_rej / in_run if in_run else 0.0
            tried.append((name, value, own_rej, own_rej + own_good, others_rej, others_rej + others_good, carries))
    found = [
        Association(name, value, rej, units, o_rej, o_units, q, carries)
        for (name, value, rej, units, o_rej, o_units, carries), q in zip(tried, adjusted(chances), strict=True)
        if q <= FALSE_SHARE and carries >= EXPLAINS
    ]
    return sorted(found, key=lambda a: a.q)


def strength(found: Association) -> float:
    """How strongly the evidence speaks, for sharing it out among causes."""
    return -math.log10(max(found.q, 1e-12)) * found.carries
