"""The demo's three stories through the whole loop, as a real process: approved each comes right, rejected none acts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.loop.demo_run import STARTS_S, DemoRun, Wire

pytestmark = [pytest.mark.long, pytest.mark.timeout(1200)]
LONGEST_S = {"oven-drift": 420.0, "station-failure": 780.0, "bad-batch": 480.0}
CARD_WITHIN_S = 10.0
SEEDS = (7, 42, 11)


@contextmanager
def playing(tmp_path: Path, scenario: str, answer: str, seed: int = 7) -> Iterator[tuple[DemoRun, Wire]]:
    data = tmp_path / "station"
    run = DemoRun(data, scenario, answer, LONGEST_S[scenario], seed)
    try:
        run.until("control", STARTS_S)
        yield run, run.wire()
    finally:
        run.end()


def check(run: DemoRun, scored: dict[str, Any]) -> dict[str, Any]:
    """What holds of every approved story; the row of its card as the command line gives it."""
    told = run.said()
    assert scored["card"] is not None, told
    assert scored["rank"] in (1, 2), told
    assert scored["proposed_s"] - scored["detected_s"] <= CARD_WITHIN_S, told
    assert None not in (scored["approved_s"], scored["executed_s"], scored["verified_s"], scored["judged_s"]), told
    assert (scored["state"], scored["effect"]) == ("JUDGED", "EFFECTIVE"), told
    rows: list[dict[str, Any]] = run.command("decisions")
    row = next(r for r in rows if r["id"] == scored["card"])
    assert row["state"] == "JUDGED"
    assert row["effect"] == "EFFECTIVE"
    return row


@pytest.mark.parametrize("seed", SEEDS)
def test_oven_drift_is_corrected_by_a_step_within_its_guard(tmp_path: Path, seed: int) -> None:
    with playing(tmp_path, "oven-drift", "approve", seed) as (run, before):
        assert before.writes == 0
        run.until("approve")
        scored = run.until("score")
        row = check(run, scored)
        assert row["kind"] == "step"
        assert row["place"] == "L2.S3"
        wire = run.wire()
        assert wire.writes >= 1
        assert [t["cause"] for t in wire.truths] == [scored["cause"]]
        (zone,) = run.ask("read", tags=["L2.S3.Zone3Temperature"])
        assert 213.0 <= zone["value"] <= 219.5


@pytest.mark.parametrize("seed", SEEDS)
def test_a_failed_station_is_gone_around_and_the_way_back_is_taken_after_its_repair(tmp_path: Path, seed: int) -> None:
    with playing(tmp_path, "station-failure", "approve", seed) as (run, before):
        assert before.writes == 0
        run.until("approve")
        scored = run.until("score")
        row = check(run, scored)
        assert row["kind"] == "reroute"
        kinds = [r["kind"] for r in run.command("decisions")]
        assert "return" in kinds, run.said()
        homes = run.ask("read", tags=[f"L3.S{n}.RouteActive" for n in range(1, 6)])
        assert [h["value"] for h in homes] == [0] * 5, run.said()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_bad_batch_is_held_whole_and_little_else_with_it(tmp_path: Path, seed: int) -> None:
    with playing(tmp_path, "bad-batch", "approve", seed) as (run, before):
        assert before.writes == 0
        run.until("approve")
        released = run.until("released")
        scored = run.until("score")
        row = check(run, scored)
        assert row["kind"] == "hold"
        affected = run.wire().affected
        units = run.ask("hold_units", id=released["hold"], limit=5000)
        held = {fate.unit for fate in units.rows}
        assert affected
        assert affected <= held, f"missed {sorted(affected - held)}\n{run.said()}"
        assert len(held) <= 1.2 * len(affected), f"too many: {len(held)} for {len(affected)}"
        gates = run.ask("read", tags=["L1.S1.HoldGate", "L1.S6.HoldGate"])
        assert [g["value"] for g in gates] == [False, False]


@pytest.mark.parametrize("scenario", list(LONGEST_S))
def test_a_rejected_card_writes_nothing(tmp_path: Path, scenario: str) -> None:
    with playing(tmp_path, scenario, "reject") as (run, before):
        run.until("reject")
        scored = run.until("score")
        assert scored["state"] == "REJECTED", run.said()
        assert scored["rank"] in (1, 2), run.said()
        assert run.wire().writes == before.writes == 0
