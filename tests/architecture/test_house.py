"""The drawing of the house: rooms without trade names, oversized rooms and machine paths are found here."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = [f for top in ("hmi", "ui", "plugins", "resources") for f in (ROOT / top).rglob("*.py")]
LIMIT = 400


def test_no_room_without_a_trade_name():
    nameless = [str(f) for f in CODE if re.fullmatch(r"(utils?|helpers?|common|misc|manager)", f.stem)]
    assert not nameless


def test_no_room_grows_beyond_one_topic():
    large = [f"{f.relative_to(ROOT)}: {n}" for f in CODE if (n := len(f.read_text("utf-8").splitlines())) > LIMIT]
    assert not large


def test_the_import_contracts_hold():
    lint_imports = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([str(lint_imports)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_model_is_standard_library_only():
    foreign = re.compile(r"^(?:from|import) (?:numpy|msgspec|sqlalchemy|PySide6|cv2|hmi\.(?!model))", re.MULTILINE)
    strangers = [f.name for f in (ROOT / "hmi" / "model").glob("*.py") if foreign.search(f.read_text("utf-8"))]
    assert not strangers


def test_opencv_brings_no_qt_of_its_own():
    locked = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))["package"]
    names = {p["name"] for p in locked}
    assert "opencv-python-headless" in names
    assert not names & {"opencv-python", "opencv-contrib-python", "pyqt5", "pyqt6"}


@pytest.mark.parametrize("room", ["hmi", "ui"])
def test_nothing_listens_beyond_this_host(room):
    wide = re.compile(r"""["']0\.0\.0\.0["']|["']::["']""")
    assert not [str(f) for f in (ROOT / room).rglob("*.py") if wide.search(f.read_text("utf-8"))]
