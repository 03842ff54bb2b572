"""21 CFR 11.50, 11.70, 11.200, CR 2.12 as rules: canonical form, meanings, second persons, what a signature is on."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.model.command import Command, Grounds, Seen
from hmi.model.permission import Person, Role
from hmi.model.text import Text
from hmi.model.words import catalogue
from hmi.people import signing
from hmi.people.clock import local_iso
from hmi.store.canonical import canonical, digest
from hmi.store.signatures import Signature

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


def surrogates(thing):
    return "\\ud" in json.dumps(thing)


@given(JSON)
def test_canonical_json_comes_back_as_it_was_and_is_the_same_each_time(thing):
    if surrogates(thing):
        return
    body = canonical(thing)
    assert json.loads(body) == thing
    assert canonical(json.loads(body)) == body
    if isinstance(thing, dict):
        assert canonical(dict(reversed(thing.items()))) == body


def test_canonical_json_to_the_letter():
    body = canonical({"b": [1, 1.0, -0.0, 1e300, 0.1], "a": "한글\n\x00", "é": None, "nan": math.nan})
    assert body == '{"a":"한글\\n\\u0000","b":[1,1.0,-0.0,1e+300,0.1],"nan":"NaN","é":null}'.encode()


@pytest.mark.parametrize("thing", [object(), {1: 2}, b"bytes", 1j])
def test_what_has_no_canonical_form_is_an_error(thing):
    with pytest.raises(TypeError):
        canonical(thing)


def test_half_a_surrogate_pair_can_be_written_down():
    assert canonical("\ud800") == b'"?"'


RECORD, SHOWN = {"tag": "L1.PRT.Speed", "value": 90.0}, {"now": 80.0, "limits": [10.0, 120.0]}
NOW = 1_790_000_000_000_000_000


def made(number=1, user="kim", meaning="command", first=None, at_ns=NOW, record=RECORD, shown=SHOWN):
    return Signature(
        number, user, "Kim Jihye", "supervisor", at_ns, local_iso(at_ns, "Asia/Seoul"), meaning, Text("a", "가"),
        canonical(record).decode(), digest(record), canonical(shown).decode(), digest(shown), first, "", "control-1",
    )  # fmt: skip


def test_11_50_every_meaning_is_said_in_both_languages_and_somebody_may_give_it():
    for meaning in signing.MEANINGS:
        assert f"meaning.{meaning}" in catalogue()
        assert any(signing.may_sign(Person("x", "X", role), meaning) for role in Role), meaning


@pytest.mark.parametrize("meaning", ["approve", "control", "command", "release", "reroute"])
def test_11_200_an_administrator_neither_approves_nor_operates(meaning):
    assert not signing.may_sign(Person("admin", "Park", Role.ADMINISTRATOR), meaning)


def test_11_50_local_time_carries_its_offset():
    assert local_iso(NOW, "Asia/Seoul") == "2026-09-21T23:13:20.000+09:00"
    assert local_iso(NOW, "no/such zone")[-6] in "+-"


@given(JSON, JSON)
def test_11_70_a_signature_holds_for_its_record_and_view_alone(record, shown):
    signature = made(record={"x": record}, shown={"x": shown})
    assert signing.verify(signature, {"x": record}, {"x": shown}) is None
    assert signing.verify(signature, {"x": [record]}, {"x": shown}) is not None
    assert signing.verify(signature, {"x": record}, {"x": [shown]}) is not None


def test_11_70_the_digest_covers_every_word():
    one = made()
    others = [
        made(user="lee"),
        made(number=2),
        made(at_ns=NOW + 1),
        made(meaning="hold"),
        made(first=1),
        made(shown={}),
    ]
    assert len({one.digest, *(o.digest for o in others)}) == len(others) + 1


@pytest.mark.parametrize(
    ("first", "user", "meaning", "record", "shown", "late_s", "fine"),
    [
        (made(), "lee", "command", RECORD, SHOWN, 0, True),
        (made(), "lee", "command", RECORD, SHOWN, 120, True),
        (made(), "lee", "command", RECORD, SHOWN, 120.1, False),
        (made(), "lee", "command", RECORD, SHOWN, -1, False),
        (made(), "kim", "command", RECORD, SHOWN, 1, False),
        (made(), "lee", "hold", RECORD, SHOWN, 1, False),
        (made(), "lee", "command", {**RECORD, "value": 91.0}, SHOWN, 1, False),
        (made(), "lee", "command", RECORD, {**SHOWN, "now": 81.0}, 1, False),
        (made(first=7), "lee", "command", RECORD, SHOWN, 1, False),
        (None, "lee", "command", RECORD, SHOWN, 1, False),
    ],
)
def test_the_second_person_signs_the_same_within_two_minutes(first, user, meaning, record, shown, late_s, fine):
    why = signing.refuse_second(first, user, meaning, record, shown, NOW + int(late_s * 1e9))
    assert (why is None) == fine


def test_a_signature_orders_one_command_and_only_while_it_is_fresh():
    asked = Command("k1", "L1.PRT.Speed", 90.0, "order 17", seen=(Seen("L1.PRT.Speed", 80.0),))
    signature = made(record=signing.command_record(asked))
    assert signing.on_command(signature, asked, NOW + 1)
    changed = [
        Command("k2", "L1.PRT.Speed", 90.0, "order 17", seen=asked.seen),
        Command("k1", "L1.PLC.Speed", 90.0, "order 17", seen=asked.seen),
        Command("k1", "L1.PRT.Speed", 91.0, "order 17", seen=asked.seen),
        Command("k1", "L1.PRT.Speed", 90.0, "order 18", seen=asked.seen),
        Command("k1", "L1.PRT.Speed", 90.0, "order 17", Grounds.APPROVAL, seen=asked.seen),
        Command("k1", "L1.PRT.Speed", 90.0, "order 17", cause="c", seen=asked.seen),
        Command("k1", "L1.PRT.Speed", 90.0, "order 17"),
    ]
    assert not any(signing.on_command(signature, other, NOW + 1) for other in changed)
    assert not signing.on_command(signature, asked, NOW + signing.COMMAND_WITHIN_NS + 1)
    assert not signing.on_command(signature, asked, NOW - 1)
