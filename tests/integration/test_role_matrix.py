"""Role x action over the socket of a whole station: each act of the desk by everybody who may not, and by who may."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from hmi.desk.ask import ANSWERS
from hmi.desk.refused import RefusedError
from hmi.model.permission import PERMISSIONS, Action, Role
from tests.integration.people_site import ADMIN, ADMIN_WORD, WORD
from tests.integration.rights_site import (
    ALARM,
    CAMERA,
    DIVERTER,
    GATE,
    METHOD,
    RECIPE,
    SETPOINT,
    Station,
)

LOOKS = frozenset({
    "hello", "plant", "status", "read", "overview", "controllers", "bad_tags", "engine", "states", "oee", "reasons",
    "changes", "browse", "peek", "mode", "preview", "commands", "alarms", "alarm_counts", "alarm_journal",
    "alarm_metrics", "alarm_rules", "signature", "shift_log", "handover_preview", "handovers", "handover", "runs",
    "run", "cameras", "inspections", "inspection", "review", "recipes", "holds", "hold_units", "material_now",
    "preview_hold", "trace", "material_map", "plan_around", "inbox", "decisions", "decision",
})  # fmt: skip
"""Questions: whoever stands before the screen may look, signed in or not."""

OWN = frozenset({
    "who", "sign_in", "sign_out", "lock", "unlock", "active", "first_user", "change_password", "set_language",
    "sign", "sign_second", "record_export",
})  # fmt: skip
"""What concerns nobody but who sits there; signing is judged by meaning (test_people_signing), and the command line's
export puts itself on record before it reads a file that its user can read anyway."""

FROM_FILE = frozenset({"history"})
"""Answered by the window from the history's file (hmi.desk.local), and by no engine."""


@dataclass(frozen=True)
class Act:
    """An act of the desk with arguments that reach its rights."""

    action: Action
    arguments: dict[str, Any] = field(default_factory=dict)
    placed: bool = True
    """Whether it concerns an area of the plant, here line 1's."""
    ask: str = ""


def alarms(**more):
    return {"alarms": [{"key": ALARM, "activation": "1"}], **more}


def command(tag, value):
    return {"tag": tag, "value": value, "reason": "test", "key": "k"}


SCOPE = {"kind": "station", "ids": ["L1.S1"], "since_ns": 1, "until_ns": 0}
SIGNED = {"reason": "test", "password": WORD}
WHY = {"user": "fresh", "why": "test"}
A = Action
ACTS = {
    "assign_reason": Act(A.ASSIGN_REASON, {"span_id": 1, "reason": "x"}),
    "split_stop": Act(A.ASSIGN_REASON, {"span_id": 1, "at_ns": 2}),
    "set_mode": Act(A.SET_MODE, {"mode": "MONITOR"}, placed=False),
    "command": Act(A.WRITE_SETPOINT, command(SETPOINT, 80.0)),
    "command a gate": Act(A.WRITE_GATE, command(GATE, True), ask="command"),
    "command a diverter": Act(A.WRITE_DIVERTER, command(DIVERTER, 2), ask="command"),
    "command a recipe": Act(A.WRITE_RECIPE, command(RECIPE, 1.0), ask="command"),
    "command a method": Act(A.CALL_METHOD, command(METHOD, 1.0), ask="command"),
    "trust": Act(A.TRUST, {"controller": "plc1", "fingerprint": "0" * 64}, placed=False),
    "acknowledge": Act(A.ACKNOWLEDGE, alarms()),
    "acknowledge_visible": Act(A.ACKNOWLEDGE, alarms()),
    "confirm": Act(A.ACKNOWLEDGE, {"alarms": [{"key": "server|plc1|c|", "activation": "1"}]}, placed=False),
    "shelve": Act(A.SHELVE, alarms(mode="timed", minutes=5, reason="test")),
    "unshelve": Act(A.SHELVE, alarms()),
    "reset": Act(A.RESET_LATCH, alarms()),
    "out_of_service": Act(A.OUT_OF_SERVICE, alarms(reason="test")),
    "return_to_service": Act(A.OUT_OF_SERVICE, alarms()),
    "silence": Act(A.SILENCE, placed=False),
    "users": Act(A.MANAGE_PEOPLE, placed=False),
    "add_user": Act(A.MANAGE_PEOPLE, {"user": "new.one", "role": "viewer", "password": WORD}, placed=False),
    "set_role": Act(A.MANAGE_PEOPLE, {"role": "viewer", **WHY}, placed=False),
    "set_areas": Act(A.MANAGE_PEOPLE, {"areas": ["*"], **WHY}, placed=False),
    "disable_user": Act(A.MANAGE_PEOPLE, WHY, placed=False),
    "enable_user": Act(A.MANAGE_PEOPLE, WHY, placed=False),
    "reset_password": Act(A.MANAGE_PEOPLE, {"new": "red-cow-8-chair-moon", **WHY}, placed=False),
    "audit": Act(A.READ_AUDIT, placed=False),
    "verify_audit": Act(A.READ_AUDIT, placed=False),
    "export_audit": Act(A.EXPORT_AUDIT, placed=False),
    "add_note": Act(A.NOTE, {"text": "seen", "place": "L1.S1"}),
    "hand_over": Act(
        A.SIGN_HANDOVER, {"sha": "0", "password": WORD, "incoming": "kim", "incoming_password": WORD}, placed=False
    ),
    "run_go_on": Act(A.REROUTE, {"id": "reroute:9:open", **SIGNED}),
    "run_take_back": Act(A.REROUTE, {"id": "reroute:9:open", **SIGNED}),
    "judge": Act(A.JUDGE, {"number": 1, "verdict": "confirm"}),
    "teach": Act(A.TEACH, {"camera": CAMERA, "number": 1, "settings": {}, "reason": " ", "password": WORD}),
    "use_recipe": Act(A.TEACH, {"camera": CAMERA, "product": "A4", "version": 1, "reason": " ", "password": WORD}),
    "place_hold": Act(A.PLACE_HOLD, {"scope": SCOPE, "reason": "manual", "note": "n", "password": WORD}),
    "close_gates": Act(A.PLACE_HOLD, {"id": 1, "password": WORD}),
    "release_hold": Act(A.RELEASE_HOLD, {"id": 1, "disposition": "REWORK", "note": "n", "password": WORD}),
    "reroute": Act(A.REROUTE, {"failed": "L1.S2", "option": 0, **SIGNED}),
    "return_route": Act(A.REROUTE, {"id": 1, **SIGNED}),
    "judge_cause": Act(A.DECIDE, {"id": 1, "judgement": "agree"}),
    "decide": Act(A.DECIDE, {"id": 1, "verdict": "reject", "reason": "not_the_cause", "password": WORD}),
    "undo_decision": Act(A.DECIDE, {"id": 1, **SIGNED}),
}


@pytest.fixture(scope="module")
def station(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patched:
        made = Station(tmp_path_factory.mktemp("rights"), patched)
        made.control()
        yield made
        made.stop()


def refusal(seat, name):
    """Why an act is refused, in English; empty when it is done. A command's refusal stands in its row."""
    act = ACTS[name]
    arguments = dict(act.arguments)
    if "key" in arguments:
        refusal.count += 1
        arguments["key"] = f"key-{refusal.count}"
    try:
        row = seat.call(act.ask or name, timeout=30, **arguments)
    except RefusedError as no:
        assert no.text.ko and no.text.ko != no.text.en
        return no.text.en
    if act.ask == "command" or name == "command":
        return "" if row.why is None else row.why.en
    return ""


refusal.count = 0
RIGHTS = ("may not", "no right", "Sign in", "is locked", "temporary", "do not hold in")


def of_rights(words):
    """Whether a refusal is about who asks."""
    return any(mark in words for mark in RIGHTS)


def test_cr_2_1_every_act_of_the_desk_stands_in_the_matrix(station):
    """A new question or act fails here until it is said who may do it."""
    named = {act.ask or name for name, act in ACTS.items()}
    assert not named & LOOKS and not named & OWN and not LOOKS & OWN
    assert named | LOOKS | OWN == station.asks
    assert set(ANSWERS) == station.asks | FROM_FILE
    commanded = {act.action for act in ACTS.values()}
    assert commanded == set(Action) - {Action.VIEW, Action.CONFIGURE}, "a right that opens nothing, or one unsaid"


def lacking(role):
    return [name for name, act in ACTS.items() if act.action not in PERMISSIONS[role]]


@pytest.mark.parametrize("role", list(Role))
def test_cr_2_1_a_role_without_the_right_is_refused_and_nothing_changes(station, role):
    before = station.standing()
    with station.sit(ADMIN if role is Role.ADMINISTRATOR else role.value) as seat:
        wrong = {name: said for name in lacking(role) if "may not" not in (said := refusal(seat, name))}
    assert wrong == {}
    assert station.standing() == before


@pytest.mark.parametrize("who", ["nobody", "locked", "temporary password", "signed out"])
def test_cr_1_1_who_does_not_sit_there_as_themselves_is_refused_every_act(station, who):
    before = station.standing()
    user = {"nobody": "", "locked": "supervisor", "signed out": "supervisor"}.get(who, "fresh")
    with station.sit(user) as seat:
        if who == "locked":
            seat.call("lock")
        if who == "signed out":
            seat.call("sign_out")
        words = {name: refusal(seat, name) for name in ACTS}
    assert {name: said for name, said in words.items() if not of_rights(said)} == {}
    assert station.standing() == before


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.VIEWER, Role.ADMINISTRATOR)])
def test_cr_2_1_a_right_ends_at_the_fence_of_its_area(station, role):
    before = station.standing()
    names = [name for name, act in ACTS.items() if act.placed and act.action in PERMISSIONS[role]]
    assert names
    with station.sit(f"far.{role.value}") as seat:
        words = {name: refusal(seat, name) for name in names}
    assert {name: said for name, said in words.items() if not of_rights(said)} == {}
    assert station.standing() == before


def test_cr_2_1_every_refusal_is_on_record_with_who_and_what(station):
    with station.sit("viewer") as seat:
        refusal(seat, "place_hold")
    with station.sit(ADMIN) as admin:
        row = next(r for r in admin.call("audit", actions=["refused"], limit=5).rows if r.object == "place_hold")
    assert (row.user, row.role) == ("viewer", "viewer")


@pytest.mark.parametrize("name", list(ACTS))
def test_cr_2_1_who_holds_the_right_is_not_stopped_by_it(station, name):
    """The other half of the proof: the arguments reach what is behind the rights. Runs last; things are done."""
    for role in Role:
        if ACTS[name].action in PERMISSIONS[role]:
            with station.sit(ADMIN if role is Role.ADMINISTRATOR else role.value) as seat:
                assert not of_rights(refusal(seat, name)), role
            return
    pytest.fail("nobody may do it")


def test_11_200_the_administrator_holds_no_right_to_operate(station):
    operating = set(Action) - {
        Action.VIEW, Action.MANAGE_PEOPLE, Action.READ_AUDIT, Action.EXPORT_AUDIT, Action.CONFIGURE,
    }  # fmt: skip
    assert not operating & PERMISSIONS[Role.ADMINISTRATOR]
    assert ADMIN_WORD != WORD
