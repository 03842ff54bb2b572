"""The people screen: what an administrator sees and does, and that nobody else is left with it."""

from dataclasses import replace

import pytest

from hmi.desk.people_rows import AuditPage, AuditRow, UserRow
from hmi.desk.people_rows import WhoRow as Nobody
from hmi.model.permission import PERMISSIONS, Action, Role
from hmi.model.text import Lang, Text
from hmi.model.words import say
from tests.ui.peopledesk import PeopleDesk, person
from tests.ui.standin import nameless
from ui.screens.people import presenter
from ui.screens.people.screen import PeopleScreen
from ui.shell.registry import ScreenSpec

S = 1_000_000_000


def user(name, role=Role.OPERATOR, **more):
    told = {"printed_name": name.title(), "areas": ["*"], "language": "en", "enabled": True, "must_change": False,
            "locked_out": False, "made_ns": S, "password_ns": S, "signed_in": 0, **more}  # fmt: skip
    return UserRow(user=name, role=role, **told)


def signed(name, at_ns):
    return AuditRow(1, at_ns, name, "operator", "pc", "sign_in", Text.same("signed in"), name, None, None, "", "", "",
                    "")  # fmt: skip


class Office(PeopleDesk):
    """The engine's users; changes go into them."""

    def __init__(self, folder, qtbot, **more):
        super().__init__(folder, qtbot, **more)
        self.users = [user("admin", Role.ADMINISTRATOR, signed_in=1), user("kim"), user("lee", enabled=False)]
        answers = self.talk.answers
        answers["users"] = lambda: list(self.users)
        answers["audit"] = lambda **_: AuditPage(2, [signed("kim", 9 * S), signed("kim", 5 * S)], 0, 2)
        answers["add_user"] = self.add
        for act, key in (("set_role", "role"), ("set_areas", "areas")):
            answers[act] = lambda user, why, key=key, **new: self.change(user, **{key: new[key]})
        answers["disable_user"] = lambda user, why: self.change(user, enabled=False)
        answers["enable_user"] = lambda user, why: self.change(user, enabled=True)
        answers["reset_password"] = lambda user, new, why: self.change(user, must_change=True)

    def add(self, user, role, **more):
        if user == "kim":
            return say("people.name_given", user=user)
        made = UserRow(user, more["printed_name"], Role(role), more["areas"], "en", True, True, False, S, S, 0)
        self.users.append(made)
        return made

    def change(self, name, **new):
        at = next(i for i, u in enumerate(self.users) if u.user == name)
        self.users[at] = replace(self.users[at], **new)
        return self.users[at]

    def choose(self, name):
        table = self.room.table
        table.setCurrentIndex(table.rows_model.index(table.rows_model.row_of(name), 0))

    @property
    def room(self):
        return self.shell.room("people")

    def rows(self):
        return {
            u.user: [c.text(u) for c in self.room.table.rows_model.columns] for u in self.room.table.rows_model.rows
        }


@pytest.fixture
def office(tmp_path, qtbot, only_screen, opens):
    only_screen(ScreenSpec("people", "people", "userscreen.title", PeopleScreen))

    def open_office(role=Role.ADMINISTRATOR):
        found = opens(Office(tmp_path, qtbot, who=person("admin", role)))
        found.shell.go("people")
        found.turn()
        return found

    return open_office


def test_an_administrator_sees_everybody_with_role_state_and_last_sign_in(office):
    rows = office().rows()
    assert list(rows) == ["admin", "kim", "lee"]
    assert rows["admin"][2] == "Administrator" and "signed in" in rows["admin"][4]
    assert rows["lee"][4] == "disabled" and rows["lee"][5] == "–"
    assert rows["kim"][5].startswith("1970-01-01 ") and len(rows["kim"][5]) == 16, "to the minute"


@pytest.mark.parametrize("role", [r for r in Role if Action.MANAGE_PEOPLE not in PERMISSIONS[r]])
def test_nobody_else_is_shown_the_users_nor_asked_for(office, role):
    desk = office(role)
    assert not desk.rows() and not desk.asked("users")
    assert desk.room.closed.isVisible() and "administrator" in desk.room.closed.accessibleName()


def test_what_an_administrator_saw_is_not_left_for_the_next_person(office):
    desk = office()
    desk.choose("kim")
    assert desk.room.facts.isVisible()
    desk.who = Nobody()
    desk.session.ask_again()
    desk.turn()
    assert not desk.rows() and not desk.room.facts.isVisible() and desk.room.closed.isVisible()


def test_the_chosen_user_is_told_in_full_with_what_the_role_may(office):
    desk = office()
    desk.choose("kim")
    said = desk.room.facts.accessibleDescription()
    assert "Kim" in said and "everywhere" in said
    assert "change set-points" in desk.room.rights.text()
    assert desk.room.acts["disable_user"].isVisible() and not desk.room.acts["enable_user"].isVisible()
    desk.choose("lee")
    assert desk.room.acts["enable_user"].isVisible() and not desk.room.acts["disable_user"].isVisible()


def test_adding_a_user_with_a_temporary_password(office):
    desk = office()
    desk.room.add.click()
    plate = desk.room.add_plate
    plate.go.click()
    assert not desk.asked("add_user") and plate.said.isVisible()
    plate.printed.field.setText("Seo Jun")
    plate.user.field.setText("kim")
    plate.role.buttons["engineer"].click()
    assert "accept certificates" in plate.rights.text()
    plate.areas.buttons["smt"].click()
    assert plate.areas.chosen == ["smt"], "an area takes the place of everywhere"
    plate.password.field.setText("one sentence here")
    plate.again.field.setText("another sentence")
    plate.go.click()
    assert not desk.asked("add_user") and "differ" in plate.said.text()
    plate.again.field.setText("one sentence here")
    plate.go.click()
    desk.turn()
    assert "given before" in plate.said.text() and plate.isVisible()
    plate.user.field.setText("seo")
    plate.go.click()
    desk.turn()
    asked = desk.asked("add_user")[-1]
    assert (asked["role"], asked["areas"], asked["must_change"]) == ("engineer", ["smt"], True)
    assert not plate.isVisible() and not plate.password.typed
    assert desk.rows()["seo"][3] == "SMT hall" and "temporary password" in desk.rows()["seo"][4]
    assert "seo" in desk.shell.footer._last.en


@pytest.mark.parametrize(
    ("act", "chip", "set_up", "sent"),
    [
        ("set_role", "moved", lambda p: p.pick.buttons["supervisor"].click(), {"role": "supervisor"}),
        ("set_areas", "moved", lambda p: p.areas.buttons["smt"].click(), {"areas": ["smt"]}),
        ("disable_user", "left", lambda p: None, {}),
        ("reset_password", "lost", lambda p: [f.field.setText("a new sentence") for f in (p.password, p.again)],
         {"new": "a new sentence"}),
    ],
)  # fmt: skip
def test_each_change_needs_its_reason(office, act, chip, set_up, sent):
    desk = office()
    desk.choose("kim")
    desk.room.acts[act].click()
    plate = desk.room.change_plate
    set_up(plate)
    plate.go.click()
    assert not desk.asked(act) and "needs a reason" in plate.said.text()
    plate.reasons[act].buttons[chip].click()
    plate.go.click()
    desk.turn()
    why = plate.reasons[act].why
    assert desk.asked(act) == [{"user": "kim", "why": why, **sent}] and why
    assert not plate.isVisible() and desk.shell.footer._last.en.startswith("kim: ")


def test_a_refusal_of_the_engine_is_said_on_the_plate(office):
    desk = office()
    desk.talk.answers["set_role"] = lambda **_: say("people.last_administrator")
    desk.choose("admin")
    desk.room.acts["set_role"].click()
    plate = desk.room.change_plate
    plate.pick.buttons["viewer"].click()
    plate.reasons["set_role"].buttons["asked"].click()
    plate.go.click()
    desk.turn()
    assert "last administrator" in plate.said.text() and plate.isVisible() and plate.go.isEnabled()


@pytest.mark.parametrize("role", list(Role))
def test_what_a_role_may_is_said_as_the_engine_keeps_it(role):
    told = presenter.rights_words(role).en
    for action in Action:
        held = action in PERMISSIONS[role] and action is not Action.VIEW
        assert (say(f"action.{action.value}").en in told) is held or any(
            say(f"action.{action.value}").en in say(f"action.{other.value}").en for other in PERMISSIONS[role]
        )


@pytest.mark.parametrize("lang", list(Lang))
def test_everything_has_a_name_in_both_languages(office, dressed, lang):
    desk = office()
    desk.who = replace(desk.who, language=lang.value)
    dressed.set_lang(lang)
    desk.choose("kim")
    desk.room.add.click()
    assert not nameless(desk.shell)
    desk.room.acts["reset_password"].click()
    assert not nameless(desk.shell)
