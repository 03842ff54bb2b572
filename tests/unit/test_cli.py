"""The command line as a stranger meets it: wrong usage, nothing there, and what scripts read in either case."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from hmi.cli import COMMANDS, language, main
from hmi.commands import Outcome, command
from hmi.commands.usage import wrong_usage
from hmi.desk import wire
from hmi.desk.wire import DeskUnreachableError
from hmi.model.text import Lang

HANGUL = re.compile("[가-힣]")
WRONG = [
    ["nonsense"], ["history"], ["history", "X", "--since", "abc"], ["history", "X", "--points", "many"],
    ["history", "X", "--points"], ["history", "X", "--csv=1"], ["status", "--bogus"], ["engine"],
    ["decide", "1", "perhaps", "--as", "u", "--reason", "r"], ["decide", "one", "defer", "--as", "u", "--reason", "r"],
    ["hold"], ["hold", "--lot", "a", "--batch", "b"], ["bench", "--seconds", "x"], ["bench", "--only", "kitchen"],
    ["secret", "get", "name"], ["demo", "--past", "long"], ["mode", "manual"], ["user", "add", "x", "--a", "y"],
]  # fmt: skip


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
@pytest.mark.parametrize("lang", Lang)
def test_wrong_usage_is_told_in_the_readers_language(
    words: list[str], lang: Lang, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LINEKEEPER_LANG", lang.value)
    with pytest.raises(SystemExit) as ended:
        main(words)
    out, err = capfd.readouterr()
    assert ended.value.code == Outcome.USAGE
    assert out == ""
    told = err.strip().splitlines()[-1]
    assert told.startswith("linekeeper")
    assert bool(HANGUL.search(told)) == (lang is Lang.KO), told


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_is_in_one_language(name: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("LINEKEEPER_LANG", "ko")
    with pytest.raises(SystemExit) as ended:
        main([*name.split(), "--help"])
    told = capfd.readouterr().out
    assert ended.value.code == 0
    assert HANGUL.search(told)
    assert not re.search(r"^(usage|options|positional arguments):|show this|show program", told, re.MULTILINE)


def test_the_language_is_asked_for_before_or_behind_the_command() -> None:
    assert language(["--lang", "ko", "status"]) is language(["status", "--lang=ko"]) is Lang.KO
    assert language(["--lang", "xx"]) in Lang


def test_a_sentence_of_another_python_stays_as_it_is() -> None:
    assert wrong_usage("something new went wrong").ko == "something new went wrong"
    assert wrong_usage("argument --x: something new").en == "argument --x: something new"


BOTH_BAD = [("A", None, "BAD"), ("B", None, "BAD")]
NOTHING = [
    (["status"], lambda told: told["alive"] is False),
    (["read", "A", "B"], lambda told: [(r["tag"], r["value"], r["quality"]) for r in told] == BOTH_BAD),
    (["read", "A", "B", "--json"], lambda told: len(told) == 2),
    (["history", "A", "--json"], lambda told: told["samples"] == 0),
    (["status", "--json"], lambda told: told["alive"] is False),
    (["decisions", "--json"], lambda told: told == []),
    (["hold", "--list"], lambda told: told == []),
    (["hold", "--lot", "L", "--as", "kim", "--reason", "manual", "--json"], lambda told: told["state"] is None),
    (["decide", "1", "defer", "--as", "kim", "--reason", "r", "--json"], lambda told: told["id"] == 1),
    (["read", "--all"], lambda told: told == []),
    (["history", "A"], lambda told: told["points"] == [] and told["tag"] == "A"),
    (["alarms", "--json"], lambda told: told["alarms"] == [] and told["live"] is False),
    (["mode"], lambda told: told["mode"] is None),
    (["mode", "control", "--as", "kim"], lambda told: told["mode"] is None),
    (["trace", "U1", "--json"], lambda told: told["unit"] == "U1" and told["known"] is False),
    (["trust"], lambda told: told == []),
    (["command", "A", "1", "--as", "kim", "--reason", "r", "--json"], lambda told: told["outcome"] == "REFUSED"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "right"), NOTHING, ids=lambda x: " ".join(x) if isinstance(x, list) else "")
def test_without_a_folder_scripts_still_read_json_and_people_a_sentence(
    words: list[str], right: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LINEKEEPER_LANG", "ko")
    (tmp_path / "stdin").write_text("a password\n", encoding="utf-8")
    with (tmp_path / "stdin").open(encoding="utf-8") as typed:
        monkeypatch.setattr(sys, "stdin", typed)
        code = main([*words, "--data", str(tmp_path / "nowhere")])
    out, err = capfd.readouterr()
    assert code == Outcome.NOTHING_THERE
    assert right(json.loads(out)), out
    assert HANGUL.search(err) or words[0] == "status"  # its account says it in both languages
    assert not (tmp_path / "nowhere").exists()


def test_no_password_is_wrong_usage_and_no_attempt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "stdin").touch()
    with (tmp_path / "stdin").open(encoding="utf-8") as typed:
        monkeypatch.setattr(sys, "stdin", typed)
        code = main(["mode", "control", "--as", "kim", "--data", str(tmp_path)])
    assert (code, capfd.readouterr().out) == (Outcome.USAGE, "")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("90", 90), ("-5", -5), ("1e3", 1000.0), (".5", 0.5), ("TRUE", True), ("false", False), ("nan", "nan"),
        ("inf", "inf"), ("1_000", "1_000"), ("1e999", "1e999"), ("", ""), ("LOT-7", "LOT-7"),
        ("9223372036854775807", 2**63 - 1), ("9223372036854775808", 9.223372036854775808e18), ("٣", "٣"),
    ],
)  # fmt: skip
def test_a_value_is_what_a_person_would_mean(typed: str, meant: object) -> None:
    found = command.parsed(typed)
    assert (found, type(found)) == (meant, type(meant))


def test_an_engine_that_goes_away_during_a_command_leaves_its_outcome_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    class Gone:
        def __enter__(self) -> Gone:
            return self

        def __exit__(self, *_: object) -> None:
            return None

        def call(self, *_: object, **__: object) -> object:
            raise DeskUnreachableError

    monkeypatch.setattr(command, "sign_in", lambda *_: (Gone(), "secret"))
    words = ["command", "A", "1", "--as", "kim", "--reason", "r", "--json", "--data", str(tmp_path)]
    assert main(words) == Outcome.UNKNOWN
    told = json.loads(capfd.readouterr().out)
    assert (told["tag"], told["outcome"]) == ("A", "UNKNOWN")


def test_an_engine_told_of_a_folder_nearby_is_found_from_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = wire.new_door(Path("data")).path
    assert path is None or Path(path).is_absolute()


def test_a_certificate_is_accepted_by_somebody(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["trust", "plc1", "ab" * 32, "--data", str(tmp_path)]) == Outcome.USAGE
    assert "--as" in capfd.readouterr().err
