"""Which card is shown, what its state is called, and what the person at the window may do with it. No Qt."""

from __future__ import annotations

from datetime import tzinfo

from hmi.desk.decision_rows import DecisionCard, DecisionRow, Inbox
from hmi.desk.people_rows import WhoRow
from hmi.model.decision import REJECT_REASONS, DecisionState, Effect
from hmi.model.permission import EVERYWHERE, Action
from hmi.model.plant import Plant
from hmi.model.text import Text
from hmi.model.words import catalogue, say
from ui.equipment.rights import may_not
from ui.equipment.words import clock_words, length_words, station_name
from ui.widgets.figures import day_time_text, span_text, time_text

S = 1_000_000_000
SOON_S = 60
"""A countdown below this is written bold."""
VERDICTS = ("reject", "defer", "approve")
"""In the order of their buttons."""
REASONS = {
    "reject": ("not_the_cause", "other_plan", "too_risky", "bad_moment", "other"),
    "defer": ("bad_moment", "look_first", "ask_someone", "other_plan", "other"),
    "approve": ("cause_clear", "least_loss", "checked_there", "agreed", "other"),
    "undo": ("no_effect", "worse", "cause_gone", "mistake", "other"),
}
"""Five chips each; catalogue: decisions.reason.KEY."""
_S = DecisionState


def pick(inbox: Inbox | None, looked_at: int) -> int:
    """The card to show: the one that is looked at, never swapped for another; without one the first that waits."""
    if inbox is None or looked_at:
        return looked_at
    first = [*inbox.open, *inbox.running]
    return first[0].id if first else 0


def following(inbox: Inbox | None, looked_at: int) -> int:
    """The next card that waits for a decision; 0 when there is none but the one looked at."""
    return next((row.id for row in (() if inbox is None else inbox.open) if row.id != looked_at), 0)


def walk(inbox: Inbox) -> list[DecisionRow]:
    """The cards in the order in which J and K go through them, each once."""
    seen: dict[int, DecisionRow] = {}
    for row in (*inbox.open, *inbox.running, *inbox.past):
        seen.setdefault(row.id, row)
    return list(seen.values())


def beside(inbox: Inbox, looked_at: int, step: int) -> int:
    """The card one step further in that order; at its ends the same one."""
    ids = [row.id for row in walk(inbox)]
    if not ids:
        return 0
    if looked_at not in ids:
        return ids[0]
    return ids[min(len(ids) - 1, max(0, ids.index(looked_at) + step))]


def place_words(plant: Plant | None, place: str) -> Text:
    """A station with its line: Line 3 · Placer."""
    station = None if plant is None else plant.station.get(place)
    if plant is None or station is None or station.line not in plant.line:
        return station_name(plant, place)
    return say("decisions.place", line=plant.line[station.line].name, station=station.name)


def area_of(plant: Plant | None, place: str) -> str:
    """The area in which the right to decide is asked for."""
    if plant is None:
        return EVERYWHERE
    station = plant.station.get(place)
    line = plant.line.get(station.line if station is not None else place)
    return EVERYWHERE if line is None else line.area


def under_title(row: DecisionRow, plant: Plant | None, zone: tzinfo | None) -> Text:
    """Kind, place, when it was found and how long the card took."""
    return say(
        "decisions.under_title", kind=say(f"decisions.kind.{row.kind.value}"), place=place_words(plant, row.place),
        found=time_text(row.detected_ns, zone), made=time_text(row.proposed_ns, zone),
        took=length_words(max(0, row.proposed_ns - row.detected_ns) / S), number=row.id,
    )  # fmt: skip


def left_s(row: DecisionRow, now_ns: int) -> float | None:
    """Seconds until the card expires; None for one that is decided or never expires."""
    if not row.state.open or row.expires_ns <= 0:
        return None
    return (row.expires_ns - now_ns) / S


def countdown(row: DecisionRow, now_ns: int) -> Text:
    """How long one may still decide, else what became of the card."""
    left = left_s(row, now_ns)
    if left is None:
        return state_words(row)
    if row.second_until_ns > now_ns:
        return say("decisions.second_in", left=span_text((row.second_until_ns - now_ns) / S))
    if left <= 0:
        return say("decisions.expired_now")
    return say("decisions.expires_in", left=span_text(left))


def state_words(row: DecisionRow) -> Text:
    """The state of a card in a word or two; a judged one says how it was judged."""
    if row.state is _S.JUDGED and row.effect is not None:
        return say(f"decisions.effect.{row.effect.value}")
    return say(f"decisions.state.{row.state.value}")


def state_line(card: DecisionCard, zone: tzinfo | None) -> Text:
    """What happens or happened after the decision, with its time and who decided."""
    row = card.row
    done = sum(1 for w in card.writes if w.outcome == "VERIFIED")
    at = card.life[-1].at_ns if card.life else row.decided_ns
    told: dict[str, object] = {
        "by": row.by or "–", "at": time_text(at or row.decided_ns, zone), "done": done, "all": len(card.writes),
        "until": time_text(effect_until(card), zone),
    }  # fmt: skip
    key = f"decisions.line.{row.state.value}"
    if row.state is _S.JUDGED and row.effect is not None:
        key = f"decisions.line.{row.effect.value}"
    elif row.state is _S.EXECUTING and not card.writes:
        key = "decisions.line.EXECUTING_DOOR"
    return say(key, **told)


def effect_until(card: DecisionCard) -> int:
    """When the effect is judged: the declared window after the writes were read back (or approved); 0 not known."""
    if card.expected is None:
        return 0
    since = next(
        (x.at_ns for state in (_S.VERIFIED, _S.EXECUTED, _S.APPROVED) for x in card.life if x.state is state), 0
    )
    return since + round(card.expected.window_s * S) if since else 0


def in_doubt(row: DecisionRow) -> bool:
    """Whether a person has to look: nobody knows, or only a part was done, or it made things worse."""
    return row.state in (_S.UNKNOWN, _S.PARTLY) or row.effect is Effect.WORSE


def reason_words(why: Text | None) -> Text | None:
    """A reason on record in words: one that is a chip's key is told by the chip."""
    if why is None:
        return None
    key = f"decisions.reason.{why.en}"
    return say(key) if key in catalogue() else why


def reason_sent(key: str, word: str, typed: str, *, undo: bool = False) -> str:
    """A reason as it goes on record: the key of a chip that the record knows, else the person's words.

    word: the chip's word in the language of the moment.
    """
    if key in REJECT_REASONS and not typed and not undo:
        return key
    return ": ".join(x for x in (word, typed) if x)


def why_no_judging(who: WhoRow | None, card: DecisionCard, plant: Plant | None) -> Text | None:
    """Why the person cannot give a judgement of the cause; None when they can."""
    return may_not(who, Action.DECIDE, area_of(plant, card.row.place))


def why_not(who: WhoRow | None, card: DecisionCard, plant: Plant | None, verdict: str, now_ns: int) -> Text | None:
    """Why approve, reject, defer or undo is not possible at this moment; None when it is."""
    why = may_not(who, Action.DECIDE, area_of(plant, card.row.place))
    if why is not None:
        return why
    if verdict == "undo":
        return None if card.can_undo else say("decisions.no_undo")
    if not card.row.state.open:
        return say("decisions.decided")
    left = left_s(card.row, now_ns)
    if left is not None and left <= 0:
        return say("decisions.expired_now")
    if verdict != "approve":
        return None
    if card.asks_judgement and not card.judgement:
        return say("decisions.judge_first")
    if card.row.second_until_ns > now_ns and who is not None and card.row.first_user == who.user:
        return say("decisions.first_is_you")
    if card.stale is not None:
        return card.stale
    return next((w.refused for w in card.writes if w.refused is not None), None)


def two_words(card: DecisionCard, now_ns: int, zone: tzinfo | None) -> Text | None:
    """What an open card that takes two persons waits for; None where one signature orders it."""
    row = card.row
    if not row.state.open or card.two_persons is None:
        return None
    if row.second_until_ns <= now_ns:
        return card.two_persons
    at, until = time_text(row.first_ns, zone), time_text(row.second_until_ns, zone)
    return say("decisions.waits_second", first=row.first_by, at=at, until=until)


def why_no_signature(reason: str, typed: bool) -> Text | None:
    """What is still missing for a signature."""
    if not reason:
        return say("decisions.reason_missing")
    return None if typed else say("decisions.password_missing")


def past_clock(row: DecisionRow, now_ns: int, zone: tzinfo | None) -> str:
    """When a card was decided or ended, for a list: hours and minutes, the day too when it was another one."""
    at = row.decided_ns or row.ended_ns or row.proposed_ns
    if at <= 0:
        return "–"
    days = (now_ns - at) > 20 * 3600 * S
    if not days:
        return clock_words(at, zone)
    return day_time_text(at, zone)[5:16]
