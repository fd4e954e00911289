"""What a house's databases say, asked from outside it and at almost no cost."""

from __future__ import annotations

import sqlite3
from typing import Any

import psycopg


class Ledger:
    """One database, on a connection that only reads."""

    def __init__(self, url: str) -> None:
        if url.startswith("sqlite:///"):
            path = url.removeprefix("sqlite:///")
            self._connection: sqlite3.Connection | psycopg.Connection = sqlite3.connect(
                f"file:{path}?mode=ro", uri=True, timeout=15, isolation_level=None
            )
        else:
            self._connection = psycopg.connect(url, autocommit=True)

    def succeeded(self) -> int:
        """How many AI tasks of the sample tenant the executor has finished well."""
        return self._one("SELECT count(*) FROM ai_task WHERE tenant_id = 'demo' AND status = 'success'")

    def known_to_have_succeeded(self) -> int:
        """Of how many of them workflows has read that they did."""
        return self._one(
            "SELECT count(*) FROM workflow_tasks WHERE tenant_id = 'demo' AND execution_status = 'success'"
        )

    def _one(self, sql: str) -> int:
        found: Any = self._connection.execute(sql).fetchone()  # type: ignore[call-overload]
        return int(found[0])
