"""What the program may not contain at all, read from its syntax; named by security.md's ids."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import ROOT

ROOMS = ("hmi", "ui", "plugins")
CIPHERS = {"Crypto", "Cryptodome", "nacl", "OpenSSL", "rsa", "ecdsa", "pyaes", "passlib", "bcrypt"}
BROKEN = {"md5", "sha1", "DES", "TripleDES", "ARC4", "ECB", "Blowfish"}
UNPICKLING = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib"}
SECRET_ROOMS = (
    "hmi/people",
    "hmi/desk",
    "hmi/runtime/secrets.py",
    "plugins/opcua/trust.py",
    "hmi/commands/demo_people.py",
)
LISTENERS = {"start_server", "start_unix_server", "create_server", "bind", "listen"}
NETWORK = {"socket", "asyncio", "http", "http.server", "socketserver", "PySide6.QtNetwork"}
LISTENING = {"hmi/desk/server.py"}
"""Files of the station that open a door; the demo plant is a controller and has its own."""


@cache
def trees() -> dict[str, ast.Module]:
    """Every file of the program by its path."""
    files = [file for room in ROOMS for file in sorted((ROOT / room).rglob("*.py"))]
    return {f.relative_to(ROOT).as_posix(): ast.parse(f.read_text(encoding="utf-8")) for f in files}


def imports() -> Iterator[tuple[str, str, str]]:
    """(file, module, name or empty) of every import, wherever it stands."""
    for file, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                yield from ((file, alias.name, "") for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((file, node.module or "", alias.name) for alias in node.names)


def calls() -> Iterator[tuple[str, str, ast.Call]]:
    """(file, name of what is called, the call)."""
    for file, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                called = node.func
                yield file, called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", ""), node


def test_there_is_something_to_read():
    assert len(trees()) > 300 and any(
        module == "cryptography" or "cryptography" in module for _, module, _ in imports()
    )


def test_cr_4_3_no_cipher_but_the_ones_of_kept_libraries():
    assert [x for x in imports() if x[1].partition(".")[0] in CIPHERS] == []
    names = {(file, name) for file, _, name in imports() if name in BROKEN}
    names |= {
        (file, node.attr) for file, tree in trees().items() for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in BROKEN
    }  # fmt: skip
    assert names == set()


def test_cr_1_14_what_is_secret_is_drawn_from_the_systems_randomness():
    assert [x for x in imports() if x[0].startswith(SECRET_ROOMS) and x[1] in ("random", "numpy.random")] == []


def test_cr_7_7_no_shell_no_eval_no_unpickling():
    assert [x for x in imports() if x[1].partition(".")[0] in UNPICKLING] == []
    wrong = []
    for file, name, call in calls():
        plain = isinstance(call.func, ast.Name)
        shell = any(k.arg == "shell" and getattr(k.value, "value", None) is not False for k in call.keywords)
        pickled = any(k.arg == "allow_pickle" and getattr(k.value, "value", None) is not False for k in call.keywords)
        if (plain and name in ("eval", "exec", "compile")) or name in ("system", "popen") or shell or pickled:
            wrong.append((file, call.lineno, name))
    assert wrong == []


def test_cr_5_1_one_door_and_it_is_the_desks():
    found = {file for file, name, call in calls() if name in LISTENERS and isinstance(call.func, ast.Attribute)}
    assert {file for file in found if not file.startswith(("plugins/demo_plant/", "ui/"))} == LISTENING
    assert not {module for file, module, _ in imports() if file.startswith("ui/") and module in NETWORK}


@pytest.mark.parametrize("folder", ["resources", "packaging"])
def test_cr_1_5_no_password_is_shipped(folder):
    wrong = []
    for file in sorted((ROOT / folder).rglob("*")):
        if file.suffix in (".toml", ".json", ".ini", ".cfg", ".yaml", ".service", ".sh", ".ps1"):
            for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
                key, sep, value = line.partition("=")
                if sep and key.strip().lower().endswith(("password", "passwd", "secret")) and "{" not in value:
                    wrong.append((Path(file).name, number))
    assert wrong == []
