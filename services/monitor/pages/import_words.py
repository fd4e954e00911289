"""The words of the pages of imports: outcomes before and after, and what a person may choose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.ground.json_types import JsonObject

TRIED = ("checking", "checked")
PAGES = ("customers", "contacts", "partnerships")
"""The kinds of rows that have a page of their own in the console, under their name."""

FUTURE = (
    ("refused", "is refused", "are refused"),
    ("created", "will be created", "will be created"),
    ("updated", "will be changed", "will be changed"),
    ("unchanged", "stays as it is", "stay as they are"),
)
PAST = (
    ("refused", "was refused", "were refused"),
    ("created", "was created", "were created"),
    ("updated", "was changed", "were changed"),
    ("unchanged", "stayed as it was", "stayed as they were"),
)
DATE_ORDERS = (
    ("", "As each column can only be"),
    ("day", "With the day: 31/12/2027"),
    ("month", "With the month: 12/31/2027"),
    ("year", "With the year: 27/12/31"),
)
DECIMAL_MARKS = (("", "As each column can only be"), (".", "A point: 1,234.50"), (",", "A comma: 1.234,50"))
ENCODINGS = (
    ("", "As it can only be"), ("utf-8", "UTF-8"), ("cp1252", "Windows-1252 (Western European)"),
    ("cp1250", "Windows-1250 (Central European)"), ("cp1251", "Windows-1251 (Cyrillic)"), ("cp1253", "Windows-1253 (Greek)"),
    ("cp932", "Shift JIS (Japanese)"), ("gb18030", "GB 18030 (Chinese)"), ("mac_roman", "Macintosh"),
)  # fmt: skip


def address(kind: str, row: JsonObject) -> str:
    """The page of what a row of the file made, changed or found; "" where there is none, or no more."""
    gone = row["undone"] and row["outcome"] == "created"
    return f"/app/{kind}/{row['id']}" if kind in PAGES and row["id"] and not gone else ""


def tabs(stored: Mapping[str, Any]) -> list[tuple[str, int, str]]:
    """`(outcome, count, words)` of an import, refusals first; a dry run speaks of what will be. What could not be undone
    comes before everything else."""
    counts, words = stored["counts"], FUTURE if stored["state"] in TRIED else PAST
    parts = [(name, counts[name], one if counts[name] == 1 else more) for name, one, more in words if counts.get(name)]
    if stays := counts.get("stays"):
        parts.insert(0, ("stays", stays, "stays, not undone" if stays == 1 else "stay, not undone"))
    return parts
