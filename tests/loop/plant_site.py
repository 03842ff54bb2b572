"""The independent plant with a station on it, as its engineer and its supervisor use them: methods and commands."""

from __future__ import annotations

import asyncio
import re
import time
from pathlib import Path
from typing import Any

from asyncua import Client, ua

from tests.conftest import IndependentPlant, StationProcess

WORD = "green-door-11-rain"
SUPERVISOR, ENGINEER = "sam", "eva"
LINES, STATIONS = 3, 6
GATED = "L3.S6"
"""The station whose gate the controller never lets anybody write."""


class Site:
    """A plant, its station and its people."""

    def __init__(self, plant: IndependentPlant, station: StationProcess) -> None:
        self.plant, self.station = plant, station

    def begin(self) -> None:
        """From an unknown controller to a station in CONTROL, by the commands alone."""
        self.plant.start(f"--lines={LINES}", f"--stations={STATIONS}")
        self.station.discover(self.plant.endpoint)
        refusing(self.station.plant)
        self.station.run("check", str(self.station.plant), "--data", str(self.station.data))
        self.user("root", "administrator", ())
        self.user(ENGINEER, "engineer", ("--as", "root"))
        self.user(SUPERVISOR, "supervisor", ("--as", "root"))
        self.station.start(60.0)
        self.run("mode", "control", "--as", SUPERVISOR)

    def user(self, name: str, role: str, words: tuple[str, ...]) -> None:
        """A person with a password."""
        typed = f"{WORD}\n" * (3 if words else 2)
        self.station.run("user", "add", name, "--role", role, *words, "--data", str(self.station.data), stdin=typed)

    def run(self, *words: str, code: int | None = 0) -> Any:
        """One command on the station's folder, with the password at hand."""
        return self.station.run(*words, "--data", str(self.station.data), stdin=f"{WORD}\n", code=code)

    def call(self, method: str, *arguments: float) -> None:
        """A method of the plant's Engineering object."""
        asyncio.run(self._call(method, arguments))

    async def _call(self, method: str, arguments: tuple[float, ...]) -> None:
        async with Client(self.plant.endpoint, timeout=10) as client:
            index = await client.get_namespace_index("urn:independent-plant")
            told = [ua.Variant(float(a), ua.VariantType.Double) for a in arguments]
            await client.get_node(f"ns={index};s=Engineering").call_method(
                ua.NodeId(f"Engineering.{method}", index), *told
            )

    def values(self, *tags: str) -> list[Any]:
        """What the controller itself says, whatever the station thinks."""
        return asyncio.run(self._values(tags))

    async def _values(self, tags: tuple[str, ...]) -> list[Any]:
        async with Client(self.plant.endpoint, timeout=10) as client:
            index = await client.get_namespace_index("urn:independent-plant")
            return [await client.get_node(f"ns={index};s={tag}").read_value() for tag in tags]

    def written(self) -> list[Any]:
        """Everything that anybody could have written."""
        places = [f"L{line}.S{n}" for line in range(1, LINES + 1) for n in range(1, STATIONS + 1)]
        return self.values(*(f"{p}.{name}" for p in places for name in ("HoldGate", "DivertTo", "SpeedSetpoint")))

    def cards(self, **of: str) -> list[dict[str, Any]]:
        """The cards of `linekeeper decisions`, newest first, those with these words."""
        rows: list[dict[str, Any]] = self.run("decisions", "--json").json
        return [r for r in rows if all(r[key] == value for key, value in of.items())]

    def card(self, seconds: float, state: str = "PROPOSED", **of: str) -> dict[str, Any]:
        """Wait for a card in a state; as `linekeeper decisions` tells it."""
        wanted = {"state": state, **of}
        deadline = time.monotonic() + seconds
        while not (found := [r.id for r in self.station.ask("decisions") if _fits(r, wanted)]):
            assert time.monotonic() < deadline, f"no card {wanted} in {seconds} s: {self.cards()}"
            time.sleep(0.5)
        return next(row for row in self.cards() if row["id"] == found[0])

    def decide(self, card: int, verdict: str, code: int = 0, reason: str = "looked at it") -> dict[str, Any]:
        """A signed decision over the command line."""
        found: dict[str, Any] = self.run(
            "decide", str(card), verdict, "--as", SUPERVISOR, "--reason", reason, "--judgement", "agree", "--json",
            code=code,
        ).json  # fmt: skip
        return found


def _fits(row: Any, wanted: dict[str, str]) -> bool:
    return all(getattr(row, key) == value for key, value in wanted.items())


def refusing(file: Path) -> None:
    """Map the gate of one station to the tag that refuses every write; it reads 1, which is made to mean open."""
    text = file.read_text(encoding="utf-8")
    text = text.replace(f'hold_gate = "{GATED}.HoldGate"', f'hold_gate = "{GATED}.Interlocked"')
    head, mark, rest = text.partition(f'id = "{GATED}.Interlocked"\n')
    table, gap, after = rest.partition("\n\n")
    table = re.sub(r'access = "\w+"', 'access = "gate"', table)
    assert mark
    assert 'access = "gate"' in table
    guard = f'\n[[guard]]\ntag = "{GATED}.Interlocked"\nsignature = true\n'
    file.write_text(head + mark + table + "\nscale = -1\noffset = 1" + gap + after + guard, encoding="utf-8")
