#!/usr/bin/env python3
"""Checks the audit trail of a Linekeeper station on any computer: python check_audit.py PATH [--heads FILE ...]

PATH is a plant.db, a data folder that holds one, or the folder of an export. Needs Python 3.11 and nothing else; with
the library `cryptography` it also checks signatures. Exit code: 0 whole, 1 not whole, 2 not readable.
A row is canonical JSON (UTF-8, sorted keys, no white space). hash(n) = SHA-256(hash(n-1) || row(n)), hash(0) = 32 zero
bytes. A head is signed as it stands; its key is the SHA-256 of the canonical JSON of the public keys {algorithm: hex}.
"""

import argparse
import base64
import hashlib
import json
import re
import sqlite3
import sys
from pathlib import Path

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    Ed25519PublicKey, InvalidSignature = None, ValueError
try:
    from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PublicKey
except ImportError:
    MLDSA65PublicKey = None
ZERO, FOUND = "0" * 64, []


def wrong(en: str, ko: str) -> None:
    FOUND.extend({f"{en} | {ko}"} - set(FOUND))


def sha(*parts: bytes) -> str:
    return hashlib.sha256(b"".join(parts)).hexdigest()


def said(body: object) -> dict:
    try:
        return dict(json.loads(body))
    except (ValueError, TypeError):
        return {}


def key_id(public: dict) -> str:
    return sha(json.dumps(public, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode())


def signed(public: dict, body: bytes, signatures: dict) -> bool:
    try:
        for name, kind in (("Ed25519", Ed25519PublicKey), ("ML-DSA-65", MLDSA65PublicKey)):
            if kind is not None and name in public:
                kind.from_public_bytes(bytes.fromhex(public[name])).verify(base64.b64decode(signatures[name]), body)
    except (ValueError, TypeError, KeyError, InvalidSignature):
        return False
    return "Ed25519" in public and not set(public) - set(signatures)


def from_database(file: Path):
    c = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)
    c.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
    for (text,) in c.execute("PRAGMA integrity_check(5)"):
        _ = text == "ok" or wrong(f"database file damaged: {text}", f"데이터베이스 파일 손상: {text}")
    rows = [(r[0], r[:6], r[6], r[7]) for r in c.execute("SELECT * FROM audit ORDER BY seq")]
    found = c.execute("SELECT body, signatures, number, seq FROM audit_head ORDER BY number")
    heads = [(b, said(s) if [n, q] == [said(b).get("number"), said(b).get("seq")] else {}) for b, s, n, q in found]
    return rows, heads, dict(c.execute("SELECT name, seq FROM sqlite_sequence WHERE name IN ('audit', 'audit_head')"))


def from_export(folder: Path):
    manifest = (folder / "manifest.json").read_bytes()
    seal = said((folder / "manifest.signatures.json").read_bytes())
    if not signed(seal["public"], manifest, seal["signatures"]) or key_id(seal["public"]) != said(manifest).get("key"):
        wrong("the signature of manifest.json does not hold", "manifest.json의 서명이 유효하지 않습니다")
    for name, expected in said(manifest).get("files", {}).items():
        if not (folder / name).is_file() or sha((folder / name).read_bytes()) != expected:
            wrong(f"{name} was changed or is missing", f"{name} 파일이 변경되었거나 없습니다")
    listed = json.loads((folder / "audit.json").read_bytes())
    rows = [(n, None, r["row"].encode(), r["hash"]) for n, r in enumerate(listed, 1)]
    return rows, from_copies(folder / "heads.jsonl")[0], {"audit": said(manifest).get("rows", 0)}


def from_copies(file: Path):
    heads, keys = [], []
    for number, line in enumerate(file.read_bytes().splitlines() if file.exists() else [], 1):
        one = said(line)
        if "public" in one:
            keys.append((key_id(one["public"]), one["public"]))
        elif isinstance(one.get("body"), str) and isinstance(one.get("signatures"), dict):
            heads.append((one["body"].encode(), one["signatures"]))
        else:
            wrong(f"{file.name}: line {number} cannot be read", f"{file.name}: {number}번째 줄을 읽을 수 없습니다")
    return heads, keys


def check(rows, heads, given, copies, keys) -> None:
    before, last, hashes = ZERO, 0, {}
    for seq, columns, row, told in rows:
        if seq != last + 1:
            wrong(f"rows {last + 1} to {seq - 1} are missing", f"{last + 1}~{seq - 1}번 행이 없습니다")
        elif not isinstance(row, bytes) or not isinstance(told, str) or sha(bytes.fromhex(before), row) != told:
            wrong(f"row {seq} or its hash was changed", f"{seq}번 행 또는 해시가 변경되었습니다")
        words, names = said(row), ("seq", "at_ns", "user", "action", "object", "cause")
        if words.get("seq") != seq or (columns and list(columns) != [words.get(name) for name in names]):
            wrong(f"row {seq} was moved, inserted, or a column changed", f"{seq}번 행이 이동, 삽입 또는 변경되었습니다")
        elif words.get("action") == "audit_keys":
            keys[key_id(words["new"])] = words["new"]
        hashes[seq], last, before = told, seq, told if re.fullmatch("[0-9a-f]{64}", str(told)) else ZERO
    previous, known = ZERO, dict(heads)
    for n, (body, _) in enumerate(heads, 1):
        if said(body).get("number") != n or said(body).get("before") != previous:
            wrong(f"signed head {n} does not follow the one before", f"서명 헤드 {n}가 앞 헤드와 이어지지 않습니다")
        previous = sha(bytes(32), body) if isinstance(body, bytes) else ZERO
    for body, signatures in [*heads, *copies]:
        number, seq, public = (head := said(body)).get("number"), head.get("seq", 0), keys.get(head.get("key"), {})
        if not signed(public, body, signatures):
            wrong(f"the signature of head {number} does not hold", f"헤드 {number}의 서명이 유효하지 않습니다")
        elif body not in known:
            wrong(f"signed head {number} (row {seq}) is missing", f"서명 헤드 {number}({seq}번 행)가 없습니다")
        if seq > last:
            wrong(f"rows {last + 1} to {seq} were cut off", f"{last + 1}~{seq}번 행이 잘려 나갔습니다")
        elif hashes.get(seq) != head.get("hash"):
            wrong(f"row {seq} is not what head {number} signed", f"{seq}번 행이 헤드 {number}가 서명한 것과 다릅니다")
    for name, reached in (("audit", last), ("audit_head", len(heads))):
        _ = given.get(name, 0) <= reached or wrong(f"{name}: cut off after {reached}", f"{name}: {reached} 뒤가 잘림")
    print(f"{last} rows, {len(heads)} heads, keys {[*keys]} | 행 {last}개, 헤드 {len(heads)}개")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path", type=Path)
    parser.add_argument("--heads", type=Path, action="append", default=[])
    args = parser.parse_args()
    try:
        file = args.path / "plant.db" if (args.path / "plant.db").exists() else args.path
        rows, heads, given = from_export(file) if file.is_dir() else from_database(file)
        copies, keys = [], []
        beside = [file.parent / "audit-heads.jsonl"] if file.is_file() else [file / "heads.jsonl"]
        for more, public in map(from_copies, beside + args.heads):
            copies, keys = copies + more, keys + public
        check(rows, heads, given, copies, dict(keys))
    except (OSError, sqlite3.Error, ValueError, KeyError, TypeError, AttributeError) as err:
        return print(f"cannot be read: {err} | 읽을 수 없습니다: {err}") or 2
    print("" if Ed25519PublicKey else "signatures NOT checked | 서명 미확인", "\n".join(FOUND) or "whole | 이상 없음")
    return 1 if FOUND else 0


if __name__ == "__main__":
    sys.exit(main())
