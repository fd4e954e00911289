"""Reads the text of a CSV file as a table: its columns by name, and its rows by the number that a spreadsheet gives them."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from shared.ground.errors import Invalid

MOST_ROWS = 10_000
MOST_COLUMNS = 200
LONGEST_CELL = 131_072
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
SEPARATOR_LINE = re.compile(r'\A"?sep=(.)"?[ \t]*(?:\r\n|\r|\n|\Z)', re.IGNORECASE)
_BLANK = r"[\s\u200b-\u200d\u2060\ufeff]+"
_AROUND = re.compile(rf"\A{_BLANK}|{_BLANK}\Z")


@dataclass(frozen=True)
class TableRow:
    """A row with its number (the header is 1; one whose cells break lines counts once), and its cells in the order of the
    columns, without the blank ones at its end."""

    number: int
    cells: list[str]


@dataclass(frozen=True)
class Table:
    """A file as a table. `columns` are names that differ; one without a name and content has none, and is ""."""

    columns: list[str]
    rows: list[TableRow]
    delimiter: str

    @property
    def named(self) -> Iterator[tuple[int, str]]:
        """The columns that count, with their positions."""
        return ((at, name) for at, name in enumerate(self.columns) if name)

    def cells_of(self, at: int) -> list[str]:
        """The cells of a column that are not blank."""
        return [row.cells[at] for row in self.rows if at < len(row.cells) and row.cells[at]]

    @cached_property
    def samples(self) -> dict[str, list[str]]:
        """The first three different cells of each column."""
        return {name: list(dict.fromkeys(self.cells_of(at)))[:3] for at, name in self.named}


def read(text: str) -> Table:
    """The table of a file, whose first row that is not blank names the columns. Blank rows, and repetitions of the header
    further down, are passed over.

    Cells are separated by what a line `sep=;` says, else by what separates the header into most columns. Invalid, under
    `csv`, when it is no CSV file, has no header, or is too long.
    """
    separator = SEPARATOR_LINE.match(text)
    if separator:
        text = text[separator.end() :]
    delimiter = separator[1] if separator else _delimiter(text)
    numbered = list(enumerate(([trimmed(cell) for cell in row] for row in _rows(text, delimiter)), start=1))
    filled = [(number, cells) for number, row in numbered if (cells := _filled(row))]
    if not filled:
        raise Invalid(
            "This file is not one that can be read.", errors={"csv": ["It is empty: even a header is missing."]}
        )
    (_, header), body = filled[0], filled[1:]
    rows = [TableRow(number, cells) for number, cells in body if not _is_header(cells, header)]
    if len(rows) > MOST_ROWS:
        raise Invalid("The file is too long.", errors={"csv": [f"At most {MOST_ROWS} rows at once."]})
    if len(header) > MOST_COLUMNS:
        raise Invalid("The file is too wide.", errors={"csv": [f"At most {MOST_COLUMNS} columns."]})
    used = {at for row in rows for at, cell in enumerate(row.cells) if cell}
    return Table(_distinct(header, used), rows, delimiter)


def trimmed(cell: str) -> str:
    """The cell without invisible characters before and after it."""
    return _AROUND.sub("", cell)


def _rows(text: str, delimiter: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise Invalid("This is no CSV file.", errors={"csv": [_plain(str(error))]}) from None


def _plain(reason: str) -> str:
    """What python's reader says, in words that help."""
    if "unexpected end of data" in reason:
        return "A quotation mark is opened and never closed (unexpected end of the file)."
    if "expected after" in reason:
        return "Something follows a closed quotation mark before the next cell begins; write a quotation mark within a cell twice."
    if "field larger than" in reason:
        return f"A cell is longer than {LONGEST_CELL:,} characters; a quotation mark may be missing."
    return reason


def _delimiter(text: str) -> str:
    """What separates the first row that has content into most cells; a comma if nothing does."""
    head = text.lstrip()[:100_000]
    return max(DELIMITERS, key=lambda delimiter: len(_first_row(head, delimiter)))


def _first_row(text: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
    except csv.Error:
        return []


def _filled(cells: list[str]) -> list[str]:
    """The row without the blank cells at its end."""
    return cells[: max((at for at, cell in enumerate(cells, start=1) if cell), default=0)]


def _is_header(cells: Sequence[str], header: Sequence[str]) -> bool:
    return len(header) > 1 and [cell.casefold() for cell in cells] == [cell.casefold() for cell in header]


def _distinct(header: Sequence[str], used: set[int]) -> list[str]:
    """The names of the columns, made different: a second `Name` is `Name (2)`, one without a name but with content
    `Column 3`."""
    seen: Counter[str] = Counter()
    names = []
    for at, written in enumerate(header):
        name = " ".join(written.split()) or (f"Column {at + 1}" if at in used else "")
        seen[name] += 1
        names.append(f"{name} ({seen[name]})" if name and seen[name] > 1 else name)
    return names
