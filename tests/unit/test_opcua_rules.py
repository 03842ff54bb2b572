"""The driver's pure rules: message order, desired against actual items, addresses, counts, trust."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from hypothesis import given
from hypothesis import strategies as st

from hmi.api import LinkState
from plugins.opcua import address, trust
from plugins.opcua.reconciler import LAST_RETRY_S, Reconciler
from plugins.opcua.refusal import LinkError
from plugins.opcua.sequence import Sequencer, follower
from plugins.opcua.subscription import counts
from plugins.opcua.trust import NotWaitingError

WRAP = 2**32 - 1


@given(st.integers(1, 40), st.sampled_from([1, WRAP - 5]), st.randoms())
def test_messages_in_any_order_come_out_in_theirs(count: int, first: int, random: object) -> None:
    numbers = [first]
    for _ in range(count - 1):
        numbers.append(follower(numbers[-1]))
    mixed = numbers + numbers[: count // 2]  # some come twice
    random.shuffle(mixed)
    sequencer: Sequencer[int] = Sequencer(first)
    out = [message for number in mixed for message in sequencer.take(number, number)]
    assert out == numbers
    assert sequencer.missing() == []


@given(st.lists(st.booleans(), min_size=1, max_size=40))
def test_lost_messages_are_named_and_the_rest_waits_for_them(came: list[bool]) -> None:
    sequencer: Sequencer[int] = Sequencer()
    out = [m for number, here in enumerate(came, 1) if here for m in sequencer.take(number, number)]
    sequencer.keepalive(len(came) + 1)
    lost = [number for number, here in enumerate(came, 1) if not here]
    assert sequencer.missing() == lost
    assert out == list(range(1, (lost[0] if lost else len(came) + 1)))
    for number in lost:
        out += sequencer.give_up(number)
    assert out == [number for number, here in enumerate(came, 1) if here]
    assert sequencer.missing() == []


def test_a_lost_message_that_is_sent_again_releases_what_waited() -> None:
    sequencer: Sequencer[str] = Sequencer()
    assert sequencer.take(2, "b") == []
    assert sequencer.take(3, "c") == []
    assert sequencer.missing() == [1]
    assert sequencer.take(1, "a") == ["a", "b", "c"]


def test_a_keepalive_with_an_old_number_loses_nothing() -> None:
    sequencer: Sequencer[str] = Sequencer()
    sequencer.take(1, "a")
    sequencer.keepalive(1)
    sequencer.keepalive(2)
    assert sequencer.missing() == []
    assert sequencer.take(2, "b") == ["b"]


def test_all_items_are_due_first_and_none_when_they_stand() -> None:
    reconciler = Reconciler([3, 1, 2])
    assert reconciler.due(0.0) == [1, 2, 3]
    reconciler.created([1, 2, 3], [11, 12, 13], 5)
    assert reconciler.due(1e9) == []
    assert reconciler.next_due() is None
    assert reconciler.standing == 3
    assert reconciler.lost(2) == (5, 12)


@given(st.lists(st.integers(1, 20), min_size=1, max_size=30))
def test_a_refused_item_is_tried_again_soon_and_then_more_slowly(attempts: list[int]) -> None:
    reconciler, now, pauses = Reconciler([7]), 0.0, []
    for number, _ in enumerate(attempts):
        assert reconciler.refused(7, 0x80340000, now) is (number == 0)
        then = reconciler.next_due()
        assert then is not None
        assert reconciler.due(then - 0.001) == []
        assert reconciler.due(then) == [7]
        pauses.append(then - now)
        now = then
    assert pauses[0] <= 2.0
    assert pauses == sorted(pauses)
    assert max(pauses) <= LAST_RETRY_S
    assert reconciler.refusals == {7: 0x80340000}


def test_a_new_reason_is_news_and_a_changed_address_space_is_no_time_to_wait() -> None:
    reconciler = Reconciler([7])
    reconciler.refused(7, 0x80340000, 0.0)
    assert reconciler.refused(7, 0x803A0000, 5.0)
    assert reconciler.due(5.1) == []
    reconciler.again([7], 5.1)
    assert reconciler.due(5.1) == [7]


@pytest.mark.parametrize(
    ("written", "namespaces", "number"),
    [("nsu=urn:a;s=L1.S3.Speed", ["", "urn:x", "urn:a"], 2), ("nsu=urn:a;i=70000", ["", "urn:a"], 1),
     ("nsu=urn:semi%3Bcolon;s=x;s=y", ["", "urn:semi;colon"], 1),
     ("nsu=urn:a;g=09087e75-8e5e-499b-954f-f2a9603db28a", ["", "urn:a"], 1), ("nsu=urn:a;b=YWI=", ["", "urn:a"], 1),
     ("i=2253", [""], 0)],
)  # fmt: skip
def test_addresses_follow_the_namespace_and_are_written_as_they_were(
    written: str, namespaces: list[str], number: int
) -> None:
    node = address.resolve(written, namespaces)
    assert node is not None
    assert node.NamespaceIndex == number
    assert address.written(node, namespaces) == written


def test_a_namespace_that_is_not_there_gives_no_node() -> None:
    assert address.resolve("nsu=urn:gone;s=x", ["", "urn:a"]) is None


def test_a_number_instead_of_a_uri_is_taken_as_it_is() -> None:
    node = address.resolve("ns=7;s=a;b", ["", "urn:a"])
    assert node is not None
    assert (node.NamespaceIndex, node.Identifier) == (7, "a;b")


@pytest.mark.parametrize(
    "text", ["", "Speed", "s=", "i=abc", "i=-1", "i=99999999999", "ns=99999;s=x", "g=xyz", "nsu=;s=x"]
)
def test_what_is_no_address_is_told(text: str) -> None:
    with pytest.raises(address.AddressError):
        address.parse(text)


@given(st.floats(1.0, 60_000.0))
def test_a_subscription_outlives_three_missed_signs_of_life(interval_ms: float) -> None:
    keepalive, lifetime = counts(interval_ms)
    assert lifetime >= 3 * keepalive
    assert keepalive * interval_ms <= max(2 * 1500.0, interval_ms)
    assert lifetime * interval_ms <= max(45_000.0 + interval_ms, 3.1 * keepalive * interval_ms)


def test_cr_1_9_our_own_certificate_is_made_once_and_its_key_is_ours_alone(tmp_path: Path) -> None:
    first = trust.identity(tmp_path)
    assert trust.identity(tmp_path) == first
    assert stat.S_IMODE(first.key.stat().st_mode) == 0o600
    certificate = x509.load_der_x509_certificate(first.certificate.read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.UniformResourceIdentifier) == [first.uri]
    assert certificate.public_key().key_size >= 2048
    assert trust.fault_of(first.certificate.read_bytes(), datetime.now(UTC)) is None
    assert trust.names_application(first.certificate.read_bytes(), first.uri)
    later = trust.identity(tmp_path, now=first.expires + timedelta(days=1))
    assert later.fingerprint != first.fingerprint


class Vault(dict[str, str]):
    """A secret store in memory."""

    def set(self, name: str, value: str) -> str:
        self[name] = value
        return "here"


def test_cr_1_9_our_private_key_is_encrypted_at_rest_and_opens_with_its_secret_alone(tmp_path: Path) -> None:
    vault = Vault()
    made = trust.identity(tmp_path, vault=vault)
    assert made.password == vault[trust.OWN_KEY] and len(made.password) == 64
    kept = made.key.read_bytes()
    assert kept.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----") and b"BEGIN PRIVATE" not in kept
    assert made.password.encode() not in b"".join(f.read_bytes() for f in tmp_path.rglob("*") if f.is_file())
    load_pem_private_key(kept, made.password.encode())
    assert trust.identity(tmp_path, vault=vault) == made
    for broken in (Vault(), Vault({trust.OWN_KEY: "00" * 32}), None):
        with pytest.raises(LinkError) as refused:
            trust.identity(tmp_path, vault=broken)
        assert refused.value.state == LinkState.REFUSED and refused.value.why is not None
        assert "linekeeper.pem" in refused.value.why.ko
    assert made.key.read_bytes() == kept, "no new identity is made in its place"


def test_cr_1_9_a_key_that_lay_open_is_encrypted_and_stays_the_same(tmp_path: Path) -> None:
    open_key, vault = trust.identity(tmp_path), Vault()
    before = load_pem_private_key(open_key.key.read_bytes(), None)
    locked = trust.identity(tmp_path, vault=vault)
    assert (locked.fingerprint, locked.uri) == (open_key.fingerprint, open_key.uri), "controllers know it already"
    assert b"ENCRYPTED" in locked.key.read_bytes() and stat.S_IMODE(locked.key.stat().st_mode) == 0o600
    assert locked.password is not None
    after = load_pem_private_key(locked.key.read_bytes(), locked.password.encode())
    assert before.private_numbers() == after.private_numbers()


def test_cr_1_2_a_server_is_trusted_by_its_exact_certificate_after_somebody_said_so(tmp_path: Path) -> None:
    der = trust.identity(tmp_path / "server").certificate.read_bytes()
    assert not trust.is_accepted(tmp_path, der)
    fingerprint = trust.keep_waiting(tmp_path, der)
    assert trust.waiting(tmp_path) == [fingerprint]
    assert not trust.is_accepted(tmp_path, der)
    pairs = ":".join(fingerprint.upper()[i : i + 2] for i in range(0, 64, 2))
    trust.accept(tmp_path, f" {pairs} ")
    assert trust.is_accepted(tmp_path, der)
    assert trust.waiting(tmp_path) == []
    (tmp_path / "accepted" / f"{fingerprint}.der").write_bytes(b"other")
    assert not trust.is_accepted(tmp_path, der)


@pytest.mark.parametrize("wrong", ["", "00" * 32, "../../etc/passwd", "zz"])
def test_cr_1_8_nothing_that_does_not_wait_can_be_accepted(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(NotWaitingError):
        trust.accept(tmp_path, wrong)
    with pytest.raises(NotWaitingError):
        trust.withdraw(tmp_path, wrong)


def test_cr_1_8_expired_early_and_unreadable_certificates_have_their_fault(tmp_path: Path) -> None:
    der = trust.identity(tmp_path).certificate.read_bytes()
    now = datetime.now(UTC)
    assert trust.fault_of(der, now + timedelta(days=365 * 6)) == "expired"
    assert trust.fault_of(der, now - timedelta(days=1)) == "early"
    assert trust.fault_of(b"nonsense", now) == "unreadable"
