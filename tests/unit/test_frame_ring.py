"""The frame ring: what is read is whole or not at all."""

import os
import threading

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hmi.desk.pictures import FrameReader
from hmi.vision.ring import SLOTS, FrameRing


def picture(number, height=24, width=32, channels=1):
    shape = (height, width) if channels == 1 else (height, width, channels)
    return np.full(shape, number % 251, np.uint8)


def test_the_newest_picture_and_the_ones_before_it_are_read(tmp_path):
    ring, reader = FrameRing(tmp_path / "ring"), FrameReader(tmp_path / "ring")
    assert reader.newest() is None and reader.frame(1) is None
    for n in range(1, SLOTS + 3):
        ring.put(n, 1000 * n, picture(n))
    number, at_ns, image = reader.newest()
    assert (number, at_ns, int(image[0, 0])) == (SLOTS + 2, 1000 * (SLOTS + 2), SLOTS + 2)
    assert reader.frame(2) is None, "overwritten"
    assert int(reader.frame(3).image[5, 5]) == 3
    assert (tmp_path / "ring").stat().st_mode & 0o777 == 0o600


def test_a_larger_picture_makes_a_new_file_that_readers_follow(tmp_path):
    ring, reader = FrameRing(tmp_path / "ring"), FrameReader(tmp_path / "ring")
    ring.put(1, 1, picture(1))
    assert reader.newest().image.shape == (24, 32)
    kept, _ = ring.put(2, 2, picture(2, 480, 640, 3))
    assert reader.newest().image.shape == (480, 640, 3) and kept.whole
    ring.put(3, 3, picture(3, 10, 10))
    assert reader.newest().image.shape == (10, 10)
    another = FrameRing(tmp_path / "ring")  # the process was started again, and goes on in the same file
    assert reader.newest() is None
    another.put(4, 4, picture(4))
    assert reader.newest().number == 4


def test_a_repeated_picture_and_an_overwritten_one_are_known(tmp_path):
    ring = FrameRing(tmp_path / "ring")
    first, repeat = ring.put(1, 1, picture(1))
    assert not repeat
    assert ring.put(2, 2, picture(1))[1] and not ring.put(3, 3, picture(3))[1]
    for n in range(4, SLOTS + 1):
        ring.put(n, n, picture(n))
    assert first.whole
    ring.put(99, 99, picture(99))
    assert not first.whole


def test_the_heartbeat_moves_and_is_read(tmp_path):
    reader = FrameReader(tmp_path / "ring")
    assert reader.beat_ns() == 0
    ring = FrameRing(tmp_path / "ring")
    before = reader.beat_ns()
    ring.beat()
    assert reader.beat_ns() > before > 0


@given(st.binary(max_size=400))
def test_a_file_of_something_else_is_no_ring(tmp_path_factory, content):
    file = tmp_path_factory.mktemp("ring") / "ring"
    file.write_bytes(content)
    reader = FrameReader(file)
    assert reader.newest() is None and reader.beat_ns() == 0
    os.remove(file)


def test_what_is_read_while_it_is_written_is_never_torn(tmp_path):
    ring, done = FrameRing(tmp_path / "ring", slots=2), threading.Event()

    def write():
        for n in range(1, 3000):
            ring.put(n, n, picture(n, 64, 64))
        done.set()

    reader, seen = FrameReader(tmp_path / "ring"), 0
    thread = threading.Thread(target=write)
    thread.start()
    while not done.is_set():
        frame = reader.newest()
        if frame is not None and frame.image.shape == (64, 64):
            seen += 1
            assert (frame.image == frame.number % 251).all()
    thread.join()
    assert seen
