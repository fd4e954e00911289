"""Reads CSV files as people write them: one header with our column names, and each line with its number."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from shared.ground.errors import Invalid

MOST_LINES = 10_000
_BLANK = r"[\s\u200b-\u200d\u2060\ufeff]+"
_AROUND = re.compile(rf"\A{_BLANK}|{_BLANK}\Z")
OVERFLOW = ""
"""The key of a line's own problem, such as too many cells."""


@dataclass(frozen=True)
class Line:
    """A line with its number (the header is 1; one whose cells break lines counts once) and its cells by column name;
    blank cells are left out."""

    number: int
    cells: dict[str, str]


def read(text: str, *, needed: Collection[str], columns: Collection[str], spellings: Mapping[str, str]) -> list[Line]:
    """The lines of a file by column name, without blank ones.

    Cells are separated by commas, or by semicolons when the header is; blanks around them are removed. A header may be
    in any case, with spaces, hyphens or underscores; `spellings` maps further names to ours. Invalid, under `csv`, when
    it is not a CSV file, for a missing, unknown or duplicate column, and for more than MOST_LINES.
    """
    text = text.lstrip("\ufeff")
    if advice := _advice(text.partition("\n")[0]):
        raise Invalid("This file is not one that can be read.", errors={"csv": [advice]})
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True))
    except csv.Error as error:
        raise Invalid("This is no CSV file.", errors={"csv": [str(error)]}) from None
    lines = [_filled([trimmed(cell) for cell in line]) for line in lines]
    header = [_column(name, spellings) for name in lines[0]] if lines else []
    if problems := _header_problems(_used(header, lines[1:]), needed, columns):
        raise Invalid("The header of the file is not usable.", errors={"csv": problems})
    filled = [(number, line) for number, line in enumerate(lines[1:], start=2) if line]
    if len(filled) > MOST_LINES:
        raise Invalid("The file is too long.", errors={"csv": [f"At most {MOST_LINES} rows at once."]})
    return [Line(number, _named(header, line)) for number, line in filled]


def decoded(raw: bytes, name: str = "The file") -> str:
    """The text of a file. Invalid, with advice, when it is not UTF-8: no encoding is guessed."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Invalid(f"{name} is UTF-16. {SAVE_AS}")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Invalid(f"{name} is not UTF-8 (line {line}). {SAVE_AS}") from None


SAVE_AS = "Save it as UTF-8; spreadsheets call that “CSV UTF-8”."


def trimmed(cell: str) -> str:
    """The cell without invisible characters before and after it."""
    return _AROUND.sub("", cell)


def _filled(cells: list[str]) -> list[str]:
    """The line without the blank cells at its end."""
    return cells[: max((at for at, cell in enumerate(cells, start=1) if cell), default=0)]


def _used(header: Sequence[str], lines: Sequence[Sequence[str]]) -> list[str]:
    """The columns that count; one without a name counts only if it has content."""
    used = {at for line in lines for at, cell in enumerate(line) if cell}
    return [name for at, name in enumerate(header) if name or at in used]


def _advice(header: str) -> str | None:
    """Advice for a file in a spreadsheet's own format, recognised by its first line; else None."""
    if trimmed(header).lower().startswith("sep="):
        return "Its first line is for a spreadsheet alone: delete the line and import it again."
    if "\t" in header and "," not in header and ";" not in header:
        return "It separates its cells by tabs: save it as CSV, with commas or semicolons."
    return None


def _delimiter(text: str) -> str:
    """The delimiter of the header: spreadsheets write semicolons where a comma is the decimal sign."""
    header = text.partition("\n")[0]
    return ";" if header.count(";") > header.count(",") else ","


def _column(name: str, spellings: Mapping[str, str]) -> str:
    snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.strip())
    snake = re.sub(r"[\s-]+", "_", snake).lower()
    return spellings.get(snake, snake)


def _header_problems(header: Sequence[str], needed: Collection[str], columns: Collection[str]) -> list[str]:
    problems = [f"Column {name} is missing." for name in needed if name not in header]
    unknown = [name for name in header if name not in columns]
    problems += [f"Column {name or '(without a name)'} is not known." for name in unknown]
    problems += [f"Column {name} is there twice." for name, count in Counter(header).items() if count > 1]
    return problems + ([f"Known columns: {', '.join(columns)}."] if unknown else [])


def _named(header: Sequence[str], line: Sequence[str]) -> dict[str, str]:
    """The cells by column name. A line with more cells than columns has an entry under OVERFLOW, so that none is lost
    silently."""
    overflow = {OVERFLOW: "more cells than columns"} if len(line) > len(header) else {}
    return {name: cell for name, cell in zip(header, line, strict=False) if cell} | overflow
