"""The shift log screen on a desk that answers from a dictionary; the sheet and its PDF."""

import re
import time
from dataclasses import replace
from datetime import datetime

import pytest
from PySide6.QtCore import Qt

from hmi.desk.command_rows import ModeRow
from hmi.desk.people_rows import WhoRow
from hmi.desk.shiftlog_rows import NotePage
from hmi.model.permission import PERMISSIONS, Role
from hmi.model.shiftlog import HandedAlarms, NoteKind
from hmi.model.text import Lang, Text
from hmi.model.words import catalogue
from tests.ui.handoverrows import NOTES, RECORD, ROWS, SHA, SHEET, SIGNED, note, preview
from tests.ui.openedscreen import OpenedScreens, asked, assert_it_fits_and_speaks_both_languages, turn
from tests.ui.plantrows import NOW, make_plant
from ui.screens.handover import presenter
from ui.screens.handover import print as printing
from ui.screens.handover.paper import Paper
from ui.screens.handover.screen import HandoverScreen

PLANT = make_plant()
KIM = WhoRow("kim", "김지혜", Role.SUPERVISOR, ["*"], actions=sorted(a.value for a in PERMISSIONS[Role.SUPERVISOR]))
VIEWER = replace(KIM, role=Role.VIEWER, actions=["view"])


def words(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


@pytest.mark.parametrize("lang", list(Lang))
def test_the_sheet_tells_everything_in_each_language(lang):
    text = words(Paper(lang).write(RECORD, SHA, SIGNED, (), 4))
    said = [RECORD.plant, RECORD.shift, RECORD.standing.rows[0].name, RECORD.shelved.rows[0].name,
            RECORD.stops[0].reason, RECORD.lines[2].stations[0].name, RECORD.unsettled[0].name]  # fmt: skip
    assert all(t.of(lang) in text for t in said)
    for sure in ("1,204", "71 %", "LOT-317", "김지혜", "Lee Dohyun", "compressor 2 is away", "plc2", "90.0 %", SHA):
        assert sure in text
    # 11.50: printed name, UTC and local time with offset, meaning in both languages
    for signed in SIGNED:
        assert signed.meaning.en in text and signed.meaning.ko in text
    assert "2026-09-21 23:13:50.000+09:00" in text and "14:13:50 UTC" in text
    assert catalogue()["handover.sheet.no_holds"].of(lang) in text
    assert catalogue()["handover.sheet.not_signed"].of(lang) not in text


def test_an_empty_record_says_that_there_is_nothing_and_is_not_signed():
    none = HandedAlarms()
    bare = replace(RECORD, lines=[], stops=[], notes=[], notes_total=0, standing=none, shelved=none, unknown=[],
                   unsettled=[], shift=None)  # fmt: skip
    text = words(Paper(Lang.EN).write(bare, "0"))
    for key in ("no_stops", "no_notes", "no_alarms", "no_holds", "no_pending", "none_standing", "not_signed"):
        assert catalogue()[f"handover.sheet.{key}"].en in text


def test_what_a_person_wrote_is_words_and_never_markup():
    html = Paper(Lang.EN).write(RECORD, SHA)
    assert "&lt;b&gt;watch&lt;/b&gt;" in html and "<b>watch" not in html


def test_a_record_that_does_not_hold_says_so_first():
    text = words(Paper(Lang.EN).write(RECORD, SHA, SIGNED, [Text("it was changed", "변경됨")], 4))
    assert text.index("DOES NOT HOLD") < text.index("it was changed") < text.index("At a glance")


@pytest.mark.parametrize("lang", list(Lang))
def test_11_50_the_pdf_has_page_numbers_and_the_hash_on_every_page(tmp_path, qapp, lang, monkeypatch):
    drawn, page = [], printing._page

    def noted(p, document, n, pages, sha, *more):
        drawn.append((n, pages, sha))
        page(p, document, n, pages, sha, *more)

    monkeypatch.setattr(printing, "_page", noted)
    many = replace(RECORD, notes=[note(n, f"note number {n}") for n in range(1, 121)], notes_total=120)
    file = printing.file_for(tmp_path, 4, datetime(2026, 11, 21, 14, 2))
    pages = printing.write(file, Paper(lang).write(many, SHA, SIGNED, (), 4), SHA, lang, "Handover")
    raw = file.read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", raw)) == pages >= 3
    # every page is cut from the same document and nothing of it falls between two pages or behind the foot
    assert drawn == [(n, pages, SHA) for n in range(pages)]


def test_a_pdf_that_cannot_be_written_is_told(tmp_path, qapp):
    (tmp_path / "exports").write_text("in the way")
    with pytest.raises(OSError, match="exports"):
        printing.write(printing.file_for(tmp_path, 1, datetime(2026, 1, 1)), "x", SHA, Lang.EN, "t")


def test_the_presenter_asks_for_a_line_with_its_stations():
    asked = presenter.wanted(PLANT, "h24", "safety", "L1", " oven ", NOW)
    assert asked["places"][0] == "L1" and "L1.S3" in asked["places"] and asked["text"] == "oven"
    assert asked["from_ns"] == NOW - 86_400 * 10**9 and asked["kinds"] == ["safety"]
    assert presenter.wanted(PLANT, "all", "", "", "", NOW) == {"from_ns": 0, "kinds": [], "places": [], "text": ""}


@pytest.mark.parametrize(
    ("who", "shown", "read", "later", "typed", "may"),
    [(KIM, True, True, 0, True, True), (VIEWER, True, True, 0, True, False), (None, True, True, 0, True, False),
     (KIM, False, True, 0, True, False), (KIM, True, False, 0, True, False), (KIM, True, True, 901, True, False),
     (KIM, True, True, 0, False, False), (replace(KIM, locked=True), True, True, 0, True, False)],
)  # fmt: skip
def test_when_the_two_can_sign(who, shown, read, later, typed, may):
    why = presenter.why_no_signing(who, preview() if shown else None, read, NOW + later * 10**9, typed)
    assert (why is None) is may


@pytest.fixture
def opened(tmp_path, qtbot):
    screens = OpenedScreens(tmp_path, PLANT)

    def open_screen(page="log", who=KIM, size=(1830, 900), **answers):
        told = {
            "mode": lambda: ModeRow("MONITOR", 0, ""), "shift_log": lambda **_: NotePage(3, NOTES[::-1], 0),
            "add_note": lambda **given: note(4, given["text"], NoteKind(given["kind"]), given["place"]),
            "handover_preview": lambda: preview(now=time.time_ns()), "handovers": lambda **_: ROWS,
            "handover": lambda number: replace(SHEET, number=number), "hand_over": lambda **_: replace(SHEET, number=5),
            **answers,
        }  # fmt: skip
        return screens.open(HandoverScreen, told, {"page": page}, who, size)

    yield open_screen
    screens.close()


def test_a_line_is_written_with_enter_and_is_asked_of_the_engine(opened, qtbot):
    screen, talk = opened()
    log = screen.log
    assert [n.number for n in log.table.rows_model.rows] == [3, 2, 1] and screen.settled()
    log.kind.setCurrentIndex(log.kind.findData("defect"))
    log.place.setCurrentIndex(log.place.findData("L1.S3"))
    qtbot.keyClicks(log.words, "paste is dry")
    qtbot.keyClick(log.words, Qt.Key.Key_Return)
    turn(screen)
    (given,) = asked(talk, "add_note")
    assert given == {"text": "paste is dry", "kind": "defect", "place": "L1.S3", "corrects": None}
    assert log.words.text() == "" and "4" in screen.window_.told[-1].en


def test_a_refused_note_stays_in_the_line(opened, qtbot):
    screen, _ = opened(add_note=lambda **_: Text("disk full", "디스크 부족"))
    qtbot.keyClicks(screen.log.words, "keep me")
    screen.log.write()
    turn(screen)
    assert screen.log.words.text() == "keep me" and screen.window_.told[-1].en == "disk full"


def test_a_note_is_corrected_by_a_new_one_and_a_corrected_one_is_not(opened, qtbot):
    screen, talk = opened()
    log = screen.log
    log.table.choose(2)
    log.table.chosen.emit(NOTES[1])
    qtbot.mouseClick(log.correct_button, Qt.MouseButton.LeftButton)
    assert log.words.text() == NOTES[1].text and log.place.currentData() == "L3.S2" and log.cancel.isVisible()
    log.words.setText("at 16:00")
    log.write()
    turn(screen)
    assert asked(talk, "add_note")[0]["corrects"] == 2 and not log.cancel.isVisible()
    log.table.chosen.emit(NOTES[0])
    assert not log.correct_button.isEnabled()


def test_who_may_not_write_is_told_and_nothing_is_asked(opened, qtbot):
    screen, talk = opened(who=VIEWER)
    screen.log.words.setText("x")
    screen.log.write()
    qtbot.mouseClick(screen.log.button, Qt.MouseButton.LeftButton)
    turn(screen)
    assert asked(talk, "add_note") == [] and screen.window_.told


def test_filters_are_asked_of_the_engine(opened):
    screen, talk = opened()
    screen.log.search.setText("feeder")
    screen.log.of_kind.setCurrentIndex(screen.log.of_kind.findData("quality"))
    turn(screen)
    last = asked(talk, "shift_log")[-1]
    assert last["text"] == "feeder" and last["kinds"] == ["quality"]


def fill(page):
    page.own.field.setText("my-own-word")
    page.user.field.setText("lee")
    page.theirs.field.setText("another-word")


def test_both_sign_what_was_read_to_its_end_and_the_passwords_are_forgotten(opened, qtbot):
    screen, talk = opened("now")
    page = screen.now
    fill(page)
    qtbot.mouseClick(page.button, Qt.MouseButton.LeftButton)
    assert asked(talk, "hand_over") == []  # not read to its end
    page.sheet.verticalScrollBar().setValue(page.sheet.verticalScrollBar().maximum())
    turn(screen, 2)
    qtbot.mouseClick(page.button, Qt.MouseButton.LeftButton)
    (given,) = asked(talk, "hand_over")
    assert (given["password"], given["incoming"], given["incoming_password"]) == ("my-own-word", "lee", "another-word")
    assert not page.own.typed and not page.theirs.typed
    turn(screen)
    assert ("handover", {"page": "earlier"}) in screen.window_.went
    assert {"number": 5} in asked(talk, "handover")


def test_enter_never_signs_and_a_refusal_is_shown_beside_the_button(opened, qtbot):
    screen, talk = opened("now", hand_over=lambda **_: Text("wrong", "틀림"))
    page = screen.now
    fill(page)
    page.sheet.verticalScrollBar().setValue(page.sheet.verticalScrollBar().maximum())
    turn(screen, 2)
    for part in (page.button, page.own.field, page.theirs.field):
        qtbot.keyClick(part, Qt.Key.Key_Return)
    assert asked(talk, "hand_over") == []
    qtbot.mouseClick(page.button, Qt.MouseButton.LeftButton)
    screen.desk.tick()
    assert screen.window_.told[-1].en == "wrong"
    assert page._preview is not None  # the same record can be signed with the right passwords


def test_earlier_handovers_are_listed_shown_and_saved(opened, qtbot):
    screen, talk = opened("earlier")
    page = screen.earlier
    assert [r.number for r in page.table.rows_model.rows] == [4, 3, 2, 1] and screen.settled()
    assert asked(talk, "handover")[0] == {"number": 4}
    assert "Lee Dohyun" in page.sheet.toPlainText()
    qtbot.mouseClick(page.pdf, Qt.MouseButton.LeftButton)
    (file,) = (screen.desk.data / "exports").glob("handover-0004-*.pdf")
    assert file.read_bytes().startswith(b"%PDF") and str(file) in screen.window_.told[-1].en


@pytest.mark.parametrize("page", presenter.PAGES)
@pytest.mark.parametrize("size", [(1830, 900), (1200, 560)])
def test_every_page_fits_is_named_and_speaks_both_languages(opened, page, size):
    screen, _ = opened(page, size=size)
    assert_it_fits_and_speaks_both_languages(screen, size)
    if page != "log":
        assert "교대 인수인계서" in (screen.now if page == "now" else screen.earlier).sheet.toPlainText()
