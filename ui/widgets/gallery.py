"""All parts on one sheet, for looking at: ``python -m ui.widgets.gallery --out DIR --lang ko --theme dark``."""

from __future__ import annotations

import argparse
import math
import os
import random
import sys
import time
from pathlib import Path

from PySide6.QtWidgets import QApplication, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from hmi.desk.rows import OeeFigures, Series
from hmi.model import quality as q
from hmi.model.machine import MachineState, StateSpan, Waiting
from hmi.model.plant import Limits, Span, Tag, TagType
from hmi.model.reading import Reading
from hmi.model.text import Lang, Text
from hmi.model.words import say
from ui.theme.look import dress, look
from ui.theme.typeface import Size
from ui.widgets.analog import CompactAnalog, MovingAnalog, Scale
from ui.widgets.controls import Button, Choice
from ui.widgets.label import Caption, ValueLabel
from ui.widgets.live import Live
from ui.widgets.marks import AlarmMark, QualityMark
from ui.widgets.oee import OeeBars, ProgressBar, Waterfall
from ui.widgets.panel import Banner, EmptyState, Ground, KeyValue, Panel
from ui.widgets.sparkline import Sparkline
from ui.widgets.statebar import StateBar, StateLegend
from ui.widgets.table import DataTable
from ui.widgets.tablemodel import Column
from ui.widgets.tile import StationTile
from ui.widgets.trend import EventMark, TrendPlot
from ui.widgets.trendlegend import TrendLegend

NOW = time.time_ns()
OEE = OeeFigures("L1", NOW - 28_800_000_000_000, NOW, 25_200, 20_000, 600, 1800, 900, 1200, 400, 300, 3600, 5200, 90,
                 20_000 / 25_200, 0.93, 0.983, 0.725, 3.5, 18_200, 1_485, 315)  # fmt: skip


def zone_tag(n: int) -> Tag:
    """An oven zone's temperature."""
    return Tag(f"L1.oven.z{n}", say("gallery.zone", n=n), "plc", "", unit="°C", range=Span(150, 260),
               desired=Span(212, 224), limits=Limits(195, 205, 230, 240), digits=1)  # fmt: skip


def sheet() -> Ground:
    """The whole gallery."""
    page = Ground()
    page.setAccessibleName(say("gallery.title").en)
    rows = QVBoxLayout(page)
    rows.setContentsMargins(8, 8, 8, 8)
    rows.setSpacing(8)
    for kind, key in (("banner", "demo"), ("warning", "unsecured"), ("doubt", "silent")):
        rows.addWidget(Banner(kind=kind, text=say(f"gallery.{key}")))
    top, middle, low = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
    for row in (top, middle, low):
        row.setSpacing(8)
        rows.addLayout(row, 1)
    top.addWidget(analogs(), 3)
    top.addWidget(qualities(), 2)
    top.addWidget(marks(), 3)
    middle.addWidget(states(), 3)
    middle.addWidget(waterfall(), 2)
    low.addWidget(trend(), 3)
    low.addWidget(table(), 2)
    return page


def analogs() -> Panel:
    """Vertical ones, large and small, with set-point, alarm and off-scale."""
    panel = Panel(say("gallery.analogs"))
    row = QHBoxLayout()
    panel.body.addLayout(row)
    for value, setpoint, priority in ((218.4, 218.0, None), (233.1, 218.0, 2), (271.0, None, 1)):
        shown = MovingAnalog(zone_tag(1), title=True)
        shown.set_setpoint(setpoint)
        shown.set_priority(priority)
        shown.take("", Reading(value, q.GOOD, NOW), NOW)
        row.addWidget(shown)
    rate = MovingAnalog(
        name=say("gallery.rate"), scale=Scale(0, 1000, Span(820, 900)), unit="units/h", digits=0, title=True
    )
    rate.show_figure(842)
    row.addWidget(rate)
    for value in (212.2, 228.9):
        compact = CompactAnalog(zone_tag(2))
        compact.set_setpoint(218)
        compact.take("", Reading(value, q.GOOD, NOW), NOW)
        panel.add(compact)
    line = QHBoxLayout()
    panel.body.addLayout(line)
    for seed in range(3):
        draw = random.Random(seed)
        spark = Sparkline(name=say("gallery.rate"), minutes=60, desired=Span(820, 900))
        values: list[float | None] = [850 + draw.gauss(0, 18) for _ in range(60)]
        if seed == 1:
            values[20:28] = [None] * 8
        if seed == 2:
            values[34:] = [max(180.0, 850 - 60 * i) for i in range(26)]
        spark.set_even(values, NOW)
        line.addWidget(spark)
    return panel


def qualities() -> Panel:
    """The four qualities in the three indicators."""
    panel = Panel(say("gallery.qualities"))
    grid = QGridLayout()
    panel.body.addLayout(grid)
    stale = Reading(218.4, q.STALE_LINK_SILENT, NOW - 12_000_000_000)
    cases = (Reading(218.4, q.GOOD, NOW), Reading(218.4, q.UNCERTAIN_LAST_USABLE_VALUE, NOW - 95_000_000_000), stale,
             Reading(218.4, 0x808C0000, NOW - 7_500_000_000_000), Reading(None, q.BAD_NODE_ID_UNKNOWN, 0))  # fmt: skip
    for at, reading in enumerate(cases):
        mark = QualityMark()
        mark.show_quality(reading.quality)
        grid.addWidget(mark, at, 0)
        parts: list[Live] = [MovingAnalog(zone_tag(3)), ValueLabel(zone_tag(3)), CompactAnalog(zone_tag(3), label_px=0)]
        parts[0].setFixedHeight(70)
        for column, part in enumerate(parts[:2]):
            part.take("", reading, NOW)
            grid.addWidget(part, at, column + 1)
    return panel


def marks() -> Panel:
    """Alarm marks, tiles, buttons, key and value, figures."""
    panel = Panel(say("gallery.marks"))
    row = QHBoxLayout()
    panel.body.addLayout(row)
    for level in (1, 2, 3, 4):
        for active, outline in ((True, False), (True, True), (False, False)):
            mark = AlarmMark(level)
            mark.show_mark(level, active=active, outline_only=outline)
            row.addWidget(mark)
    row.addStretch(1)
    tiles = QHBoxLayout()
    panel.body.addLayout(tiles)
    held, suspended = MachineState.HELD, MachineState.SUSPENDED
    for name, state, waiting, priority in (
        ("printer", MachineState.EXECUTE, Waiting.NONE, None), ("placer", held, Waiting.NONE, 3),
        ("oven", suspended, Waiting.STARVED, None), ("camera", suspended, Waiting.BLOCKED, None),
        ("tester", MachineState.UNKNOWN, Waiting.NONE, None), ("packer", MachineState.IDLE, Waiting.NONE, None),
    ):  # fmt: skip
        tile = StationTile(say(f"gallery.{name}"))
        tile.show_state(state, waiting)
        tile.show_marks(priority)
        tiles.addWidget(tile)
    figures = QHBoxLayout()
    panel.body.addLayout(figures)
    bars, made, facts = OeeBars(), ProgressBar(), KeyValue(key_px=110)
    bars.show_oee(OEE)
    made.show_progress(4402, 4520, 6200)
    facts.set_rows(
        [
            (say("gallery.oven"), "WO-10077"),
            (say("gallery.placer"), say("gallery.feeder")),
            (say("gallery.rate"), "842"),
        ]
    )
    for shown in (bars, made, facts):
        figures.addWidget(shown)
    buttons = QHBoxLayout()
    panel.body.addLayout(buttons)
    off = Button(say("gallery.off"))
    off.setEnabled(False)
    for part in (Button(say("gallery.open")), Button(say("gallery.open"), icon="trends"), off,
                 Button(icon="search", name=say("gallery.open")),
                 Choice([("a", Text.same("30 min")), ("b", Text.same("8 h"))], name=say("gallery.trend"))):  # fmt: skip
        buttons.addWidget(part)
    buttons.addStretch(1)
    last = QHBoxLayout()
    panel.body.addLayout(last)
    last.addWidget(Button(say("gallery.confirm"), glove=True, key="F5"))
    last.addWidget(EmptyState(say("gallery.no_deviation"), icon="check"), 1)
    return panel


def states() -> Panel:
    """Timelines with every time class."""
    panel = Panel(say("gallery.states"))
    start = NOW - 4 * 3_600_000_000_000
    for name, seed in (("printer", 3), ("placer", 5), ("oven", 8)):
        bar = StateBar(station=say(f"gallery.{name}"), label_px=96, axis=name == "oven")
        bar.set_spans(spans(name, seed, start), start, NOW)
        panel.add(bar)
    panel.add(StateLegend())
    panel.body.addStretch(1)
    return panel


def spans(station: str, seed: int, start: int) -> list[StateSpan]:
    """A plausible shift."""
    made: list[StateSpan] = []
    draw, at = random.Random(seed), start
    run, pause = (MachineState.EXECUTE, Waiting.NONE), MachineState.SUSPENDED
    kinds = [run, (pause, Waiting.STARVED), run, (MachineState.HELD, Waiting.NONE), run, (pause, Waiting.BLOCKED),
             (MachineState.RESETTING, Waiting.NONE), run, (MachineState.UNKNOWN, Waiting.NONE), run,
             (MachineState.IDLE, Waiting.NONE)]  # fmt: skip
    while at < NOW:
        state, waiting = kinds[len(made) % len(kinds)]
        minutes = draw.uniform(25, 60) if state is MachineState.EXECUTE else draw.uniform(4, 22)
        end = at + int(minutes * 60e9)
        made.append(StateSpan(station, state, waiting, at, end if end < NOW else None))
        at = end
    return made


def waterfall() -> Panel:
    """Where the time went."""
    panel = Panel(say("waterfall.name"))
    fall = Waterfall()
    fall.show_oee(OEE)
    panel.add(fall, 1)
    return panel


def trend() -> Panel:
    """Four pens with gap, limits, events, cursor."""
    panel = Panel(say("gallery.trend"))
    plot = TrendPlot(name=say("gallery.trend"), minutes=60)
    tags = [zone_tag(1), zone_tag(2),
            Tag("L1.speed", say("gallery.speed"), "plc", "", unit="m/min", range=Span(0, 2), digits=2),
            Tag("L1.on", say("gallery.oven"), "plc", "", type=TagType.BOOLEAN)]  # fmt: skip
    plot.set_pens(tags)
    start = NOW - 3_600_000_000_000
    draw = random.Random(1)
    for index, tag in enumerate(tags):
        when = [start + i * 6_000_000_000 for i in range(600)]
        wave: list[float | None] = [
            (218 + 4 * index + 3 * math.sin(i / 40) + draw.gauss(0, 0.6)) if index < 2
            else (1.2 + 0.05 * math.sin(i / 70) + draw.gauss(0, 0.01)) if index == 2 else float(i // 150 % 2)
            for i in range(600)
        ]  # fmt: skip
        if index == 1:
            wave[250:300] = [None] * 50
        plot.set_series(Series(tag.id, start, NOW, when, wave, [0] * 600, 600))
    plot.set_events([EventMark(NOW - 1_500_000_000_000, say("gallery.feeder"))])
    plot.set_cursor(NOW - 1_800_000_000_000)
    row = QHBoxLayout()
    row.addWidget(plot, 1)
    legend = TrendLegend(plot)
    legend.setFixedWidth(400)
    row.addWidget(legend)
    panel.body.addLayout(row, 1)
    return panel


def table() -> Panel:
    """Rows with marks, qualities and figures."""
    panel = Panel(say("gallery.table"))
    codes = (0, 0, 0x40900000, 0, q.STALE_LINK_SILENT, 0x808C0000)
    rows = [
        (f"L1.oven.z{i}", say("gallery.zone", n=i), 210 + 3.7 * i, q.quality_of(codes[i % 6])) for i in range(1, 12)
    ]
    columns = [
        Column("tag", say("gallery.column_tag"), lambda r: r[0], 130),
        Column("name", say("gallery.column_name"), lambda r: look().text(r[1]), 0, bold=True),
        Column("value", say("gallery.column_value"), lambda r: f"{r[2]:.1f}", 110, right=True, sort=lambda r: r[2],
               quality=lambda r: r[3], tone=lambda r: "value", bold=True),
        Column("unit", say("gallery.column_unit"), lambda r: "°C", 64, tone=lambda r: "second"),
    ]  # fmt: skip
    shown = DataTable(columns, key=lambda r: r[0], name=say("gallery.table"))
    shown.set_rows(rows)
    shown.choose("L1.oven.z3")
    panel.add(shown, 1)
    panel.add(Caption(say("gallery.no_deviation"), size=Size.SMALL, tone="second", wrap=True))
    return panel


def main(argv: list[str] | None = None) -> int:
    """Paint the sheet into DIR."""
    parser = argparse.ArgumentParser(prog="ui.widgets.gallery", description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--lang", type=Lang, default=Lang.EN)
    parser.add_argument("--theme", default="light")
    parser.add_argument("--size", default="1920x1080")
    given = parser.parse_args(argv)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication.instance() or QApplication(sys.argv[:1])
    dress(app, given.theme, given.lang)  # type: ignore[arg-type]
    page: QWidget = sheet()
    width, height = (int(x) for x in given.size.split("x"))
    page.resize(width, height)
    page.show()
    for _ in range(3):
        app.processEvents()
    given.out.mkdir(parents=True, exist_ok=True)
    page.grab().save(str(given.out / f"gallery-{given.lang}-{given.theme}.png"))
    page.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
