"""The audit screen: filters, rows in words, paging, check, export; and that it closes with the session."""

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.desk.people_rows import AuditPage, AuditRow, ExportRow, FlawRow, TrailRow, WhoRow
from hmi.model.permission import PERMISSIONS, Action, Role
from hmi.model.text import Lang, Text
from hmi.model.words import say
from tests.ui.peopledesk import PeopleDesk, person, row
from tests.ui.plantrows import make_plant
from tests.ui.standin import nameless
from ui.screens.audit import presenter, words
from ui.screens.audit.presenter import Filter
from ui.screens.audit.screen import AuditScreen
from ui.shell.registry import ScreenSpec

S = 1_000_000_000
SEOUL = ZoneInfo("Asia/Seoul")
HASH = "ab" * 32
PLANT = make_plant()


def entry(seq, action="sign_in", user="kim", **more):
    told = {"object": user, "old": None, "new": None, "why": "", "cause": "", "session": "s", **more}
    return AuditRow(seq, seq * S, user, "supervisor" if user else "", "pc-1", action, say(f"audit.action.{action}"),
                    told["object"], told["old"], told["new"], told["why"], told["cause"], told["session"],
                    HASH)  # fmt: skip


class Archive(PeopleDesk):
    """A trail of some length, newest first, in pages."""

    def __init__(self, folder, qtbot, **more):
        super().__init__(folder, qtbot, **more)
        self.rows = [entry(n) for n in range(1, 451)]
        self.found = TrailRow(True, 450, 3, 440, ["k"], [])
        self.talk.answers["audit"] = self.page
        self.talk.answers["verify_audit"] = lambda: self.found
        self.talk.answers["export_audit"] = lambda folder: ExportRow(folder or "/made/up", 450, HASH, "f1")

    def page(self, user, limit, before_seq=0, **_):
        fit = [r for r in reversed(self.rows) if user in ("", r.user) and (not before_seq or r.seq < before_seq)]
        found = fit[:limit]
        left = found[-1].seq if len(found) == limit else 0
        return AuditPage(len([r for r in self.rows if user in ("", r.user)]), found, left, 440)

    @property
    def room(self):
        return self.shell.room("audit")

    def shown(self):
        return [r.seq for r in self.room.table.rows_model.rows]


@pytest.fixture
def archive(tmp_path, qtbot, only_screen, opens):
    only_screen(ScreenSpec("audit", "audit", "auditscreen.title", AuditScreen))

    def open_archive(role=Role.SUPERVISOR, **place):
        found = opens(Archive(tmp_path, qtbot, who=person(role=role)))
        found.shell.go("audit", **place)
        found.turn()
        return found

    return open_archive


def test_rows_newest_first_page_by_page_and_the_new_ones_on_top(archive):
    desk = archive()
    assert desk.shown() == list(range(450, 250, -1))
    assert desk.room.count.text() == "200 of 450 rows · signed up to 440"
    desk.room.more.click()
    desk.turn()
    desk.room.more.click()
    desk.turn()
    assert desk.shown() == list(range(450, 0, -1)) and not desk.room.more.isEnabled()
    desk.rows.append(entry(451))
    desk.turn()
    assert desk.shown() == list(range(451, 0, -1)), "what was read stays, each row once"


def test_a_filter_begins_anew_and_is_asked_of_the_engine(archive, qtbot):
    desk = archive()
    desk.rows += [entry(451, user="lee"), entry(452, "lock", user="lee")]
    desk.room.filters.user.setText("lee")
    qtbot.waitSignal(desk.room.filters.changed, timeout=2000).wait()
    desk.turn()
    assert desk.shown() == [452, 451]
    filters = desk.room.filters
    filters.action.setCurrentIndex(filters.action.findData("lock"))
    filters.object.setText("L1.S3")
    filters.words.setText("oven")
    filters.period.choose("all")
    asked = filters.filter.asks(1000 * S, SEOUL)
    assert asked == {"user": "lee", "actions": ["lock"], "object": "L1.S3", "from_ns": 0, "to_ns": 0, "text": "oven",
                     "limit": 200}  # fmt: skip


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_one_day_is_a_day_of_the_plants_calendar(day):
    asked = Filter(on=day).asks(0, SEOUL)
    assert 86_399 * S <= asked["to_ns"] - asked["from_ns"] <= 86_400 * S
    assert asked["from_ns"] % (86_400 * S) == 15 * 3600 * S, "midnight in Seoul is 15:00 UTC of the day before"
    assert Filter(on=day + timedelta(days=1)).asks(0, SEOUL)["from_ns"] - asked["from_ns"] == 86_400 * S


def test_periods_reach_back_from_now():
    assert Filter("hour").asks(10_000 * S, None)["from_ns"] == 6400 * S
    assert Filter("all").asks(10_000 * S, None)["from_ns"] == 0


def test_rows_say_old_and_new_in_words():
    role = entry(1, "user_role", old="viewer", new="operator")
    assert words.change_words(role, None, Lang.EN) == "Viewer → Operator"
    assert words.change_words(role, None, Lang.KO) == "열람자 → 운전원"
    order = entry(1, "command_intent", old=216.0, new={"key": "k", "value": 214.0, "grounds": "MANUAL"})
    assert words.change_words(order, None, Lang.EN) == "216 → 214"
    why = {"why": {"en": "too far", "ko": "너무 큼"}, "area": "smt"}
    assert words.change_words(entry(1, "refused", new=why), None, Lang.KO) == "이유: 너무 큼, 구역: smt"
    assert presenter.who_words(entry(1, user=""), Lang.EN) == "the station itself"


def test_ids_of_the_plant_file_are_told_by_their_names():
    tag = next(t for t in PLANT.tags if t.place in PLANT.station and t.unit)
    station = PLANT.station[tag.place]
    order = entry(1, "command_intent", object=tag.id, old=1.0, new={"key": "k", "value": 2.0})
    said = words.object_words(order, PLANT)
    assert station.name.ko in said.ko and tag.name.ko in said.ko and tag.id not in said.ko
    assert words.change_words(order, PLANT, Lang.EN).endswith(tag.unit)
    told = {
        "failed": station.id,
        "lanes": [],
        "state": "EXECUTING",
        "writes": [{"tag": tag.id, "value": 1}],
        "at_ns": 5,
    }
    for lang in Lang:
        shown = words.change_words(entry(1, "reroute_signed", object="reroute 1", new=told), PLANT, lang)
        assert tag.id not in shown and "EXECUTING" not in shown
        assert station.name.of(lang) in shown and "at_ns" not in shown
    assert words.object_words(entry(1, "run_started", object="reroute:1:open"), PLANT) == Text(
        "Reroute 1 · open", "우회 1번 · 열기"
    )
    assert words.object_words(entry(1, "mode", object="station"), PLANT).ko == "이 스테이션"
    assert words.object_words(entry(1, "refused", object="place_hold"), PLANT).en == "place holds"
    assert words.object_words(entry(1, object="nobody knows"), PLANT).en == "nobody knows"


def test_what_the_station_notes_by_itself_and_what_a_signature_means_are_told_in_the_readers_language():
    assert words.why_words(entry(1, "sign_out", why="sign_in")).ko == "다른 사용자가 로그인함"
    assert words.why_words(entry(1, "sign_out", why="too tired")).ko == "too tired"
    signed = entry(1, "signature", object="2", why="I approve this recommendation", new={"meaning": "approve"})
    assert words.why_words(signed).ko == say("meaning.approve").ko
    assert words.object_words(signed, None).en == "Signature 2"
    mode = entry(1, "mode", object="station", old="MONITOR", new="CONTROL")
    assert words.change_words(mode, None, Lang.KO) == "감시(MONITOR) → 제어(CONTROL)"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
        lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(max_size=9), x, max_size=3),
    )
)
def test_whatever_stands_in_the_trail_is_told_on_one_line(value):
    for action in ("mode", "hold_placed", "refused"):
        assert isinstance(words.change_words(entry(1, action, old=value, new=value), PLANT, Lang.EN), str)


def test_the_chosen_row_is_told_in_full_and_can_be_closed(archive):
    desk = archive()
    desk.rows.append(entry(451, "user_role", old={"role": "viewer"}, new={"role": "operator"}, why="new colleague"))
    desk.turn()
    desk.room.table.setCurrentIndex(desk.room.table.rows_model.index(0, 0))
    said = " ".join(v.text().replace("\u200b", "") for _, v in desk.room.detail._lines if v.isVisible())
    for part in ("451", "new colleague", '{"role": "viewer"}', HASH, "pc-1", "UTC"):
        assert part in said
    desk.room.detail.close_button.click()
    assert not desk.room.detail.isVisible()


@given(st.text(max_size=200))
def test_what_is_made_breakable_says_the_same(text):
    clean = text.replace("\u200b", "")
    assert presenter.breakable(clean).replace("\u200b", "") == clean


def test_a_check_says_whole_or_names_what_is_wrong(archive):
    desk = archive()
    desk.room.verify.click()
    assert desk.room.verify.why is not None, "one check at a time"
    desk.turn()
    assert desk.room.verdict.text() == "The audit trail is whole: 450 rows, signed up to row 440."
    flaws = [FlawRow("changed", n, Text.same(f"row {n}: changed")) for n in range(9)]
    desk.found = replace(desk.found, whole=False, flaws=flaws)
    desk.room.verify.click()
    desk.turn()
    assert "NOT whole: 9 findings" in desk.room.verdict.text()
    assert "row 0: changed" in desk.room.flaws.text() and "and 3 more" in desk.room.flaws.text()


def test_only_who_may_export_can_and_the_others_read_why(archive):
    desk = archive()
    assert "Supervisor may not" in desk.room.export.why.en
    desk.room.export.click()
    assert not desk.room.export_plate.isVisible()


def test_an_export_says_where_it_is(archive):
    desk = archive(Role.ADMINISTRATOR)
    desk.room.export.click()
    plate = desk.room.export_plate
    plate.go.click()
    desk.turn()
    assert desk.asked("export_audit") == [{"folder": ""}] and not plate.isVisible()
    assert "/made/up" in desk.room.verdict.text() and "f1" in desk.room.verdict.text()
    desk.talk.answers["export_audit"] = lambda folder: say("audit.export_not_empty", folder=folder)
    desk.room.export.click()
    plate.folder.field.setText("/full")
    plate.go.click()
    desk.turn()
    assert "not empty" in plate.said.text() and plate.isVisible()


@pytest.mark.parametrize("role", [r for r in Role if Action.READ_AUDIT not in PERMISSIONS[r]])
def test_who_may_not_read_it_is_shown_nothing(archive, role):
    desk = archive(role)
    assert not desk.shown() and not desk.asked("audit")
    assert desk.room.closed.isVisible() and "may not" in desk.room.closed.accessibleName()


def test_it_closes_with_the_session(archive):
    desk = archive()
    desk.room.verify.click()
    desk.turn()
    desk.who = WhoRow()
    desk.session.ask_again()
    desk.turn()
    assert not desk.shown() and not desk.room.verdict.text() and desk.room.closed.isVisible()


def test_the_record_of_commands_needs_no_right(archive):
    desk = archive(Role.VIEWER, page="commands")
    desk.talk.answers["commands"] = lambda **_: [row("a"), row("b")]
    desk.turn()
    assert len(desk.room.record.table.rows_model.rows) == 2 and desk.room.commands.isVisible()


@pytest.mark.parametrize("lang", list(Lang))
def test_everything_has_a_name_in_both_languages(archive, dressed, lang):
    desk = archive(Role.ADMINISTRATOR)
    desk.who = replace(desk.who, language=lang.value)
    dressed.set_lang(lang)
    desk.room.table.setCurrentIndex(desk.room.table.rows_model.index(0, 0))
    assert not nameless(desk.shell)
    desk.room.export.click()
    assert not nameless(desk.shell)
    assert desk.room.filters.action.itemText(0) == say("auditscreen.all_actions").of(lang)
