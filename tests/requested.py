"""The requests of a service to the others, as tests read them."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any


def requested(table: Any, kind: str) -> list[SimpleNamespace]:
    """The requests of a kind, the earliest first: each with its id and its source's id, and what it says, by names in snake_case."""
    rows = table.select().where(table.kind == kind).order_by(table.created_at, table.id)
    return [
        SimpleNamespace(
            id=row.id,
            source_id=row.source_id,
            source_kind=row.body.get("source", {}).get("kind"),
            **{_snake(name): value for name, value in row.body.items()},
        )
        for row in rows
    ]


def _snake(name: str) -> str:
    return re.sub(r"(?=[A-Z])", "_", name).lower()
