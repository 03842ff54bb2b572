"""Secrets: in the system's store where it works, else in files that only the station's user can read."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from hmi.api import LinkState
from hmi.runtime import secrets
from hmi.runtime.secrets import SecretFault, SecretStore
from plugins.opcua.refusal import from_error

NAME = "controller/plc1/password"


class MemoryStore:
    """A system store that works."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self.kept.pop((service, username), None)


class LockedStore(MemoryStore):
    """A system store that refuses."""

    def get_password(self, service: str, username: str) -> str | None:
        raise OSError("locked")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise OSError("locked")


@pytest.mark.parametrize("name", [NAME, "한글/비밀", "..", "a" * 500, "x/../../y"])
@pytest.mark.parametrize("value", ["keeper", "비밀번호 \n", ""])
def test_files_keep_and_forget(tmp_path: Path, name: str, value: str) -> None:
    store = SecretStore(tmp_path, None)
    assert store.get(name) is None
    store.set(name, "older")
    file = Path(store.set(name, value))
    assert SecretStore(tmp_path, None).get(name) == value
    assert file.parent == tmp_path / "secrets"
    assert [f.name for f in file.parent.iterdir()] == [file.name]
    store.delete(name)
    assert store.get(name) is None


@pytest.mark.skipif(os.name != "posix", reason="file modes")
def test_cr_4_1_files_are_for_the_user_only(tmp_path: Path) -> None:
    store = SecretStore(tmp_path, None)
    before = os.umask(0)
    try:
        file = Path(store.set(NAME, "keeper"))
    finally:
        os.umask(before)
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    file.chmod(0o644)
    with pytest.raises(SecretFault) as caught:
        store.get(NAME)
    assert "read by others" in caught.value.text.en
    assert "0644" in caught.value.text.ko


@pytest.mark.skipif(os.name != "posix", reason="links")
def test_cr_4_1_a_link_is_not_followed(tmp_path: Path) -> None:
    store = SecretStore(tmp_path, None)
    file = Path(store.set(NAME, "keeper"))
    other = tmp_path / "other"
    file.rename(other)
    file.symlink_to(other)
    with pytest.raises(SecretFault, match="cannot be read"):
        store.get(NAME)


def test_the_system_store_comes_first_and_leaves_no_file(tmp_path: Path) -> None:
    SecretStore(tmp_path, None).set(NAME, "older")
    system = MemoryStore()
    store = SecretStore(tmp_path, system)
    assert store.get(NAME) == "older"
    assert store.set(NAME, "newer") == "system"
    assert store.get(NAME) == "newer"
    assert SecretStore(tmp_path, None).get(NAME) is None
    assert SecretStore(tmp_path / "another station", system).get(NAME) is None
    store.delete(NAME)
    assert store.get(NAME) is None


def test_a_store_that_refuses_gives_way_to_files(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store = SecretStore(tmp_path, LockedStore())
    assert store.get(NAME) is None
    assert Path(store.set(NAME, "keeper")).is_file()
    assert store.get(NAME) == "keeper"
    assert len(caplog.records) == 1


def test_a_store_that_hangs_gives_way_to_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()

    class Hanging(MemoryStore):
        def get_password(self, service: str, username: str) -> str | None:
            release.wait(30)
            return None

    monkeypatch.setattr(secrets, "STORE_WAIT_S", 0.05)
    store = SecretStore(tmp_path, Hanging())
    SecretStore(tmp_path, None).set(NAME, "keeper")
    assert store.get(NAME) == "keeper"
    release.set()


def test_cr_4_1_no_backend_that_keeps_plain_text_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    import keyring.backend

    class Plain(MemoryStore):
        priority = 100

    Plain.__module__ = "keyrings.alt.file"
    monkeypatch.setattr(keyring.backend, "get_all_keyring", lambda: [Plain()])
    assert secrets.system_store() is None
    Plain.__module__ = "keyring.backends.SecretService"
    assert secrets.system_store() is not None


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "secrets").write_text("in the way")
    with pytest.raises(SecretFault) as caught:
        SecretStore(tmp_path, None).set(NAME, "keeper")
    assert "cannot be kept" in caught.value.text.en


def test_cr_4_1_what_is_wrong_with_a_secret_is_said_whole_in_each_language(tmp_path: Path) -> None:
    store = SecretStore(tmp_path, None)
    file = Path(store.set(NAME, "keeper"))
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SecretFault) as caught:
        store.get(NAME)
    told = caught.value.text
    assert "not UTF-8" in told.en and "not" not in told.ko
    link = from_error(caught.value)
    assert link.state == LinkState.REFUSED and link.why == told and link.fault is None


def test_cr_2_1_a_plugin_reads_its_own_secrets_and_no_others(tmp_path: Path) -> None:
    store = SecretStore(tmp_path, None)
    for name in ("controller/plc1/password", "controller/plc10/password", "people/pepper", "driver/opcua/own_key"):
        store.set(name, "keeper")
    drawer = store.drawer("controller/plc1/", "driver/opcua/")
    assert drawer.get("controller/plc1/password") == drawer.get("driver/opcua/own_key") == "keeper"
    for name in ("controller/plc10/password", "people/pepper", "controller/plc1", "", "x/controller/plc1/password"):
        assert drawer.get(name) is None
        with pytest.raises(SecretFault):
            drawer.set(name, "mine")
    assert store.get("people/pepper") == "keeper"
