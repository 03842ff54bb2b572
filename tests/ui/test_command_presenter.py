"""What the command dialog decides without Qt: entry, steps, conditions, what is signed, outcome in words."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.desk.command_rows import CommandPreview, ModeRow
from hmi.model import quality as q
from hmi.model.command import Command, CommandOutcome, Seen
from hmi.model.guard import Guard
from hmi.model.permission import Action, Role
from hmi.model.plant import Access, Span, Tag, TagType
from hmi.model.reading import Reading
from hmi.model.text import Lang, Text
from hmi.model.words import say
from hmi.people.signing import command_record
from hmi.store.canonical import canonical
from tests.ui.peopledesk import MODE_TAG, TAG, guarded_plant, person, row
from ui.command import presenter, values
from ui.command.values import Kind
from ui.equipment.rights import may_not, may_not_command

PLANT = guarded_plant()
ZONE3 = PLANT.tag[TAG]
NUMBER = Tag("a", Text.same("a"), "plc1", "ns=2;s=a", TagType.DOUBLE, "°C", Span(0, 300), access=Access.SETPOINT,
             writable=True)  # fmt: skip
WHOLE = replace(NUMBER, type=TagType.INT32, unit="", range=Span(0, 9))
SWITCH = replace(NUMBER, type=TagType.BOOLEAN, unit="", range=None)
WORDS = replace(WHOLE, words={"0": Text("Own line", "자기 라인"), "2": Text("Line 2", "2라인")})
CONTROL, MONITOR = ModeRow("CONTROL", 1, "Kim"), ModeRow("MONITOR", 0, "")


def good(value):
    return Reading(value, q.GOOD, 1)


def readings(value=216.0, mode=1):
    return lambda tag: good(mode if tag == MODE_TAG else value)


@pytest.mark.parametrize(
    ("tag", "kind"), [(NUMBER, Kind.NUMBER), (WHOLE, Kind.NUMBER), (SWITCH, Kind.SWITCH), (WORDS, Kind.CHOICE),
                      (replace(NUMBER, type=TagType.STRING), Kind.TEXT)],
)  # fmt: skip
def test_each_type_has_its_way_of_entry(tag, kind):
    assert values.kind_of(tag) is kind


def test_words_stand_for_values_of_the_tags_own_type():
    assert values.choices(WORDS) == [(0, Text("Own line", "자기 라인")), (2, Text("Line 2", "2라인"))]
    assert [value for value, _ in values.choices(SWITCH)] == [False, True]
    assert all(isinstance(value, int) for value, _ in values.choices(WORDS))


@pytest.mark.parametrize(("typed", "value"), [("216.5", 216.5), (" 7 ", 7.0), ("−3", -3.0), ("", None), ("1e2", 100.0)])
def test_figures_are_read_as_typed(typed, value):
    assert values.parse(typed, NUMBER) == value


@pytest.mark.parametrize("typed", ["abc", "1,5", "1_000", "nan", "inf", "--1", "0x10"])
def test_what_is_no_figure_is_said_to_be_none(typed):
    assert isinstance(values.parse(typed, NUMBER), Text)


def test_a_fraction_does_not_fit_a_whole_number():
    assert values.parse("3", WHOLE) == 3 and isinstance(values.parse("3", WHOLE), int)
    assert values.parse("3.5", WHOLE) == say("cmd.no_fraction")


@given(st.floats(-1e6, 1e6), st.sampled_from([NUMBER, WHOLE, ZONE3]), st.sampled_from([0, 1, 2, 3]))
def test_a_step_never_leaves_the_limits(value, tag, which):
    guard = presenter.guard_of(PLANT, tag)
    small, large = values.steps_of(tag, guard)
    step = (-large, -small, small, large)[which]
    low, high = values.span_of(tag, guard)
    found = values.stepped(value, step, tag, guard)
    assert low <= found <= high
    assert isinstance(found, int) or not tag.type.is_integer


@given(st.floats(0, 300))
def test_what_is_shown_as_typed_is_read_as_the_same_to_its_last_digit(value):
    found = values.parse(values.typed_text(value, NUMBER), NUMBER)
    assert abs(found - value) <= 0.05 + 1e-9


def test_limits_are_the_narrower_of_range_and_guard():
    assert values.span_of(ZONE3, presenter.guard_of(PLANT, ZONE3)) == (205, 230)
    assert values.span_of(NUMBER, Guard("a")) == (0, 300)
    assert "205.00 to 230.00 °C · at most 5 °C at once" in presenter.limit_words(ZONE3, PLANT.guard[TAG]).en
    assert presenter.limit_words(SWITCH, Guard("a")) == say("cmd.no_limits")


def test_every_condition_is_listed_and_the_one_that_fails_is_marked():
    found = presenter.checks(PLANT, ZONE3, person(), CONTROL, readings())
    assert [c.holds for c in found] == [True, True, True, True]
    found = presenter.checks(PLANT, ZONE3, person(), CONTROL, readings(mode=3))
    assert [c.holds for c in found] == [True, True, True, False]
    assert "the oven is in production" in found[-1].words.en
    found = presenter.checks(PLANT, ZONE3, person(role=Role.VIEWER), MONITOR, readings())
    assert [c.holds for c in found[:2]] == [False, False]


def test_what_is_not_known_is_neither_met_nor_failed():
    def stale(tag):
        return Reading(1, q.STALE_ENGINE_SILENT, 1) if tag == MODE_TAG else good(216.0)

    found = presenter.checks(PLANT, ZONE3, person(), None, stale)
    assert found[0].holds is None and found[-1].holds is None


def test_an_unsettled_command_is_named_among_the_conditions():
    waits = replace(CONTROL, unsettled=[row("k", CommandOutcome.UNKNOWN)])
    found = presenter.checks(PLANT, ZONE3, person(), waits, readings())
    assert [c.words for c in found if c.holds is False] == [say("gateway.unsettled", tag=ZONE3.name)]


@pytest.mark.parametrize(
    ("who", "mode", "word"),
    [
        (None, CONTROL, "engine does not answer"),
        (person(user=""), CONTROL, "Nobody is signed in"),
        (person(locked=True), CONTROL, "locked"),
        (person(must_change=True), CONTROL, "temporary"),
        (person(role=Role.VIEWER), CONTROL, "Viewer may not"),
        (person(role=Role.ADMINISTRATOR), CONTROL, "Administrator may not"),
        (person(areas=["other"]), CONTROL, "do not hold in smt"),
        (person(), MONITOR, "MONITOR"),
        (person(), None, "MONITOR"),
    ],
)
def test_who_may_not_change_a_value_reads_why(who, mode, word):
    assert word in may_not_command(who, mode, PLANT, ZONE3).en


def test_who_may_is_not_held_up_and_what_is_only_read_is_said_to_be():
    assert may_not_command(person(), CONTROL, PLANT, ZONE3) is None
    assert may_not_command(person(areas=["smt"]), CONTROL, PLANT, ZONE3) is None
    assert "only be read" in may_not_command(person(), CONTROL, PLANT, PLANT.tag["L1.S3.Power"]).en
    assert may_not(person(), Action.SET_MODE) is None


def test_what_is_signed_is_what_the_engine_checks_the_signature_against():
    command = Command("k", TAG, values.fitting(214, ZONE3), "품질", seen=(presenter.seen_of(ZONE3, good(216.0)),))
    assert canonical(presenter.record_of(command)) == canonical(command_record(command))
    assert presenter.record_of(command)["value"] == 214.0 and isinstance(command.value, float)


def test_what_was_seen_holds_as_far_as_its_digits():
    seen = presenter.seen_of(NUMBER, good(216.04))
    assert seen.tolerance == 0.05
    assert presenter.still_as_seen(seen, good(216.08)) and not presenter.still_as_seen(seen, good(216.1))
    assert not presenter.still_as_seen(seen, Reading(216.04, q.BAD_NO_COMMUNICATION, 1))
    assert presenter.seen_of(SWITCH, good(True)) == Seen("a", True)
    assert not presenter.still_as_seen(Seen("a", True), good(False))


def test_steps_have_times_as_far_as_they_were_reached():
    found = presenter.steps(row("k", CommandOutcome.PENDING, taken_ns=0), None)
    assert [s.reached for s in found] == [True, True, False, False] and found[2].at == "–"
    assert all(s.reached for s in presenter.steps(row("k"), None))
    assert not any(s.reached for s in presenter.steps(None, None))
    unknown = presenter.steps(row("k", CommandOutcome.UNKNOWN), None)
    assert not unknown[3].reached, "what nobody can say is not verified, whatever time it ended"


def test_each_outcome_says_what_became_of_it_and_what_comes_next():
    refused = row("k", CommandOutcome.REFUSED, why=Text("too far", "너무 큼"))
    assert "too far" in presenter.outcome(refused, None).en and "Nothing has changed" in presenter.what_next(refused).en
    rejected = row("k", CommandOutcome.REJECTED, why=Text("BadOutOfRange", "BadOutOfRange"))
    assert "BadOutOfRange" in presenter.outcome(rejected, None).en
    unknown = row("k", CommandOutcome.UNKNOWN)
    assert presenter.outcome(unknown, None) == say("cmd.unknown") and "read back" in presenter.what_next(unknown).en
    settled = replace(unknown, notes=[Text("not done", "실행 안 됨")])
    assert presenter.outcome(settled, None) == say("cmd.settled_not") and presenter.what_next(settled).en == "not done"
    assert "Verified at" in presenter.outcome(row("k"), None).en and presenter.what_next(row("k")) is None
    late = row("k", notes=[Text("it was done", "실행됨")])
    assert presenter.what_next(late).en == "it was done"


@pytest.mark.parametrize("lang", list(Lang))
def test_the_footer_says_what_was_done_to_what(lang):
    told = presenter.footer(row("k"), PLANT, None).of(lang)
    assert (
        ZONE3.name.of(lang) in told
        and PLANT.station["L1.S3"].name.of(lang) in told
        and "216" in told
        and "214.00 °C" in told
    )


def test_a_review_names_tag_limits_reason_person_place_and_proof():
    command = Command("k", TAG, 214.0, "Quality", seen=(Seen(TAG, 216.0),))
    preview = CommandPreview(TAG, 216.0, 205.0, 230.0, 5.0, "°C", "setpoint", None, None, 0, TAG, 3.0)
    told = " | ".join(f"{k.en}: {v if isinstance(v, str) else v.en}"
                      for k, v in presenter.review_rows(PLANT, ZONE3, command, preview, person()))  # fmt: skip
    for part in ("205.00 to 230.00 °C", "Quality", "Kim Minjun (Supervisor)", "PLC 1", "Zone3Setpoint", "within 3 s"):
        assert part in told
