"""What the quality screen says of holds, gates and genealogy, and what it asks for. No Qt."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise

from hmi.desk.hold_rows import GateRow, HoldPreview, HoldRow, MaterialNow, UnitTrace
from hmi.model.genealogy import UnitPass
from hmi.model.hold import Disposition, HoldReason, HoldScope, HoldState, ScopeKind
from hmi.model.plant import Plant
from hmi.model.text import Text
from hmi.model.words import say
from ui.equipment.words import length_words, station_name
from ui.widgets.figures import number, time_text

S = 1_000_000_000
PAGES = ("board", "trace")
REASONS: list[tuple[str, Text]] = [(r.value, say(f"qualityscreen.reason.{r.value}")) for r in HoldReason]
DISPOSITIONS: list[tuple[str, Text]] = [(d.value, say(f"qualityscreen.disposition.{d.value}")) for d in Disposition]
KINDS: list[tuple[str, Text]] = [
    (k.value, say(f"qualityscreen.kind.{k.value}"))
    for k in (ScopeKind.LOT, ScopeKind.BATCH, ScopeKind.UNITS, ScopeKind.STATION)
]
SINCE_MIN = (5, 15, 30, 60, 240)
"""One-touch beginnings of a station scope, in minutes before now."""
_URGENCY = (HoldState.ON_PAPER, HoldState.PARTLY, HoldState.PLACING, HoldState.HELD, HoldState.RELEASED)


# -- the board --------------------------------------------------------------------------------------------------------


def in_order(rows: Sequence[HoldRow]) -> list[HoldRow]:
    """What the gates do not hold comes first, then the newest."""
    return sorted(rows, key=lambda r: (_URGENCY.index(r.state), -r.placed_ns))


def closed(row: HoldRow) -> int:
    """Gates that are read back closed."""
    return sum(g.closed is True for g in row.gates)


def state_words(row: HoldRow) -> Text:
    """How far a hold is real, in words that cannot be taken for more than it is."""
    if row.state is HoldState.RELEASED and row.disposition is not None:
        return say("qualityscreen.released_as", what=say(f"qualityscreen.disposition.{row.disposition.value}"))
    return say(f"qualityscreen.state.{row.state.value}", done=closed(row), all=len(row.gates))


def state_told(row: HoldRow) -> Text:
    """The same in a sentence, with what people have to do."""
    return say(f"qualityscreen.told.{row.state.value}", done=closed(row), all=len(row.gates))


def reason_words(reason: HoldReason) -> Text:
    """The words of a typed reason."""
    return say(f"qualityscreen.reason.{reason.value}")


def why_words(row: HoldRow) -> Text:
    """Reason and note."""
    reason = reason_words(row.reason)
    return say("qualityscreen.why", reason=reason, note=row.note) if row.note else reason


def units_words(row: HoldRow) -> Text:
    """How many units, where: inside, already out, disposed of; moved ones said first."""
    key = "units_moved" if row.moved else "units_disposed" if row.disposed else "units"
    return say(f"qualityscreen.{key}", inside=number(row.inside), out=number(row.out), disposed=number(row.disposed),
               moved=number(row.moved))  # fmt: skip


def gates_words(row: HoldRow, zone: tzinfo | None) -> Text:
    """How many gates are closed, and when the last one was read back."""
    if not row.gates:
        return say("qualityscreen.no_gate")
    last = max((g.at_ns for g in row.gates if g.closed), default=0)
    if not last:
        return say("qualityscreen.gates_none", all=len(row.gates))
    return say("qualityscreen.gates", done=closed(row), all=len(row.gates), clock=time_text(last, zone))


def paper_only(rows: Sequence[HoldRow]) -> Text | None:
    """The strip above the board while some hold is not held by its gates."""
    bare = [r for r in rows if r.state in (HoldState.ON_PAPER, HoldState.PARTLY)]
    if not bare:
        return None
    units = sum(r.units - r.disposed for r in bare)
    return say("qualityscreen.paper_strip", n=len(bare), units=number(units))


def holds_count(rows: Sequence[HoldRow]) -> Text:
    """How many holds stand, and how many units they keep."""
    live = [r for r in rows if r.state is not HoldState.RELEASED]
    return say("qualityscreen.count", n=len(live), units=number(sum(r.units - r.disposed for r in live)))


def place_words(plant: Plant | None, place: str) -> Text:
    """A station with its line, or a line; a dash for nowhere."""
    if not place:
        return Text.same("–")
    station = None if plant is None else plant.station.get(place)
    if station is None:
        return station_name(plant, place)
    return say("qualityscreen.station_of", line=station_name(plant, station.line), station=station.name)


def moment(ns: int, zone: tzinfo | None) -> str:
    """Day and seconds."""
    return "–" if ns <= 0 else f"{datetime.fromtimestamp(ns // S, UTC).astimezone(zone):%m-%d %H:%M:%S}"


def short_moment(ns: int, now_ns: int, zone: tzinfo | None) -> str:
    """Seconds of today, day and minutes of an earlier day."""
    said, today = moment(ns, zone), moment(now_ns, zone)
    return said if ns <= 0 else said[6:] if said[:5] == today[:5] else said[:11]


def facts(row: HoldRow, plant: Plant | None, now_ns: int, zone: tzinfo | None) -> list[tuple[Text, Text | str]]:
    """What there is to say of a hold, in names and words."""
    age = length_words((now_ns - row.placed_ns) / S)
    found: list[tuple[Text, Text | str]] = [
        (say("qualityscreen.reason_key"), reason_words(row.reason)),
        (say("qualityscreen.note"), row.note or "–"),
        (say("qualityscreen.where"), place_words(plant, row.place)),
        (say("qualityscreen.placed"), say("qualityscreen.by_at", user=row.by, clock=moment(row.placed_ns, zone))),
    ]
    if row.state is HoldState.RELEASED:
        by_at = say("qualityscreen.by_at", user=row.released_by, clock=moment(row.released_ns, zone))
        found.append((say("qualityscreen.released"), by_at))
    else:
        found.append((say("qualityscreen.age"), age))
    found.append((say("qualityscreen.affected"), say("qualityscreen.n_units", n=number(row.units))))
    found.append((say("qualityscreen.where_now"), units_words(row)))
    if row.cause:
        found.append((say("qualityscreen.cause"), cause_words(row.cause)))
    return found


def cause_words(cause: str) -> Text:
    """What a hold came from: a decision's card, or what it says."""
    kind, _, id_ = cause.partition(":")
    return say("qualityscreen.card", number=id_) if kind == "decision" else Text.same(cause)


def gate_words(gate: GateRow, zone: tzinfo | None) -> Text:
    """A gate in words: what it reports, and since when that is known."""
    if gate.closed:
        key = "gate_closed" if gate.outcome == "VERIFIED" or not gate.outcome else "gate_closed_only"
    elif gate.closed is False:
        key = "gate_open"
    else:
        key = "gate_unknown"
    said = say(f"qualityscreen.{key}", clock=time_text(gate.at_ns, zone))
    if gate.outcome and gate.outcome != "VERIFIED":
        said = say("qualityscreen.gate_outcome", said=said, outcome=say(f"outcome.{gate.outcome}"))
    return said if gate.why is None else say("qualityscreen.gate_why", said=said, why=gate.why)


def gate_name(gate: GateRow, plant: Plant | None) -> Text:
    """Where a gate stands and what it is for."""
    key = gate.purpose if gate.purpose in ("stop", "keep") else "keep"
    return say(f"qualityscreen.purpose.{key}", place=place_words(plant, gate.station))


# -- a new hold -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Offer:
    """One lot or batch that can be held with one touch."""

    kind: ScopeKind
    id: str
    line: str
    now: bool
    """In work now; else a recent one."""


def offers(rows: Sequence[MaterialNow], kind: ScopeKind, most: int = 12) -> list[Offer]:
    """The lots or batches in the lines, those in work first, each once."""
    lot = kind is ScopeKind.LOT
    first = [Offer(kind, r.lot if lot else r.batch, r.line, True) for r in rows]
    rest = [Offer(kind, x, r.line, False) for r in rows for x in (r.lots if lot else r.batches)]
    found: dict[str, Offer] = {}
    for offer in [*first, *rest]:
        if offer.id:
            found.setdefault(offer.id, offer)
    return list(found.values())[:most]


def offer_words(offer: Offer, plant: Plant | None) -> Text:
    """A button's word: the id with its line where it is in work."""
    if not offer.now:
        return Text.same(offer.id)
    return say("qualityscreen.offer", id=offer.id, line=station_name(plant, offer.line))


def ids_in(text: str) -> tuple[str, ...]:
    """Ids that a person typed, apart by commas or blanks, each once."""
    return tuple(dict.fromkeys(x for x in re.split(r"[\s,;]+", text) if x))


def clock_in(text: str, now_ns: int, zone: tzinfo | None) -> int | None:
    """The last time that the plant's clock said ``13:02`` (or ``13:02:30``); None when that is no time."""
    found = re.fullmatch(r"\s*(\d{1,2}):(\d{2})(?::(\d{2}))?\s*", text)
    if found is None:
        return None
    hour, minute, second = (int(x or 0) for x in found.groups())
    if hour > 23 or minute > 59 or second > 59:
        return None
    now = datetime.fromtimestamp(now_ns // S, UTC).astimezone(zone)
    then = now.replace(hour=hour, minute=minute, second=second, microsecond=0)
    if then > now:
        then = (now - timedelta(days=1)).replace(hour=hour, minute=minute, second=second, microsecond=0)
    return round(then.timestamp()) * S


def scope_of(kind: ScopeKind, ids: Sequence[str], since_ns: int | None, until_ns: int = 0) -> HoldScope | Text:
    """The scope that a person has named so far, or what is still missing of it."""
    if not ids:
        return say(f"qualityscreen.missing.{kind.value}")
    if kind is not ScopeKind.STATION:
        return HoldScope(kind, tuple(ids))
    if since_ns is None:
        return say("qualityscreen.missing.since")
    return HoldScope(kind, tuple(ids[:1]), since_ns, until_ns)


def preview_rows(preview: HoldPreview) -> list[tuple[Text, Text | str]]:
    """What a hold would take."""
    return [
        (say("qualityscreen.affected"), say("qualityscreen.n_units", n=number(preview.units))),
        (say("qualityscreen.inside"), say("qualityscreen.n_units", n=number(preview.inside))),
        (say("qualityscreen.out"), say("qualityscreen.n_units", n=number(preview.out))),
        (say("qualityscreen.lots"), some(preview.lots)),
        (say("qualityscreen.batches"), some(preview.batches)),
    ]


def some(ids: Sequence[str], most: int = 3) -> Text:
    """A few ids and how many more there are."""
    if not ids:
        return Text.same("–")
    first = ", ".join(ids[:most])
    return Text.same(first) if len(ids) <= most else say("qualityscreen.and_more", first=first, n=len(ids) - most)


# -- the trace --------------------------------------------------------------------------------------------------------


def batches_of(trace: UnitTrace) -> list[str]:
    """The batches that a unit was made with; those it may have been made with are among them."""
    found = [*trace.batches, *(b for p in trace.passes for b in (p.batch, p.batch_edge))]
    return [b for b in dict.fromkeys(found) if b]


def took(passes: Sequence[UnitPass]) -> dict[tuple[str, int], float]:
    """Seconds from the station before to each pass."""
    return {(b.station, b.at_ns): (b.at_ns - a.at_ns) / S for a, b in pairwise(passes)}


def batch_words(found: UnitPass) -> Text:
    """The batch of a pass; two where it changed while the unit was in work."""
    if found.batch_edge and found.batch_edge != found.batch:
        return say("qualityscreen.batch_edge", batch=found.batch or "–", other=found.batch_edge)
    return Text.same(found.batch or "–")
