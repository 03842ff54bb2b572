"""The indicators: what they keep, compute and tell; painted once each in every theme and language by the gallery."""

import math
import sys
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QLabel, QPushButton, QWidget

from hmi.desk.rows import Series
from hmi.model import quality as q
from hmi.model.machine import MachineState, StateSpan, TimeClass, Waiting
from hmi.model.plant import Limits, Span, Tag
from hmi.model.reading import Reading
from hmi.model.text import Lang, Text
from ui.theme.contrast import saturation
from ui.theme.typeface import Size
from ui.widgets import gallery
from ui.widgets.analog import MovingAnalog, Scale, scale_of
from ui.widgets.controls import Button, Choice
from ui.widgets.drawn import Drawn, Pressable
from ui.widgets.label import Caption
from ui.widgets.panel import EmptyState, KeyValue
from ui.widgets.sparkline import Sparkline, columns_of
from ui.widgets.statebar import StateBar, time_ticks
from ui.widgets.table import DataTable
from ui.widgets.tablemodel import Column, RowsModel
from ui.widgets.tile import StationTile
from ui.widgets.trendpen import TAIL, PenData

S = 1_000_000_000
NOW = 1_790_000_000 * S
ZONE = Tag("z1", Text("Zone 1", "1구역"), "plc", "", unit="°C", range=Span(100, 300), desired=Span(210, 220),
           limits=Limits(150, 180, 240, 260), digits=1)  # fmt: skip


# -- the whole set ----------------------------------------------------------------------------------------------------


@pytest.fixture
def sheet(qtbot):
    page = gallery.sheet()
    page.resize(1920, 1080)
    qtbot.addWidget(page)
    page.show()
    QApplication.processEvents()
    return page


def picture(widget: QWidget) -> QImage:
    return widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


@pytest.mark.parametrize("lang", list(Lang))
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_sheet_of_all_parts_paints_in_every_look(dressed, sheet, lang, theme):
    before = picture(sheet)
    dressed.set_theme("dark")
    dressed.set_theme(theme)
    dressed.set_lang(lang)
    QApplication.processEvents()
    image = picture(sheet)
    corner = image.pixelColor(2, 2)
    assert corner == dressed.theme.ground
    assert (image == before) is (theme == "light" and lang is Lang.EN)


def unnamed(root: QWidget) -> list[str]:
    """Parts that a screen reader could not tell apart. Layout-only areas and Qt's own inner parts say nothing."""
    silent = []
    for widget in root.findChildren(QWidget):
        inner = widget.objectName().startswith("qt_") or isinstance(widget.parentWidget(), QAbstractScrollArea)
        speaks = isinstance(widget, Drawn) or widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        empty = isinstance(widget, Caption) and not widget.text()
        if widget.isVisible() and speaks and not inner and not empty and not widget.accessibleName():
            silent.append(f"{type(widget).__name__} in {type(widget.parentWidget()).__name__}")
    return silent


def test_everything_has_a_name_in_the_language_of_the_moment(dressed, sheet):
    assert not unnamed(sheet)
    tile = sheet.findChild(StationTile)
    english = tile.accessibleName()
    dressed.set_lang(Lang.KO)
    assert tile.accessibleName() != english
    assert not unnamed(sheet)


def test_every_control_is_reached_by_tab_and_shows_its_ring(dressed, sheet, qtbot):
    wanted = {w for w in sheet.findChildren(QWidget)
              if w.isVisible() and w.isEnabled() and w.focusPolicy() & Qt.FocusPolicy.TabFocus}  # fmt: skip
    wanted = {w for w in wanted if isinstance(w, Button | Pressable | StateBar | DataTable)}
    # of a choice only the chosen button is a stop; arrow keys go to the others
    wanted = {w for w in wanted if not (isinstance(w, Button) and w.isCheckable() and not w.isChecked())}
    reached = set()
    for _ in range(80):
        qtbot.keyClick(QApplication.focusWidget() or sheet, Qt.Key.Key_Tab)
        reached.add(QApplication.focusWidget())
    assert wanted <= reached
    button = next(b for b in wanted if isinstance(b, Button))
    button.setFocus()
    image = picture(button)
    assert QColor(image.pixelColor(image.width() // 2, 2)).name() == dressed.theme.focus.name()


def test_glove_and_touch_targets_are_large_enough(dressed, qtbot):
    glove = Button(Text.same("x"), glove=True)
    assert (glove.sizeHint().width(), glove.sizeHint().height()) == (160, 96)
    dressed.set_density(touch=True, dpi=96.0)
    for button in (
        Button(Text.same("x")),
        Button(icon="search", name=Text.same("x")),
        Button(Text.same("x"), flat=True),
    ):
        assert min(button.sizeHint().width(), button.sizeHint().height()) >= 44
    table = DataTable([Column("a", Text.same("a"), str)], key=lambda r: r, name=Text.same("t"))
    qtbot.addWidget(table)
    assert table.row_px >= 44


def test_a_calm_sheet_has_no_saturated_pixel(qtbot):
    page = QWidget()
    qtbot.addWidget(page)
    parts = [MovingAnalog(ZONE, page), StationTile(Text.same("Oven"), page), Sparkline(page, desired=Span(1, 2))]
    parts[0].take("z1", Reading(215.0, q.GOOD, NOW), NOW)
    parts[1].show_state(MachineState.EXECUTE)
    for part in parts:
        part.resize(200, 100)
        image = picture(part)
        hot = 0
        for x in range(0, image.width(), 2):
            for y in range(0, image.height(), 2):
                c = image.pixelColor(x, y)
                blue = 190 <= c.hsvHue() <= 230
                hot += not blue and saturation((c.red(), c.green(), c.blue())) > 0.3
        assert hot == 0


# -- no reference is lost ---------------------------------------------------------------------------------------------


class Counted(QWidget):
    from PySide6.QtCore import Signal

    spoke = Signal(bool)

    def paintEvent(self, event):
        self.painted = True


@pytest.mark.parametrize("value", [None, True, False])
def test_no_call_into_qt_loses_a_reference(qtbot, value):
    label, painted = QLabel(), Counted()
    for widget in (label, painted):
        qtbot.addWidget(widget)
        widget.resize(20, 20)
        widget.show()
    heard = []
    painted.spoke.connect(heard.append)

    def void():
        label.setText("x")
        label.setEnabled(True)
        label.isVisible()

    def paint():
        painted.repaint()

    def emit():
        painted.spoke.emit(True)
        heard.clear()

    for act in (void, paint, emit):
        act()
        before = sys.getrefcount(value)
        for _ in range(1000):
            act()
        # Python itself may move a few; the broken pair lost one a call
        assert abs(sys.getrefcount(value) - before) < 50, act.__name__


# -- analog -----------------------------------------------------------------------------------------------------------


def test_the_pointer_never_leaves_the_bar():
    scale = Scale(100, 300)
    assert [scale.at(v) for v in (-1e9, 100, 200, 300, 1e30)] == [0, 0, 0.5, 1, 1]
    assert Scale(5, 5).at(7) == 0.5


def test_beyond_a_limit_is_known_on_both_sides():
    scale = scale_of(ZONE)
    assert [scale.beyond(v) for v in (149, 179, 181, 239, 241, 261)] == [True, True, False, False, True, True]
    assert not Scale(0, 1).beyond(7)


def test_a_tag_without_range_takes_the_span_of_its_marks_and_one_without_marks_has_no_bar():
    assert scale_of(Tag("a", ZONE.name, "c", "")) is None
    found = scale_of(Tag("a", ZONE.name, "c", "", limits=Limits(low=10, high=30)))
    assert found.low < 10
    assert found.high > 30


def test_narrow_limits_in_a_wide_range_are_shown_in_their_neighbourhood():
    oven = Tag("a", ZONE.name, "c", "", range=Span(0, 300), desired=Span(213, 219), limits=Limits(208, 212, 220, 224))
    found = scale_of(oven)
    assert (found.low, found.high) == (200, 232)
    assert found.at(300) == 1
    at_the_end = scale_of(replace(oven, range=Span(205, 1000)))
    assert at_the_end.low == 205
    wide = scale_of(replace(oven, range=Span(200, 240)))
    assert (wide.low, wide.high) == (200, 240)


def test_the_limit_that_was_passed_is_the_nearest_one():
    scale = Scale(200, 232, limits=Limits(208, 212, 220, 224))
    assert [scale.passed(v) for v in (205, 211, 216, 221, 230)] == [212, 212, None, 220, 220]


def test_the_same_reading_again_repaints_nothing(qtbot):
    class Counting(MovingAnalog):
        updates = 0

        def update(self):
            self.updates += 1

    shown = Counting(ZONE)
    qtbot.addWidget(shown)
    shown.take("z1", Reading(215.0, q.GOOD, NOW), NOW)
    once = shown.updates
    shown.take("z1", Reading(215.0, q.GOOD, NOW + S), NOW + S)
    assert shown.updates == once
    shown.take("z1", Reading(215.0, q.STALE_LINK_SILENT, NOW), NOW + 9 * S)
    assert shown.updates == once + 1
    assert "9 s" in shown.seen.age


def test_an_unknown_figure_has_no_pointer(qtbot):
    shown = MovingAnalog(name=Text.same("Rate"), scale=Scale(0, 100))
    qtbot.addWidget(shown)
    for value in (None, math.nan, math.inf):
        shown.show_figure(value)
        assert shown.seen.number is None
        assert shown.seen.figure == "–"


# -- sparkline --------------------------------------------------------------------------------------------------------


@given(
    st.lists(st.floats(-1e6, 1e6) | st.just(math.nan), min_size=1, max_size=400),
    st.integers(8, 160),
)
@settings(max_examples=60)
def test_decimation_keeps_the_extremes_and_the_gaps(values, columns):
    time, value = np.arange(len(values), dtype=float), np.array(values)
    end = max(1.0, float(len(values) - 1))
    _, low, high = columns_of(time, value, 0.0, end, columns)
    assert len(low) == len(high) == columns
    known = value[np.isfinite(value)]
    if len(known):
        assert np.nanmin(low) == known.min()
        assert np.nanmax(high) == known.max()
    else:
        assert np.isnan(low).all()
    assert (np.isnan(low) == np.isnan(high)).all()


def test_a_gap_in_a_sparkline_breaks_its_line(qtbot):
    spark = Sparkline(minutes=60)
    qtbot.addWidget(spark)
    spark.resize(160, 36)
    values = [float(i % 7) for i in range(60)]
    spark.set_even(values, NOW)
    spark.grab()
    assert len(spark._line) == 1
    values[20:30] = [None] * 10
    spark.set_even(values, NOW)
    spark.grab()
    assert len(spark._line) == 2


# -- trend pens -------------------------------------------------------------------------------------------------------


def series(times, values):
    return Series("z1", 0, NOW, [t * S for t in times], values, [0] * len(times), len(times))


def test_history_and_live_tail_join_without_doubles_and_a_doubt_opens_a_gap():
    pen = PenData(ZONE)
    for t, v in ((10, 1.0), (11, 2.0), (12, 3.0)):
        pen.take(Reading(v, q.GOOD, t * S), t * S)
    pen.set_series(series([8, 9, 10, 11], [5.0, 6.0, 1.0, 2.0]))
    time, value = pen.points()
    assert time.tolist() == [8, 9, 10, 11, 12]
    pen.take(Reading(3.0, q.STALE_LINK_SILENT, 12 * S), 15 * S)
    time, value = pen.points(20.0)
    assert math.isnan(value[-1])
    assert time[-1] == 15
    assert pen.at(16.0, True) is None
    assert pen.at(12.5, False) == 3.0


def test_a_good_value_is_drawn_on_to_the_present_and_a_doubted_one_is_not():
    pen = PenData(ZONE)
    pen.take(Reading(3.0, q.GOOD, 10 * S), 10 * S)
    assert pen.points(30.0)[0].tolist() == [10, 30]
    pen.take(Reading(3.0, q.STALE_LINK_SILENT, 10 * S), 31 * S)
    time, value = pen.points(60.0)
    assert time.tolist() == [10, 31, 31]  # it held up to the doubt, not beyond
    assert value[:2].tolist() == [3.0, 3.0] and math.isnan(value[2])


def test_a_long_watch_stays_bounded_and_keeps_its_spikes():
    pen = PenData(ZONE)
    for i in range(4 * TAIL):
        pen.take(Reading(999.0 if i == 100 else float(i % 5), q.GOOD, (i + 1) * S), (i + 1) * S)
    time, value = pen.points()
    assert len(time) <= TAIL + 1
    assert value.max() == 999.0
    assert (np.diff(time) > 0).all()


# -- timeline ---------------------------------------------------------------------------------------------------------


def bar_with(qtbot, spans):
    bar = StateBar(station=Text("Oven", "오븐"))
    qtbot.addWidget(bar)
    bar.resize(601, 40)
    bar.set_spans(spans, NOW, NOW + 600 * S)
    return bar


@pytest.mark.parametrize("lang", list(Lang))
def test_a_low_timeline_keeps_its_own_name_readable_and_everyone_elses_type_as_it_is(qtbot, dressed, lang):
    here = dressed
    here.set_lang(lang)
    before = {size: (here.font(size).pixelSize(), here.metrics(size).height()) for size in Size}
    bar = StateBar(station=Text("Oven", "오븐"), label_px=96, height=9)
    qtbot.addWidget(bar)
    bar.resize(600, 11)
    drawn = bar.grab().toImage()
    ink = [y for y in range(drawn.height()) if len({drawn.pixel(x, y) for x in range(88)}) > 1]
    assert max(ink) - min(ink) + 1 >= 8, "glyphs of 11 px stand at least 8 high"
    assert {size: (here.font(size).pixelSize(), here.metrics(size).height()) for size in Size} == before


def test_a_timeline_is_walked_by_keys_and_says_state_cause_and_length(qtbot, dressed):
    spans = [
        StateSpan("o", MachineState.EXECUTE, Waiting.NONE, NOW, NOW + 300 * S),
        StateSpan("o", MachineState.SUSPENDED, Waiting.STARVED, NOW + 300 * S, NOW + 400 * S, cause="placer"),
        StateSpan("o", MachineState.EXECUTE, Waiting.NONE, NOW + 400 * S, None),
    ]
    bar = bar_with(qtbot, spans)
    with qtbot.waitSignal(bar.chosen) as got:
        qtbot.keyClick(bar, Qt.Key.Key_Right)
    assert got.args[0] == spans[0]
    qtbot.keyClick(bar, Qt.Key.Key_Right)
    assert "Starved" in bar.accessibleDescription()
    assert "placer" in bar.accessibleDescription()
    assert "1:40" in bar.accessibleDescription()
    assert bar.span_at(590) == spans[2]
    with qtbot.waitSignal(bar.chosen):
        qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=QPoint(350, 10))
    assert bar.chosen_span == spans[1]
    bar.set_spans(spans[1:], NOW + 100 * S, NOW + 700 * S)
    assert bar.chosen_span == spans[1]


def test_a_timeline_without_states_says_so_and_takes_keys_calmly(qtbot):
    bar = bar_with(qtbot, [])
    qtbot.keyClick(bar, Qt.Key.Key_Right)
    assert bar.chosen_span is None
    assert bar.span_at(10) is None


@given(st.integers(60, 40 * 86_400), st.integers(1, 20))
@settings(max_examples=50, deadline=None)
def test_time_ticks_are_round_within_the_window_and_not_too_many(length_s, most):
    ticks = time_ticks(NOW, NOW + length_s * S, most)
    assert all(NOW <= t <= NOW + length_s * S for t in ticks)
    assert len(ticks) <= max(most + 1, length_s // 86_400 + 1)
    assert len({b - a for a, b in pairwise(ticks)}) <= 1


def test_a_tile_tells_what_its_station_does(qtbot, dressed):
    tile = StationTile(Text("Oven", "오븐"))
    qtbot.addWidget(tile)
    tile.show_state(MachineState.SUSPENDED, Waiting.BLOCKED)
    assert tile.accessibleName() == "Oven: Blocked"
    assert tile.kind is TimeClass.BLOCKED
    dressed.set_lang(Lang.KO)
    tile.retell()
    assert tile.accessibleName().startswith("오븐")
    with qtbot.waitSignal(tile.pressed):
        qtbot.keyClick(tile, Qt.Key.Key_Return)
    with qtbot.waitSignal(tile.pressed):
        qtbot.mouseClick(tile, Qt.MouseButton.LeftButton)


# -- table ------------------------------------------------------------------------------------------------------------

COLUMNS = [
    Column("name", Text("Name", "이름"), lambda r: r[0], 100),
    Column(
        "value",
        Text("Value", "값"),
        lambda r: "–" if r[1] is None else f"{r[1]:.0f}",
        80,
        right=True,
        sort=lambda r: r[1],
    ),
]
ROWS = st.lists(
    st.tuples(st.text("abc가나", min_size=1, max_size=3), st.none() | st.integers(-50, 50)),
    unique_by=lambda r: r[0], max_size=30,
)  # fmt: skip


@given(ROWS, ROWS, st.sampled_from([-1, 0, 1]), st.booleans(), st.sampled_from(["", "a", "가", "b c"]))
@settings(max_examples=80, deadline=None)
def test_the_model_shows_what_a_plain_sort_and_filter_show(first, second, column, down, wanted):
    model = RowsModel(COLUMNS, key=lambda r: r[0])
    model.set_rows(first)
    model.sort(column, Qt.SortOrder.DescendingOrder if down else Qt.SortOrder.AscendingOrder)
    model.want(wanted)
    model.set_rows(second)
    rows = [r for r in second if all(w in f"{r[0]}\n{COLUMNS[1].text(r)}" for w in wanted.split())]
    if column == 0:
        rows = sorted(rows, key=lambda r: r[0], reverse=down)
    if column == 1:
        rows = sorted((r for r in rows if r[1] is not None), key=lambda r: r[1], reverse=down) + [
            r for r in rows if r[1] is None
        ]
    assert model.rows == rows
    assert [model.row_of(r[0]) for r in rows] == list(range(len(rows)))


def table_of(qtbot, rows):
    table = DataTable(COLUMNS, key=lambda r: r[0], name=Text("Things", "목록"), empty=Text("none here", "없음"))
    qtbot.addWidget(table)
    table.resize(300, 200)
    table.set_rows(rows)
    table.show()
    return table


def test_a_change_tells_only_its_own_rows(qtbot):
    table = table_of(qtbot, [(str(i), i) for i in range(100)])
    told = []
    table.rows_model.dataChanged.connect(lambda a, b, roles: told.append((a.row(), b.row())))
    table.set_rows([(str(i), i + 1000 if i in (3, 4, 50) else i) for i in range(100)])
    assert told == [(3, 4), (50, 50)]


def test_the_chosen_row_stays_chosen_when_rows_come_and_the_order_turns(qtbot):
    table = table_of(qtbot, [(str(i), i) for i in range(50)])
    assert table.choose("7")
    table.rows_model.sort(1, Qt.SortOrder.DescendingOrder)
    assert table.chosen_row == ("7", 7)
    assert table.rows_model.rows[table.currentIndex().row()] == ("7", 7)
    table.set_rows([(str(i), i * 2) for i in range(5, 60)])
    assert table.chosen_row == ("7", 14)
    assert not table.choose("no such")


def test_a_table_works_by_keyboard_alone(qtbot):
    table = table_of(qtbot, [("a", 1), ("b", 2), ("c", 3)])
    table.setFocus()
    with qtbot.waitSignal(table.chosen) as got:
        table.choose("a")
        qtbot.keyClick(table, Qt.Key.Key_Down)
    assert got.args[0] is not None
    with qtbot.waitSignal(table.opened) as opened:
        qtbot.keyClick(table, Qt.Key.Key_Return)
    assert opened.args[0] == table.chosen_row


def test_a_press_on_a_head_sorts_up_then_down_then_not(qtbot):
    table = table_of(qtbot, [("b", 2), ("a", None), ("c", 1)])
    head = table.horizontalHeader()
    orders = []
    for _ in range(3):
        head.sectionClicked.emit(1)
        orders.append([r[0] for r in table.rows_model.rows])
    assert orders == [["c", "b", "a"], ["b", "c", "a"], ["b", "a", "c"]]


# -- words ------------------------------------------------------------------------------------------------------------


def test_a_caption_wraps_to_the_height_it_needs(qtbot):
    caption = Caption(Text.same("one two three four five six seven eight nine ten " * 4), wrap=True)
    qtbot.addWidget(caption)
    assert caption.heightForWidth(150) > 3 * caption.heightForWidth(900)


def test_rows_of_facts_are_told_to_a_screen_reader(qtbot, dressed):
    facts = KeyValue()
    qtbot.addWidget(facts)
    facts.set_rows([(Text("Order", "작업지시"), "WO-1"), (Text("Lot", "로트"), Text("none", "없음"))])
    assert facts.accessibleDescription() == "Order: WO-1; Lot: none"


def test_an_empty_place_says_why(qtbot, dressed):
    empty = EmptyState(Text("No stops yet", "정지 없음"))
    qtbot.addWidget(empty)
    assert empty.accessibleName() == "No stops yet"


def test_a_choice_tells_its_key_and_can_be_set_in_silence(qtbot):
    choice = Choice([("a", Text.same("A")), ("b", Text.same("B"))], name=Text.same("which"))
    qtbot.addWidget(choice)
    told = []
    choice.changed.connect(told.append)
    choice.choose("b")
    assert (choice.key, told) == ("b", [])
    qtbot.mouseClick(choice.findChildren(Button)[0], Qt.MouseButton.LeftButton)
    assert (choice.key, told) == ("a", ["a"])


def test_no_native_button_is_used_for_controls(sheet):
    assert not sheet.findChildren(QPushButton)
