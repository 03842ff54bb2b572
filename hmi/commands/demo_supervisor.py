"""The demo's scripted supervisor: decides every card at the desk as a person would, with a password for each signature.

It uses the same questions and actions as the window and knows nothing that the desk does not show it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from hmi.commands.demo_people import SIGNS_IN, DemoPeople, DemoPerson
from hmi.commands.demo_score import Score, Story, score
from hmi.desk.client import Conversation
from hmi.desk.decision_rows import DecisionCard, DecisionRow, Inbox
from hmi.desk.hold_rows import HoldRow
from hmi.desk.refused import RefusedError
from hmi.desk.wire import DeskUnreachableError
from hmi.model.decision import AdviceKind, DecisionState, Effect, Judgement
from hmi.model.hold import Disposition, HoldState
from hmi.model.text import Text
from hmi.model.words import say

Answer = Literal["approve", "reject"]
Told = Callable[[Text, Mapping[str, object]], None]
REJECT_REASON = "other_plan"
READS_S = 3.2
"""Nobody decides on a card at first sight."""
AGAIN_S = 4.0
"""After a refusal the same is not tried again at once."""
_ROUND_S = 0.5
_PATIENCE_S = 60.0
_PAST = 50


class Desk(Protocol):
    """Where the supervisor sits."""

    def call(self, name: str, **arguments: Any) -> Any:
        """Ask and wait. RefusedError when the answer is no."""


@dataclass
class Supervisor:
    """Goes through the inbox round by round; ``told`` hears a sentence and its facts for everything that happens."""

    person: DemoPerson
    answer: Answer
    told: Told
    clock: Callable[[], float] = time.monotonic
    stories: list[Story] = field(default_factory=list)
    rows: dict[int, DecisionRow] = field(default_factory=dict)
    """Every card that was ever in the inbox, as it was seen last."""
    released: set[int] = field(default_factory=set)
    """Cards whose hold was released."""
    _facts: dict[int, str] = field(default_factory=dict)
    _not_before: dict[int, float] = field(default_factory=dict)
    _refusals: dict[int, Text] = field(default_factory=dict)

    def sit(self, desk: Desk) -> None:
        """Sign in, and sign control mode."""
        desk.call("sign_in", user=self.person.user, password=self.person.password)
        self._say(say("demo.supervisor_sits", name=self.person.printed_name), did="signed_in")
        reason = say("demo.supervisor_reason").en
        try:
            desk.call("set_mode", mode="CONTROL", reason=reason, password=self.person.password)
        except RefusedError as err:
            self._say(say("demo.supervisor_no_control", why=err.text), did="control_refused")
        else:
            self._say(say("demo.supervisor_control"), did="control")

    def round(self, desk: Desk) -> bool:
        """Look at the inbox once and do what is due; whether a card moved on since the last round."""
        before = dict(self._facts)
        desk.call("active")
        inbox: Inbox = desk.call("inbox", past=_PAST)
        for row in [*inbox.past, *inbox.running, *inbox.open]:
            self._follow(row)
        for row in inbox.open:
            if row.state is DecisionState.PROPOSED and self._due(row.id):
                self._decide(desk, row)
        if self.answer == "approve":
            for row in self.rows.values():
                judged = row.kind is AdviceKind.HOLD and row.effect is Effect.EFFECTIVE
                if judged and row.id not in self.released and self._due(-row.id):
                    self._release(desk, row)
        return self._facts != before

    def finished(self, scenario: str) -> bool:
        """Whether a story was played to its end: its card ended, its hold released, its reroute taken back."""
        story = next((s for s in self.stories if s.scenario == scenario), None)
        if story is None:
            return False
        since = [row for row in self.rows.values() if row.detected_ns >= story.at_ns]
        if scenario == "station-failure":  # short stops of other stations have cards of their own
            since = [row for row in since if row.place == story.place]
        ended = [row for row in since if story.acts(row) and row.state.ended]
        if self.answer == "reject":
            return any(row.state is DecisionState.REJECTED for row in ended)
        judged = [row for row in ended if row.state is DecisionState.JUDGED]
        if scenario == "bad-batch":
            return any(row.id in self.released for row in judged)
        if scenario == "station-failure":
            back = any(row.kind is AdviceKind.RETURN and row.state.ended for row in since)
            return back and bool(judged)
        return bool(judged)

    def scores(self, desk: Desk) -> list[Score]:
        """How far the loop came with every story."""
        listed: Sequence[DecisionRow] = desk.call("decisions", limit=100)
        cards: list[DecisionCard] = [desk.call("decision", id=row.id) for row in listed]
        return [score(story, cards) for story in self.stories]

    def _follow(self, row: DecisionRow) -> None:
        fact = row.state.value if row.effect is None else row.effect.value
        known = self._facts.get(row.id)
        self.rows[row.id], self._facts[row.id] = row, fact
        about: dict[str, object] = {"card": row.id, "kind": row.kind, "place": row.place, "state": row.state}
        if known is None:
            self._not_before[row.id] = self.clock() + READS_S
            words = say("demo.supervisor_card", id=row.id, place=row.place, what=row.what)
            self._say(words, did="card", cause=row.cause, **about)
        if known == fact or (known is None and row.state is DecisionState.PROPOSED):
            return
        label = say(f"demo.fact.{fact}")
        words = say("demo.supervisor_fact", id=row.id, fact=label)
        if row.why is not None:
            words = say("demo.supervisor_fact_why", id=row.id, fact=label, why=row.why)
        self._say(words, did="fact", effect=row.effect, **about)

    def _due(self, key: int) -> bool:
        return self._not_before.get(key, 0.0) <= self.clock()

    def _decide(self, desk: Desk, row: DecisionRow) -> None:
        reason = REJECT_REASON if self.answer == "reject" else say("demo.supervisor_reason").en
        try:
            card: DecisionCard = desk.call("decision", id=row.id)
            if card.asks_judgement and not card.judgement:
                card = desk.call("judge_cause", id=row.id, judgement=Judgement.AGREE.value)
                self._say(say("demo.supervisor_agrees", id=row.id), did="judged_cause", card=row.id)
            desk.call(
                "decide", id=row.id, verdict=self.answer, reason=reason, password=self.person.password,
                shown=card.shown,
            )  # fmt: skip
        except RefusedError as err:
            self._refused(row.id, err.text, "demo.supervisor_refused", card=row.id)
            return
        key = "demo.supervisor_approves" if self.answer == "approve" else "demo.supervisor_rejects"
        self._not_before[row.id] = self.clock() + AGAIN_S
        self._say(say(key, id=row.id), did=self.answer, card=row.id)

    def _release(self, desk: Desk, row: DecisionRow) -> None:
        holds: Iterable[HoldRow] = desk.call("holds", released=True)
        for hold in holds:
            if hold.cause != f"decision:{row.id}":
                continue
            if hold.state is not HoldState.RELEASED:
                note = say("demo.supervisor_reason").en
                try:
                    desk.call(
                        "release_hold", id=hold.id, disposition=Disposition.REWORK.value, note=note,
                        password=self.person.password,
                    )  # fmt: skip
                except RefusedError as err:
                    self._refused(-row.id, err.text, "demo.supervisor_release_refused", hold=hold.id, id_=hold.id)
                    return
                words = say("demo.supervisor_releases", id=hold.id, units=hold.units)
                self._say(words, did="released", card=row.id, hold=hold.id, units=hold.units)
            self.released.add(row.id)

    def _refused(self, key: int, why: Text, words: str, id_: int | None = None, **about: object) -> None:
        """Say a refusal once, and wait before trying again."""
        self._not_before[key] = self.clock() + AGAIN_S
        if self._refusals.get(key) != why:
            self._refusals[key] = why
            self._say(say(words, id=abs(key) if id_ is None else id_, why=why), did="refused", **about)

    def _say(self, words: Text, **about: object) -> None:
        self.told(words, about)


def supervisor(people: DemoPeople, answer: Answer, told: Told) -> Supervisor | None:
    """The supervisor among the demo's people; None where there are none of them."""
    person = next((p for p in people.users if p.user == SIGNS_IN), None)
    return None if person is None else Supervisor(person, answer, told)


class SupervisorThread:
    """Keeps a supervisor at the desk of a data folder, through restarts of its engine, until told to leave."""

    def __init__(self, data: Path, acting: Supervisor) -> None:
        self._data, self.acting = data, acting
        self._leave = threading.Event()
        self._scores: list[Score] = []
        self._complaint: Text | None = None
        self._thread = threading.Thread(target=self._run, name="demo-supervisor", daemon=True)
        self._thread.start()

    def hear(self, told: Mapping[str, object]) -> None:
        """Take in a line of the plant: it may begin a story."""
        story = Story.of(told)
        if story is not None:
            self.acting.stories.append(story)

    def leave(self) -> list[Score]:
        """Get up, and give the scores; without an engine those of the last look."""
        self._leave.set()
        self._thread.join(_PATIENCE_S)
        try:
            with Conversation(self._data, _PATIENCE_S) as desk:
                return self.acting.scores(desk)
        except (RefusedError, OSError):
            return self._scores or [score(story, []) for story in self.acting.stories]

    def _run(self) -> None:
        away = False
        while not self._leave.is_set():
            try:
                with Conversation(self._data, _PATIENCE_S) as desk:
                    self.acting.sit(desk)
                    away = False
                    while not self._leave.wait(_ROUND_S):
                        self._round(desk)
            except (DeskUnreachableError, RefusedError) as err:
                if not away:
                    away = True
                    self._complain(err.text if isinstance(err, RefusedError) else say("demo.supervisor_away"))
                self._leave.wait(AGAIN_S)

    def _round(self, desk: Desk) -> None:
        try:
            if self.acting.round(desk):
                self._scores = self.acting.scores(desk)
        except RefusedError as err:
            if err.text != self._complaint:
                self._complain(err.text)
            self._leave.wait(AGAIN_S)
        else:
            self._complaint = None

    def _complain(self, words: Text) -> None:
        self._complaint = words
        self.acting.told(words, {"did": "away"})
