"""A covariance that can be inverted from few rows: shrunk towards independent readings of equal size."""

from __future__ import annotations

import numpy as np

from hmi.api import Rows


def ledoit_wolf(rows: Rows) -> Rows:
    """Covariance f8[k, k] about zero of rows f8[n, k] in comparable units, shrunk as far as Ledoit and Wolf advise.

    The shrinkage is the one that minimises the expected squared error to the true covariance (J. Multivariate Analysis
    88, 2004). All-zero rows give a zero matrix.
    """
    count, width = rows.shape
    sample = rows.T @ rows / count
    target = np.trace(sample) / width * np.eye(width)
    distance = float(np.sum((sample - target) ** 2))
    if distance <= 0:
        return np.asarray(target)
    squares = rows**2
    error = float(np.sum(squares.T @ squares / count - sample**2)) / count
    share = min(1.0, error / distance)
    return np.asarray((1 - share) * sample + share * target)
