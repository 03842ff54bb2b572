"""Acting on the plant from the desk: the station's mode, commands with their preview, and their record."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any, Protocol

from hmi.desk.command_rows import CommandPreview, CommandRow, ModeRow, row_of
from hmi.desk.keys import check_key
from hmi.desk.refused import RefusedError
from hmi.desk.server import Seat
from hmi.model.command import Command, CommandOutcome, CommandResult, Grounds, Mode, Seen
from hmi.model.guard import Guard
from hmi.model.method import Method
from hmi.model.permission import Action, Person
from hmi.model.plant import Plant, TagType
from hmi.model.reading import Value
from hmi.model.text import Text
from hmi.model.words import say
from hmi.people.signing import command_record
from hmi.plant.gateway.checks import refusal
from hmi.plant.gateway.gateway import Gateway

Require = Callable[[Seat, Action, str], Person]
"""require(seat, action, area): who sits there, or RefusedError (which is on record too)."""
Sign = Callable[..., Awaitable[Any]]
"""sign(seat, meaning, record, shown, password) -> id of the signature."""


class Records(Protocol):
    """The record of commands."""

    def recent(self, limit: int = 100, tag: str = "", before: int = 0) -> list[CommandResult]:
        """Newest first."""


@dataclass(slots=True)
class ModeSwitch:
    """MONITOR or CONTROL, since when, by whom; MONITOR after every start."""

    mode: Mode = Mode.MONITOR
    since_ns: int = 0
    by: str = ""


class Control:
    """The desk's actions on the plant."""

    def __init__(
        self,
        plant: Plant,
        gateway: Gateway,
        switch: ModeSwitch,
        records: Records,
        person: Callable[[Seat], Person | None],
        require: Require,
        sign: Sign,
        audit: Callable[[Person, str, str, object, object, str], Awaitable[None]],
        clock: Callable[[], int],
        told: Callable[[ModeRow], None],
    ) -> None:
        """audit(person, action, object, old, new, why) is on disk when it returns; told hears changes of the mode."""
        self._plant, self._gateway, self._switch, self._records = plant, gateway, switch, records
        self._person, self._require, self._sign, self._audit = person, require, sign, audit
        self._clock, self._told = clock, told

    def answers(self) -> dict[str, Callable[..., Any]]:
        """Question name -> answering function."""
        names = ("mode", "set_mode", "command", "preview", "commands")
        return {name: getattr(self, name) for name in names}

    def mode(self) -> ModeRow:
        """The station's mode and what is not settled."""
        s = self._switch
        return ModeRow(s.mode.value, s.since_ns, s.by, [row_of(r) for r in self._gateway.unsettled])

    async def set_mode(self, seat: Seat, mode: Mode, reason: str = "", password: str = "") -> ModeRow:
        """MONITOR at once; CONTROL as a signed act. The record comes before the change."""
        person = self._require(seat, Action.SET_MODE, "*")
        old = self._switch.mode
        if mode is Mode.CONTROL:
            if not reason.strip():
                raise RefusedError(say("gateway.no_reason"))
            record = {"mode": mode.value, "reason": reason}
            await self._sign(seat, "control", record, {"mode": old.value}, password)
        await self._audit(person, "mode", "station", old.value, mode.value, reason)
        self._switch.mode, self._switch.since_ns, self._switch.by = mode, self._clock(), person.printed_name
        row = self.mode()
        self._told(row)
        return row

    async def command(
        self,
        seat: Seat,
        key: str,
        tag: str,
        value: bool | int | float | str,
        reason: str,
        seen: list[Seen] | None = None,
        cause: str | None = None,
        signature: str | None = None,
        second_signature: str | None = None,
        password: str | None = None,
        arguments: list[bool | int | float | str] | None = None,
    ) -> CommandRow:
        """One write or one method call by hand; waits for its outcome. A password signs it as who sits here first.

        ``tag`` may be a method's id: its arguments are ``arguments``, or ``value`` where it takes one.
        """
        check_key(key)
        asked = Command(
            key, tag, self._fitting(tag, value), reason, Grounds.MANUAL, cause, tuple(seen or ()), signature,
            second_signature,
        )  # fmt: skip
        method = self._plant.method.get(tag)
        if method is None and arguments is not None:
            raise RefusedError(say("gateway.one_value", tag=tag, given=len(arguments)))
        if method is not None:
            given = [value] if arguments is None else arguments
            asked = replace(asked, value=method.expect, arguments=_fitted(method, given))
        if password is not None and signature is None and self._signatures(tag) > 0:
            record = command_record(asked)
            signed = await self._sign(seat, "command", record, self._shown(asked), password)
            asked = replace(asked, signature=str(signed))
        return row_of(await self._gateway.execute(asked, self._person(seat)))

    def preview(self, seat: Seat, tag: str, value: bool | int | float | str) -> CommandPreview:
        """What the gateway would say now; nothing is written and nothing recorded."""
        found = self._plant.tag.get(tag)
        asked = Command("preview", tag, self._fitting(tag, value), "preview")
        target = self._gateway.target(asked)
        if found is None or target is None:
            raise RefusedError(say("gateway.unknown_tag", tag=tag))
        guard = target.guard
        situation = self._gateway.situation(asked, target, self._person(seat))
        needed = self._signatures(tag)
        signed = replace(situation, signed_by=self._as_if_signed(seat, needed))
        why = refusal(signed)
        spans = [s for s in (found.range, guard.limits) if s is not None]
        return CommandPreview(
            tag, situation.readings[tag].value, max((s.low for s in spans), default=None),
            min((s.high for s in spans), default=None), guard.max_step, found.unit, found.access.value,
            why[0] if why else None, why[1] if why else None, needed, guard.read_back or tag, guard.deadline_s,
        )  # fmt: skip

    def commands(self, limit: int = 100, tag: str = "", before: int = 0) -> list[CommandRow]:
        """The record of commands, newest first."""
        return [row_of(r) for r in self._records.recent(min(limit, 1000), tag, before)]

    def _signatures(self, tag: str) -> int:
        method = self._plant.method.get(tag)
        guard = self._plant.guard.get(tag, Guard(tag)) if method is None else method.guard
        return 2 if guard.two_persons else 1 if guard.signature else 0

    def _as_if_signed(self, seat: Seat, needed: int) -> tuple[str, ...]:
        """Who would have signed by then: a preview judges everything but the signatures."""
        person = self._person(seat)
        return ("" if person is None else person.user, "second")[:needed]

    def _fitting(self, tag: str, value: bool | int | float | str) -> bool | int | float | str:
        """A whole number for a tag of fractions is the same quantity."""
        found = self._plant.tag.get(tag)
        if found is not None and isinstance(value, int) and not isinstance(value, bool) and not found.type.is_integer:
            return float(value) if found.type.is_number and found.type.value != "Boolean" else value
        return value

    def _shown(self, asked: Command) -> dict[str, object]:
        target = self._gateway.target(asked)
        if target is None:
            return {"tag": asked.tag, "new": asked.value}
        proof = asked.tag if target.method is None else target.reported.id
        now = self._gateway.situation(asked, target, None).readings[proof]
        return {"tag": proof, "now": now.value, "new": asked.value}

    def refused(self, person: Person | None, tag: str, value: Value) -> Text | None:
        """Why the gateway would refuse a write now, signatures apart; None when it would not.

        Nobody (None): by the plant's rules alone, whoever may act.
        """
        if value is None:
            return say("gateway.wrong_type", value="-", type="-")
        asked = Command("preview", tag, self._fitting(tag, value), "preview")
        target = self._gateway.target(asked)
        if target is None:
            return say("gateway.unknown_tag", tag=tag)
        situation = self._gateway.situation(asked, target, person)
        why = refusal(replace(situation, signed_by=("" if person is None else person.user, "second")))
        return why[1] if why else None


def _fitted(method: Method, given: list[bool | int | float | str]) -> tuple[Value, ...]:
    """Whole numbers for arguments of fractions are the same quantity."""
    kinds = [a.type for a in method.arguments]
    return tuple(
        float(v) if isinstance(v, int) and not isinstance(v, bool) and k in (TagType.FLOAT, TagType.DOUBLE) else v
        for v, k in zip_longest(given, kinds[: len(given)])
    )


def outcome_words(row: CommandRow) -> str:
    """The catalogue key that says what became of a command."""
    return f"outcome.{CommandOutcome(row.outcome).value}"
