"""ewma-t2 on real and simulated plants with one set of settings: the figures that are claimed."""

from __future__ import annotations

import numpy as np
import pytest

from hmi.loop.backtest import read_recording
from plugins.ewma_t2 import create
from tests.bench.skab_score import SET, TEP, WARMUP, alarms, judged, pooled, runs

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not SET.is_dir() or not TEP.is_dir(), reason="SKAB and TEP are not beside the repository"),
]


def test_skab_by_its_protocol() -> None:
    each = judged(runs(), {})
    whole = pooled(each)
    assert whole.f1 >= 0.86 and whole.far <= 10, whole.line()
    assert len(whole.delays) >= whole.events - 1 and whole.early <= 1, whole.line()
    for group in ("valve1", "valve2"):
        assert pooled(each, [group]).f1 >= 0.92


def test_hours_without_anomaly_are_nearly_quiet_although_temperatures_wander() -> None:
    rows = read_recording(SET / "anomaly-free" / "anomaly-free.csv", sep=";", time_column="datetime").rows
    alarm = alarms(rows, {}, 1200)
    assert alarm.mean() < 0.03


def test_tennessee_eastman_with_the_same_settings() -> None:
    learned = create().fresh()
    learned.learn(np.loadtxt(TEP / "d00.dat").T)
    state = learned.to_json()

    def played(name: str) -> tuple[np.ndarray, np.ndarray]:
        detector = create().restore(state)
        scores = [detector.score(row) for row in np.loadtxt(TEP / name)]
        return np.array([s.statistic for s in scores]), np.array([s.alarm for s in scores], np.bool_)

    quiet, false = played("d00_te.dat")
    assert false.mean() < 0.006
    limit = np.quantile(quiet[:480], 0.99)
    assert (quiet[480:] > limit).mean() < 0.02
    for name, least in (("d01", 0.97), ("d05", 0.97), ("d11", 0.85), ("d14", 0.97)):
        assert (played(f"{name}_te.dat")[0][160:] > limit).mean() >= least, name


def test_the_warm_up_is_never_in_alarm() -> None:
    assert all(len(alarms(run.rows, {})) == len(run.rows) - WARMUP for run in runs()[:1])
