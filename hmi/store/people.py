"""Accounts on record: made, changed, disabled, never deleted; a user's name is given once and never again."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from hmi.model.permission import EVERYWHERE, Person, Role
from hmi.model.text import Lang
from hmi.store.database import Work
from hmi.store.faults import StoreError, words_of
from hmi.store.people_tables import account, former_password
from hmi.store.plant_tables import meta
from hmi.store.sqlite import reading
from hmi.store.upsert import upsert

FORMER = 5
"""Passwords that may not be used again, the present one among them."""
_PEPPER = "people.pepper"


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in, as the station knows them."""

    id: int
    user: str
    printed_name: str
    role: Role
    areas: frozenset[str] = frozenset({EVERYWHERE})
    language: Lang = Lang.KO
    enabled: bool = True
    must_change: bool = False
    password: str = ""
    password_ns: int = 0
    made_ns: int = 0

    @property
    def person(self) -> Person:
        """What goes on record with an act."""
        return Person(self.user, self.printed_name, self.role, self.areas)


def folded(user: str) -> str:
    """A user's name as it is compared: composed, without upper and lower case."""
    return unicodedata.normalize("NFKC", user).strip().casefold()


def add(work: Work, made: Account) -> int:
    """A new account; returns its id. Raises sqlalchemy's IntegrityError when the name was ever given."""
    values = {
        "user": made.user, "folded": folded(made.user), "printed_name": made.printed_name, "role": made.role.value,
        "areas": json.dumps(sorted(made.areas)), "language": made.language.value, "enabled": made.enabled,
        "must_change": made.must_change, "password": made.password, "password_ns": made.password_ns,
        "made_ns": made.made_ns,
    }  # fmt: skip
    return int(work.connection.scalar(insert(account).returning(account.c.id), values) or 0)


def set_role(work: Work, account_id: int, role: Role) -> None:
    """Another role."""
    _set(work, account_id, role=role.value)


def set_areas(work: Work, account_id: int, areas: frozenset[str]) -> None:
    """Other areas of the plant."""
    _set(work, account_id, areas=json.dumps(sorted(areas)))


def set_enabled(work: Work, account_id: int, enabled: bool) -> None:
    """Let somebody sign in, or no longer."""
    _set(work, account_id, enabled=enabled)


def set_language(work: Work, account_id: int, language: Lang) -> None:
    """The language in which the station speaks to somebody."""
    _set(work, account_id, language=language.value)


def set_password(work: Work, account_id: int, phc: str, at_ns: int, must_change: bool) -> None:
    """A new password's hash; the one before it joins the former ones, of which the last few are kept."""
    before = work.connection.scalar(select(account.c.password).where(account.c.id == account_id))
    work.connection.execute(insert(former_password), {"account": account_id, "password": before})
    x = former_password.c
    kept = select(x.id).where(x.account == account_id).order_by(x.id.desc()).limit(FORMER - 1)
    work.connection.execute(delete(former_password).where(x.account == account_id, x.id.not_in(kept.scalar_subquery())))
    _set(work, account_id, password=phc, password_ns=at_ns, must_change=must_change)


def former(c: Connection, account_id: int) -> list[str]:
    """Hashes of the passwords somebody had before, newest first."""
    x = former_password.c
    return [str(p) for p in c.scalars(select(x.password).where(x.account == account_id).order_by(x.id.desc()))]


def accounts(c: Connection) -> list[Account]:
    """All accounts, in the order they were made."""
    return [_account(row) for row in c.execute(select(account).order_by(account.c.id))]


def accounts_in(file: Path) -> list[Account]:
    """All accounts of a plant database, read from its file while the engine may be at work. Raises StoreError."""
    engine = reading(file, pool_size=0)
    try:
        with engine.connect() as c, c.begin():
            return accounts(c)
    except SQLAlchemyError as error:
        raise StoreError(words_of(error, file)) from error
    finally:
        engine.dispose()


def pepper_mark(c: Connection) -> str:
    """What tells whether the pepper at hand is the one the passwords were hashed with; empty of a fresh database."""
    return str(c.scalar(select(meta.c.value).where(meta.c.name == _PEPPER)) or "")


def set_pepper_mark(work: Work, mark: str) -> None:
    """Note which pepper the passwords are hashed with."""
    note = upsert(work.connection, meta)
    work.connection.execute(
        note.on_conflict_do_update(index_elements=["name"], set_={"value": note.excluded.value}),
        [{"name": _PEPPER, "value": mark}],
    )


def _set(work: Work, account_id: int, **values: Any) -> None:
    work.connection.execute(update(account).where(account.c.id == account_id).values(**values))


def _account(row: Row[Any]) -> Account:
    return Account(
        row.id, row.user, row.printed_name, Role(row.role), frozenset(json.loads(row.areas)), Lang(row.language),
        bool(row.enabled), bool(row.must_change), row.password, row.password_ns, row.made_ns,
    )  # fmt: skip
