"""Machine time from batches to the overview's rows: a small plant, a stepped clock, a real database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import pytest

from hmi.desk.client import RefusedError
from hmi.desk.machine_time import MachineTime, thinned
from hmi.desk.rows import ChangeRow, LineRow, OverviewRows, StationRow
from hmi.model.machine import MachineState, MinuteUnits, StateSpan, TimeClass, Waiting
from hmi.model.plant import (
    Area,
    Controller,
    Line,
    Plant,
    Shift,
    Site,
    StateRule,
    Station,
    StopReason,
    Tag,
    TagType,
)  # fmt: skip
from hmi.model.quality import BAD_NO_COMMUNICATION, Quality
from hmi.model.text import Text
from hmi.plant.port import Batch, LinkState
from hmi.plant.states import SECOND
from hmi.store.database import Database
from hmi.store.machine_time import MachineTimeTable

MINUTE = 60 * SECOND
START = int(datetime(2026, 11, 21, 0, 0, tzinfo=UTC).timestamp()) * SECOND  # 09:00 in Seoul
STATES = {
    "5": StateRule(MachineState.SUSPENDED), "6": StateRule(MachineState.EXECUTE), "9": StateRule(MachineState.ABORTED),
    "1": StateRule(MachineState.CLEARING),
}  # fmt: skip
SUSPENDED, EXECUTE, ABORTED, CLEARING = 5, 6, 9, 1


def small_plant(lines: int = 2, stations: int = 3) -> Plant:
    """Lines L1.. on a controller each, stations with state, counters and a buffer of 4, ideal cycle 4 s."""
    tags: list[Tag] = []
    made: list[Station] = []
    rows: list[Line] = []
    for n in range(1, lines + 1):
        line, plc = f"L{n}", f"plc{n}"
        texts = {r: f"{line}.{r}" for r in ("order", "product", "lot", "material_batch", "operator")}
        numbers = {r: f"{line}.{r}" for r in ("rate", "plan")}
        tags += [Tag(t, Text.same(t), plc, f"s={t}", TagType.STRING, place=line) for t in texts.values()]
        tags += [Tag(t, Text.same(t), plc, f"s={t}", TagType.DOUBLE, place=line) for t in numbers.values()]
        rows.append(Line(line, Text(f"Line {n}", f"{n}라인"), "a", roles=texts | numbers))
        for s in range(1, stations + 1):
            name = f"{line}.S{s}"
            roles = {r: f"{name}.{r}" for r in ("state", "good", "reject", "in_buffer")}
            tags += [Tag(t, Text.same(t), plc, f"s={t}", TagType.UINT16, place=name) for t in roles.values()]
            made.append(
                Station(
                    name, Text.same(name), line, s, ideal_cycle_s=4.0, buffer_capacity=4, roles=roles, states=STATES
                )
            )
    plcs = tuple(Controller(f"plc{n}", Text.same("plc"), "opcua", "opc.tcp://x") for n in range(1, lines + 1))
    shifts = (Shift("day", Text("Day", "주간"), 360, 840), Shift("late", Text("Late", "야간"), 840, 360))
    reasons = (
        StopReason("internal", Text("Machine", "설비")), StopReason("feeder", Text("Feeder", "피더"), "internal"),
        StopReason("cleaning", Text("Cleaning", "청소"), planned=True),
    )  # fmt: skip
    return Plant(
        "p", Text.same("p"), "Asia/Seoul", (Site("s", Text.same("s")),), (Area("a", Text.same("a"), "s"),), tuple(rows),
        tuple(made), plcs, tuple(tags), shifts, reasons,
    )  # fmt: skip


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "plant.db")
    yield opened
    opened.close()


class Floor:
    """The plant as the engine sees it: says readings, lets time pass."""

    def __init__(self, database: Database, plant: Plant | None = None, at_ns: int = START) -> None:
        self.database = database
        self.plant = plant or small_plant()
        self.store = MachineTimeTable(database)
        self.now = at_ns
        self.told: list[ChangeRow] = []
        self.time = MachineTime(self.plant, self.store, lambda: self.now, self.told.append)

    def say(self, status: int = 0, source_ns: int | None = None, **values: float | str) -> None:
        """Readings of one message: tag names with ``_`` for ``.`` (L1_S1_state=6)."""
        tags = [name.replace("_", ".", 2 if "_S" in name else 1) for name in values]
        given = list(values.values())
        n = len(tags)
        self.time.on_batch(
            Batch(
                np.array([self.plant.row[t] for t in tags], np.int32),
                np.array([v if not isinstance(v, str) else np.nan for v in given], np.float64),
                np.full(n, status, np.uint32),
                np.full(n, self.now if source_ns is None else source_ns, np.int64),
                np.array([12 if isinstance(v, str) else 5 for v in given], np.uint8),
                {i: v for i, v in enumerate(given) if isinstance(v, str)},
            )
        )

    def run(self, line: str = "L1", **levels: float) -> None:
        """All stations of a line run, two units before each, counters at 100."""
        for station in self.plant.stations_of(line):
            name = station.id.replace(".", "_")
            self.say(**{f"{name}_in_buffer": 2, f"{name}_state": EXECUTE, f"{name}_good": 100, f"{name}_reject": 0})

    def wait(self, seconds: float) -> None:
        """Let time pass, with the engine's tick every second."""
        for _ in range(int(seconds)):
            self.now += SECOND
            self.time.tick()

    def written(self) -> None:
        """Wait for the database's writer."""
        self.store.span(0)

    def produced(self, station: str) -> list[MinuteUnits]:
        """The minutes on record."""
        self.written()
        return self.store.production([station], START - MINUTE, self.now)

    def rows(self) -> OverviewRows:
        """The overview now."""
        return self.time.overview()

    def line(self, n: int = 0) -> LineRow:
        """A line's row."""
        return self.rows().lines[n]

    def station(self, name: str) -> StationRow:
        """A station's row."""
        return next(s for x in self.rows().lines for s in x.stations if s.station == name)

    def spans(self, place: str) -> list[StateSpan]:
        """A timeline from the beginning, once what was saved is on disk."""
        self.written()
        return self.time.states([place], START - MINUTE, self.now + SECOND).spans


def words(spans: list[StateSpan]) -> list[str]:
    return [f"{s.state}:{s.waiting}" if s.waiting is not Waiting.NONE else str(s.state) for s in spans]


def kpi(floor: Floor, key: str) -> float | None:
    return next(k.value for k in floor.rows().kpis if k.key == key)


def test_a_station_that_aborts_stops_the_line_and_is_named(database: Database) -> None:
    floor = Floor(database)
    floor.run()
    floor.wait(10)
    assert floor.line().state is MachineState.EXECUTE
    floor.say(L1_S2_state=ABORTED)
    floor.wait(5)
    floor.say(L1_S3_in_buffer=0, L1_S3_state=SUSPENDED)
    floor.wait(3)
    third = floor.station("L1.S3")
    assert (third.waiting, third.cause, third.counts_as) == (Waiting.STARVED, "L1.S2", TimeClass.STARVED)
    floor.say(L1_S2_in_buffer=4, L1_S1_state=SUSPENDED)
    floor.wait(20)
    first = floor.station("L1.S1")
    assert (first.waiting, first.cause) == (Waiting.BLOCKED, "L1.S2")
    line = floor.line()
    assert (line.state, line.cause) == (MachineState.ABORTED, "L1.S2")
    assert line.since_ns == START + 15 * SECOND  # when the last station came to stand, not when it was noticed
    assert kpi(floor, "stops") == 0
    floor.wait(40)
    assert kpi(floor, "stops") == 1
    floor.say(L1_S2_state=EXECUTE)
    floor.wait(3)
    line = floor.line()
    assert (line.state, line.waiting, line.cause) == (MachineState.SUSPENDED, Waiting.STARVED, "L1.S2")
    floor.say(L1_S3_in_buffer=1, L1_S3_state=EXECUTE)
    floor.wait(1)
    assert floor.line().state is MachineState.EXECUTE and kpi(floor, "stops") == 1
    texts = [c.text.en for c in floor.told]
    assert "Line 1 stands: L1.S2 (Aborted)" in texts and texts[-1] == "Line 1 runs"
    assert "1라인 정지: L1.S2 (중단)" in [c.text.ko for c in floor.told]


def test_the_buffer_may_speak_after_the_state(database: Database) -> None:
    floor = Floor(database)
    floor.run()
    floor.wait(10)
    floor.say(L1_S2_state=SUSPENDED)
    floor.now += SECOND // 10
    floor.say(L1_S2_in_buffer=0)
    assert words(floor.spans("L1.S2"))[-2:] == ["EXECUTE", "SUSPENDED:STARVED"]


@pytest.mark.parametrize("how", ["link", "batch"])
def test_a_lost_link_is_unknown_at_once_and_comes_back(database: Database, how: str) -> None:
    floor = Floor(database)
    floor.run("L1")
    floor.run("L2")
    floor.say(L1_order="WO-1", L1_rate=840)
    floor.wait(10)
    assert (floor.line().order, floor.line().rate) == ("WO-1", 840.0)
    if how == "link":
        floor.time.on_link("plc1", LinkState.SILENT)
    else:
        floor.say(
            status=BAD_NO_COMMUNICATION, **{t.id.replace(".", "_"): 0.0 for t in floor.plant.tags if "L1" in t.id}
        )
    line = floor.line()
    assert line.state is MachineState.UNKNOWN and {s.state for s in line.stations} == {MachineState.UNKNOWN}
    assert (line.order, line.rate) == (None, None) and line.rate_quality is not Quality.GOOD
    assert floor.line(1).state is MachineState.EXECUTE
    floor.wait(30)
    floor.run("L1")
    floor.say(L1_S3_good=107, L1_order="WO-1")
    line = floor.line()
    assert line.state is MachineState.EXECUTE and line.made == 7 and line.order == "WO-1"
    assert line.oee is not None and line.oee.unknown_s == pytest.approx(30)
    assert not [c for c in floor.told if c.kind == "order"]


def test_a_value_that_is_not_mapped_is_unknown_and_told_once(database: Database) -> None:
    floor = Floor(database)
    floor.run()
    for _ in range(3):
        floor.say(L1_S1_state=42)
        floor.say(L1_S1_state=EXECUTE)
    floor.say(L1_S1_state=42)
    assert floor.station("L1.S1").state is MachineState.UNKNOWN
    assert len([c for c in floor.told if "42" in c.text.en]) == 1


def test_units_rates_and_plan(database: Database) -> None:
    floor = Floor(database)
    floor.run()
    floor.say(L1_plan=6200)
    for minute in range(10):
        floor.wait(60)
        floor.say(L1_S3_good=100 + 14 * (minute + 1), L1_S1_reject=minute + 1)
    floor.wait(1)
    line = floor.line()
    assert line.made == 140 and line.rate == pytest.approx(840, rel=0.25)
    assert line.plan == 6200 and line.plan_now == round(6200 * (3 * 60 + 10 + 1 / 60) / 480)
    assert line.oee is not None and (line.oee.good, line.oee.reject) == (140, 10)
    assert len(line.rate_history) == 60 and line.rate_history[-1] == pytest.approx(840, rel=0.25)
    assert line.rate_history[0] is None
    assert kpi(floor, "first_pass") == pytest.approx(100 * 140 / 150)
    assert sum(m.good for m in floor.produced("L1.S3")) == 140
    floor.say(L1_S3_good=5)  # the controller restarted
    assert floor.line().made == 145


def test_a_counter_that_jumps_is_told_and_not_counted(database: Database) -> None:
    floor = Floor(database)
    floor.run()
    floor.wait(5)
    floor.say(L1_S3_good=60_000)
    assert floor.line().made == 0
    assert [c.kind for c in floor.told] == ["count"]


def test_what_changes_on_a_line_is_said_once(database: Database) -> None:
    floor = Floor(database)
    floor.say(L1_lot="LOT-1", L1_material_batch="PASTE-1A", L1_operator="kim.jh")
    floor.say(L1_lot="LOT-1", L1_material_batch="PASTE-2B")
    line = floor.line()
    assert (line.lot, line.batch, line.operator) == ("LOT-1", "PASTE-2B", "kim.jh")
    assert [(c.kind, c.place) for c in floor.told] == [("batch", "L1")]
    assert floor.told[0].text == Text(
        "Line 1: material batch PASTE-2B (before PASTE-1A)", "1라인: 자재 배치 PASTE-2B (이전 PASTE-1A)"
    )
    assert floor.rows().changes == floor.told


def test_a_short_restart_of_the_engine_leaves_the_timeline_whole(database: Database) -> None:
    floor = Floor(database)
    floor.run()
    floor.wait(10)
    floor.say(L1_S2_state=ABORTED)
    floor.wait(10)
    floor.written()
    again = Floor(database, floor.plant, floor.now + 3 * SECOND)
    again.time.on_link("plc1", LinkState.CONNECTING)
    again.now += SECOND
    again.say(L1_S2_state=ABORTED, source_ns=START + 10 * SECOND)
    again.say(L1_S1_state=EXECUTE)
    again.wait(2)
    assert words(again.spans("L1.S2")) == words(floor.spans("L1.S2"))
    assert again.station("L1.S2").since_ns == START + 10 * SECOND
    assert words(again.spans("L1.S1"))[-1] == "EXECUTE"


def test_after_a_long_absence_the_time_between_is_unknown(database: Database) -> None:
    floor = Floor(database)
    floor.run()
    floor.wait(60)
    floor.time.close()
    floor.written()
    again = Floor(database, floor.plant, floor.now + 600 * SECOND)
    again.run()
    again.wait(60)
    spans = again.spans("L1.S2")
    assert words(spans)[-3:] == ["EXECUTE", "UNKNOWN", "EXECUTE"]
    assert spans[-2].start_ns == START + 60 * SECOND and spans[-2].end_ns == START + 660 * SECOND
    assert words(again.spans("L1"))[-3:] == ["EXECUTE", "UNKNOWN", "EXECUTE"]
    found = again.time.oee(["L1.S2"], again.rows().shift_start_ns, again.now)[0]
    assert (found.apt_s, round(found.unknown_s)) == (pytest.approx(120, abs=1e-6), 600)


def test_a_station_that_stays_silent_after_a_restart_is_unknown_since_then(database: Database) -> None:
    floor = Floor(database)
    floor.run()
    floor.wait(60)
    floor.written()
    killed_ns, seen_ns = floor.now, floor.store.last_seen()  # the engine was killed: nobody said goodbye
    assert seen_ns is not None and killed_ns - 2 * SECOND <= seen_ns <= killed_ns
    floor.written()
    again = Floor(database, floor.plant, floor.now + 2 * SECOND)
    again.wait(15)
    spans = again.spans("L1.S2")
    assert words(spans)[-2:] == ["EXECUTE", "UNKNOWN"] and spans[-1].start_ns == seen_ns


def stop_of_three_parts(floor: Floor) -> list[StateSpan]:
    floor.run()
    floor.wait(10)
    floor.say(L1_S2_state=ABORTED)
    floor.wait(60)
    floor.say(L1_S2_state=CLEARING)
    floor.wait(10)
    floor.say(L1_S2_state=EXECUTE)
    floor.wait(10)
    return floor.spans("L1.S2")


def test_a_reason_covers_the_stop_and_a_planned_one_leaves_the_loss(database: Database) -> None:
    floor = Floor(database)
    spans = stop_of_three_parts(floor)
    aborted = next(s for s in spans if s.state is MachineState.ABORTED)
    answer = floor.time.assign_reason(aborted.span_id, "feeder")
    assert [s.reason for s in answer.spans if s.counts_as is TimeClass.DOWN] == ["feeder", "feeder"]
    before = floor.time.oee(["L1.S2"], floor.rows().shift_start_ns, floor.now)[0]
    assert before.down_s == pytest.approx(70)
    floor.time.assign_reason(aborted.span_id, "cleaning")
    after = floor.time.oee(["L1.S2"], floor.rows().shift_start_ns, floor.now)[0]
    assert (after.down_s, after.planned_s) == (0, pytest.approx(70)) and after.pbt_s == pytest.approx(before.pbt_s - 70)
    stored = floor.time.oee(["L1.S2"], START - MINUTE, floor.now)[0]
    assert (stored.planned_s, stored.apt_s) == (pytest.approx(70), pytest.approx(after.apt_s))


def test_a_stop_that_lasts_is_cut_and_each_part_has_its_reason(database: Database) -> None:
    floor = Floor(database)
    floor.run()
    floor.wait(10)
    floor.say(L1_S2_state=ABORTED)
    floor.wait(60)
    whole = floor.spans("L1.S2")[-1]
    floor.time.split_stop(whole.span_id, START + 30 * SECOND)
    one, two = floor.spans("L1.S2")[-2:]
    floor.time.assign_reason(two.span_id, "cleaning")
    floor.time.assign_reason(one.span_id, "feeder")
    assert [s.reason for s in floor.spans("L1.S2")[-2:]] == ["feeder", "cleaning"]
    row = floor.station("L1.S2")
    assert (row.reason, row.since_ns, row.counts_as) == ("cleaning", START + 30 * SECOND, TimeClass.PLANNED)
    floor.wait(10)
    floor.say(L1_S2_state=EXECUTE)
    floor.wait(2)
    spans = floor.spans("L1.S2")
    assert words(spans)[-3:] == ["ABORTED", "ABORTED", "EXECUTE"] and [s.end_ns for s in spans].count(None) == 1
    assert all(a.end_ns == b.start_ns for a, b in pairwise(spans))


def test_what_cannot_be_done_is_refused_in_words(database: Database) -> None:
    floor = Floor(database)
    spans = stop_of_three_parts(floor)
    run = next(s for s in spans if s.state is MachineState.EXECUTE)
    stop = next(s for s in spans if s.state is MachineState.ABORTED)
    acts = [
        lambda: floor.time.assign_reason(9999, "feeder"), lambda: floor.time.assign_reason(run.span_id, "feeder"),
        lambda: floor.time.assign_reason(stop.span_id, "internal"), lambda: floor.time.assign_reason(stop.span_id, "x"),
        lambda: floor.time.split_stop(stop.span_id, START), lambda: floor.time.split_stop(0, START),
        lambda: floor.time.states(["nowhere"], 0, 1), lambda: floor.time.oee(["L1"], 10, 5),
    ]  # fmt: skip
    for act in acts:
        with pytest.raises(RefusedError) as refused:
            act()
        assert refused.value.text.en and refused.value.text.ko


def test_a_new_shift_starts_with_clean_figures(database: Database) -> None:
    late = START + 5 * 60 * MINUTE - 30 * SECOND  # half a minute before 14:00 in Seoul
    floor = Floor(database, at_ns=late)
    floor.run()
    floor.wait(20)
    floor.say(L1_S3_good=104)
    assert floor.rows().shift == Text("Day", "주간") and floor.line().made == 4
    floor.wait(20)
    rows = floor.rows()
    assert rows.shift == Text("Late", "야간") and rows.lines[0].made == 0
    found = rows.lines[0].oee
    assert found is not None and found.pbt_s == found.apt_s == 10 and found.start_ns == rows.shift_start_ns


def test_a_clock_that_is_set_back_breaks_nothing(database: Database) -> None:
    floor = Floor(database)
    floor.run()
    floor.wait(30)
    floor.now -= 4 * 60 * MINUTE  # into the shift before
    floor.say(L1_S2_state=ABORTED)
    floor.wait(5)
    floor.say(L1_S2_state=EXECUTE)
    floor.wait(5)
    assert floor.station("L1.S2").state is MachineState.EXECUTE
    assert all(s.end_ns is None or s.end_ns > s.start_ns for s in floor.store.spans(["L1.S2"], 0, 2**62))
    found = floor.line().oee
    assert found is None or found.pbt_s >= 0


def test_lines_have_timelines_too_and_rows_cross_the_socket(database: Database) -> None:
    floor = Floor(database)
    stop_of_three_parts(floor)
    assert words(floor.spans("L1"))[:2] == ["UNKNOWN", "EXECUTE"]
    assert [f.scope for f in floor.time.oee(["L1", "L1.S3"], floor.rows().shift_start_ns, floor.now)] == ["L1", "L1.S3"]
    rows = floor.time.overview(tags_not_good=3)
    assert msgspec.json.decode(msgspec.json.encode(rows), type=OverviewRows) == rows
    values = {k.key: k.value for k in rows.kpis}
    assert values["tags_not_good"] == 3 and values["oldest_reading"] is None  # the second controller was never heard
    assert [r.id for r in floor.time.reasons()] == ["internal", "feeder", "cleaning"]


def test_a_plant_without_roles_is_shown_as_unknown(database: Database) -> None:
    bare = small_plant(1)
    bare = replace(
        bare, stations=tuple(replace(s, roles={}, states={}, ideal_cycle_s=None) for s in bare.stations),
        lines=tuple(replace(x, roles={}) for x in bare.lines), shifts=(), reasons=(),
    )  # fmt: skip
    floor = Floor(database, bare)
    floor.wait(70)
    line = floor.line()
    assert line.state is MachineState.UNKNOWN and line.made is None and line.rate is None and line.plan is None
    assert line.oee is not None and line.oee.oee is None
    assert floor.rows().shift is None


def test_rows_that_play_no_role_are_passed_over(database: Database) -> None:
    floor = Floor(database)
    before = floor.rows()
    foreign = np.array([len(floor.plant.tags), len(floor.plant.tags) + 500], np.int32)
    floor.time.on_batch(
        Batch(foreign, np.ones(2), np.zeros(2, np.uint32), np.full(2, floor.now), np.full(2, 11, np.uint8), {})
    )
    assert floor.rows() == before


def test_many_short_stretches_are_drawn_together() -> None:
    spans = []
    for i in range(8000):
        state = MachineState.EXECUTE if i % 2 else MachineState.SUSPENDED
        spans.append(StateSpan("s", state, Waiting.NONE, i * SECOND, (i + 1) * SECOND, span_id=i))
    drawn = thinned(spans, 0, 8000 * SECOND, 8000 * SECOND)
    assert len(drawn) <= 2000 and drawn[0].start_ns == 0 and drawn[-1].end_ns == 8000 * SECOND
    assert all(a.end_ns == b.start_ns for a, b in pairwise(drawn))
