"""`linekeeper decide` and `linekeeper decisions`: whose judgement is given, what is signed, which exit code follows."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from hmi.cli import main
from hmi.commands import Outcome, decide, decisions
from hmi.desk.decision_rows import DecisionCard, DecisionRow
from hmi.desk.refused import RefusedError
from hmi.desk.wire import DeskUnreachableError
from hmi.model.decision import AdviceKind, DecisionState, Effect
from hmi.model.text import Lang, Text
from hmi.model.words import say

START = 1_795_240_800_000_000_000
ROW = DecisionRow(
    7, "advise_step", AdviceKind.STEP, "L2.S3", Text("Lower zone 3", "3존을 낮춤"), DecisionState.PROPOSED, None, True,
    START, START, 0, 0, START, "", None, "tag:L2.S3.Zone3Temperature",
)  # fmt: skip


@dataclass
class FakeDesk:
    """A desk with one card that ends in ``after`` once it is decided; remembers what was done there."""

    after: DecisionState = DecisionState.VERIFIED
    asks: bool = True
    refuses: bool = False
    gone_at: str = ""
    """The question at which the engine goes away, ``decision`` only once it is decided."""
    done: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    row: DecisionRow = ROW

    def __enter__(self) -> FakeDesk:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def call(self, name: str, **arguments: Any) -> DecisionCard:
        judged = ""
        if name == self.gone_at and (name != "decision" or self.row is not ROW):
            raise DeskUnreachableError
        if name != "decision":
            self.done.append((name, arguments))
        if name == "judge_cause":
            judged, self.asks = arguments["judgement"], False
        if name == "decide":
            if self.refuses:
                raise RefusedError(say("decision.expired"))
            self.row = replace(ROW, state=self.after)
        return DecisionCard(
            self.row, [], [], [], None, None, judged, self.asks, [], [], Text.same(""), False, None, None, [], None,
            None, None, f"shown-{len(self.done)}",
        )  # fmt: skip


def decided(monkeypatch: pytest.MonkeyPatch, desk: FakeDesk, *more: str, verdict: str = "approve") -> int:
    monkeypatch.setattr(decide, "sign_in", lambda *_: (desk, "secret"))
    return main(["decide", "7", verdict, "--as", "park", "--reason", "too hot", "--wait", "0", "--lang", "en", *more])


def test_a_judgement_that_was_not_given_is_unsure_and_said_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = FakeDesk()
    assert decided(monkeypatch, desk) == Outcome.DONE
    (first, judged), (then, signed) = desk.done
    assert (first, judged["judgement"]) == ("judge_cause", "unsure")
    assert then == "decide"
    assert signed["shown"] == "shown-1", "what was shown after the judgement is signed"
    assert (signed["verdict"], signed["password"]) == ("approve", "secret")
    assert say("decision.judged_unsure").en in capsys.readouterr().err


def test_a_judgement_that_was_given_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = FakeDesk()
    decided(monkeypatch, desk, "--judgement", "differ", verdict="reject")
    assert [name for name, _ in desk.done] == ["judge_cause", "decide"]
    assert desk.done[0][1]["judgement"] == "differ"


@pytest.mark.parametrize(("asks", "verdict"), [(False, "approve"), (True, "reject"), (True, "defer")])
def test_no_judgement_is_made_up_where_none_is_needed(
    monkeypatch: pytest.MonkeyPatch, asks: bool, verdict: str
) -> None:
    desk = FakeDesk(asks=asks)
    decided(monkeypatch, desk, verdict=verdict)
    assert [name for name, _ in desk.done] == ["decide"]


@pytest.mark.parametrize(
    ("after", "code"),
    [
        (DecisionState.VERIFIED, Outcome.DONE), (DecisionState.REJECTED, Outcome.DONE),
        (DecisionState.EXECUTING, Outcome.UNKNOWN), (DecisionState.UNKNOWN, Outcome.UNKNOWN),
        (DecisionState.PARTLY, Outcome.REJECTED), (DecisionState.FAILED, Outcome.REJECTED),
    ],
)  # fmt: skip
def test_the_exit_code_says_how_real_it_is(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes], after: DecisionState, code: Outcome
) -> None:
    assert decided(monkeypatch, FakeDesk(after), "--json") == code


def test_a_refusal_is_told_in_both_languages(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert decided(monkeypatch, FakeDesk(refuses=True), "--json") == Outcome.REFUSED
    told = json.loads(capfdbinary.readouterr().out)
    assert told["state"] == "REFUSED"
    assert told["why"]["ko"] == say("decision.expired").ko


def test_the_first_of_two_signatures_is_told_with_who_gave_it(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    until = START + 120 * 10**9
    waits = replace(ROW, first_by="Park Minsu", first_user="park", first_ns=START, second_until_ns=until)
    monkeypatch.setattr("tests.unit.test_decide_command.ROW", waits)
    desk = FakeDesk(DecisionState.PROPOSED, row=waits)
    assert decided(monkeypatch, desk) == Outcome.DONE
    assert "Park Minsu signed first" in capfdbinary.readouterr().err.decode()
    form = decisions.printed(waits)
    assert (form["first_by"], form["state"]) == ("Park Minsu", "PROPOSED")
    assert form["second_until"] is not None


@pytest.mark.parametrize(("gone_at", "key"), [("decide", "unanswered"), ("decision", "outcome_unanswered")])
def test_what_came_of_a_decision_that_was_sent_is_unknown_when_the_engine_goes_away(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes], gone_at: str, key: str
) -> None:
    monkeypatch.setattr(decide, "LOOK_S", 0.0)
    desk = FakeDesk(DecisionState.EXECUTING, gone_at=gone_at)
    assert decided(monkeypatch, desk, "--json", "--wait", "9") == Outcome.UNKNOWN
    told = json.loads(capfdbinary.readouterr().out)
    assert (told["id"], told["state"]) == (7, "UNKNOWN")
    assert told["why"] == say(f"decision.{key}", id=7).to_json()


def test_before_the_decision_was_sent_nothing_was_decided(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert decided(monkeypatch, FakeDesk(gone_at="judge_cause"), "--json") == Outcome.NOTHING_THERE
    assert json.loads(capfdbinary.readouterr().out)["state"] is None


def test_without_an_engine_there_is_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: object, **__: object) -> None:
        raise DeskUnreachableError

    monkeypatch.setattr(decisions, "call", nobody)
    monkeypatch.setattr(decide, "sign_in", nobody)
    assert main(["decisions"]) == Outcome.NOTHING_THERE
    assert main(["decide", "7", "reject", "--as", "park", "--reason", "other"]) == Outcome.NOTHING_THERE


def test_a_card_in_one_line_tells_the_effect_once_it_is_judged() -> None:
    judged = replace(ROW, state=DecisionState.JUDGED, effect=Effect.NO_EFFECT)
    assert say("decision.effect_NO_EFFECT").ko in decisions.line(judged, Lang.KO)
    assert say("decision.state_PROPOSED").en in decisions.line(ROW, Lang.EN)
    assert decisions.printed(ROW)["detected"].startswith("2026-11-21T06:00:00")
