"""CR 1.11 and CR 2.5: how often a password may be tried, and when a seat locks, on stepped clocks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.people.lockout import DELAYS_S, FORGET_S, LOCK_S, TRIES, Lockout, Tries
from hmi.people.sessions import Session, Sessions


def test_cr_1_11_five_misses_lock_for_fifteen_minutes():
    tries, now, waits = Tries(), 1000.0, []
    for _ in range(5):
        tries = tries.missed(now)
        waits.append(tries.wait_s(now))
    assert waits == [0.0, 0.5, 1.0, 2.0, 900.0], "each wait longer than the one before"
    assert tries.exhausted and tries.locked(now) and tries.locked(now + 899.9)
    assert not tries.locked(now + 900.0) and tries.wait_s(now + 900.0) == 0.0


def test_cr_1_11_behind_a_lock_one_miss_locks_again_until_it_is_forgotten():
    tries = Tries()
    for _ in range(TRIES):
        tries = tries.missed(0.0)
    again = tries.missed(LOCK_S + 1)
    assert again.locked(LOCK_S + 2)
    assert tries.missed(FORGET_S + 1) == Tries(1, FORGET_S + 1)


@given(st.lists(st.tuples(st.floats(0, 4000), st.booleans()), max_size=60))
def test_cr_1_11_never_more_than_five_tries_in_any_fifteen_minutes(steps):
    lockout, now, allowed = Lockout(), 0.0, []
    for wait, hit in steps:
        now += wait
        if lockout.of("kim").wait_s(now) > 0:
            continue
        allowed.append((now, hit))
        if hit:
            lockout.hit("kim")
        else:
            lockout.missed("kim", now)
    for start, _ in allowed:
        misses = 0
        for at, hit in allowed:
            if start <= at < start + LOCK_S:
                misses = 0 if hit else misses + 1
                assert misses <= TRIES


def test_cr_1_11_a_flood_of_names_does_not_free_a_locked_one():
    lockout = Lockout(most=50)
    for _ in range(TRIES):
        lockout.missed("kim", 10.0)
    for n in range(500):
        lockout.missed(f"name{n}", 20.0 + n / 100)
    assert lockout.of("kim").locked(30.0)
    assert sum(lockout.of(f"name{n}").misses for n in range(500)) <= 50


def test_cr_1_11_a_restart_gives_no_fresh_tries():
    lockout = Lockout()
    lockout.restore([("lee", False, -50.0), ("lee", True, -40.0), *[("kim", False, -30.0)] * 5])
    assert lockout.of("kim").locked(0.0) and lockout.of("lee") == Tries()


@pytest.mark.parametrize("misses", range(1, TRIES))
def test_delays_are_short_enough_to_wait_for(misses):
    assert Tries(misses, 0.0).wait_s(0.0) == DELAYS_S[misses - 1] <= 2.0


class Chair:
    session = None


def test_cr_2_5_writing_locks_after_ten_idle_minutes():
    session = Session("kim", 0, active_s=100.0)
    assert not session.idle_out(699.9, 600.0) and session.idle_out(700.0, 600.0)
    session.active_s = 650.0
    assert not session.idle_out(700.0, 600.0)
    session.locked = True
    assert not session.idle_out(9999.0, 600.0), "once is enough"


def test_cr_3_8_a_session_is_bound_to_its_seat_and_dead_after_its_end():
    sessions, seat, other = Sessions(), Chair(), Chair()
    session = Session("kim", 0, 0.0)
    sessions.begin(seat, session)
    assert sessions.at(seat) is session
    other.session = session  # somebody else holds the very object
    assert sessions.at(other) is None
    assert sessions.end(seat) is session and sessions.end(seat) is None
    seat.session = session
    assert sessions.at(seat) is None


def test_cr_3_8_session_ids_are_256_random_bits_and_not_shown():
    ids = {Session("kim", 0, 0.0).id for _ in range(100)}
    assert len(ids) == 100 and all(len(bytes.fromhex(i)) == 32 for i in ids)
    session = Session("kim", 0, 0.0)
    assert session.id not in repr(session) and session.id not in session.reference and session.reference
