"""CR 3.9, CR 2.12, 11.10(e): any bit changed, any row removed, moved, inserted or cut off is found and named.

Both checkers are held to it: the station's own, and the one that shares no code with it.
"""

import base64
import json
import random
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hmi.model.text import Text
from hmi.people import heads, trail
from hmi.people.clock import SystemClock, local_iso
from hmi.people.export import cell, export
from hmi.people.heads import HeadKeeper
from hmi.people.keys import AuditKeys, signed_by
from hmi.people.refusal import PeopleRefusedError
from hmi.store import audit, signatures
from hmi.store.audit import Entry, Wanted
from hmi.store.canonical import canonical, digest
from hmi.store.database import Database
from hmi.store.signatures import Signature

CHECKER = Path(__file__).resolve().parents[2] / "packaging" / "check_audit.py"
ROWS, SIGNED = 60, 40


def entry(n, chance):
    values = [None, n, n / 7, "한글", {"a": [1, 2.5]}, True]
    return Entry(
        chance.choice(["sign_in", "mode", "command_intent"]), f"thing{n}", chance.choice(values), chance.choice(values),
        "why " * (n % 3), f"cause{n % 5}", chance.choice(["kim", "lee", ""]), "supervisor", f"{n:x}",
    )  # fmt: skip


def sign(n):
    record = {"key": n}
    made = Signature(
        0, "kim", "김지혜", "supervisor", n, local_iso(n, "Asia/Seoul"), "command", Text("I order", "지시합니다"),
        canonical(record).decode(), digest(record), "{}", digest({}), None, "5e55", "control-1",
    )  # fmt: skip
    return lambda work: signatures.add(work, made)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A data folder with a trail of 60 acts and three signatures; the last head is signed at its end."""
    folder, chance = tmp_path_factory.mktemp("whole"), random.Random(7)
    database = Database(folder / "plant.db")
    keeper = HeadKeeper(database, AuditKeys(folder), [folder], SystemClock())
    for n in range(ROWS):
        database.submit(lambda work, n=n: audit.append(work, entry(n, chance))).result()
        if n % 20 == 10:
            database.submit(sign(n)).result()
            keeper.sign_now()
    keeper.sign_now()
    database.close()
    with closing(sqlite3.connect(folder / "plant.db")) as c:
        c.execute("pragma journal_mode=delete")
    return folder


@pytest.fixture
def copy(whole, tmp_path):
    return Path(shutil.copytree(whole, tmp_path / "copy"))


def tamper(folder, *statements):
    """Somebody with the file and a tool: the triggers are no obstacle."""
    with closing(sqlite3.connect(folder / "plant.db")) as c:
        for (name,) in c.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            c.execute(f"drop trigger {name}")
        for statement in statements:
            c.execute(*statement) if isinstance(statement, tuple) else c.execute(statement)
        c.commit()


def kinds(folder):
    report = trail.verify(folder / "plant.db")
    for flaw in report.flaws:
        assert flaw.text.en != flaw.text.ko
    return {flaw.kind for flaw in report.flaws}


def named(folder):
    return {flaw.seq for flaw in trail.verify(folder / "plant.db").flaws}


def checker(path, *more):
    """Exit code and words of the stand-alone checker."""
    done = subprocess.run(
        [sys.executable, "-I", str(CHECKER), str(path), *more], capture_output=True, text=True, check=False, timeout=60,
        env={"PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout


def test_a_whole_trail_is_whole(whole):
    report = trail.verify(whole / "plant.db")
    assert report.whole and report.flaws == []
    assert report.rows == report.signed_to == ROWS + 3 + 1  # three signatures, and the row that names the keys
    assert report.heads == 4 and report.keys == [AuditKeys(whole).id]
    code, said = checker(whole)
    assert code == 0 and AuditKeys(whole).id in said


def test_cr_3_9_a_row_is_neither_changed_nor_deleted_nor_put_in_between(copy):
    with closing(sqlite3.connect(copy / "plant.db")) as c:
        for statement in (
            "update audit set user = 'lee' where seq = 3", "delete from audit where seq = 3",
            "insert into audit select seq + 99, at_ns, user, action, object, cause, row, hash from audit where seq = 3",
            "insert or replace into audit select * from audit where seq = 3", "delete from signature",
            "update signature set user = 'lee'", "delete from audit_head", "update audit_head set seq = 1",
        ):  # fmt: skip
            with pytest.raises(sqlite3.IntegrityError):
                c.execute(statement)


COLUMNS = ("seq", "at_ns", "user", "action", "object", "cause", "row", "hash")


@given(st.integers(1, ROWS), st.sampled_from(COLUMNS), st.integers(0, 10_000), st.integers(0, 7))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_cr_3_9_any_bit_of_any_column_of_any_row(whole, tmp_path_factory, seq, column, byte, bit):
    folder = tmp_path_factory.mktemp("bit")
    shutil.copy(whole / "plant.db", folder)
    shutil.copy(whole / heads.FILE, folder)
    with closing(sqlite3.connect(folder / "plant.db")) as c:
        value = c.execute(f"select {column} from audit where seq = ?", (seq,)).fetchone()[0]
    if isinstance(value, int):
        changed = value ^ (1 << (byte % 40)) or 1_000
    else:
        raw = bytearray(value if isinstance(value, bytes) else value.encode())
        if not raw:
            raw = bytearray(1)
        raw[byte % len(raw)] ^= 1 << bit
        changed = bytes(raw) if isinstance(value, bytes) else raw.decode("utf-8", "replace")
        if changed == value:
            return
    tamper(folder, (f"update or replace audit set {column} = ? where seq = ?", (changed, seq)))
    assert named(folder) & {seq, seq + 1, changed if column == "seq" else 0}, "found, and named by its number"


def test_cr_3_9_a_bit_of_the_file_itself(whole, tmp_path):
    """Bits where the rows lie in the file, under the database's own feet."""
    chance = random.Random(3)
    content = (whole / "plant.db").read_bytes()
    with closing(sqlite3.connect(whole / "plant.db")) as c:
        found = c.execute("select seq, row, hash from audit").fetchall()
    shutil.copy(whole / heads.FILE, tmp_path)
    for seq, row, told in chance.sample(found, 25):
        part = chance.choice([row, told.encode()])
        at = content.index(part) + chance.randrange(len(part))
        changed = bytearray(content)
        changed[at] ^= 1 << chance.randrange(8)
        (tmp_path / "plant.db").write_bytes(changed)
        assert seq in named(tmp_path)
        assert checker(tmp_path)[0] != 0 if seq % 5 == 0 else True


def test_cr_3_9_any_bit_of_the_rest_never_ends_in_a_traceback(whole, tmp_path):
    chance = random.Random(11)
    content = (whole / "plant.db").read_bytes()
    for _ in range(60):
        changed = bytearray(content)
        for _ in range(chance.choice([1, 1, 50])):
            changed[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        (tmp_path / "plant.db").write_bytes(changed)
        report = trail.verify(tmp_path / "plant.db", [])
        assert report.rows or report.flaws


@pytest.mark.parametrize("seq", [1, 17, ROWS])
def test_cr_3_9_a_removed_row(copy, seq):
    tamper(copy, f"delete from audit where seq = {seq}")
    report = trail.verify(copy / "plant.db")
    assert "removed" in {f.kind for f in report.flaws}
    assert any(f"{seq} to {seq}" in f.text.en for f in report.flaws)
    assert checker(copy)[0] == 1


@pytest.mark.parametrize("keep", [63, 62, 50, 1, 0])
def test_cr_3_9_a_cut_tail(copy, keep):
    tamper(copy, f"delete from audit where seq > {keep}")
    assert "cut" in kinds(copy)
    code, said = checker(copy)
    assert code == 1 and "cut off" in said


def test_cr_3_9_a_cut_tail_with_its_heads_is_told_by_the_copies(copy):
    tamper(
        copy, "delete from audit where seq > 30", "delete from audit_head where seq > 30",
        "delete from signature where number > 1", "update sqlite_sequence set seq = 30 where name = 'audit'",
        "update sqlite_sequence set seq = (select max(number) from audit_head) where name = 'audit_head'",
    )  # fmt: skip
    assert {"cut", "head_gone"} <= kinds(copy)
    code, said = checker(copy)
    assert code == 1 and "cut off" in said
    copies = copy / heads.FILE
    elsewhere = Path(shutil.move(copies, copy / "second-disk.jsonl"))
    assert trail.verify(copy / "plant.db").whole, "without any copy nobody can tell"
    assert not trail.verify(copy / "plant.db", [elsewhere]).whole
    assert checker(copy)[0] == 0 and checker(copy, "--heads", str(elsewhere))[0] == 1


def test_cr_3_9_swapped_rows(copy):
    tamper(
        copy, "update audit set seq = -1 where seq = 20", "update audit set seq = 20 where seq = 21",
        "update audit set seq = 21 where seq = -1",
    )  # fmt: skip
    assert "moved" in kinds(copy) and {20, 21} <= named(copy)
    assert checker(copy)[0] == 1


def test_cr_3_9_an_inserted_row(copy):
    tamper(
        copy, "update audit set seq = -seq where seq > 20", "update audit set seq = 1 - seq where seq < 0",
        "insert into audit select 21, at_ns, user, action, object, cause, row, hash from audit where seq = 5",
    )  # fmt: skip
    assert "moved" in kinds(copy) and 21 in named(copy)
    assert checker(copy)[0] == 1


def rewritten(folder, change):
    """A chain written anew, every hash right: the work of somebody who knows how it is made."""
    with closing(sqlite3.connect(folder / "plant.db")) as c:
        rows = c.execute("select seq, row from audit order by seq").fetchall()
    before, statements = audit.GENESIS, []
    for seq, row in rows:
        said = json.loads(row)
        change(said)
        body = canonical(said)
        before = audit.link(before, body)
        statements.append(
            ("update audit set row = ?, hash = ?, user = ? where seq = ?", (body, before, said["user"], seq))
        )
    tamper(folder, *statements)


def test_cr_3_9_a_chain_written_anew_disagrees_with_its_signed_heads(copy):
    def blame_lee(said):
        said["user"] = "lee" if said["user"] == "kim" else said["user"]

    rewritten(copy, blame_lee)
    assert kinds(copy) >= {"rewritten"}
    assert checker(copy)[0] == 1


def test_cr_3_9_heads_signed_with_other_keys_are_found(copy, tmp_path):
    (tmp_path / "thief").mkdir()
    thief = AuditKeys(tmp_path / "thief")
    with closing(sqlite3.connect(copy / "plant.db")) as c:
        found = c.execute("select number, body from audit_head").fetchall()
    said = [(number, canonical(json.loads(body) | {"key": thief.id})) for number, body in found]
    statements = [
        (
            "update audit_head set body = ?, signatures = ? where number = ?",
            (body, json.dumps(thief.sign(body)), number),
        )
        for number, body in said
    ]
    tamper(copy, *statements)
    assert "head" in kinds(copy)
    assert checker(copy)[0] == 1
    (copy / "keys" / "audit-public.json").write_text(json.dumps(thief.public))
    (copy / heads.FILE).unlink()
    assert "key" in kinds(copy), "the trail itself never named that key"


@pytest.mark.parametrize("statement", [
    "update audit_head set seq = seq - 1 where number = 2", "delete from audit_head where number = 2",
    "delete from audit_head where number = 4", "update audit_head set signatures = '{}' where number = 3",
    "update audit_head set body = cast(replace(cast(body as text), 'a', 'b') as blob) where number = 1",
    "update audit_head set body = 'text' where number = 3", "update audit_head set signatures = 'x' where number = 3",
])  # fmt: skip
def test_cr_3_9_changed_heads(copy, statement):
    tamper(copy, statement)
    assert kinds(copy) & {"head", "head_order", "heads_cut", "head_gone"}
    (copy / heads.FILE).unlink()
    assert kinds(copy) & {"head", "head_order", "heads_cut"}
    assert checker(copy)[0] != 0


def test_cr_3_9_changed_copies(copy):
    file = copy / heads.FILE
    lines = file.read_bytes().splitlines(keepends=True)
    for number in range(1, len(lines)):
        changed = bytearray(lines[number])
        changed[30] ^= 4
        file.write_bytes(b"".join([*lines[:number], bytes(changed), *lines[number + 1 :]]))
        assert kinds(copy) & {"copy", "copy_head"}


@pytest.mark.parametrize("statement", [
    "update signature set user = 'lee' where number = 1", "update signature set at_ns = at_ns + 1 where number = 2",
    "update signature set ko = 'x' where number = 2", "update signature set record = '{}' where number = 3",
    "delete from signature where number = 2",
    "insert into signature select 9, user, printed_name, role, at_ns, local, meaning, en, ko, record, record_sha,"
    " shown, shown_sha, first, session, station from signature where number = 1",
])  # fmt: skip
def test_11_70_changed_removed_or_added_signatures(copy, statement):
    tamper(copy, statement)
    assert kinds(copy) & {"signature", "signature_gone"}


def test_a_file_that_is_no_database_is_said(tmp_path):
    (tmp_path / "plant.db").write_bytes(b"not a database at all" * 100)
    assert kinds(tmp_path) == {"file"}
    assert checker(tmp_path / "plant.db")[0] == 2
    assert kinds(tmp_path / "nothing") == {"file"}


def test_cr_6_1_an_export_is_checked_where_the_station_is_not(whole, tmp_path):
    out = tmp_path / "out"
    made = export(whole / "plant.db", out, AuditKeys(whole), SystemClock())
    assert made.rows == ROWS + 4
    assert checker(out)[0] == 0
    with pytest.raises(PeopleRefusedError):
        export(whole / "plant.db", out, AuditKeys(whole), SystemClock())
    sheet = (out / "audit.csv").read_text(encoding="utf-8-sig").splitlines()
    assert sheet[0].startswith("seq,time,user") and len(sheet) == ROWS + 5
    for file in sorted(out.iterdir()):
        content = file.read_bytes()
        changed = bytearray(content)
        changed[len(changed) // 2] ^= 1
        file.write_bytes(changed)
        assert checker(out)[0] != 0, file.name
        file.write_bytes(content)
    assert checker(out)[0] == 0


def test_cr_3_5_no_cell_of_the_export_is_a_formula():
    assert [cell(t) for t in ("=1+1", "+1", "-1", "@x", "\tx", "plain", "")] == [
        "'=1+1", "'+1", "'-1", "'@x", "'\tx", "plain", ""
    ]  # fmt: skip


def test_cr_2_4_heads_carry_both_kinds_of_signature(tmp_path):
    keys = AuditKeys(tmp_path)
    made = keys.sign(b"body")
    assert set(made) == {"Ed25519", "ML-DSA-65"} and signed_by(keys.public, b"body", made)
    for name in made:
        broken = bytearray(base64.b64decode(made[name]))
        broken[5] ^= 1
        assert not signed_by(keys.public, b"body", made | {name: base64.b64encode(bytes(broken)).decode()})
        assert not signed_by(keys.public, b"body", {k: v for k, v in made.items() if k != name})
    assert not signed_by(keys.public, b"other", made) and not signed_by({}, b"body", made)


def test_cr_1_9_the_private_keys_are_their_owners_alone_and_stay_the_same(tmp_path):
    keys = AuditKeys(tmp_path)
    files = list((tmp_path / "keys").glob("*.key"))
    assert len(files) == 2 and all(f.stat().st_mode & 0o077 == 0 for f in files)
    assert AuditKeys(tmp_path).id == keys.id
    files[0].chmod(0o644)
    with pytest.raises(PeopleRefusedError) as refused:
        AuditKeys(tmp_path)
    assert refused.value.text.ko != refused.value.text.en
    files[0].chmod(0o600)
    files[0].write_bytes(b"short")
    with pytest.raises(PeopleRefusedError):
        AuditKeys(tmp_path)


class Steps:
    """A clock that stands until it is moved."""

    def __init__(self):
        self.s = 100.0

    def wall_ns(self):
        return int(self.s * 1e9)

    def mono_s(self):
        return self.s


def test_heads_are_signed_every_hundred_rows_and_every_minute(tmp_path):
    database, clock = Database(tmp_path / "plant.db"), Steps()
    second = tmp_path / "second"
    second.mkdir()
    keeper = HeadKeeper(database, AuditKeys(tmp_path), [tmp_path, second], clock)

    def act(count):
        for n in range(count):
            database.submit(lambda work, n=n: audit.append(work, Entry("mode", str(n))))
        database.submit(lambda work: None).result()

    def signed():
        keeper.tick()
        database.submit(lambda work: None).result()
        with database.reader() as c:
            return [head.seq for head in audit.heads(c)]

    try:
        assert signed() == []
        act(1)
        assert signed() == []
        clock.s += 59.9
        assert signed() == []
        clock.s += 0.2
        assert signed() == [2]
        clock.s += 1_000
        assert signed() == [2], "nothing happened"
        act(99)
        assert signed() == [2]
        act(1)
        assert signed() == [2, 102]
        assert keeper.sign_now() is None
    finally:
        database.close()
    assert (second / heads.FILE).read_bytes() == (tmp_path / heads.FILE).read_bytes()
    assert trail.verify(tmp_path / "plant.db").whole


def test_copies_that_a_crash_left_out_are_written_at_the_next_start(tmp_path):
    database, keys = Database(tmp_path / "plant.db"), AuditKeys(tmp_path)
    keeper = HeadKeeper(database, keys, [tmp_path], SystemClock())
    for n in range(3):
        database.submit(lambda work, n=n: audit.append(work, Entry("mode", str(n)))).result()
        keeper.sign_now()
    lines = (tmp_path / heads.FILE).read_bytes().splitlines(keepends=True)
    (tmp_path / heads.FILE).write_bytes(b"".join(lines[:2]))
    HeadKeeper(database, keys, [tmp_path], SystemClock())
    database.close()
    assert (tmp_path / heads.FILE).read_bytes().splitlines(keepends=True) == lines


def test_rows_are_found_by_filter_and_page(whole):
    database = Database(whole / "plant.db")
    try:
        with database.reader() as c:
            everything = audit.rows(c, Wanted(), limit=1_000)
            assert [r.seq for r in everything] == list(range(ROWS + 4, 0, -1))
            pages, before = [], 0
            while found := audit.rows(c, Wanted(), before, 25):
                pages += found
                before = found[-1].seq
            assert pages == everything
            for wanted, test in [
                (Wanted(user="kim"), lambda r: r["user"] == "kim"),
                (Wanted(actions=("mode", "sign_in")), lambda r: r["action"] in ("mode", "sign_in")),
                (Wanted(object="thing1"), lambda r: r["object"].startswith("thing1")),
                (Wanted(cause="cause3"), lambda r: r["cause"] == "cause3"),
                (Wanted(text="한글"), lambda r: "한글" in json.dumps(r, ensure_ascii=False)),
                (Wanted(text="THING7"), lambda r: "thing7" in r["object"]),
                (Wanted(user="kim", text="why"), lambda r: r["user"] == "kim"),
                (Wanted(from_ns=everything[10].row["at_ns"]), lambda r: r["at_ns"] >= everything[10].row["at_ns"]),
                (Wanted(to_ns=everything[10].row["at_ns"]), lambda r: r["at_ns"] < everything[10].row["at_ns"]),
                (Wanted(object="%"), lambda r: False),
            ]:
                found = audit.rows(c, wanted, limit=1_000)
                assert found == [r for r in everything if test(r.row)], wanted
                assert audit.count(c, wanted) == len(found)
    finally:
        database.close()
