"""The window's parts about people: who sits here and which mode it is in the strip, and the plates that change it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QWindow

from hmi.desk.people_rows import WhoRow
from hmi.model.text import Lang, Text
from hmi.model.words import say
from ui.bridge.session import session_of
from ui.shell import demopeople
from ui.shell.account import Account
from ui.shell.demopeople import DemoPeople, DemoPlate
from ui.shell.modeplate import ModePlate
from ui.shell.newpassword import ChangePassword, FirstAdministrator
from ui.shell.signin import SignIn
from ui.theme.look import look

if TYPE_CHECKING:
    from ui.shell.window import Shell


class PeopleParts(QObject):
    """Made by the window beside its strip. Plates are made when they are first wanted."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._shell = shell
        self.session = session_of(shell.desk)
        self._welcoming = self._quiet = self._greeted = self._asked_first = False
        self._demo: DemoPeople | None = None
        self._demo_plate: DemoPlate | None = None
        self._since_ns = 0
        self._watched: QWindow | None = None
        strip = shell.strip
        strip.person.pressed.connect(self.person_pressed)
        strip.mode.pressed.connect(self.open_mode)
        strip.lock_button.clicked.connect(self.lock)
        look().lang_changed.connect(self._language_is)
        self.session.who_changed.connect(self._who_is)
        self.session.mode_changed.connect(strip.show_mode)
        self.session.connected.connect(self._connected)
        shell.desk.second.connect(self._watch_window)
        shell.desk.plant_changed.connect(self._plant_is)
        self._who_is(self.session.who)
        strip.show_mode(self.session.mode)

    # -- plates -------------------------------------------------------------------------------------------------------

    @cached_property
    def sign_in_plate(self) -> SignIn:
        """The plate for signing in and unlocking."""
        return SignIn(self._shell, self.session)

    @cached_property
    def mode_plate(self) -> ModePlate:
        """The plate for MONITOR and CONTROL."""
        made = ModePlate(self._shell, self.session, self._shell.tell)
        made.sign_in_wanted.connect(self._sign_in_for_mode)
        return made

    @cached_property
    def password_plate(self) -> ChangePassword:
        """The plate for one's own password."""
        return ChangePassword(self._shell, self.session)

    @cached_property
    def first_plate(self) -> FirstAdministrator:
        """The plate of a data folder's first start."""
        return FirstAdministrator(self._shell, self.session)

    @cached_property
    def account_plate(self) -> Account:
        """The plate of who sits here."""
        made = Account(self._shell, self.session)
        made.change_wanted.connect(self._change)
        made.other_wanted.connect(self._other)
        made.people_wanted.connect(self._people)
        return made

    # -- what a person does -------------------------------------------------------------------------------------------

    def welcome(self, *, quiet: bool = False) -> None:
        """From now on a new data folder asks for its administrator, and a demo signs its supervisor in.

        quiet: for pictures; signs in and asks nothing.
        """
        self._welcoming, self._quiet = True, quiet
        self._greet(self.session.who)

    def person_pressed(self) -> None:
        """The name in the strip: sign in, unlock, or what one can do while signed in."""
        who = self.session.who
        if who is not None and who.empty:
            self.first_plate.ask()
        elif who is not None and who.user and not who.locked:
            self.account_plate.open()
        else:
            self.sign_in_plate.ask()

    def lock(self) -> None:
        """Ctrl+L: writing locks at once, the view stays. Behind a lock the same key asks for the password."""
        who = self.session.who
        if who is not None and who.user and not who.locked:
            self.session.lock()
            self._shell.tell(say("signin.locked_now"))
        else:
            self.sign_in_plate.ask()

    def open_mode(self) -> None:
        """The mode in the strip."""
        self.mode_plate.ask()

    def sign_in(self, why: Text | None = None) -> None:
        """Ask for somebody, with a word why."""
        self.sign_in_plate.ask(why)

    def _sign_in_for_mode(self) -> None:
        self.sign_in_plate.ask(say("modeplate.sign_in_for"), self.open_mode)

    def _change(self) -> None:
        self.password_plate.ask()

    def _other(self) -> None:
        self.sign_in_plate.ask(say("signin.other_why"))

    def _people(self) -> None:
        self._shell.go("people")

    # -- what the engine says -----------------------------------------------------------------------------------------

    def _who_is(self, who: WhoRow | None) -> None:
        self._shell.strip.show_who(who)
        if who is None:
            return
        if who.user:
            self._speak(who)
        if who.user and who.must_change and not who.locked:
            self.password_plate.ask()
        elif not who.user:
            self._greet(who)

    def _speak(self, who: WhoRow) -> None:
        """The station speaks the language of whoever has just sat down; a demo stays in the one it was started in."""
        plant = self._shell.desk.plant
        if who.since_ns != self._since_ns and plant is not None and not plant.demo:
            self._since_ns = who.since_ns
            if who.language in ("en", "ko") and look().lang is not Lang(who.language):
                self._shell.switch_language()

    def _plant_is(self) -> None:
        self._greet(self.session.who)

    def _connected(self) -> None:
        self._greeted = False

    def _greet(self, who: WhoRow | None) -> None:
        plant = self._shell.desk.plant
        if not self._welcoming or who is None or who.user or plant is None:
            return
        if plant.demo:
            self._greet_demo()
        elif who.empty and not self._quiet and not self._asked_first:
            self._asked_first = True
            self.first_plate.ask()

    def _greet_demo(self) -> None:
        if self._greeted:
            return
        self._greeted = True  # once on a connection: a person who signs out stays out
        people = demopeople.read(self._shell.desk.data)
        first = None if people is None else people.first
        if people is None or first is None:
            return
        self._demo = people
        self.session.sign_in(first.user, first.password, self._demo_sits, self._shell.tell)

    def _demo_sits(self, _who: WhoRow) -> None:
        if not self._quiet and self._demo_plate is None:
            self.show_demo_people()

    def show_demo_people(self) -> bool:
        """The made-up passwords; False where there are none."""
        if self._demo is None:
            return False
        if self._demo_plate is None:
            self._demo_plate = DemoPlate(self._shell, self._demo)
        self._demo_plate.open()
        return True

    def _language_is(self) -> None:
        """Whoever sits here has the switch remembered."""
        if self.session.may_act:
            self.session.set_language(look().lang)

    def _watch_window(self) -> None:
        """See that somebody is at work, on the native window: it alone sees every key and press."""
        handle = self._shell.windowHandle()
        if handle is not None and handle is not self._watched:
            self._watched = handle
            handle.installEventFilter(self.session)
