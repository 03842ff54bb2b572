"""Pictures that promise too much, names that lead elsewhere, camera processes that run wild; by security.md's ids."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.runtime.confine import MEMORY
from hmi.vision import evidence
from hmi.vision.book import RecipeBook
from hmi.vision.recipe import Recipe, picture_hash
from tests.conftest import ROOT, until

BOMBS = """
import resource, struct, sys, zlib
from hmi.vision.pictures import decode_grey  # first: OpenCV reads its limit when it is loaded
import cv2, numpy as np
from hmi.vision.camera_port import NoPictureError

def png(width, height):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(1 << 20), 9)
    return b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")

def packed(kind, side=8100):
    return cv2.imencode(kind, np.zeros((side, side), np.uint8))[1].tobytes()

made = {
    "png": png(100_000, 100_000), "png wide": png(2**31 - 1, 2**31 - 1), "tif": packed(".tif"),
    "webp": packed(".webp"), "jpg": packed(".jpg"), "pgm": b"P5 90000 90000 255\\n" + bytes(64),
    "tif named png": packed(".tif"),
}
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for name, body in made.items():
    try:
        decode_grey(body, name)
        print(name, "was unpacked")
    except NoPictureError as fault:
        assert fault.why.ko
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print("grown", grown // 1024) if grown > 150 * 1024 else None
print("done")
"""
WILD = """
from hmi.runtime.confine import confine
confine({memory}, 64)
import numpy as np
try:
    np.ones({take}, np.uint8)
    print("got it")
except MemoryError:
    print("no more memory")
files = []
try:
    while True:
        files.append(open("/dev/null"))
except OSError:
    print("no more files", len(files) < 64)
import os, resource
print("core", resource.getrlimit(resource.RLIMIT_CORE)[0], "umask", oct(os.umask(0)))
"""


def run(code):
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout.splitlines()


def test_cr_3_5_no_picture_unpacks_to_more_than_any_camera_has():
    """Whatever its kind, and whatever its name says: small files that promise hundreds of megapixels."""
    assert run(BOMBS) == ["done"]


@pytest.mark.skipif(sys.platform == "win32", reason="the system has no such bounds")
def test_cr_7_2_a_camera_process_is_bounded_in_memory_files_and_remains():
    bounded = run(WILD.format(memory=600 << 20, take=800 << 20))
    assert bounded == ["no more memory", "no more files True", "core 0 umask 0o77"]
    assert run(WILD.format(memory=600 << 20, take=10 << 20))[0] == "got it"


NAMES = st.one_of(
    st.sampled_from(
        [".", "..", "../..", "/etc/passwd", "..\\..", "a/../../b", "", "C:\\x", "con", "\0", "-rf", "%2e%2e"]
    ),
    st.text(max_size=30),
)


def inside(file, folder):
    return Path(file).resolve().is_relative_to(folder.resolve()) and Path(file).resolve() != folder.resolve()


@given(camera=NAMES, product=NAMES)
def test_cr_3_5_no_camera_and_no_product_names_a_place_outside_its_folder(tmp_path_factory, camera, product):
    """A product is a text that a controller says: what stands in it is nobody's path."""
    data = tmp_path_factory.getbasetemp() / "names"
    book = RecipeBook(data, camera)
    assert inside(data / book.golden_path(product, 1), data / "recipes")
    kept = evidence.path_of(camera, 1_790_000_000_000_000_000, 7, good=False)
    assert inside(data / kept, data / "evidence") and kept.count("/") == 2


@given(one=NAMES, other=NAMES)
def test_cr_3_5_two_products_never_share_a_file(tmp_path_factory, one, other):
    book = RecipeBook(tmp_path_factory.getbasetemp() / "names", "cam1")
    assert (book.golden_path(one, 1) == book.golden_path(other, 1)) is (one == other)


@pytest.mark.parametrize("product", ["../../x", "..", "a/b"])
def test_cr_3_5_a_recipe_of_an_odd_product_stays_in_the_book(tmp_path, product):
    picture = np.zeros((8, 8), np.uint8)
    book = RecipeBook(tmp_path / "data", "..")
    kept = book.add(Recipe("template_compare", product, 0, picture_hash(picture), (8, 8)), picture)
    assert kept.version == 1 and book.newest(product) == 1
    assert {f.relative_to(tmp_path).parts[:2] for f in tmp_path.rglob("*") if f.is_file()} == {("data", "recipes")}
    assert book.read(product, 1)[0].product == product
    assert {f.stat().st_mode & 0o077 for f in tmp_path.rglob("*.json")} == {0}


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_cr_7_2_the_process_of_a_camera_bounds_itself_before_it_loads_a_plugin():
    with subprocess.Popen(
        [sys.executable, "-m", "hmi.runtime.camera_process"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        limits = Path(f"/proc/{process.pid}/limits")
        try:
            until(lambda: str(MEMORY) in limit_of("Max data size", limits), 30, "a bound of its memory")
            until(lambda: limit_of("Max core file size", limits)[-2] == "0", 10, "no core dump")
        finally:
            process.stdin.close()
        assert process.wait(10) == 0


def limit_of(name, limits):
    return next(line for line in limits.read_text().splitlines() if line.startswith(name)).split()
