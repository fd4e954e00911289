"""CSV files as people bring them: one header, our own names of the columns, and each line with its number."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from shared.errors import Invalid

MOST_LINES = 10_000
OVERFLOW = ""
"""The name under which a line says what is wrong with it as a line."""


def read(
    text: str, *, needed: Collection[str], known: Collection[str], spellings: Mapping[str, str]
) -> list[tuple[int, dict[str, str]]]:
    """The lines of a file with their numbers (the header is 1), empty ones left out, under our own names of the columns.

    Cells are separated by commas, or by semicolons where the header is. A header may be in any case and with spaces, hyphens or
    underscores; `spellings` maps further names to ours. Invalid, under `csv`, for what is no CSV file, for a column that is
    missing, unknown or there twice, and for more than MOST_LINES.
    """
    text = text.lstrip("\ufeff")
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True))
    except csv.Error as error:
        raise Invalid("This is no CSV file.", errors={"csv": [str(error)]}) from None
    header = [_column(name, spellings) for name in lines[0]] if lines else []
    if problems := _header_problems(header, needed, known):
        raise Invalid("The header of the file is not usable.", errors={"csv": problems})
    if len(lines) > MOST_LINES + 1:
        raise Invalid("The file is too long.", errors={"csv": [f"At most {MOST_LINES} rows at once."]})
    numbered = enumerate(lines[1:], start=2)
    return [(number, _named(header, line)) for number, line in numbered if any(line)]


def _delimiter(text: str) -> str:
    """Spreadsheets write semicolons where a comma is the decimal sign."""
    header = text.partition("\n")[0]
    return ";" if header.count(";") > header.count(",") else ","


def _column(name: str, spellings: Mapping[str, str]) -> str:
    snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.strip())
    snake = re.sub(r"[\s-]+", "_", snake).lower()
    return spellings.get(snake, snake)


def _header_problems(header: Sequence[str], needed: Collection[str], known: Collection[str]) -> list[str]:
    problems = [f"Column {name} is missing." for name in needed if name not in header]
    unknown = [name for name in header if name not in known]
    problems += [f"Column {name or '(without a name)'} is not known." for name in unknown]
    problems += [f"Column {name} is there twice." for name, count in Counter(header).items() if count > 1]
    return problems + ([f"Known columns: {', '.join(known)}."] if unknown else [])


def _named(header: Sequence[str], line: Sequence[str]) -> dict[str, str]:
    """A line with more cells than the header has columns says so, instead of losing them."""
    overflow = {OVERFLOW: "more cells than columns"} if len(line) > len(header) else {}
    return dict(zip(header, line, strict=False)) | overflow
