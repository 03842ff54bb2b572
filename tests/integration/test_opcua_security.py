"""Whom the driver talks to and as whom: unknown, expired and accepted servers, users, what is refused and how often."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

sys.path.insert(0, str(Path(__file__).parent))
from opcua_site import Process, Recorder, context, driving, free_port, server, tag, until

from hmi.api import DriverContext, LinkState, Security
from plugins.opcua import accept, session, trust
from plugins.opcua.discover import UnreachableError, discover

TAGS = [tag("A"), tag("B")]
PASSWORD = {"controller/plc/password": "keeper"}


class Plant:
    """A secured server and what a driver needs for it."""

    def __init__(self, folder: Path, made: datetime | None = None, *, user: bool = False) -> None:
        self.folder, self.port = folder, free_port()
        identity = trust.identity(folder / "server", made)
        self.fingerprint = identity.fingerprint
        self.options = ["--cert", str(identity.certificate), "--key", str(identity.key), "--uri", identity.uri]
        if user:
            self.options.append("--user")

    def context(self, feed: Recorder, **more: Any) -> DriverContext:
        return context(self.port, feed, self.folder / "trust", TAGS, **{"security": Security.SIGN_AND_ENCRYPT, **more})

    def start(self) -> Any:
        return server(self.port, *self.options)


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[tuple[Plant, Process]]:
    made = Plant(tmp_path)
    with made.start() as process:
        yield made, process


def test_cr_1_2_an_unknown_server_waits_for_an_engineer_and_connects_then(plant: tuple[Plant, Process]) -> None:
    made, _ = plant
    feed = Recorder()

    async def go() -> None:
        async with driving(made.context(feed)) as driver:
            await until(lambda: feed.state is LinkState.REFUSED)
            assert driver.health.fingerprint == made.fingerprint
            assert feed.why is not None
            assert made.fingerprint[:2].upper() + ":" in feed.why.en
            assert trust.waiting(made.folder / "trust") == [made.fingerprint]
            assert not feed.count
            accept(made.folder / "trust", made.fingerprint)
            await until(lambda: feed.value(0) == 1.0)
            assert driver.health.security == "SignAndEncrypt Basic256Sha256"
            assert driver.health.fingerprint == made.fingerprint
        nodes = await discover(made.context(Recorder()))
        assert "A" in {n.name for n in nodes}

    asyncio.run(go())


def test_cr_1_2_a_server_that_changes_its_certificate_is_refused_again(tmp_path: Path) -> None:
    feed, first = Recorder(), Plant(tmp_path / "one")
    second = Plant(tmp_path / "two")
    second.port = first.port
    for made in (first, second):
        made.folder = tmp_path

    async def go() -> None:
        async with driving(first.context(feed)):
            with first.start():
                await until(lambda: feed.state is LinkState.REFUSED)
                accept(tmp_path / "trust", first.fingerprint)
                await until(lambda: feed.value(0) == 1.0)
            with second.start():
                await until(lambda: feed.state is LinkState.REFUSED)
                assert trust.waiting(tmp_path / "trust") == [second.fingerprint]

    asyncio.run(go())


def test_cr_1_8_an_expired_server_is_refused_with_the_day(tmp_path: Path) -> None:
    made = Plant(tmp_path, datetime.now(UTC) - timedelta(days=365 * trust.YEARS + 3))
    feed = Recorder()

    async def go() -> None:
        async with driving(made.context(feed)):
            await until(lambda: feed.state is LinkState.REFUSED)
        with pytest.raises(UnreachableError) as caught:
            await discover(made.context(Recorder()))
        assert caught.value.text is not None
        assert "expired" in caught.value.text.en

    with made.start():
        asyncio.run(go())
    assert trust.waiting(tmp_path / "trust") == []


def test_cr_3_1_a_policy_that_is_not_offered_or_not_known_is_refused(plant: tuple[Plant, Process]) -> None:
    made, _ = plant

    async def go() -> None:
        for more, word in (
            ({"security": Security.NONE}, ""), ({"security": Security.SIGN}, "Sign Basic256Sha256"),
            ({"policy": "Rot13"}, "Rot13"),
        ):  # fmt: skip
            feed = Recorder()
            async with driving(made.context(feed, **more)):
                await until(lambda feed=feed: feed.state in (LinkState.REFUSED, LinkState.DOWN))
                assert feed.why is not None
                assert word in feed.why.en
                assert not feed.count

    asyncio.run(go())


def test_the_right_user_enters_and_a_wrong_password_is_not_hammered(tmp_path: Path) -> None:
    made = Plant(tmp_path, user=True)
    user = {"user": "line"}
    trust.keep_waiting(tmp_path / "trust", (tmp_path / "server" / "own" / "linekeeper.der").read_bytes())
    accept(tmp_path / "trust", made.fingerprint)

    async def go() -> None:
        drawer: dict[str, str] = {}
        feed = Recorder()
        async with driving(made.context(feed, **user, secrets=drawer)):
            await until(lambda: feed.state is LinkState.REFUSED)
            assert feed.why is not None
            assert "no password" in feed.why.en
        feed = Recorder()
        async with driving(made.context(feed, **user, secrets=PASSWORD)):
            await until(lambda: feed.value(0) == 1.0)
        feed = Recorder()
        wrong = {"controller/plc/password": "wrong"}
        async with driving(made.context(feed, **user, secrets=wrong)) as driver:
            await until(lambda: feed.state is LinkState.REFUSED)
            await asyncio.sleep(2.0)
            assert feed.states == [LinkState.CONNECTING, LinkState.REFUSED]
            assert driver.health.connects == 0

    with made.start() as process:
        asyncio.run(go())
        process.run.kill()
        assert process.run.stdout is not None
        attempts = [line for line in process.run.stdout if line.startswith("attempt line")]
    assert len(attempts) == 2, "one good sign-in, one wrong password and no second try"


def test_cr_3_1_keys_are_renewed_while_values_flow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "CHANNEL_MS", 1200)
    made, feed = Plant(tmp_path), Recorder()
    trust.keep_waiting(tmp_path / "trust", (tmp_path / "server" / "own" / "linekeeper.der").read_bytes())
    accept(tmp_path / "trust", made.fingerprint)

    async def go(process: Process) -> None:
        async with driving(made.context(feed)) as driver:
            await until(lambda: feed.value(0) == 1.0)
            for value in range(10, 16):
                process.tell(f"set A {value}")
                await until(lambda value=value: feed.value(0) == float(value))
                await asyncio.sleep(0.5)  # three lifetimes of a key in all
            assert driver.health.connects == 1

    with made.start() as process:
        asyncio.run(go(process))


def test_cr_4_1_a_password_never_travels_readable(tmp_path: Path) -> None:
    port, feed = free_port(), Recorder()

    async def go() -> None:
        made = context(port, feed, tmp_path, TAGS, secrets=PASSWORD, user="line")
        async with driving(made):
            await until(lambda: feed.state is LinkState.REFUSED)
            assert feed.why is not None
            assert "readable" in feed.why.en

    with server(port, "--user"):
        asyncio.run(go())


def test_cr_1_8_a_certificate_signs_in_instead_of_a_password(tmp_path: Path) -> None:
    made, feed = Plant(tmp_path, user=True), Recorder()
    trust.keep_waiting(tmp_path / "trust", (tmp_path / "server" / "own" / "linekeeper.der").read_bytes())
    accept(tmp_path / "trust", made.fingerprint)
    person = trust.identity(tmp_path / "person")
    certificate = x509.load_der_x509_certificate(person.certificate.read_bytes())
    secrets = {
        "controller/plc/user_certificate": certificate.public_bytes(serialization.Encoding.PEM).decode(),
        "controller/plc/user_key": person.key.read_text(),
    }

    made.options += ["--person", str(person.certificate)]

    async def go() -> None:
        async with driving(made.context(feed, certificate_user=True, secrets=secrets)):
            await until(lambda: feed.value(0) == 1.0)
        nobody = Recorder()
        async with driving(made.context(nobody)):
            await until(lambda: nobody.state is LinkState.REFUSED)

    with made.start():
        asyncio.run(go())


def test_cr_1_8_a_user_certificate_that_is_missing_or_broken_is_told(tmp_path: Path) -> None:
    async def go() -> None:
        broken = {"controller/plc/user_certificate": "nonsense", "controller/plc/user_key": "nonsense"}
        for secrets in ({}, broken):
            feed = Recorder()
            made = context(free_port(), feed, tmp_path, TAGS, secrets=secrets, certificate_user=True)
            async with driving(replace(made)):
                await until(lambda feed=feed: feed.state is LinkState.REFUSED)

    asyncio.run(go())
