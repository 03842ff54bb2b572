"""Who may do what: one table of role x action, checked in the engine for every act.

An action is a verb with its area of work; a person's rights may be limited to areas of the plant. Administrators keep
the people and the records and never operate or approve; who operates does not keep the people.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hmi.model.plant import Access


class Role(StrEnum):
    """The roles of the station."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    INSPECTOR = "inspector"
    ENGINEER = "engineer"
    ADMINISTRATOR = "administrator"


class Action(StrEnum):
    """What a person can do at the desk beyond looking."""

    VIEW = "view"
    NOTE = "note"  # write into the shift log
    ASSIGN_REASON = "assign_reason"
    SIGN_HANDOVER = "sign_handover"
    ACKNOWLEDGE = "acknowledge"
    SHELVE = "shelve"
    RESET_LATCH = "reset_latch"
    OUT_OF_SERVICE = "out_of_service"
    SILENCE = "silence"
    SET_MODE = "set_mode"
    WRITE_SETPOINT = "write_setpoint"
    WRITE_GATE = "write_gate"
    WRITE_DIVERTER = "write_diverter"
    WRITE_RECIPE = "write_recipe"
    CALL_METHOD = "call_method"
    DECIDE = "decide"  # approve, reject or defer a recommendation
    PLACE_HOLD = "place_hold"
    RELEASE_HOLD = "release_hold"
    REROUTE = "reroute"
    JUDGE = "judge"  # confirm or overrule a verdict
    TEACH = "teach"
    TRUST = "trust"  # accept a controller's certificate
    CONFIGURE = "configure"
    MANAGE_PEOPLE = "manage_people"
    READ_AUDIT = "read_audit"
    EXPORT_AUDIT = "export_audit"


_A = Action
_FLOOR = {_A.VIEW, _A.NOTE, _A.ACKNOWLEDGE, _A.SILENCE}

PERMISSIONS: dict[Role, frozenset[Action]] = {
    Role.VIEWER: frozenset({_A.VIEW}),
    Role.OPERATOR: frozenset(_FLOOR | {_A.ASSIGN_REASON, _A.SIGN_HANDOVER, _A.WRITE_SETPOINT, _A.PLACE_HOLD}),
    Role.SUPERVISOR: frozenset(
        _FLOOR
        | {
            _A.ASSIGN_REASON, _A.SIGN_HANDOVER, _A.SHELVE, _A.RESET_LATCH, _A.SET_MODE, _A.WRITE_SETPOINT,
            _A.WRITE_GATE, _A.WRITE_DIVERTER, _A.CALL_METHOD, _A.DECIDE, _A.PLACE_HOLD, _A.RELEASE_HOLD, _A.REROUTE,
            _A.JUDGE, _A.READ_AUDIT,
        }
    ),
    Role.INSPECTOR: frozenset(_FLOOR | {_A.JUDGE, _A.PLACE_HOLD, _A.RELEASE_HOLD, _A.TEACH}),
    Role.ENGINEER: frozenset(
        _FLOOR
        | {
            _A.ASSIGN_REASON, _A.SHELVE, _A.RESET_LATCH, _A.OUT_OF_SERVICE, _A.SET_MODE, _A.WRITE_SETPOINT,
            _A.WRITE_GATE, _A.WRITE_DIVERTER, _A.WRITE_RECIPE, _A.CALL_METHOD, _A.TEACH, _A.TRUST, _A.CONFIGURE,
            _A.READ_AUDIT,
        }
    ),
    Role.ADMINISTRATOR: frozenset({_A.VIEW, _A.MANAGE_PEOPLE, _A.READ_AUDIT, _A.EXPORT_AUDIT, _A.CONFIGURE}),
}  # fmt: skip

ACCESS_ACTION = {
    Access.SETPOINT: Action.WRITE_SETPOINT,
    Access.GATE: Action.WRITE_GATE,
    Access.DIVERTER: Action.WRITE_DIVERTER,
    Access.RECIPE: Action.WRITE_RECIPE,
}
"""The action that a write to a tag of each access class is; READ has none and is refused for everyone."""

EVERYWHERE = "*"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signed in: the name that goes on record, the role, and the areas of the plant it holds for."""

    user: str
    printed_name: str
    role: Role
    areas: frozenset[str] = frozenset({EVERYWHERE})


def may(person: Person | None, action: Action, area: str = EVERYWHERE) -> bool:
    """Whether somebody may do something in an area; nobody (None) may look and nothing else."""
    if person is None:
        return action is Action.VIEW
    if action not in PERMISSIONS[person.role]:
        return False
    return EVERYWHERE in person.areas or area == EVERYWHERE or area in person.areas
