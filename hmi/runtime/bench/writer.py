"""A stand-in for the engine's tag table: many tags that change at a set rate, for measuring the window alone."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import msgspec
import numpy as np

from hmi.desk.live import PLANT_FILE, TABLE_FILE, revision_of
from hmi.model.plant import Controller, Plant, Span, Tag
from hmi.model.text import Text
from hmi.plant.tagtable import TagTableWriter

STEP_S = 0.02


def main() -> None:
    """``--data DIR --tags 10000 --rate 10000 --seconds 60``: write until the time is over."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--tags", type=int, default=10_000)
    parser.add_argument("--rate", type=float, default=10_000)
    parser.add_argument("--seconds", type=float, default=60)
    given = parser.parse_args()
    name = Text.same("bench")
    tags = tuple(
        Tag(f"T{i}", Text.same(f"T{i}"), "c", f"nsu=urn:bench;s=T{i}", unit="°C", range=Span(0, 300), digits=1)
        for i in range(given.tags)
    )
    controller = Controller("c", name, "opcua", "opc.tcp://127.0.0.1:1")
    described = msgspec.json.encode(Plant("bench", name, "UTC", (), (), (), (), (controller,), tags))
    (given.data / PLANT_FILE).write_bytes(described)
    table = TagTableWriter(given.data / TABLE_FILE, given.tags, revision_of(described))
    _write(table, given.tags, given.rate, given.seconds)


def _write(table: TagTableWriter, count: int, rate: float, seconds: float) -> None:
    chunk = max(1, int(rate * STEP_S))
    rng = np.random.default_rng(3)
    values = np.round(100 + 50 * rng.random(count), 1)
    order = np.arange(count, dtype=np.int32)
    every = np.zeros(count, np.uint32)
    kinds = np.full(count, 11, np.uint8)
    table.write(order, values, every, np.full(count, time.time_ns(), np.int64), kinds, {}, time.time_ns())
    began = due = time.monotonic()
    at = 0
    while time.monotonic() - began < seconds:
        rows = np.take(order, range(at, at + chunk), mode="wrap")
        at = (at + chunk) % count
        values[rows] = np.round(values[rows] + rng.normal(0, 0.4, chunk), 1)
        now = time.time_ns()
        table.write(rows, values[rows], every[:1].repeat(chunk), np.full(chunk, now, np.int64), kinds[rows], {}, now)
        table.beat()
        due += STEP_S
        time.sleep(max(0.0, due - time.monotonic()))


if __name__ == "__main__":
    main()
