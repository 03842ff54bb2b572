"""`linekeeper bench`: each figure with its baseline and ratio, and a part that fails never spoils the JSON."""

from __future__ import annotations

import json

import pytest

from hmi.cli import main
from hmi.commands import Outcome, bench
from hmi.runtime.bench import Figure


def broken(seconds: float) -> list[Figure]:
    raise RuntimeError("no such thing here")


def test_figures_carry_baseline_and_ratio_and_what_fails_is_named(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    rooms = {"driver": lambda seconds: [Figure("driver.x", 2 * seconds, "us", 8.0, "a loop", "<= 1")], "start": broken}
    monkeypatch.setattr(bench, "ROOMS", rooms)
    assert main(["bench", "--json", "--seconds", "2"]) == Outcome.PROBLEMS
    out, err = capfd.readouterr()
    assert json.loads(out) == {
        "figures": [
            {"name": "driver.x", "value": 4.0, "unit": "us", "baseline": 8.0, "baseline_is": "a loop", "bar": "<= 1",
             "ratio": 0.5}
        ]
    }  # fmt: skip
    assert "start" in err and "no such thing here" in err
    assert main(["bench", "--only", "driver", "--seconds", "2"]) == Outcome.DONE
    assert "0.500 x 8 (a loop)" in capfd.readouterr().out


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "1e9"])
def test_a_length_that_measures_nothing_is_wrong_usage(seconds: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--json", f"--seconds={seconds}"]) == Outcome.USAGE
    assert capfd.readouterr().out == ""
