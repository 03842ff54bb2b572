"""The level-1 screen's rows: what every line and station does, against plan, and the plant's figures."""

from __future__ import annotations

from collections.abc import Sequence

from hmi.desk.rows import ChangeRow, KpiRow, LineRow, OeeFigures, OverviewRows, StationRow
from hmi.model.machine import MachineState, TimeClass, Waiting
from hmi.plant.oee import Figures, constraint
from hmi.plant.recorder import MachineRecorder
from hmi.plant.watch import LineWatch, StationWatch


def overview(
    recorder: MachineRecorder, now_ns: int, changes: Sequence[ChangeRow], tags_not_good: int | None
) -> OverviewRows:
    """Everything on the overview at an instant; tags_not_good is counted by whoever owns the tag table."""
    shift = recorder.book.shift
    lines, figures = [], []
    for line in recorder.lines.values():
        found = _figures(recorder, line, now_ns)
        figures.append(found)
        lines.append(_line(recorder, line, found, now_ns))
    return OverviewRows(
        now_ns,
        shift.shift.name if shift.shift else None,
        shift.start_ns,
        shift.end_ns,
        lines,
        _kpis(recorder, lines, [f for f in figures if f is not None], now_ns, tags_not_good),
        list(changes),
    )


def oee_row(scope: str, found: Figures) -> OeeFigures:
    """Figures as the desk's row: seconds instead of nanoseconds."""
    times = found.times
    return OeeFigures(
        scope=scope,
        start_ns=found.start_ns,
        end_ns=found.end_ns,
        pbt_s=found.pbt_ns / 1e9,
        apt_s=found.apt_ns / 1e9,
        setup_s=times[TimeClass.SETUP] / 1e9,
        down_s=times[TimeClass.DOWN] / 1e9,
        blocked_s=times[TimeClass.BLOCKED] / 1e9,
        starved_s=times[TimeClass.STARVED] / 1e9,
        waiting_s=times[TimeClass.WAITING] / 1e9,
        unknown_s=times[TimeClass.UNKNOWN] / 1e9,
        planned_s=times[TimeClass.PLANNED] / 1e9,
        good=found.good,
        reject=found.reject,
        availability=found.availability,
        effectiveness=found.effectiveness,
        quality=found.quality,
        oee=found.oee,
        ideal_cycle_s=found.ideal_cycle_s,
        valuable_s=found.valuable_ns / 1e9,
        speed_loss_s=found.speed_loss_ns / 1e9,
        quality_loss_s=found.quality_loss_ns / 1e9,
    )


def _figures(recorder: MachineRecorder, line: LineWatch, now_ns: int) -> Figures | None:
    pace = constraint(w.station for w in line.stations)
    if pace is None:
        return None
    return recorder.book.of_line(line.line, recorder.live(pace.id), now_ns)


def _station(recorder: MachineRecorder, watch: StationWatch, now_ns: int) -> StationRow:
    live = recorder.live(watch.station.id)
    good, reject = recorder.book.made(watch.station.id)
    known = {role: counter.last is not None for role, counter in watch.counters.items()}
    if live is None:
        state, waiting, counts, since, cause, reason = (
            MachineState.UNKNOWN, Waiting.NONE, TimeClass.UNKNOWN, 0, None, None,
        )  # fmt: skip
    else:
        counts = TimeClass.PLANNED if recorder.book.is_planned(live, now_ns) else live.counts_as
        state, waiting, since, cause, reason = live.state, live.waiting, live.start_ns, live.cause, live.reason
    return StationRow(
        watch.station.id, state, waiting, counts, since, cause, reason,
        good if good or known.get("good") else None,
        reject if reject or known.get("reject") else None,
    )  # fmt: skip


def _line(recorder: MachineRecorder, line: LineWatch, found: Figures | None, now_ns: int) -> LineRow:
    live = recorder.live(line.line.id)
    stations = [_station(recorder, w, now_ns) for w in line.stations]
    rate, quality = line.rate(now_ns)
    shift = recorder.book.shift
    made, plan = line.whole("made"), line.whole("plan")
    if made is None and stations:
        made = stations[-1].good
    context = line.context.of
    return LineRow(
        line=line.line.id,
        state=live.state if live else MachineState.UNKNOWN,
        waiting=live.waiting if live else Waiting.NONE,
        cause=live.cause if live else None,
        since_ns=live.start_ns if live else 0,
        stations=stations,
        order=context("order"),
        product=context("product"),
        lot=context("lot"),
        batch=context("batch"),
        operator=context("operator"),
        rate=rate,
        rate_quality=quality,
        made=made,
        plan=plan,
        plan_now=None if plan is None else round(plan * shift.busy_share(now_ns)),
        oee=oee_row(line.line.id, found) if found else None,
        rate_history=list(line.rates),
    )


def _kpis(
    recorder: MachineRecorder, lines: list[LineRow], figures: list[Figures], now_ns: int, tags_not_good: int | None
) -> list[KpiRow]:
    book = recorder.book
    good, reject = (sum(part) for part in zip(*(book.made_by_line(n) for n in recorder.lines), strict=True)) if (
        recorder.lines
    ) else (0, 0)  # fmt: skip
    hour = [m for line in recorder.lines.values() for m in line.minutes.values()]
    lost, all_hour = sum(m[1] for m in hour), sum(m[0] + m[1] for m in hour)
    plant = book.of_all(figures)
    planned = [x for x in lines if x.plan_now is not None and x.made is not None]
    due = sum(x.plan_now or 0 for x in planned)
    running = sum(x.state is MachineState.EXECUTE for x in lines)
    known = any(x.state is not MachineState.UNKNOWN for x in lines)
    stops = sum(book.stops(n, now_ns) for n in recorder.lines)
    count = float(len(lines))
    return [
        KpiRow("first_pass", _percent(good, good + reject), "%", 1, 90, 100, 98, 100),
        KpiRow("scrap", _percent(lost, all_hour), "%", 1, 0, 5, 0, 1),
        KpiRow("oee", None if plant is None or plant.oee is None else 100 * plant.oee, "%", 0, 0, 100, 80, 100),
        KpiRow("made_vs_plan", _percent(sum(x.made or 0 for x in planned), due), "%", 0, 0, 120, 97, 105),
        KpiRow("lines_running", float(running) if known else None, "", 0, 0, max(count, 1), count, max(count, 1)),
        KpiRow("stops", float(stops), "", 0, 0, max(20.0, float(stops)), 0, 5),
        KpiRow("tags_not_good", None if tags_not_good is None else float(tags_not_good), "", 0, 0,
               max(20.0, float(tags_not_good or 0)), 0, 0),
        KpiRow("oldest_reading", recorder.oldest_age_s(now_ns), "s", 1, 0, 10, 0, 2),
    ]  # fmt: skip


def _percent(part: float, whole: float) -> float | None:
    return 100.0 * part / whole if whole > 0 else None
