"""What an advisor's own confidence is worth, by what came of its cards.

Under 400 outcomes the advisor's confidence is bent by a logistic curve that starts as no bend at all; raw counts of
success would be worse than no learning. Later the counts are pooled with it as a Beta-Binomial. No rate under 10.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

import numpy as np
import numpy.typing as npt

from hmi.model.decision import AdvisorRecord, DecisionState, Effect
from hmi.store.loop import Lesson

POOLED = 400
FEWEST = 10
"""Outcomes below which no rate is told."""
_SLOPE_PRIOR, _BIAS_PRIOR = 8.0, 2.0
"""How strongly the curve is held to no bend, in outcomes."""
_STRENGTH = 40.0
_LEAST = 0.02
_HASTY_S = 3.0


def logit(p: float) -> float:
    """The log odds of a confidence, kept off certainty."""
    p = min(1 - _LEAST, max(_LEAST, p))
    return math.log(p / (1 - p))


def bend(said: Sequence[float], right: Sequence[bool]) -> tuple[float, float]:
    """Bias and slope of the logistic curve from what was said to what came true; (0, 1) is no bend."""
    if not said:
        return 0.0, 1.0
    x = np.array([logit(p) for p in said])
    y = np.array(right, float)
    design = np.column_stack([np.ones_like(x), x])
    straight, prior = np.array([0.0, 1.0]), np.array([_BIAS_PRIOR, _SLOPE_PRIOR])

    def cost(weight: npt.NDArray[np.float64]) -> float:
        z = design @ weight
        return float((np.logaddexp(0.0, z) - y * z).sum() + 0.5 * (prior * (weight - straight) ** 2).sum())

    weight, now = straight, cost(straight)
    for _ in range(50):
        p = 1 / (1 + np.exp(-design @ weight))
        gradient = design.T @ (p - y) + prior * (weight - straight)
        curvature = (design * (p * (1 - p))[:, None]).T @ design + np.diag(prior)
        step = np.linalg.solve(curvature, gradient)
        # where the curve is flat a whole step overshoots and the next ones run away: it is halved until it helps
        while np.abs(step).max() >= 1e-9 and (then := cost(weight - step)) > now:
            step /= 2
        if np.abs(step).max() < 1e-9:
            break
        weight, now = weight - step, then
    return float(weight[0]), float(max(0.0, weight[1]))  # being surer never means being less likely right


def calibrated(said: float, lessons: Sequence[Lesson]) -> float:
    """The probability that a card comes true of which its advisor says so, given the lessons of that advisor."""
    judged = [one for one in lessons if one.effect is not None]
    bias, slope = bend([one.said for one in judged], [one.effect is Effect.EFFECTIVE for one in judged])
    value = 1 / (1 + math.exp(-(bias + slope * logit(said))))
    if len(judged) >= POOLED:
        right = sum(one.effect is Effect.EFFECTIVE for one in judged)
        value = (right + _STRENGTH * value) / (len(judged) + _STRENGTH)
    return min(1 - _LEAST, max(_LEAST, value))


def record_of(advisor: str, lessons: Sequence[Lesson], shown: int, approved: int, executed: int) -> AdvisorRecord:
    """An advisor's record: what was shown, decided, carried out, and what came of it."""
    judged = [one for one in lessons if one.effect is not None]
    took = [one.decide_s for one in lessons if one.decide_s is not None]
    count = {effect: sum(one.effect is effect for one in judged) for effect in Effect}
    return AdvisorRecord(
        advisor,
        shown,
        approved,
        sum(one.state is DecisionState.REJECTED for one in lessons),
        executed,
        count[Effect.EFFECTIVE],
        count[Effect.NO_EFFECT],
        count[Effect.WORSE],
        sum(one.shown for one in judged) / len(judged) if judged else None,
        count[Effect.EFFECTIVE] / len(judged) if len(judged) >= FEWEST else None,
        median(took) if took else None,
        sum(s < _HASTY_S for s in took),
    )
