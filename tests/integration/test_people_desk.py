"""People over the real socket: who may do what, sessions, lock-outs, users, passwords; named by security.md's ids."""

import time

import pytest

from hmi.desk.client import DeskClient
from hmi.desk.people_rows import PEOPLE_ANSWERS
from hmi.desk.refused import RefusedError
from hmi.desk.server import Seat
from hmi.model.permission import PERMISSIONS, Action, Role
from hmi.people import trail
from tests.integration.people_site import ADMIN, ADMIN_WORD, WORD, Site, until

NEW = "red-cow-8-chair-moon"


def acts(people):
    def act(action: Action, seat: Seat, area: str = "*") -> str:
        return people.require(seat, action, area).user

    def whoami(seat: Seat) -> str | None:
        found = people.person(seat)
        return None if found is None else found.user

    return {"act": act, "whoami": whoami}


@pytest.fixture
def site(tmp_path):
    running = Site(tmp_path, more=acts)
    running.found().close()
    yield running
    running.stop()


def refused(act, *arguments, **named):
    with pytest.raises(RefusedError) as no:
        act(*arguments, **named)
    assert no.value.text.ko and no.value.text.ko != no.value.text.en
    return no.value.text.en


def test_cr_1_5_the_first_user_of_a_folder_becomes_its_administrator_and_only_the_first(tmp_path):
    site = Site(tmp_path)
    try:
        with site.sit() as seat:
            assert seat.call("who").empty is True
            refused(seat.call, "sign_in", user="admin", password="admin")
            refused(seat.call, "first_user", user=ADMIN, password="short")
            assert site.people.accounts.empty
            row = seat.call("first_user", user=ADMIN, password=ADMIN_WORD, printed_name="Park Minsu")
            assert (row.user, row.role, row.empty) == (ADMIN, "administrator", False)
            refused(seat.call, "first_user", user="second", password=WORD)
    finally:
        site.stop()


def test_cr_2_1_role_by_action_is_checked_in_the_engine_for_every_pair(site):
    users = {role: f"u.{role.value}" for role in Role if role is not Role.ADMINISTRATOR}
    for role, user in users.items():
        site.add(user, role=role.value)
    users[Role.ADMINISTRATOR] = ADMIN
    wrong = 0
    for role, user in users.items():
        with site.sit(user, ADMIN_WORD if user == ADMIN else WORD) as seat:
            for action in Action:
                if action in PERMISSIONS[role]:
                    assert seat.call("act", action=action.value) == user
                else:
                    wrong += 1
                    assert "may not" in refused(seat.call, "act", action=action.value)
    with site.sit() as nobody:
        for action in Action:
            wrong += 1
            assert "Sign in" in refused(nobody.call, "act", action=action.value)
    found = site.trail("refused")
    assert len(found) == wrong and {r["object"] for r in found} == {a.value for a in Action}
    assert {r["role"] for r in found} == {"", *(role.value for role in Role)}


GUARDED = {
    "users": {}, "add_user": {"user": "x.y", "role": "viewer", "password": WORD},
    "set_role": {"user": "kim", "role": "viewer", "why": "w"}, "set_areas": {"user": "kim", "areas": ["*"], "why": "w"},
    "disable_user": {"user": "kim", "why": "w"}, "enable_user": {"user": "kim", "why": "w"},
    "reset_password": {"user": "kim", "new": NEW, "why": "w"}, "audit": {}, "verify_audit": {}, "export_audit": {},
}  # fmt: skip
NEEDS = {"audit": Action.READ_AUDIT, "verify_audit": Action.READ_AUDIT, "export_audit": Action.EXPORT_AUDIT}


@pytest.mark.parametrize("role", [role.value for role in Role if role is not Role.ADMINISTRATOR])
def test_cr_2_1_every_guarded_question_is_refused_to_every_role_that_lacks_it(site, role):
    site.add("kim", "lee", role=role)
    with site.sit("lee") as seat, site.sit() as nobody:
        for name, arguments in GUARDED.items():
            assert "Sign in" in refused(nobody.call, name, **arguments)
            if NEEDS.get(name, Action.MANAGE_PEOPLE) in PERMISSIONS[Role(role)]:
                seat.call(name, **arguments)
            else:
                assert "may not" in refused(seat.call, name, **arguments)
    assert [a.enabled for a in site.people.accounts.all()] == [True] * 3


def test_every_answer_has_its_type_and_the_other_way_round(site):
    assert set(site.people.answers()) == set(PEOPLE_ANSWERS)


def test_cr_2_1_rights_hold_in_their_areas(site):
    site.add("kim", areas=["north"])
    with site.sit("kim") as seat:
        assert seat.call("act", action="set_mode", area="north") == "kim"
        assert "south" in refused(seat.call, "act", action="set_mode", area="south")
        with site.sit(ADMIN, ADMIN_WORD) as admin:
            admin.call("set_areas", user="kim", areas=["south"], why="moved")
            refused(admin.call, "set_areas", user="kim", areas=["east"], why="typo")
            refused(admin.call, "set_areas", user="kim", areas=[], why="nowhere")
        assert seat.call("act", action="set_mode", area="south") == "kim"
        refused(seat.call, "act", action="set_mode", area="north")


def test_cr_1_10_wrong_password_unknown_and_disabled_users_get_one_answer(site):
    site.add("kim", "gone")
    with site.sit(ADMIN, ADMIN_WORD) as admin:
        admin.call("disable_user", user="gone", why="left the company")
    with site.sit() as seat:
        said = {
            refused(seat.call, "sign_in", user=user, password=word)
            for user, word in [("kim", "no"), ("nobody.here", WORD), ("gone", WORD), ("", ""), ("x" * 500, "y" * 5_000)]
        }
    assert said == {"User or password is wrong."}
    assert [r["object"] for r in site.trail("sign_in_failed")] == ["kim", "nobody.here", "gone", "", "x" * 80]


@pytest.mark.parametrize("user", ["kim", "nobody.here"])
def test_cr_1_11_the_sixth_try_is_refused_for_fifteen_minutes_and_the_view_stays(site, user):
    site.add("kim")
    with site.sit("kim") as working, site.sit() as seat:
        for _ in range(5):
            assert refused(seat.call, "sign_in", user=user, password="wrong") == "User or password is wrong."
        assert site.slept == pytest.approx([0.5, 1.0, 2.0], abs=0.05)
        for word in (WORD, "wrong"):
            assert "15 min" in refused(seat.call, "sign_in", user=user, password=word)
        assert working.call("who").user == "kim" and working.call("act", action="acknowledge") == "kim"
        assert [t[:2] for t in site.told] == [("people", user)]
        assert [r["object"] for r in site.trail("locked_out")] == [user]
        site.clock.s += 900
        if user == "kim":
            assert seat.call("sign_in", user=user, password=WORD).user == user
        else:
            assert refused(seat.call, "sign_in", user=user, password=WORD) == "User or password is wrong."


def test_cr_1_11_a_restart_gives_no_fresh_tries_and_an_administrator_can_help(site, tmp_path):
    site.add("kim")
    with site.sit() as seat:
        for _ in range(5):
            refused(seat.call, "sign_in", user="KIM", password="wrong")
    site.stop()
    again = Site(tmp_path, clock=site.clock, box=site.box)
    try:
        with again.sit() as seat, again.sit(ADMIN, ADMIN_WORD) as admin:
            assert "Locked" in refused(seat.call, "sign_in", user="kim", password=WORD)
            assert [u.locked_out for u in admin.call("users")] == [False, True]
            admin.call("reset_password", user="kim", new=NEW, why="forgot it")
            assert seat.call("sign_in", user="kim", password=NEW).must_change is True
    finally:
        again.stop()


def test_cr_1_3_names_are_given_once_accounts_are_disabled_and_sessions_end_at_once(site):
    site.add("kim")
    events = []
    window = DeskClient(site.data, events.append)
    seat, admin = site.sit("kim"), site.sit(ADMIN, ADMIN_WORD)
    try:
        until(lambda: window.connected)
        answers = []
        window.ask("sign_in", answers.append, user="kim", password=WORD)
        until(lambda: window.poll() >= 0 and answers)
        begin = time.monotonic()
        assert admin.call("disable_user", user="kim", why="left").enabled is False
        refused(seat.call, "act", action="acknowledge")
        assert time.monotonic() - begin < 5.0
        assert seat.call("who").user == ""
        until(lambda: window.poll() >= 0 and events)
        assert events[0]["session"]["user"] == ""
        refused(seat.call, "sign_in", user="kim", password=WORD)
        for name in ("kim", "Kim", "ＫＩＭ"):
            assert "before" in refused(admin.call, "add_user", user=name, role="viewer", password=WORD)
        admin.call("enable_user", user="kim", why="came back")
        assert seat.call("sign_in", user="kim", password=WORD).user == "kim"
    finally:
        seat.close()
        admin.close()
        window.close()
    ended = [r for r in site.trail("sign_out") if r["user"] == "kim"]
    assert [r["why"] for r in ended][:2] == ["disabled", "disabled"]


def test_there_is_always_somebody_who_keeps_the_people(site):
    with site.sit(ADMIN, ADMIN_WORD) as admin:
        assert "last" in refused(admin.call, "disable_user", user=ADMIN, why="w")
        refused(admin.call, "set_role", user=ADMIN, role="supervisor", why="w")
        site.add("second", role="administrator")
        admin.call("disable_user", user="second", why="w")
        assert "last" in refused(admin.call, "disable_user", user=ADMIN, why="w")
        for why in ("", "  "):
            assert "why" in refused(admin.call, "enable_user", user="second", why=why)


def test_11_200_nobody_gives_themselves_a_role(site):
    site.add("second", role="administrator")
    with site.sit(ADMIN, ADMIN_WORD) as admin, site.sit("second") as second:
        refused(admin.call, "set_role", user=ADMIN.upper(), role="supervisor", why="to operate")
        assert second.call("set_role", user=ADMIN, role="supervisor", why="new job").role == "supervisor"
        assert admin.call("who").role == "supervisor"
        refused(admin.call, "users")
    row = site.trail("user_role")[0]
    assert (row["user"], row["object"], row["old"], row["new"], row["why"]) == (
        "second", ADMIN, "administrator", "supervisor", "new job"
    )  # fmt: skip


def test_cr_1_5_a_temporary_password_allows_nothing_but_its_change(site):
    with site.sit(ADMIN, ADMIN_WORD) as admin:
        admin.call("add_user", user="kim", role="supervisor", password=WORD)
    with site.sit("kim") as seat:
        assert seat.call("who").must_change is True and seat.call("whoami") is None
        assert "temporary" in refused(seat.call, "act", action="acknowledge")
        refused(seat.call, "sign", meaning_key="command", record={}, shown={}, password=WORD)
        assert refused(seat.call, "change_password", old="wrong", new=NEW) == "User or password is wrong."
        refused(seat.call, "change_password", old=WORD, new="kim")
        refused(seat.call, "change_password", old=WORD, new=WORD)
        assert seat.call("change_password", old=WORD, new=NEW).must_change is False
        assert seat.call("act", action="acknowledge") == "kim"
    assert [r["action"] for r in site.trail("password_changed", "password_reset")] == ["password_changed"]


def test_cr_1_7_the_last_five_passwords_are_not_used_again(site):
    site.add("kim")
    words = [f"blue-horse-{n}-lamp" for n in "abcdef"]
    with site.sit("kim") as seat:
        old = WORD
        for new in words:
            seat.call("change_password", old=old, new=new)
            old = new
        for former in words[1:]:
            assert "before" in refused(seat.call, "change_password", old=old, new=former)
        seat.call("change_password", old=old, new=words[0])
        seat.call("sign_in", user="kim", password=words[0])


def test_cr_2_5_idle_ten_minutes_lock_writing_and_the_view_stays(site):
    site.add("kim", "lee")
    with site.sit("kim") as seat:
        site.clock.s += 599
        site.run(site.people.tick)
        assert seat.call("act", action="acknowledge") == "kim"  # an act: it waits anew
        site.clock.s += 599
        site.run(site.people.tick)
        seat.call("active")
        site.clock.s += 599
        site.run(site.people.tick)
        assert seat.call("who").locked is False
        site.clock.s += 2
        site.run(site.people.tick)
        who = seat.call("who")
        assert (who.user, who.locked) == ("kim", True) and seat.call("whoami") is None
        assert "locked" in refused(seat.call, "act", action="acknowledge")
        seat.call("active")  # moving the mouse unlocks nothing
        assert seat.call("who").locked is True
        refused(seat.call, "unlock", password="wrong")
        assert seat.call("unlock", password=WORD).locked is False
        assert seat.call("act", action="acknowledge") == "kim"
        assert seat.call("lock").locked is True
        assert seat.call("sign_in", user="lee", password=WORD).locked is False
    assert [(r["action"], r["why"]) for r in site.trail("lock", "unlock")] == [
        ("lock", "idle"), ("unlock", ""), ("lock", "")
    ]  # fmt: skip


def test_cr_3_8_a_session_dies_with_sign_out_and_with_its_connection(site):
    site.add("kim")
    seat, other = site.sit("kim"), site.sit()
    assert other.call("who").user == ""
    seat.call("sign_out")
    refused(seat.call, "act", action="acknowledge")
    refused(seat.call, "unlock", password=WORD)
    seat.call("sign_in", user="kim", password=WORD)
    seat.close()
    until(lambda: site.run(lambda: len(site.people.sitting.sessions)) == 0)
    other.close()
    assert [r["why"] for r in site.trail("sign_out") if r["user"] == "kim"] == ["", "connection"]


def test_cr_2_8_what_people_do_is_on_record_with_who_what_old_new_why_station_and_session(site):
    site.add("kim")
    with site.sit(ADMIN, ADMIN_WORD) as admin:
        admin.call("set_role", user="kim", role="engineer", why="new job")
        admin.call("set_language", language="en")
        admin.call("reset_password", user="kim", new=NEW, why="lost")
        admin.call("sign_out")
    rows = site.trail()
    assert [r["action"] for r in rows if r["user"] == ADMIN][-6:] == [
        "sign_out", "sign_in", "user_role", "user_language", "password_reset", "sign_out"
    ]  # fmt: skip
    assert all(r["station"] and r["at_ns"] and r["session"] for r in rows)
    text = str(rows)
    assert WORD not in text and ADMIN_WORD not in text and NEW not in text and "argon2" not in text


def test_cr_4_1_no_password_and_no_session_id_is_in_any_file(site):
    site.add("kim")
    with site.sit("kim") as seat:
        seat.call("sign", meaning_key="command", record={"a": 1}, shown={}, password=WORD)
        session = site.run(lambda: site.people.sitting.sessions.all()[0][1].id)
        site.stop()
    for file in site.data.rglob("*"):
        if file.is_file() and file.suffix != ".key":
            content = file.read_bytes()
            for secret in (WORD, ADMIN_WORD, session, site.box.kept["people/pepper"]):
                assert secret.encode() not in content, file.name


def test_cr_4_1_passwords_whose_pepper_is_another_are_refused_at_start(site, tmp_path):
    from hmi.people.refusal import PeopleRefusedError

    site.stop()
    site.box.kept["people/pepper"] = "00" * 32
    with pytest.raises(PeopleRefusedError):
        Site(tmp_path, box=site.box)
    del site.box.kept["people/pepper"]
    with pytest.raises(PeopleRefusedError):
        Site(tmp_path, box=site.box)


@pytest.mark.parametrize("user", ["", "a", "two words", "-kim", "x" * 41, "kim/../lee", "k\nim", "<b>kim</b>"])
def test_cr_3_5_names_that_cannot_be(site, user):
    with site.sit(ADMIN, ADMIN_WORD) as admin:
        refused(admin.call, "add_user", user=user, role="viewer", password=WORD)
        assert len(admin.call("users")) == 1


def test_cr_3_5_names_and_roles_of_the_house(site):
    with site.sit(ADMIN, ADMIN_WORD) as admin:
        row = admin.call("add_user", user="김지혜", role="inspector", password=WORD, printed_name=" 김지혜 ")
        assert (row.user, row.printed_name, row.role) == ("김지혜", "김지혜", "inspector")
        assert "roles" in refused(admin.call, "add_user", user="lee", role="boss", password=WORD).lower()
        for name in ("set_role", "disable_user"):
            more = {"role": "viewer"} if name == "set_role" else {}
            assert "no user" in refused(admin.call, name, user="ghost", why="w", **more)


def test_many_guesses_at_once_get_five_tries_in_all(site):
    site.add("kim")
    clients, said = [DeskClient(site.data) for _ in range(12)], []
    try:
        for client in clients:
            until(lambda client=client: client.connected)
        for client in clients:
            client.ask("sign_in", None, lambda text: said.append(text.en), user="kim", password="wrong")
        until(lambda: [c.poll() for c in clients] and len(said) == 12, 15)
    finally:
        for client in clients:
            client.close()
    tried = len(site.trail("sign_in_failed"))
    assert 1 <= tried <= 5 and sum(s == "User or password is wrong." for s in said) == tried


def test_the_whole_day_leaves_a_whole_trail(site):
    site.add("kim")
    with site.sit("kim") as seat:
        seat.call("lock")
    site.stop()
    report = trail.verify(site.data / "plant.db")
    assert report.whole and report.signed_to == report.rows
