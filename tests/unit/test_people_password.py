"""CR 1.7, CR 1.5, CR 1.10: what a password must be, how it is kept, and that nobody learns which names exist."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.people.hashing import PEPPER, Cost, Hasher, pepper_of
from hmi.people.password import LONGEST, PasswordRules, fault
from hmi.people.refusal import PeopleRefusedError

RULES = PasswordRules()
CHEAP = Cost(1, 64, 4)


@pytest.mark.parametrize(
    "password",
    [
        "", "short", "elevensigns", "password1234", "Password2026!", "P@ssw0rd2026", "administrator", "ADMINISTRATOR1!",
        "qwertyuiop12", "qwerty123456", "123456789012", "098765432109", "aaaaaaaaaaaa", "abababababab", "abcabcabcabc",
        "kim.jihye", "kim.jihye2026", "letmeinletmein", "changeme12345", "1q2w3e4r5t6y", "dkssudgktpdy1",
        "비밀번호비밀번호비밀번호", "linekeeper2026", "tab\tin the middle", "x" * (LONGEST + 1), "asdfghjklqwe",
    ],
)  # fmt: skip
def test_cr_1_7_weak_passwords_are_refused_in_words(password):
    wrong = fault(password, "kim.jihye", RULES)
    assert wrong is not None and wrong.en != wrong.ko


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "blue-horse-7-lamp",
        "오븐 온도는 이백이십 도",
        "Zx9!kQ7$vB2#",
        "kims cat sleeps late",
    ],
)
def test_cr_1_7_long_and_own_passwords_are_taken(password):
    assert fault(password, "kim", RULES) is None


def test_cr_1_7_the_length_is_a_setting():
    assert fault("nine signs", "kim", RULES) is not None
    assert fault("nine signs", "kim", PasswordRules(shortest=8)) is None


@given(st.text(max_size=300), st.text(max_size=40))
def test_cr_1_7_every_text_gets_an_answer(password, user):
    wrong = fault(password, user, RULES)
    assert wrong is not None or 12 <= len(unicodedata.normalize("NFKC", password)) <= LONGEST


@pytest.fixture(scope="module")
def hasher():
    return Hasher(bytes(32), CHEAP)


def test_cr_1_5_only_salted_peppered_argon2id_is_kept(hasher):
    phc = hasher.hash("blue-horse-7-lamp")
    assert phc.startswith("$argon2id$v=19$m=64,t=1,p=4$") and "blue" not in phc
    assert phc != hasher.hash("blue-horse-7-lamp"), "a salt of its own"
    assert hasher.matches("blue-horse-7-lamp", phc) and not hasher.matches("blue-horse-7-lamq", phc)
    assert not Hasher(b"\1" * 32, CHEAP).matches("blue-horse-7-lamp", phc), "worthless without the pepper"


def test_cr_1_5_the_cost_is_the_designed_one():
    assert Cost() == Cost(3, 64 * 1024, 4)


def test_hangul_typed_on_another_computer_is_the_same_password(hasher):
    word = "오븐 온도는 이백이십"
    phc = hasher.hash(unicodedata.normalize("NFC", word))
    assert hasher.matches(unicodedata.normalize("NFD", word), phc)


@given(st.text(max_size=80))
def test_any_text_can_be_tried(hasher, password):
    assert not hasher.matches(password, None)
    assert hasher.matches(password, hasher.hash(password))


def test_cr_1_10_a_name_that_does_not_exist_costs_the_same_work():
    hasher = Hasher(bytes(32), Cost(1, 8 * 1024, 4))
    known = hasher.hash("blue-horse-7-lamp")

    def work(phc):
        begin = time.process_time()
        for _ in range(15):
            assert not hasher.matches("something else", phc)
        return time.process_time() - begin

    work(known)
    assert 0.5 < work(None) / work(known) < 2.0


class Box:
    """A secret store in memory."""

    def __init__(self):
        self.kept = {}

    def get(self, name):
        return self.kept.get(name)

    def set(self, name, value):
        self.kept[name] = value
        return "here"


def test_cr_4_1_the_pepper_is_made_once_and_its_loss_is_said():
    box = Box()
    pepper = pepper_of(box, "")
    assert len(pepper) == 32 and pepper_of(box, "some mark") == pepper
    box.kept.clear()
    with pytest.raises(PeopleRefusedError) as lost:
        pepper_of(box, "some mark")
    assert PEPPER not in box.kept, "a new one would lock everybody out for ever"
    assert "백업" in lost.value.text.ko
    box.kept[PEPPER] = "not hex"
    with pytest.raises(PeopleRefusedError):
        pepper_of(box, "")
