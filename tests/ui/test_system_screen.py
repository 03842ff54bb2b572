"""The system screen on a desk that answers from a dictionary."""

import pytest
from PySide6.QtCore import Qt

from hmi.desk.rows import BadTags, Hello, PluginRow, TagRow
from hmi.model import quality as q
from hmi.model.quality import Quality
from hmi.model.text import Lang, Text
from tests.ui.plantrows import NOW, make_plant
from tests.ui.standin import Plantside, StandIn, StandInWindow, nameless
from tests.ui.test_system_presenter import PRINT, controller, engine
from ui.bridge.desk import Desk
from ui.screens.system.aboutpage import notice
from ui.screens.system.screen import SystemScreen
from ui.theme.look import look

UNTRUSTED = Text(f"compare its fingerprint {PRINT} and accept it", f"지문 {PRINT}")
ADDRESS = "ns=2;s=L1.S1.Speed"


def browse(controller, node):
    if node is None:
        return [{"address": "s=Plant", "name": "Plant", "kind": "object", "has_children": True}]
    if node == "s=Plant":
        return [{"address": ADDRESS, "name": "Speed", "kind": "variable", "has_children": False, "type": "Double",
                 "unit": "%", "writable": True}]  # fmt: skip
    return Text("not connected", "연결 안 됨")


def peek(controller, nodes):
    return [{"tag": n, "value": 98.5, "quality": "UNCERTAIN", "source_time": "2026-11-21T09:42:06.2520000Z",
             "why": {"en": "not accurate", "ko": "부정확"}} for n in nodes]  # fmt: skip


@pytest.fixture
def opened(tmp_path, qtbot):
    desks = []

    def open_screen(page="health", *, links=None, size=(1270, 900), trusted=None, **answers):
        Plantside(tmp_path, make_plant())
        talk = StandIn(
            {
                "controllers": lambda: links or [controller()],
                "engine": lambda: engine(plugins=[PluginRow("good", "driver", "1.0", "RUNNING"),
                                                  PluginRow("odd", "camera", "2.0", "OFF", Text("raised", "오류"))]),
                "bad_tags": lambda controller, limit: BadTags(
                    1, [TagRow("L1.S3.Pressure", Quality.BAD, q.BAD_NO_DATA, q.why(q.BAD_NO_DATA), NOW)]),
                "hello": lambda: Hello("0.1.0", 7, 1, True, "/somewhere/plant.toml", NOW),
                "browse": browse, "peek": peek,
                "trust": lambda controller, fingerprint: trusted.append((controller, fingerprint)),
                **answers,
            }
        )  # fmt: skip
        desk = Desk(tmp_path, talk)
        desks.append(desk)
        screen = SystemScreen(StandInWindow(desk))
        qtbot.addWidget(screen)
        screen.resize(*size)
        screen.arrive({"page": page})
        screen.show()
        for _ in range(4):
            desk.tick()
        return screen, talk

    yield open_screen
    for desk in desks:
        desk.stop()


def tick(screen, times=3):
    for _ in range(times):
        screen.desk.tick()


def words(table, row=0):
    model = table.rows_model
    return [c.text(model.rows[row]) for c in model.columns]


def test_controllers_tags_in_doubt_engine_and_plugins_are_shown(opened):
    screen, _ = opened()
    page = screen._pages["health"]
    assert screen.settled()
    cells = words(page.links.table)
    assert cells[:2] == ["PLC 1", "Connected"] and cells[5:8] == ["100 → 250 ms", "25 → 100 … 500 ms", "120 / 125"]
    assert "there is no value for this time" in words(page.doubts.table)
    assert words(page.plugins.table)[0] == "odd 2.0" and words(page.plugins.table)[3] == "raised"
    assert "375" in page.facts.accessibleDescription()


def test_a_broken_link_is_chosen_first_and_says_why(opened):
    why = Text("nobody listens at this address", "응답 없음")
    screen, _ = opened(
        links=[controller(), controller(controller="plc2", name=Text.same("PLC 2"), state="DOWN", why=why)]
    )
    page = screen._pages["health"]
    assert page._chosen == "plc2" and page.plate.why.text() == why.en
    assert not page.plate.certificate.isVisible()
    assert page.links.head.remark.text() == "1 of 2 connected"


def test_the_filter_asks_for_one_controller_only(opened, qtbot):
    screen, talk = opened(links=[controller(), controller(controller="plc2", name=Text.same("PLC 2"))])
    page = screen._pages["health"]
    qtbot.mouseClick(page.doubts.only, Qt.MouseButton.LeftButton)
    tick(screen, 1)
    page.doubts.table.chosen.emit(page.doubts.table.rows_model.rows[0])
    assert page.doubts.said.text().endswith("there is no value for this time")
    assert ("bad_tags", {"controller": "plc1", "limit": 500}) in talk.asked


def test_a_certificate_is_accepted_in_two_steps_at_two_places(opened, qtbot):
    trusted = []
    screen, _ = opened(links=[controller(state="REFUSED", why=UNTRUSTED)], trusted=trusted)
    plate = screen._pages["health"].plate.certificate
    assert plate.isVisible() and plate.print_.accessibleDescription().replace(" ", "").lower() == PRINT
    first = plate.accept.geometry()
    qtbot.mouseClick(plate.accept, Qt.MouseButton.LeftButton)
    tick(screen, 1)
    assert plate.print_.height() == plate.print_.sizeHint().height()  # no digit is cut off
    assert trusted == [] and plate.no.isVisible() and not plate.accept.isVisible()
    plate.layout().activate()
    assert not plate.yes.geometry().intersects(first)
    qtbot.mouseClick(plate.no, Qt.MouseButton.LeftButton)
    assert plate.accept.isVisible()
    qtbot.mouseClick(plate.accept, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(plate.yes, Qt.MouseButton.LeftButton)
    tick(screen, 1)
    assert trusted == [("plc1", PRINT)] and "accepted" in screen.window_.told[-1].en


def test_another_certificate_begins_at_the_first_step(opened, qtbot):
    screen, _ = opened(links=[controller(state="REFUSED", why=UNTRUSTED)], trusted=[])
    plate = screen._pages["health"].plate.certificate
    qtbot.mouseClick(plate.accept, Qt.MouseButton.LeftButton)
    plate.show_fingerprint("ab" * 32, Text.same("PLC 1"))
    assert plate.accept.isVisible() and not plate.yes.isVisible()


def test_the_address_space_opens_node_by_node_and_values_are_watched(opened, qtbot):
    screen, talk = opened("browse")
    page = screen._pages["browse"]
    page._ask()
    tick(screen)
    assert [a["node"] for n, a in talk.asked if n == "browse"] == [None]
    page.tree.opened.emit(page.tree.rows_model.rows[0])
    tick(screen)
    assert words(page.tree, 1)[1:4] == ["Double", "%", "L1.S1.Speed"]
    page.tree.opened.emit(page.tree.rows_model.rows[1])
    tick(screen)
    assert words(page.values)[1:3] == ["98.50", "Uncertain"]
    assert page.values.rows_model.rows[0].why.en == "not accurate"
    page._show_node(page.tree.rows_model.rows[1])
    assert "writable" in page.node.accessibleDescription() and ADDRESS in page.node.accessibleDescription()
    page.tree.opened.emit(page.tree.rows_model.rows[1])
    assert page.values.rows_model.rows == []


def test_a_controller_that_cannot_be_browsed_says_why(opened):
    screen, _ = opened("browse", browse=lambda **_: Text("plc1 is not connected", "연결 안 됨"))
    page = screen._pages["browse"]
    page._ask()
    tick(screen)
    assert "plc1 is not connected" in words(page.tree)[0]


def test_values_that_cannot_be_read_are_in_doubt(opened):
    refusal = Text("plc1 is not connected: it cannot be asked now", "조회 불가")
    screen, _ = opened("browse", peek=lambda **_: refusal)
    page = screen._pages["browse"]
    page._space.watch(ADDRESS)
    tick(screen)
    assert page.values.rows_model.rows[0].quality is Quality.STALE
    assert page.why.text() == refusal.en


def test_pictures_find_a_branch_with_values(opened):
    screen, _ = opened("browse")
    screen.arrive({"page": "browse", "opened": "1"})
    tick(screen, 6)
    assert screen.settled() and screen._pages["browse"]._space.watched == [ADDRESS]


def test_about_tells_version_and_licences(opened):
    screen, _ = opened("about")
    page = screen._pages["about"]
    assert "0.1.0" in page.facts.accessibleDescription() and "/somewhere" not in page.facts.accessibleDescription()
    assert "Pretendard" in page.text.toPlainText()
    assert notice() is not None


def test_pages_are_gone_to_so_that_one_can_go_back(opened):
    screen, _ = opened()
    screen.tabs.changed.emit("about")
    assert screen.window_.went == [("system", {"page": "about"})]
    screen.arrive({"page": "no such page"})
    assert screen.page == "health" and screen.crumbs() == []


@pytest.mark.parametrize("page", ["health", "browse", "about"])
def test_it_fits_the_smallest_window_and_names_all_its_parts(opened, page):
    many = [controller(controller=f"plc{i}", name=Text.same(f"PLC {i}")) for i in range(3)]
    screen, _ = opened(page, links=many, size=(1176, 596))
    for lang in Lang:
        look().set_lang(lang)
        assert screen._pages[page].minimumSizeHint().height() <= 560
        assert screen._pages[page].minimumSizeHint().width() <= 1176
    assert nameless(screen) == []
