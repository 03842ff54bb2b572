"""`linekeeper hold` with an engine that goes away: before the act there is nothing, after it nobody knows."""

import json
from types import SimpleNamespace

import pytest

from hmi.cli import main
from hmi.commands import Outcome, hold
from hmi.desk.wire import DeskUnreachableError
from hmi.model.words import say

PLACE = ("--lot", "M1", "--reason", "manual")
RELEASE = ("--release", "3", "--disposition", "scrap")


class Desk:
    """A desk that goes away at a question."""

    def __init__(self, gone_at):
        self._gone_at = gone_at

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def call(self, name, **_):
        if name == self._gone_at:
            raise DeskUnreachableError
        return SimpleNamespace(timezone="UTC")


@pytest.mark.parametrize(
    ("gone_at", "words", "code", "form"),
    [
        ("plant", PLACE, Outcome.NOTHING_THERE, {"state": None}),
        ("place_hold", PLACE, Outcome.UNKNOWN, {"state": "UNKNOWN", "id": None}),
        ("release_hold", RELEASE, Outcome.UNKNOWN, {"state": "UNKNOWN", "id": 3}),
    ],
)
def test_an_act_that_was_sent_is_unknown_when_the_engine_goes_away(
    monkeypatch, capfdbinary, tmp_path, gone_at, words, code, form
):
    monkeypatch.setattr(hold, "sign_in", lambda *_: (Desk(gone_at), "secret"))
    assert main(["hold", *words, "--as", "kim", "--json", "--data", str(tmp_path)]) == code
    told = json.loads(capfdbinary.readouterr().out)
    why = say("cli.no_engine", data=str(tmp_path))
    if code is Outcome.UNKNOWN:
        why = say(f"hold.{gone_at}_unanswered")
    assert told == {**form, "why": why.to_json()}
