"""Translates a violated database constraint into a Conflict.

It is the last resort when a check in the code lost a race or is missing.
"""

from __future__ import annotations

import re
import sqlite3
from typing import Any

from shared.contracts.camel import camel
from shared.ground.errors import Conflict

SQLITE_UNIQUE = re.compile(r"UNIQUE constraint failed: (.+)")
POSTGRES_KEY = re.compile(r"Key \((.+?)\)=")
UNIQUE, FOREIGN_KEY = "23505", "23503"
"""PostgreSQL's codes of the two violations that a caller can cause."""

NOT_OF_THE_CALLER = ("tenant_id", "id")


def conflict_of(error: Exception) -> Conflict | None:
    """The Conflict for an IntegrityError, with the fields whose values are taken under `errors`.

    None when only our own code can be the cause, as for a missing value.
    """
    cause = getattr(error, "orig", None) or error
    if _code(cause) in (UNIQUE, "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"):
        fields = [camel(name) for name in _columns(cause) if name not in NOT_OF_THE_CALLER]
        return Conflict("Another has this already.", errors={field: ["Another has it."] for field in fields})
    if _code(cause) in (FOREIGN_KEY, "SQLITE_CONSTRAINT_FOREIGNKEY"):
        return Conflict("What this belongs to is not there, or something still belongs to it.")
    return None


def is_our_mistake(error: Exception) -> bool:
    """Whether an OperationalError is about the statement and not about the connection. SQLite uses the same class for
    both."""
    cause = getattr(error, "orig", None) or error
    return isinstance(cause, sqlite3.Error) and _code(cause) == "SQLITE_ERROR"


def _code(cause: Any) -> str | None:
    """The engine's code of an error, such as `SQLITE_CONSTRAINT_UNIQUE` or `23505`."""
    code: str | None = getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None)
    return code


def _columns(cause: Any) -> list[str]:
    """The columns of the violated unique index; empty when the engine does not name them."""
    if match := SQLITE_UNIQUE.search(str(cause)):
        return [name.rpartition(".")[2] for name in match[1].split(", ")]
    detail = getattr(getattr(cause, "diag", None), "message_detail", None) or ""
    match = POSTGRES_KEY.search(detail)
    return match[1].split(", ") if match else []
