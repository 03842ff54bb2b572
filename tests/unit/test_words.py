"""The catalogue: everything the station says exists in both languages and leaves the same places open."""

import re
from pathlib import Path

import pytest

from hmi.model.text import Lang, Text
from hmi.model.words import UnknownWordError, catalogue, placeholders, say

ROOT = Path(__file__).resolve().parents[2]
HANGUL = re.compile(r"[가-힣]")


@pytest.mark.parametrize("key", sorted(catalogue()))
def test_both_languages_say_the_same(key):
    entry = catalogue()[key]
    assert entry.en.strip(), key
    assert entry.ko.strip(), key
    assert placeholders(entry.en) == placeholders(entry.ko), key
    assert not HANGUL.search(entry.en), key


def test_every_key_that_the_code_names_exists():
    missing = []
    for file in [*ROOT.glob("hmi/**/*.py"), *ROOT.glob("ui/**/*.py"), *ROOT.glob("plugins/**/*.py")]:
        for key in re.findall(r"""\bsay\(\s*["'](\w+(?:\.[\w\-]+)+)["']""", file.read_text(encoding="utf-8")):
            missing += [f"{file.relative_to(ROOT)}: {key}"] * (key not in catalogue())
    assert not missing


def test_values_are_filled_in_each_language():
    said = say("desk.unknown_tag", tag="A", hint=Text(" hint", " 도움말"))
    assert said.of(Lang.EN).endswith("hint")
    assert said.of(Lang.KO).endswith("도움말")


def test_an_unknown_key_is_an_error():
    with pytest.raises(UnknownWordError):
        say("no.such.key")
