"""Counts in words (pure)."""

from __future__ import annotations


def plural(count: int, singular: str, many: str | None = None) -> str:
    """ "1 day", "2 days"."""
    return f"{count} {singular if count == 1 else many or singular + 's'}"
