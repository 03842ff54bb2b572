"""`linekeeper user` and `linekeeper audit`: with an engine and without, refusals in words, an exit code for each."""

import io
import json
import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from hmi.cli import main
from hmi.commands import Outcome
from hmi.runtime import datafolder

ROOT = Path(__file__).resolve().parents[2]
ADMIN_WORD, WORD, NEW = "green-door-11-rain", "blue-horse-7-lamp", "red-cow-8-chair-moon"
LENT = "wide-lake-13-snow"


class Said:
    """What one command said."""

    def __init__(self, stdout, stderr):
        self.stdout, self.stderr = stdout, stderr

    @property
    def json(self):
        return json.loads(self.stdout)


@pytest.fixture
def run(station, monkeypatch, capfd):
    """One command in this process, passwords typed line by line."""
    monkeypatch.setenv("LINEKEEPER_LANG", "en")

    def once(*words, typed=(), code=Outcome.DONE):
        monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{w}\n" for w in typed)))
        capfd.readouterr()
        done = main([*words, "--data", str(station.data)])
        told = Said(*capfd.readouterr())
        assert done == code, (words, told.stdout, told.stderr)
        for word in (ADMIN_WORD, WORD, NEW):
            assert word not in told.stdout + told.stderr
        return told

    return once


def users(run):
    return {u["user"]: (u["role"], u["enabled"], u["must_change"]) for u in run("user", "list", "--json").json}


def people(run):
    def add(user, *more):
        typed = (ADMIN_WORD, WORD, WORD)
        run("user", "add", user, "--role", "supervisor", "--as", "park", *more, typed=typed)

    run("user", "add", "park", "--role", "administrator", typed=(ADMIN_WORD, ADMIN_WORD))
    run(
        "user",
        "add",
        "kim",
        "--role",
        "supervisor",
        "--as",
        "park",
        "--printed",
        "김지혜",
        typed=(ADMIN_WORD, WORD, WORD),
    )


def test_users_without_an_engine(run, station):
    run("user", "list", code=Outcome.NOTHING_THERE)
    told = run("user", "add", "kim", "--role", "supervisor", typed=(WORD, WORD), code=Outcome.REFUSED)
    assert "administrator" in told.stderr
    run("user", "add", "park", "--role", "administrator", "--as", "kim", typed=(WORD,) * 3, code=Outcome.REFUSED)
    people(run)
    assert users(run) == {"park": ("administrator", True, False), "kim": ("supervisor", True, False)}
    assert "김지혜" in run("user", "list").stdout
    for typed, code in [
        (("wrong", NEW, NEW), Outcome.REFUSED), ((ADMIN_WORD, NEW, WORD), Outcome.REFUSED),
        ((ADMIN_WORD, "short", "short"), Outcome.REFUSED), ((ADMIN_WORD, NEW), Outcome.USAGE), ((), Outcome.USAGE),
    ]:  # fmt: skip
        run("user", "add", "lee", "--role", "viewer", "--as", "park", typed=typed, code=code)
    run("user", "add", "lee", "--role", "viewer", typed=(WORD, WORD), code=Outcome.USAGE)
    run("user", "add", "lee", "--role", "boss", "--as", "park", typed=(ADMIN_WORD,), code=Outcome.REFUSED)
    run("user", "add", "lee", "--as", "park", code=Outcome.USAGE)
    run("user", "disable", "--as", "park", code=Outcome.USAGE)
    run("user", "disable", "kim", "--as", "kim", typed=(WORD,), code=Outcome.REFUSED)
    run("user", "disable", "kim", "--as", "park", typed=(ADMIN_WORD,))
    run("user", "password", "kim", typed=(WORD, NEW, NEW), code=Outcome.REFUSED)
    run("user", "enable", "kim", "--as", "park", typed=(ADMIN_WORD,))
    run("user", "password", "kim", typed=(WORD, NEW, NEW))
    run("user", "password", "kim", "--as", "park", typed=(ADMIN_WORD, LENT, LENT))
    assert users(run)["kim"] == ("supervisor", True, True)
    run("user", "password", "kim", typed=(LENT, "tall-tree-12-wind", "tall-tree-12-wind"))
    assert users(run)["kim"] == ("supervisor", True, False)
    for file in station.data.rglob("*"):
        if file.is_file():
            assert ADMIN_WORD.encode() not in file.read_bytes()
            private = file.suffix in (".key", ".secret")
            assert not private or not stat.S_IMODE(file.stat().st_mode) & 0o077, file


def test_a_folder_that_is_taken_without_answering_is_said(run, station):
    people(run)
    lock = datafolder.take(station.data)
    try:
        run(
            "user", "add", "lee", "--role", "viewer", "--as", "park", typed=(ADMIN_WORD, WORD, WORD), code=Outcome.TAKEN
        )
        assert len(users(run)) == 2
        run("audit", "verify")
    finally:
        lock.release()


def test_a_lost_pepper_is_said(run, station):
    people(run)
    for file in (station.data / "secrets").iterdir():
        file.unlink()
    told = run("user", "disable", "kim", "--as", "park", typed=(ADMIN_WORD,), code=Outcome.REFUSED)
    assert "backup" in told.stderr


def test_users_and_audit_with_a_running_engine(run, station, tmp_path):
    people(run)
    station.plant.write_text((ROOT / "resources" / "demo" / "plant.toml").read_text("utf-8"), encoding="utf-8")
    station.start()
    run("user", "add", "lee", "--role", "inspector", "--as", "park", typed=(ADMIN_WORD, WORD, WORD))
    run("user", "disable", "kim", "--as", "park", typed=(ADMIN_WORD,))
    run("user", "disable", "kim", "--as", "lee", typed=(WORD,), code=Outcome.REFUSED)
    assert users(run)["kim"] == ("supervisor", False, False) and users(run)["lee"][0] == "inspector"
    assert run("audit", "verify", "--json").json["whole"] is True
    out = tmp_path / "out"
    run("audit", "export", "--out", str(out))
    station.stop()
    checked = run("audit", "verify", "--json").json
    assert checked["whole"] and checked["signed_to"] == checked["rows"]
    for path in (out, station.data):
        done = subprocess.run(
            [sys.executable, str(ROOT / "packaging" / "check_audit.py"), str(path)], capture_output=True, text=True,
            check=False, env={**os.environ, "PYTHONUTF8": "1"},
        )  # fmt: skip
        assert done.returncode == 0, done.stdout


def test_audit_without_an_engine(run, station, tmp_path):
    run("audit", "verify", code=Outcome.NOTHING_THERE)
    people(run)
    checked = run("audit", "verify", "--json").json
    assert checked["whole"] and checked["signed_to"] == checked["rows"] > 0
    run("audit", "export", code=Outcome.USAGE)
    out = tmp_path / "out"
    made = run("audit", "export", "--out", str(out), "--json").json
    assert made["rows"] == checked["rows"] + 1 and made["key"] == checked["keys"][0]
    run("audit", "export", "--out", str(out), code=Outcome.REFUSED)
    database = station.data / "plant.db"
    with closing(sqlite3.connect(database)) as c:
        c.execute("pragma wal_checkpoint(truncate)")
    content = bytearray(database.read_bytes())
    at = content.index(b'"user_added"')
    content[at + 3] ^= 1
    database.write_bytes(content)
    told = run("audit", "verify", "--json", code=Outcome.PROBLEMS).json
    assert told["whole"] is False and told["flaws"][0]["text"]["ko"]
    assert "NOT whole" in run("audit", "verify", code=Outcome.PROBLEMS).stderr
