"""Users as the people screen says them. No Qt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import tzinfo

from hmi.desk.people_rows import AuditRow, UserRow
from hmi.model.permission import EVERYWHERE, PERMISSIONS, Action, Role
from hmi.model.plant import Plant
from hmi.model.text import Text
from hmi.model.words import say
from ui.widgets.figures import NONE, day_time_text


def role_words(role: Role | str) -> Text:
    """A role in words."""
    return say(f"role.{Role(role).value}")


def areas_words(areas: Iterable[str], plant: Plant | None) -> Text:
    """The areas that rights hold for, by name."""
    wanted = list(areas)
    if EVERYWHERE in wanted:
        return say("userscreen.everywhere")
    names = {a.id: a.name for a in plant.areas} if plant is not None else {}
    found = [names.get(a, Text.same(a)) for a in wanted]
    return Text(", ".join(x.en for x in found), ", ".join(x.ko for x in found))


def state_words(user: UserRow) -> Text:
    """Whether somebody may sign in, and what else is to be known of the account."""
    parts = [say("userscreen.enabled" if user.enabled else "userscreen.disabled")]
    if user.locked_out:
        parts.append(say("userscreen.locked_out"))
    if user.must_change:
        parts.append(say("userscreen.temporary"))
    if user.signed_in:
        parts.append(say("userscreen.here"))
    return Text(", ".join(x.en for x in parts), ", ".join(x.ko for x in parts))


def rights_words(role: Role | str) -> Text:
    """What a role may do."""
    told = [say(f"action.{a.value}") for a in Action if a in PERMISSIONS[Role(role)] and a is not Action.VIEW]
    if not told:
        return say("signin.rights_none")
    rights = Text(", ".join(x.en for x in told), ", ".join(x.ko for x in told))
    return say("userscreen.rights_of", role=role_words(role), rights=rights)


def last_sign_ins(rows: Iterable[AuditRow]) -> dict[str, int]:
    """When each user last signed in, by the trail's rows of signing in."""
    found: dict[str, int] = {}
    for row in rows:
        found[row.user] = max(row.at_ns, found.get(row.user, 0))
    return found


def facts(
    user: UserRow, plant: Plant | None, last: Mapping[str, int], zone: tzinfo | None
) -> list[tuple[Text, Text | str]]:
    """The chosen user in full."""
    at = last.get(user.user, 0)
    return [
        (say("signin.user"), user.user),
        (say("userscreen.name"), user.printed_name or NONE),
        (say("userscreen.role"), role_words(user.role)),
        (say("userscreen.areas"), areas_words(user.areas, plant)),
        (say("userscreen.state"), state_words(user)),
        (say("userscreen.last"), day_time_text(at, zone) if at else NONE),
        (say("userscreen.made"), day_time_text(user.made_ns, zone)),
        (say("userscreen.password_since"), day_time_text(user.password_ns, zone)),
    ]


def done_words(act: str, user: UserRow, plant: Plant | None) -> Text:
    """What was done, for the footer."""
    value = role_words(user.role) if act == "set_role" else areas_words(user.areas, plant)
    key = f"userscreen.done_{act}"
    what = say(key, value=value) if act in ("set_role", "set_areas") else say(key)
    return say("userscreen.done", user=user.user, what=what)
