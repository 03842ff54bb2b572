"""The people of the demo: made anew with made-up passwords on a throw-away data folder, and shown once."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import msgspec

from hmi.commands.own_desk import desk
from hmi.desk.refused import RefusedError

FILE = "demo-people.json"
SIGNS_IN = "park"
_PEOPLE = (
    ("admin", "administrator", "Demo Administrator"),
    ("park", "supervisor", "Park Jiwon"),
    ("choi", "operator", "Choi Minsu"),
    ("lee", "inspector", "Lee Soyeon"),
    ("kang", "engineer", "Kang Dohyun"),
)
_WORDS = (
    "amber", "basalt", "cedar", "delta", "ember", "fjord", "garnet", "harbor", "indigo", "juniper", "kelp", "lagoon",
    "maple", "nectar", "onyx", "pebble", "quartz", "raven", "saffron", "tundra", "umber", "velvet", "willow", "zephyr",
)  # fmt: skip


class DemoPerson(msgspec.Struct):
    """One of them, with the password that was made up."""

    user: str
    role: str
    printed_name: str
    password: str


class DemoPeople(msgspec.Struct):
    """What the window reads at its start (owner-only file of the throw-away folder)."""

    users: list[DemoPerson]
    sign_in: str


def made_up() -> str:
    """A password that can be typed from a screen: four words and a number, about 26 bits beside a lock-out."""
    return "-".join(secrets.choice(_WORDS) for _ in range(4)) + f"-{secrets.randbelow(90) + 10}"


def make(data: Path) -> DemoPeople:
    """Make the demo's people where there are none, and write the file for the window; before the engine starts."""
    file = data / FILE
    if file.exists():
        return msgspec.json.decode(file.read_bytes(), type=DemoPeople)
    made = DemoPeople([DemoPerson(user, role, name, made_up()) for user, role, name in _PEOPLE], SIGNS_IN)
    with desk(data) as here:
        first, *others = made.users
        try:
            here.call("first_user", user=first.user, password=first.password, printed_name=first.printed_name)
        except RefusedError:
            return DemoPeople([], "")  # somebody keeps this folder with people of its own: leave them alone
        for person in others:
            here.call(
                "add_user", user=person.user, role=person.role, password=person.password,
                printed_name=person.printed_name, must_change=False,
            )  # fmt: skip
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(msgspec.json.encode(made))
    return made
