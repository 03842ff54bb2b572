"""The shift log at the desk: notes, handovers with two signatures, and the list of earlier ones.

::

    log = ShiftLog(plant, database, people, machine_time, alarms, control)
    answers |= log.answers()    # types: hmi.desk.shiftlog_rows.SHIFTLOG_ANSWERS
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from hmi.desk.alarms import Alarms
from hmi.desk.control import Control
from hmi.desk.handover import Gatherer, LoggedNotes, handed_shift
from hmi.desk.handover_sheet import sheet, shown
from hmi.desk.machine_time import MachineTime
from hmi.desk.onrecord import written
from hmi.desk.people import People
from hmi.desk.refused import RefusedError
from hmi.desk.server import Seat
from hmi.desk.shiftlog_rows import HandoverPreview, HandoverRow, HandoverSheet, NotePage
from hmi.desk.sitting import Told
from hmi.model.permission import EVERYWHERE, Action, Person
from hmi.model.plant import Plant
from hmi.model.shiftlog import HandoverRecord, Note, NoteKind, refuse_correction, refuse_note
from hmi.model.text import Text
from hmi.model.words import say
from hmi.people import signing
from hmi.people.clock import Clock, SystemClock, local_iso
from hmi.store import shiftlog as store
from hmi.store import signatures
from hmi.store.audit import station
from hmi.store.canonical import canonical, digest
from hmi.store.database import Database, Work
from hmi.store.faults import StoreError
from hmi.store.shiftlog import Handover, NotesWanted
from hmi.store.signatures import Signature

T = TypeVar("T")

GOOD_FOR_NS = 15 * 60_000_000_000
"""How long a gathered record can be signed: longer ago it no longer tells what is."""
NOTES_REACH_NS = 7 * 86_400_000_000_000
MOST_NOTES, LONGEST_PAGE = 300, 500
_FROZEN = 16


@dataclass(frozen=True, slots=True)
class _Frozen:
    """A record that was shown at a seat."""

    record: HandoverRecord
    text: str
    sha: str
    seat: Seat
    last_note: int


class ShiftLog:
    """The desk's questions shift_log, handover_preview, handovers and handover, its actions add_note and hand_over."""

    def __init__(
        self,
        plant: Plant,
        database: Database,
        people: People,
        machine_time: MachineTime,
        alarms: Alarms,
        control: Control,
        clock: Clock | None = None,
        told: Told = lambda kind, place, text: None,
    ) -> None:
        """told hears of a handover (hmi.runtime.changes.Changes.happened)."""
        self._plant, self._database, self._people = plant, database, people
        self._clock, self._told = clock or SystemClock(), told
        self.gatherer = Gatherer(plant, machine_time, alarms, control, station())
        self._frozen: OrderedDict[str, _Frozen] = OrderedDict()

    def answers(self) -> dict[str, Callable[..., Any]]:
        """Question name -> answering function."""
        names = ("shift_log", "handover_preview", "handovers", "handover", "add_note", "hand_over")
        return {name: getattr(self, name) for name in names}

    # notes

    async def shift_log(
        self,
        from_ns: int = 0,
        to_ns: int = 0,
        kinds: list[NoteKind] | None = None,
        places: list[str] | None = None,
        text: str = "",
        before: int = 0,
        limit: int = 200,
    ) -> NotePage:
        """Notes of [from_ns, to_ns), newest first; 0 and empty ask for all."""
        wanted = NotesWanted(from_ns, to_ns, tuple(k.value for k in kinds or ()), tuple(places or ()), text)
        most = max(1, min(limit, LONGEST_PAGE))

        def look() -> NotePage:
            with self._database.reader() as c:
                rows = store.notes(c, wanted, before, most + 1)
                following = rows[most - 1].number if len(rows) > most else 0
                return NotePage(store.count_notes(c, wanted), rows[:most], following)

        return await self._read(look)

    async def add_note(
        self, seat: Seat, text: str, kind: NoteKind = NoteKind.NOTE, place: str = "", corrects: int | None = None
    ) -> Note:
        """Write a note, or the correction of one. On disk, with its audit row, when this returns."""
        person = self._people.require(seat, Action.NOTE, self._area(place))
        why = refuse_note(text, place, {*self._plant.station, *self._plant.line})
        if why is not None:
            raise RefusedError(why)
        entry = self._people.entry(seat, "note")
        made = Note(
            0, entry.at_ns, local_iso(entry.at_ns, self._plant.timezone), person.user, person.printed_name,
            person.role.value, kind, place, text.strip(), corrects,
        )  # fmt: skip

        def run(work: Work) -> Note:
            if corrects is not None:
                wrong = refuse_correction(corrects, store.note(work.connection, corrects))
                if wrong is not None:
                    raise StoreError(wrong)
            return store.add_note(work, made, entry.session, entry.mono)

        return await written(self._database, run)

    # handovers

    async def handover_preview(self, seat: Seat) -> HandoverPreview:
        """Gather and freeze what would be handed over now."""
        now = self._clock.wall_ns()
        last = await self._read(lambda: self._reading(store.last_handover))
        shift = handed_shift(self._plant, now, None if last is None else last.shift_start_ns)
        since = shift.start_ns if last is None else min(shift.start_ns, max(last.at_ns, now - NOTES_REACH_NS))

        def logged() -> tuple[LoggedNotes, int]:
            wanted = NotesWanted(since, now + 1)
            with self._database.reader() as c:
                rows = store.notes(c, wanted, limit=MOST_NOTES)
                newest = store.notes(c, NotesWanted(), limit=1)
                found = LoggedNotes(since, store.count_notes(c, wanted), rows[::-1])
                return found, newest[0].number if newest else 0

        notes, last_note = await self._read(logged)
        record = self.gatherer.gather(shift, notes, now)
        text = canonical(record).decode("utf-8")
        made = _Frozen(record, text, digest(record), seat, last_note)
        self._frozen[made.sha] = made
        while len(self._frozen) > _FROZEN:
            self._frozen.popitem(last=False)
        return HandoverPreview(record, made.sha, now + GOOD_FOR_NS)

    async def hand_over(
        self, seat: Seat, sha: str, password: str, incoming: str, incoming_password: str
    ) -> HandoverSheet:
        """Sign a gathered record as who sits here and as who takes over; both and the record in one commit."""
        person = self._people.require(seat, Action.SIGN_HANDOVER)
        frozen = self._still_good(sha, seat)
        if not incoming.strip():
            raise RefusedError(say("shiftlog.no_incoming"))
        sitting = self._people.sitting
        entry = self._people.entry(seat, "handover")
        session = entry.session
        await sitting.check(person.user, password, session)
        first = self._sign(person, "hand_over", frozen, session)
        account = await sitting.check(incoming.strip(), incoming_password, session)
        if account.user == person.user:
            raise RefusedError(say("shiftlog.same_person"))
        if account.must_change:
            raise RefusedError(say("people.must_change"))
        self._may_take_over(seat, account.person)
        second = self._sign(account.person, "take_over", frozen, session)
        record = frozen.record
        made = Handover(
            0, record.gathered_ns, record.shift_start_ns, record.shift_end_ns, record.shift or Text.same(""), 0, 0,
            frozen.text, frozen.sha,
        )  # fmt: skip

        def run(work: Work) -> Handover:
            newest = store.notes(work.connection, NotesWanted(), limit=1)
            if newest and newest[0].number != frozen.last_note:
                raise StoreError(say("shiftlog.newer_note"))
            return store.add_handover(work, made, first, second, entry)

        if self._frozen.pop(sha, None) is None:  # signed by another request while the passwords were checked
            raise RefusedError(say("shiftlog.not_gathered"))
        try:
            kept = await written(self._database, run)
        except RefusedError:
            self._frozen[sha] = frozen
            raise
        self._told(
            "people", "",
            say("shiftlog.told_handover", outgoing=first.printed_name, incoming=second.printed_name),
        )  # fmt: skip
        return await self.handover(kept.number)

    async def handovers(self, before: int = 0, limit: int = 50) -> list[HandoverRow]:
        """Earlier handovers, newest first; ``before`` pages on from the last number seen."""

        def look() -> list[HandoverRow]:
            with self._database.reader() as c:
                rows = []
                for found in store.handovers(c, before, max(1, min(limit, LONGEST_PAGE))):
                    names = [signatures.find(c, n) for n in (found.outgoing, found.incoming)]
                    out, into = ("?" if s is None else s.printed_name for s in names)
                    rows.append(
                        HandoverRow(
                            found.number, found.at_ns, found.shift, found.shift_start_ns, found.shift_end_ns, out, into,
                            found.record_sha,
                        )
                    )  # fmt: skip
                return rows

        return await self._read(look)

    async def handover(self, number: int) -> HandoverSheet:
        """A signed handover, with what does not hold of it."""

        def look() -> HandoverSheet | None:
            with self._database.reader() as c:
                found = store.find_handover(c, number)
                if found is None:
                    return None
                return sheet(found, signatures.find(c, found.outgoing), signatures.find(c, found.incoming))

        made = await self._read(look)
        if made is None:
            raise RefusedError(say("shiftlog.no_such_handover", number=number))
        return made

    # inside

    def _still_good(self, sha: str, seat: Seat) -> _Frozen:
        frozen = self._frozen.get(sha)
        if frozen is None:
            raise RefusedError(say("shiftlog.not_gathered"))
        if frozen.seat is not seat:
            raise RefusedError(say("shiftlog.another_gathers"))
        age = self._clock.wall_ns() - frozen.record.gathered_ns
        if not 0 <= age <= GOOD_FOR_NS:
            raise RefusedError(say("shiftlog.too_old", minutes=GOOD_FOR_NS // 60_000_000_000))
        return frozen

    def _may_take_over(self, seat: Seat, person: Person) -> None:
        if signing.may_sign(person, "take_over"):
            return
        why = say("people.may_not_sign", role=say(f"role.{person.role.value}"), meaning=say("meaning.take_over"))
        self._people.sitting.note(
            self._people.entry(
                seat, "refused", "sign", None, {"meaning": "take_over", "signer": person.user, "why": why}
            )
        )
        raise RefusedError(why)

    def _sign(self, person: Person, meaning: str, frozen: _Frozen, session: str) -> Signature:
        now, seen = self._clock.wall_ns(), shown(frozen.sha)
        return Signature(
            0, person.user, person.printed_name, person.role.value, now, local_iso(now, self._plant.timezone), meaning,
            say(f"meaning.{meaning}"), frozen.text, frozen.sha, canonical(seen).decode("utf-8"), digest(seen), None,
            session, station(),
        )  # fmt: skip

    def _area(self, place: str) -> str:
        found = self._plant.station.get(place)
        line = self._plant.line.get(place if found is None else found.line)
        return EVERYWHERE if line is None else line.area

    def _reading(self, ask: Callable[[Any], T]) -> T:
        with self._database.reader() as c:
            return ask(c)

    async def _read(self, look: Callable[[], T]) -> T:
        try:
            return await asyncio.to_thread(look)
        except StoreError as err:
            raise RefusedError(say("shiftlog.not_kept", why=err.text)) from err
