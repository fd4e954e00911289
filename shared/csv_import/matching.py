"""Matches the lines of a CSV file to one another, and to the rows that exist already."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Generic, Protocol, TypeVar

from shared.contracts.sheets import Line
from shared.ground.errors import Invalid


class Row(Protocol):
    """The columns by which an import matches a row, and its id."""

    id: Any
    external_id: Any
    name_key: Any


Existing = TypeVar("Existing", bound=Row)


class Sheet:
    """The lines of a file, grouped by the row that they mean.

    The result depends on the file alone and not on the outcome of other lines, so that a dry run, or a file sent in
    parts, gives the same result as the whole file.
    """

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self.ids: dict[str, int] = {}
        self._names_with_id: dict[str, int] = {}
        self._names_alone: dict[str, int] = {}
        for line in lines:
            if external_id := line.cells.get("external_id"):
                self.ids.setdefault(external_id, line.number)
                self._names_with_id.setdefault(_key(line), line.number)
            else:
                self._names_alone.setdefault(_key(line), line.number)

    def lines_after(self, *, after: int, limit: int | None) -> Sequence[Line]:
        """The lines after line number `after`, at most `limit` of them."""
        behind = [line for line in self.lines if line.number > after]
        return behind if limit is None else behind[:limit]

    def problem(self, line: Line) -> str | None:
        """Why the line is refused as a duplicate of another one in the file, else None."""
        external_id = line.cells.get("external_id")
        first = self.ids[external_id] if external_id else self._names_alone[_key(line)]
        if first < line.number:
            return f"it is in line {first} already"
        if not external_id and (other := self._names_with_id.get(_key(line))):
            return f"line {other} has this name with an external_id; name the external_id here too"
        return None

    def may_adopt(self, line: Line) -> bool:
        """Whether a line with an external id may claim an existing row of its name that has none. The first line of
        that name may."""
        return self._names_with_id[_key(line)] == line.number


class ExistingRows(Generic[Existing]):
    """Matches the lines of a file to existing rows."""

    def __init__(self, sheet: Sheet, rows: Iterable[Existing]) -> None:
        self._sheet = sheet
        self._by_id: dict[str, Existing] = {}
        self._by_name: dict[str, list[Existing]] = {}
        for row in rows:
            self._by_name.setdefault(row.name_key, []).append(row)
            if row.external_id:
                self._by_id[row.external_id] = row

    def row(self, line: Line) -> Existing | None:
        """The row with the line's external id, else the row of its name. Invalid when several have the name.

        By its name a line with an external id matches only a row that has none, and a line without one only a row whose
        external id is not in the file.
        """
        external_id = line.cells.get("external_id")
        if external_id and external_id in self._by_id:
            return self._by_id[external_id]
        named = self._by_name.get(_key(line), [])
        if external_id:
            candidates = [row for row in named if row.external_id is None and self._sheet.may_adopt(line)]
        else:
            candidates = [row for row in named if row.external_id not in self._sheet.ids]
        if len(candidates) > 1:
            raise Invalid("Several have this name.", errors={"name": ["several have it; name the external_id"]})
        return next(iter(candidates), None)


def _key(line: Line) -> str:
    return line.cells.get("name", "").casefold()
