"""Links, certificates, doubts, health and the address space in words, without Qt."""

import pytest

from hmi.desk.rows import BadTags, ControllerRow, EngineRow, PluginRow, TagRow
from hmi.model import quality as q
from hmi.model.quality import Quality
from hmi.model.text import Text
from tests.ui.plantrows import NOW, S, make_plant
from ui.screens.system import presenter
from ui.screens.system.addressspace import (
    MOST_WATCHED,
    AddressSpace,
    local_time,
    peek_rows,
    quality_named,
    tags_by_node,
    value_words,
)

PLANT = make_plant()
PRINT = "22c4d6ffb92555b16f1bcb2ef8b41e3b5b2a59724c8b5f19c6cc67cba1cdffc7"


def controller(**more):
    told = {
        "controller": "plc1", "name": Text.same("PLC 1"), "endpoint": "opc.tcp://h:4840", "state": "CONNECTED",
        "why": None, "since_ns": NOW - 90 * S, "latency_ms": 1.2, "clock_offset_ms": 4.2, "security": "SignAndEncrypt",
        "unsecured": False, "publishing_ms": 100.0, "revised_publishing_ms": 250.0, "sampling_ms": 25.0,
        "revised_sampling_ms": (100.0, 500.0), "revised_queue": (10, 10), "wanted": 125, "subscribed": 120,
        "bad_tags": 5, "notifications": 1000, "per_s": 60.0, "overflows": 0, "gaps": 2, "refilled": 1, "fallbacks": 0,
        "connects": 1, "fingerprint": PRINT, "product": "Demo 1.0", "server_start_ns": NOW - 900 * S,
    }  # fmt: skip
    return ControllerRow(**{**told, **more})


def engine(**more):
    told = {
        "pid": 7, "started_ns": NOW - 3700 * S, "cpu_percent": 5.9, "memory_mb": 158.9, "loop_lag_ms": 4.5, "tags": 375,
        "tags_not_good": 3, "readings_per_s": 69.0, "history_queue": 28, "history_mb": 0.57, "history_lost": 0,
        "history_why": None, "disk_free_mb": 83_591.2, "windows": 1, "plugins": [], "restarts": 0,
    }  # fmt: skip
    return EngineRow(**{**told, **more})


@pytest.mark.parametrize(
    ("asked", "revised", "said"),
    [(100, 100, "100 ms"), (100, 250, "100 → 250 ms"), (25, (100, 500), "25 → 100 … 500 ms"), (100, None, "100 ms"),
     (None, None, "–"), (None, 50, "50 ms")],
)  # fmt: skip
def test_intervals_show_what_was_asked_and_what_was_granted(asked, revised, said):
    assert presenter.interval(asked, revised) == said


@pytest.mark.parametrize(
    ("ms", "said"), [(None, "–"), (4.23, "+4.2 ms"), (-1500, "−1,500 ms"), (0.01, "0.0 ms"), (12.6, "+13 ms")]
)
def test_a_clock_carries_its_sign(ms, said):
    assert presenter.milliseconds(ms, sign=True) == said


@pytest.mark.parametrize(
    ("state", "quality"),
    [("CONNECTED", Quality.GOOD), ("CONNECTING", Quality.UNCERTAIN), ("SILENT", Quality.STALE), ("DOWN", Quality.BAD),
     ("REFUSED", Quality.BAD), ("SOMETHING_NEW", Quality.BAD)],
)  # fmt: skip
def test_a_link_is_believed_only_while_it_is_connected(state, quality):
    assert presenter.link_quality(controller(state=state)) is quality
    assert presenter.worded("system.link", state).en


def test_a_fingerprint_is_compared_in_sixteen_groups_of_four():
    groups = presenter.fingerprint_groups(PRINT)
    assert len(groups) == 16 and groups[0] == "22C4" and "".join(groups).lower() == PRINT
    assert presenter.fingerprint_groups("22:C4 d6-FF") == ["22C4", "D6FF"]
    assert presenter.short_fingerprint("") == "–"


def test_only_a_refusal_that_names_the_certificate_asks_to_accept_one():
    shown = " ".join(presenter.fingerprint_groups(PRINT))
    untrusted = Text(f"not trusted yet: compare its fingerprint {shown} and accept it", f"지문 {shown}")
    assert presenter.certificate_waits(controller(state="REFUSED", why=untrusted))
    wrong_user = Text("the controller refuses the user or the password", "사용자 거부")
    assert not presenter.certificate_waits(controller(state="REFUSED", why=wrong_user))
    assert not presenter.certificate_waits(controller(state="REFUSED", why=untrusted, fingerprint=""))
    assert not presenter.certificate_waits(controller(why=untrusted))


def test_a_link_without_security_says_so_in_its_facts():
    facts = {k.en: v for k, v, *_ in presenter.link_facts(controller(unsecured=True), None, NOW)}
    assert "anyone" in facts["Security"].en
    assert facts["State"].en == "Connected for 1 min"
    assert facts["Sequence gaps"].ko == "2건, 복구 1건"


def test_a_doubtful_tag_is_named_by_its_place_with_the_reason():
    row = TagRow("L1.S3.Pressure", Quality.BAD, q.BAD_NODE_ID_UNKNOWN, q.why(q.BAD_NODE_ID_UNKNOWN), NOW - 5 * S)
    said = presenter.doubt_row(row, PLANT, NOW)
    assert said.name.en == "Line 1 · Machine 3 · Pressure of L1.S3"
    assert said.why.en == "the controller has no such node; it is tried again" and said.age.en == "5 s"
    never = presenter.doubt_row(TagRow("x", Quality.BAD, 0x80320000, None, 0), PLANT, NOW)
    assert never.name == Text.same("x") and never.age.en == "never" and never.why.en == "Bad"
    assert presenter.doubt_words(BadTags(3, []), 375).ko == "태그 375개 중 3개"


def test_health_says_why_the_history_is_not_written():
    good = {k.en: v for k, v, *_ in presenter.engine_facts(engine(), NOW, (16.6, 17.04))}
    assert good["History"].en == "is being written" and good["Process"].en == "7, up for 1 h 1 min"
    assert good["Disk free"] == "81.6 GB" and good["This window"].en == "frame 16.6, p99 17.0 ms"
    why = Text("the disk is full", "디스크가 가득 찼습니다")
    bad = {k.en: v for k, v, *_ in presenter.engine_facts(engine(history_why=why, disk_free_mb=12), NOW, None)}
    assert bad["History"] == why and bad["Disk free"] == "12 MB" and "This window" not in bad


def test_a_plugin_that_failed_is_marked():
    assert presenter.plugin_quality(PluginRow("a", "driver", "1", "RUNNING")) is Quality.GOOD
    assert presenter.plugin_quality(PluginRow("a", "driver", "1", "REFUSED")) is Quality.BAD
    assert presenter.worded("system.plugin_kind", "unheard_of") == Text.same("unheard_of")


def node(address, kind="object", children=True, **more):
    return {"address": address, "name": address.split(";")[-1], "kind": kind, "has_children": children, **more}


def test_nodes_are_asked_for_only_once_they_are_opened():
    space = AddressSpace("plc1")
    assert space.wanted() == [""]
    assert space.rows({})[0].remark.en == "is being read …"
    space.take("", [node("s=Plant"), node("s=Server")])
    assert space.wanted() == [] and [r.name for r in space.rows({})] == ["s=Plant", "s=Server"]
    space.toggle("s=Plant")
    assert space.wanted() == ["s=Plant"]
    space.take("s=Plant", [node("s=Speed", "variable", False, type="Double", unit="%")])
    rows = space.rows({"s=Speed": "L1.S1.Speed"})
    assert [(r.name, r.depth) for r in rows] == [("s=Plant", 0), ("s=Speed", 1), ("s=Server", 0)]
    assert rows[1].tag == "L1.S1.Speed" and rows[1].readable and not rows[0].readable
    space.toggle("s=Plant")
    assert len(space.rows({})) == 2 and space.wanted() == []


def test_what_cannot_be_had_says_why_and_is_tried_again():
    space = AddressSpace("plc1")
    space.fail("", Text("plc1 is not connected", "연결 안 됨"))
    assert space.wanted() == [] and space.rows({})[0].remark.en == "plc1 is not connected"
    space.toggle("")
    assert space.wanted() == [""]
    space.take("", [])
    space.forget()
    assert space.wanted() == [""]


def test_a_net_of_nodes_is_not_followed_for_ever():
    space = AddressSpace("plc1")
    space.take("", [node("a")])
    space.take("a", [node("b")])
    space.take("b", [node("a")])
    space.opened |= {"a", "b"}
    assert [r.address for r in space.rows({})] == ["a", "b", "a"]


def test_watched_values_are_in_doubt_until_they_are_read():
    space = AddressSpace("plc1", names={"s=Speed": "Speed"})
    assert space.watch("s=Speed")
    waiting = peek_rows(space, {}, {}, None)[0]
    assert waiting.quality is Quality.STALE and waiting.value == "–" and waiting.name == "Speed"
    answers = {
        "s=Speed": {"value": 98.25, "quality": "GOOD", "source_time": "2026-11-21T09:42:06.2520000Z", "why": None}
    }
    read = peek_rows(space, answers, {"s=Speed": "L1.S1.Speed"}, None)[0]
    assert (read.value, read.quality, read.tag) == ("98.25", Quality.GOOD, "L1.S1.Speed")
    assert read.time.endswith("06.252")
    assert space.watch("s=Speed") and space.watched == []


def test_there_is_an_end_to_watching():
    space = AddressSpace("plc1")
    assert all(space.watch(f"s={i}") for i in range(MOST_WATCHED)) and not space.watch("s=more")


def test_values_of_any_kind_fit_into_a_cell():
    assert [value_words(v) for v in (None, True, 1600, "x" * 99, [1, 2])] == [
        "–", "true", "1,600", "x" * 47 + "…", "[1, 2]",
    ]  # fmt: skip
    assert (
        quality_named("STALE") is Quality.STALE
        and quality_named("?") is Quality.BAD
        and quality_named(None).name == "BAD"
    )
    assert local_time("nonsense", None) == "–" and local_time(None, None) == "–"


def test_nodes_of_one_controller_know_their_tags():
    assert tags_by_node(PLANT, "plc1")["ns=2;s=L1.S1.Speed"] == "L1.S1.Speed"
    assert tags_by_node(PLANT, "other") == {} and tags_by_node(None, "plc1") == {}
