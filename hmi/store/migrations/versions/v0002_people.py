"""Accounts, signatures, the audit chain with its heads, and commands."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

READ_ONLY = ("signature", "audit", "audit_head")
NEVER_DELETED = ("account", "command")


def upgrade() -> None:
    """Make the tables of people and their acts, and the triggers that guard them."""
    _people()
    _records()
    _command()
    for table in READ_ONLY:
        _refuse(table, "UPDATE")
    for table in (*READ_ONLY, *NEVER_DELETED):
        _refuse(table, "DELETE")
    if op.get_bind().dialect.name == "sqlite":
        # INSERT OR REPLACE deletes without telling the trigger for deletes; and a row has only one place: the end
        for table, column in (("audit", "seq"), ("audit_head", "number"), ("signature", "number")):
            last = f"(SELECT coalesce(max({column}), 0) FROM {table})"  # noqa: S608 - fixed names
            op.execute(
                f"CREATE TRIGGER {table}_at_the_end BEFORE INSERT ON {table} "
                f"WHEN NEW.{column} <> -1 AND NEW.{column} <> {last} + 1 "  # -1: numbered by the database
                f"BEGIN SELECT RAISE(ABORT, '{table}: rows are added at the end only'); END"
            )


def _number() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _people() -> None:
    op.create_table(
        "account",
        sa.Column("id", _number(), nullable=False, autoincrement=True),
        sa.Column("user", sa.String(80), nullable=False),
        sa.Column("folded", sa.String(160), nullable=False),
        sa.Column("printed_name", sa.String(200), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("areas", sa.Text, nullable=False),
        sa.Column("language", sa.String(5), nullable=False),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("must_change", sa.Boolean, nullable=False),
        sa.Column("password", sa.String(500), nullable=False),
        sa.Column("password_ns", sa.BigInteger, nullable=False),
        sa.Column("made_ns", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.UniqueConstraint("folded", name="uq_account_folded"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "former_password",
        sa.Column("id", _number(), nullable=False, autoincrement=True),
        sa.Column("account", sa.BigInteger, nullable=False),
        sa.Column("password", sa.String(500), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_former_password"),
    )
    op.create_index("ix_former_password_account", "former_password", ["account"])


def _records() -> None:
    op.create_table(
        "signature",
        sa.Column("number", _number(), nullable=False, autoincrement=True),
        sa.Column("user", sa.String(80), nullable=False),
        sa.Column("printed_name", sa.String(200), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("at_ns", sa.BigInteger, nullable=False),
        sa.Column("local", sa.String(40), nullable=False),
        sa.Column("meaning", sa.String(80), nullable=False),
        sa.Column("en", sa.String(1000), nullable=False),
        sa.Column("ko", sa.String(1000), nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("record_sha", sa.String(64), nullable=False),
        sa.Column("shown", sa.Text, nullable=False),
        sa.Column("shown_sha", sa.String(64), nullable=False),
        sa.Column("first", sa.BigInteger),
        sa.Column("session", sa.String(32), nullable=False),
        sa.Column("station", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_signature"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_signature_record_sha", "signature", ["record_sha"])
    op.create_table(
        "audit",
        sa.Column("seq", _number(), nullable=False, autoincrement=True),
        sa.Column("at_ns", sa.BigInteger, nullable=False),
        sa.Column("user", sa.String(80), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("object", sa.String(400), nullable=False),
        sa.Column("cause", sa.String(200), nullable=False),
        sa.Column("row", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_audit"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_at_ns", "audit", ["at_ns"])
    for column in ("user", "action", "object", "cause"):
        op.create_index(f"ix_audit_{column}_seq", "audit", [column, "seq"])
    op.create_table(
        "audit_head",
        sa.Column("number", _number(), nullable=False, autoincrement=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("signatures", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit_head"),
        sqlite_autoincrement=True,
    )


def _command() -> None:
    op.create_table(
        "command",
        sa.Column("number", _number(), nullable=False, autoincrement=True),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("tag", sa.String(200), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("old", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("grounds", sa.String(20), nullable=False),
        sa.Column("cause", sa.String(200)),
        sa.Column("seen", sa.Text, nullable=False),
        sa.Column("user", sa.String(80), nullable=False),
        sa.Column("printed_name", sa.String(200), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("signature", sa.String(40)),
        sa.Column("second_signature", sa.String(40)),
        sa.Column("intent_ns", sa.BigInteger, nullable=False),
        sa.Column("sent_ns", sa.BigInteger, nullable=False),
        sa.Column("taken_ns", sa.BigInteger, nullable=False),
        sa.Column("done_ns", sa.BigInteger, nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("settled", sa.Boolean, nullable=False),
        sa.Column("status", sa.BigInteger),
        sa.Column("en", sa.Text),
        sa.Column("ko", sa.Text),
        sa.Column("read_back", sa.Text, nullable=False),
        sa.Column("notes", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_command"),
        sa.UniqueConstraint("key", name="uq_command_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_command_settled", "command", ["settled"])
    op.create_index("ix_command_tag_number", "command", ["tag", "number"])


def _refuse(table: str, act: str) -> None:
    words = f"{table}: rows are never {'changed' if act == 'UPDATE' else 'deleted'}"
    name = f"{table}_no_{act.lower()}"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER {name} BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, '{words}'); END")
        return
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{words}'; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
