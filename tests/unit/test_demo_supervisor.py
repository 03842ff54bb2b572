"""The demo's scripted supervisor: what it does at the desk, in which order, and what it says came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from hmi.commands.demo_people import SIGNS_IN, DemoPeople, DemoPerson
from hmi.commands.demo_score import COLUMNS, Score, Story, score, table
from hmi.commands.demo_supervisor import AGAIN_S, READS_S, REJECT_REASON, Answer, Supervisor, supervisor
from hmi.desk.decision_rows import DecisionCard, DecisionRow, Inbox, LifeRow
from hmi.desk.hold_rows import HoldRow
from hmi.desk.refused import RefusedError
from hmi.model.decision import REJECT_REASONS, AdviceKind, Cause, DecisionState, Effect
from hmi.model.hold import Disposition, HoldReason, HoldScope, HoldState, ScopeKind
from hmi.model.text import Lang, Text
from hmi.model.words import say

START = 1_795_240_800_000_000_000
S = 1_000_000_000
WORD = "amber-basalt-cedar-delta-12"
PERSON = DemoPerson(SIGNS_IN, "supervisor", "Park Jiwon", WORD)


def row(number: int = 1, state: DecisionState = DecisionState.PROPOSED, **more: Any) -> DecisionRow:
    made = DecisionRow(
        number, "advise_hold", AdviceKind.HOLD, "L1.S4", Text.same("Hold batch PASTE-1B"), state, None, True,
        START + 50 * S, START + 53 * S, 0, 0, START + 600 * S, "", None, "batch:PASTE-1B",
    )  # fmt: skip
    return replace(made, **more)


def card(of: DecisionRow, *causes: str, judgement: str = "", life: tuple[LifeRow, ...] = ()) -> DecisionCard:
    named = [Cause(c, Text.same(c), 0.5, Text.same("why")) for c in causes or (of.cause,)]
    return DecisionCard(
        of, [], named, [], None, None, judgement, of.class_a, [], [], Text.same("way back"), True, 1.0, None,
        list(life), None, None, None, f"shown-{of.id}",
    )  # fmt: skip


def hold(cause: str, state: HoldState = HoldState.HELD) -> HoldRow:
    return HoldRow(
        4, state, HoldReason.MATERIAL_BATCH, HoldScope(ScopeKind.BATCH, ("PASTE-1B",)), Text.same("PASTE-1B"), "", "L1",
        "Park Jiwon", START, cause, 31, 2, 29, 0, 0,
    )  # fmt: skip


@dataclass
class FakeDesk:
    """A desk with one inbox; remembers what it was asked to do."""

    inbox: Inbox = field(default_factory=Inbox)
    holds: list[HoldRow] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)
    done: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def call(self, name: str, **arguments: Any) -> Any:
        if name in self.refuses:
            raise RefusedError(say("gateway.no_reason"))
        if name not in ("inbox", "active", "decision", "decisions", "holds"):
            self.done.append((name, arguments))
        rows = [*self.inbox.open, *self.inbox.running, *self.inbox.past]
        judged = [a for n, a in self.done if n == "judge_cause"]
        return {
            "inbox": self.inbox, "holds": self.holds, "decisions": rows,
            **{n: card(r, judgement=judged[-1]["judgement"] if judged else "")
               for r in rows if r.id == arguments.get("id") for n in ("decision", "judge_cause", "decide")},
        }.get(name)  # fmt: skip

    def acts(self) -> list[str]:
        return [name for name, _ in self.done]


@dataclass
class Played:
    """A supervisor at a desk, on a clock that the test moves."""

    answer: Answer
    desk: FakeDesk = field(default_factory=FakeDesk)
    now: float = 100.0
    said: list[tuple[Text, Mapping[str, object]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.acting = Supervisor(PERSON, self.answer, lambda w, a: self.said.append((w, a)), clock=lambda: self.now)

    def rounds(self, count: int = 1, seconds: float = READS_S) -> None:
        for _ in range(count):
            self.acting.round(self.desk)
            self.now += seconds


def test_it_signs_in_and_signs_control_mode() -> None:
    played = Played("approve")
    played.acting.sit(played.desk)
    (sat, who), (mode, how) = played.desk.done
    assert (sat, who) == ("sign_in", {"user": SIGNS_IN, "password": WORD})
    assert mode == "set_mode"
    assert how["mode"] == "CONTROL"
    assert how["password"] == WORD
    assert how["reason"]


def test_a_card_is_read_then_judged_then_approved_as_it_was_shown() -> None:
    played = Played("approve")
    played.desk.inbox = Inbox(open=[row()])
    played.rounds(1, 0.1)
    assert played.desk.acts() == []
    played.now += READS_S
    played.rounds()
    (judge, how), (decide, what) = played.desk.done
    assert (judge, how) == ("judge_cause", {"id": 1, "judgement": "agree"})
    assert decide == "decide"
    assert (what["verdict"], what["shown"], what["password"]) == ("approve", "shown-1", WORD)
    assert what["reason"]


def test_a_card_without_class_a_is_not_asked_for_a_judgement() -> None:
    played = Played("approve")
    played.desk.inbox = Inbox(open=[row(class_a=False)])
    played.rounds(2)
    assert played.desk.acts() == ["decide"]


def test_the_one_who_rejects_gives_a_reason_of_the_chips_and_releases_nothing() -> None:
    played = Played("reject")
    played.desk.inbox = Inbox(open=[row()])
    played.rounds(2)
    assert played.desk.done[-1][1]["verdict"] == "reject"
    assert played.desk.done[-1][1]["reason"] == REJECT_REASON in REJECT_REASONS
    played.desk.inbox = Inbox(past=[row(state=DecisionState.JUDGED, effect=Effect.EFFECTIVE)])
    played.desk.holds = [hold("decision:1")]
    played.rounds(3)
    assert "release_hold" not in played.desk.acts()


def test_a_refusal_is_said_once_and_tried_again_later() -> None:
    played = Played("approve")
    played.desk.inbox, played.desk.refuses = Inbox(open=[row()]), {"decide"}
    played.rounds(6, AGAIN_S + 0.1)
    assert len([a for _, a in played.said if a["did"] == "refused"]) == 1
    played.desk.refuses.clear()
    played.rounds()
    assert played.desk.acts()[-1] == "decide"


def test_a_deferred_card_waits_for_its_time() -> None:
    played = Played("approve")
    played.desk.inbox = Inbox(open=[row(state=DecisionState.DEFERRED)])
    played.rounds(3)
    assert played.desk.acts() == []


def test_an_effective_hold_is_released_once_for_rework() -> None:
    played = Played("approve")
    played.desk.inbox = Inbox(past=[row(state=DecisionState.JUDGED, effect=Effect.EFFECTIVE)])
    played.desk.holds = [hold("decision:9"), hold("decision:1")]
    played.rounds(4, AGAIN_S)
    ((name, how),) = played.desk.done
    assert name == "release_hold"
    assert (how["id"], how["disposition"], how["password"]) == (4, Disposition.REWORK.value, WORD)


@pytest.mark.parametrize(
    "past", [row(state=DecisionState.JUDGED, effect=Effect.NO_EFFECT), row(state=DecisionState.VERIFIED),
             row(state=DecisionState.JUDGED, effect=Effect.EFFECTIVE, kind=AdviceKind.STEP)]
)  # fmt: skip
def test_nothing_else_releases_a_hold(past: DecisionRow) -> None:
    played = Played("approve")
    played.desk.inbox, played.desk.holds = Inbox(past=[past]), [hold("decision:1")]
    played.rounds(3)
    assert played.desk.acts() == []


def test_every_fact_of_a_card_is_said_once_in_both_languages() -> None:
    played = Played("reject")
    for state in (DecisionState.PROPOSED, DecisionState.APPROVED, DecisionState.EXECUTED, DecisionState.VERIFIED):
        played.desk.inbox = Inbox(running=[row(state=state)])
        played.rounds(2)
    played.desk.inbox = Inbox(past=[row(state=DecisionState.JUDGED, effect=Effect.EFFECTIVE, why=Text("held", "보류"))])
    played.rounds(2)
    assert [a["did"] for _, a in played.said] == ["card", "fact", "fact", "fact", "fact"]
    assert all(w.en != w.ko and "{" not in w.en + w.ko for w, _ in played.said)
    assert played.said[-1][1]["effect"] == Effect.EFFECTIVE


def test_every_state_and_effect_has_its_word() -> None:
    for word in (*DecisionState, *Effect):
        assert say(f"demo.fact.{word.value}").ko


STORY = Story("bad-batch", "L1.S1", "batch:PASTE-1B", START)


def test_a_story_is_over_when_its_card_ended_and_its_hold_was_released() -> None:
    played = Played("approve")
    assert not played.acting.finished("bad-batch")
    played.acting.stories.append(STORY)
    played.desk.inbox = Inbox(past=[row(state=DecisionState.JUDGED, effect=Effect.EFFECTIVE)])
    played.rounds()
    assert not played.acting.finished("bad-batch")
    played.desk.holds = [hold("decision:1", HoldState.RELEASED)]
    played.rounds(2, AGAIN_S)
    assert played.acting.finished("bad-batch")


def test_a_rejected_card_ends_its_story_for_the_one_who_rejects() -> None:
    played = Played("reject")
    played.acting.stories.append(STORY)
    played.desk.inbox = Inbox(past=[row(state=DecisionState.REJECTED, detected_ns=START - S)])
    played.rounds()
    assert not played.acting.finished("bad-batch")  # that card was there before the story
    played.desk.inbox = Inbox(past=[row(2, state=DecisionState.REJECTED)])
    played.rounds()
    assert played.acting.finished("bad-batch")


def test_a_reroute_is_over_when_the_way_back_was_taken() -> None:
    played = Played("approve")
    played.acting.stories.append(Story("station-failure", "L3.S2", "station:L3.S2", START))
    ended = {"state": DecisionState.JUDGED, "effect": Effect.EFFECTIVE}
    beside = [row(3, kind=kind, place="L1.S4", **ended) for kind in (AdviceKind.REROUTE, AdviceKind.RETURN)]
    played.desk.inbox = Inbox(past=[row(1, kind=AdviceKind.REROUTE, place="L3.S2", **ended), beside[1]])
    played.rounds()
    assert not played.acting.finished("station-failure")
    played.desk.inbox = Inbox(past=[row(2, kind=AdviceKind.RETURN, place="L3.S2", **ended), beside[0]])
    played.rounds()
    assert played.acting.finished("station-failure")


def test_only_a_line_with_a_cause_begins_a_story() -> None:
    told = {"scenario": "bad-batch", "place": "L1.S1", "time": "2026-11-21T06:00:00.250000+00:00"}
    assert Story.of(told) is None
    story = Story.of({**told, "cause": "batch:PASTE-1B"})
    assert story is not None
    assert story.at_ns == START + S // 4


def life(*facts: tuple[DecisionState, float]) -> tuple[LifeRow, ...]:
    return tuple(LifeRow(state, START + int(at * S), "", Text.same("-")) for state, at in facts)


def test_the_score_is_of_the_card_that_named_the_cause_and_was_not_replaced() -> None:
    st = DecisionState
    replaced = card(row(1, st.SUPERSEDED), "batch:PASTE-1B", life=life((st.PROPOSED, 53)))
    judged = card(
        row(2, st.JUDGED, effect=Effect.EFFECTIVE, proposed_ns=START + 60 * S),
        "tag:L1.S1.PasteHeight", "batch:PASTE-1B",
        life=life((st.PROPOSED, 60), (st.APPROVED, 64), (st.EXECUTED, 66), (st.VERIFIED, 66.5), (st.JUDGED, 120)),
    )  # fmt: skip
    other = card(row(3, place="L2.S3", cause="tag:x"), "tag:x")
    found = score(STORY, [other, judged, replaced])
    assert (found.card, found.rank, found.detected_s, found.proposed_s) == (2, 2, 50.0, 60.0)
    assert (found.approved_s, found.executed_s, found.verified_s, found.judged_s) == (64.0, 66.0, 66.5, 120.0)
    assert found.effect is Effect.EFFECTIVE


def test_a_card_that_only_asks_to_look_is_no_answer_while_another_acts() -> None:
    st = DecisionState
    look = row(1, st.VERIFIED, kind=AdviceKind.INSPECT, place="L1.S1", cause="tag:L1.S1.PasteHeight")
    looked = card(look, "tag:L1.S1.PasteHeight", "batch:PASTE-1B", life=life((st.PROPOSED, 40)))
    held = card(row(2, st.JUDGED, proposed_ns=START + 60 * S, effect=Effect.EFFECTIVE), life=life((st.PROPOSED, 60)))
    assert score(STORY, [looked, held]).card == 2
    assert score(STORY, [looked]).card == 1


def test_neither_a_card_of_elsewhere_nor_one_that_only_asks_to_look_ends_a_story() -> None:
    played = Played("reject")
    played.acting.stories.append(STORY)
    elsewhere = row(1, DecisionState.REJECTED, kind=AdviceKind.STEP, place="L2.S3", cause="tag:x")
    look = row(2, DecisionState.REJECTED, kind=AdviceKind.INSPECT, place="L1.S1", cause="tag:y")
    played.desk.inbox = Inbox(past=[elsewhere, look])
    played.rounds()
    assert not played.acting.finished("bad-batch")
    played.desk.inbox = Inbox(past=[row(3, DecisionState.REJECTED)])
    played.rounds()
    assert played.acting.finished("bad-batch")


def test_a_story_without_a_card_has_an_empty_score() -> None:
    early = card(row(1, detected_ns=START - 60 * S))
    found = score(STORY, [early])
    assert found.card is None
    assert found.rank is None
    assert found == Score("bad-batch", "batch:PASTE-1B")


@pytest.mark.parametrize("lang", list(Lang))
def test_the_table_has_a_line_for_each_story_and_its_columns_stand_in_line(lang: Lang) -> None:
    st = DecisionState
    found = [Score("oven-drift", "tag:x"), score(STORY, [card(row(1, st.REJECTED), life=life((st.REJECTED, 60)))])]
    lines = table(found, lang).splitlines()
    assert len(lines) == 3
    assert len(lines[0].split("  ")) >= len(COLUMNS)
    assert say("demo.fact.REJECTED").of(lang) in lines[2]
    assert say("demo.supervisor_none").of(lang) in lines[1]


def test_there_is_no_supervisor_in_a_folder_with_people_of_its_own() -> None:
    assert supervisor(DemoPeople([], ""), "approve", lambda *_: None) is None
    made = supervisor(DemoPeople([PERSON], SIGNS_IN), "approve", lambda *_: None)
    assert made is not None
    assert made.person is PERSON
