"""Writes counts with their nouns."""

from __future__ import annotations


def plural(count: int, singular: str, many: str | None = None) -> str:
    """A number with its noun: "1 day", "2 days"."""
    return f"{count} {singular if count == 1 else many or singular + 's'}"
