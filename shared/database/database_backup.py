"""Copies one context's database consistently while it is in use, and restores it.

A SQLite database becomes one file. A PostgreSQL database becomes one file for each table, all read in one snapshot: a
line of column names, then what COPY writes. Neither needs a program such as pg_dump.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from shared.database import schema_migrations
from shared.database.connection import is_postgres, session, unwrap
from shared.ground.errors import Conflict, Invalid

FACTS = "facts.json"
FILE = "database.sqlite3"
REPLACED = ".before-restore"
"""Suffix of a file or folder that a restore has replaced; the next restore overwrites it."""

TABLES_OF_SCHEMA = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
COLUMNS_OF_TABLE = """SELECT column_name, column_default LIKE %s FROM information_schema.columns
    WHERE table_schema = current_schema() AND table_name = %s ORDER BY ordinal_position"""


def write(database: Any, folder: Path) -> None:
    """Copy the database into the new folder `folder`: its contents, its engine and the names of its migrations.
    Invalid as in `copy_file`."""
    real = unwrap(database)
    folder.mkdir(parents=True)
    engine = "postgresql" if is_postgres(real) else "sqlite"
    if engine == "sqlite":
        copy_file(Path(real.database), folder / FILE)
        with closing(sqlite3.connect(folder / FILE)) as copied:
            applied = [
                name
                for table in schema_migrations.HISTORIES
                for (name,) in copied.execute(f"SELECT name FROM {table}")  # noqa: S608
            ]
    else:
        applied = _write_tables(real, folder)
    (folder / FACTS).write_text(json.dumps({"engine": engine, "migrations": sorted(applied)}))


def restore(database: Any, migrations: Path, folder: Path) -> None:
    """Replace the database with the copy in `folder`. A SQLite file that it replaces is kept beside it (REPLACED).

    Invalid for a damaged copy, or one of the other engine or of a newer version of the code; Conflict while a SQLite
    database is in use.
    """
    real = unwrap(database)
    facts = json.loads((folder / FACTS).read_text())
    engine = "postgresql" if is_postgres(real) else "sqlite"
    if facts["engine"] != engine:
        raise Invalid(f"The backup is of {facts['engine']}, and the database here is of {engine}.")
    if unknown := sorted(set(facts["migrations"]) - schema_migrations.names(real, migrations)):
        raise Invalid(f"The backup is of a newer version of Tandem, with the migrations {', '.join(unknown)}.")
    if engine == "sqlite":
        real.close_idle()
        restore_file(folder / FILE, Path(real.database))
    else:
        _restore_tables(real, migrations, folder, set(facts["migrations"]))


def copy_file(source: Path, target: Path) -> None:
    """Copy a SQLite database consistently, even while it is in use. Invalid when there is none or it is damaged."""
    if not source.exists():
        raise Invalid(f"There is no database {source}.")
    try:
        with closing(sqlite3.connect(source, timeout=30)) as live, closing(sqlite3.connect(target)) as copied:
            live.backup(copied)
            copied.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.DatabaseError as error:
        raise Invalid(f"{source} cannot be copied: {error}.") from error
    _check_file(target)
    _flush(target)


def restore_file(source: Path, target: Path) -> None:
    """Replace `target` with a copied SQLite database; the old one is kept (REPLACED). Invalid for a damaged copy;
    Conflict while another process has `target` open."""
    _check_file(source)
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(target.name + ".restoring")
    shutil.copyfile(source, fresh)
    _flush(fresh)
    if target.exists():
        _close_file(target)
        target.with_name(target.name + REPLACED).unlink(missing_ok=True)
        os.link(target, target.with_name(target.name + REPLACED))
    fresh.replace(target)
    _flush(target.parent)


def _check_file(file: Path) -> None:
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as copied:
            [(verdict,)] = copied.execute("PRAGMA quick_check(1)")
    except sqlite3.DatabaseError as error:
        verdict = str(error)
    if verdict != "ok":
        raise Invalid(f"{file} is damaged: {verdict}")


def _close_file(file: Path) -> None:
    """Checkpoint the log of a SQLite database.

    A log that was left beside the file would be applied to the restored database. So: Conflict while the database is
    open; the log of a damaged one is renamed.
    """
    log = file.with_name(file.name + "-wal")
    try:
        with closing(sqlite3.connect(file, timeout=1)) as old:
            old.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    except sqlite3.DatabaseError:
        if log.exists():
            log.replace(log.with_name(log.name + REPLACED))
    if log.exists():
        raise Conflict(f"{file} is in use. Stop Tandem first.")


def _flush(path: Path) -> None:
    """Flush a file or a folder to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_tables(database: Any, folder: Path) -> list[str]:
    """Copy every table in one snapshot. Returns the names of the migrations that it has had."""
    with session(database), database.atomic():
        database.execute_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        _lift_timeouts(database)
        for (table,) in database.execute_sql(TABLES_OF_SCHEMA).fetchall():
            target = folder / f"{table}.copy"
            names = ", ".join(f'"{name}"' for name, _ in _columns(database, table))
            with target.open("wb") as file:
                file.write(names.encode() + b"\n")
                with database.connection().cursor().copy(f'COPY "{table}" ({names}) TO STDOUT') as rows:
                    for block in rows:
                        file.write(block)
            _flush(target)
        return [
            name
            for table in schema_migrations.HISTORIES
            for (name,) in database.execute_sql(f"SELECT name FROM {table}").fetchall()  # noqa: S608
        ]


def _restore_tables(database: Any, migrations: Path, folder: Path, names: set[str]) -> None:
    """Drop all tables, create them by these migrations and fill them, all in one transaction."""
    with session(database), database.atomic():
        _lift_timeouts(database)
        for (table,) in database.execute_sql(TABLES_OF_SCHEMA).fetchall():
            database.execute_sql(f'DROP TABLE "{table}" CASCADE')
        schema_migrations.make_tables(database, migrations, names)
        for (table,) in database.execute_sql(TABLES_OF_SCHEMA).fetchall():
            database.execute_sql(f'DELETE FROM "{table}"')  # noqa: S608 - rows that migrations insert; the copy has them
            with (folder / f"{table}.copy").open("rb") as file:
                columns = file.readline().decode().strip()
                with database.connection().cursor().copy(f'COPY "{table}" ({columns}) FROM STDIN') as rows:
                    while block := file.read(1 << 16):
                        rows.write(block)
            _set_counters(database, table)


def _set_counters(database: Any, table: str) -> None:
    """Set serial columns to continue after the copied values."""
    for name, counts in _columns(database, table):
        if counts:
            database.execute_sql(
                f'SELECT setval(pg_get_serial_sequence(%s, %s), COALESCE(max("{name}"), 0) + 1, false) FROM "{table}"',  # noqa: S608
                (f'"{table}"', name),
            )


def _columns(database: Any, table: str) -> list[tuple[str, bool]]:
    """The columns of a table, each with whether it is serial."""
    return [
        (name, bool(counts)) for name, counts in database.execute_sql(COLUMNS_OF_TABLE, ("nextval%", table)).fetchall()
    ]


def _lift_timeouts(database: Any) -> None:
    """Remove the timeouts for this transaction, because a large table takes longer than a request may."""
    for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
        database.execute_sql(f"SET LOCAL {limit} = 0")
