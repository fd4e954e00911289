"""Matches the lines of a CSV file to one another, and to the rows that exist already, by an id that people gave and by
name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from shared.csv_import.mapping import Line
from shared.ground.errors import Invalid

Existing = TypeVar("Existing")


@dataclass(frozen=True)
class Identity:
    """By what a line or a row is known: an id that people gave, such as an external id or an e-mail address, and a name;
    both within a scope, such as the customer of a contact."""

    id: str | None
    name: str
    scope: str = ""

    @property
    def id_key(self) -> tuple[str, str | None]:
        """The id within its scope."""
        return self.scope, self.id

    @property
    def name_key(self) -> tuple[str, str]:
        """The name within its scope, in any case."""
        return self.scope, self.name.casefold()


class Duplicates(Protocol):
    """The lines of a file, grouped by the row that they mean.

    The result depends on the file alone and not on the outcome of other lines, so that a dry run, or a file sent in
    parts, gives the same result as the whole file.
    """

    def problem(self, line: Line) -> str | None:
        """Why the line is refused as a duplicate of another one in the file, else None."""
        ...


class Sheet:
    """The lines of a file by id and name. `identify` says by what a line is known, `column` is the one of the id."""

    def __init__(
        self, lines: Sequence[Line], identify: Callable[[Line], Identity], *, column: str = "external_id"
    ) -> None:
        self.identify, self.column = identify, column
        self.ids: dict[Any, int] = {}
        self._names_with_id: dict[Any, int] = {}
        self._names_alone: dict[Any, int] = {}
        for line in lines:
            known = identify(line)
            if known.id:
                self.ids.setdefault(known.id_key, line.number)
                self._names_with_id.setdefault(known.name_key, line.number)
            else:
                self._names_alone.setdefault(known.name_key, line.number)

    def problem(self, line: Line) -> str | None:
        """Why the line is refused as a duplicate of another one in the file, else None."""
        known = self.identify(line)
        first = self.ids[known.id_key] if known.id else self._names_alone[known.name_key]
        if first < line.number:
            return f"it is in line {first} already"
        if not known.id and (other := self._names_with_id.get(known.name_key)):
            return f"line {other} has this name with an {self.column}; name the {self.column} here too"
        return None

    def may_adopt(self, line: Line) -> bool:
        """Whether a line with an id may claim an existing row of its name that has none. The first line of that name
        may."""
        return self._names_with_id[self.identify(line).name_key] == line.number


class ExistingRows(Generic[Existing]):
    """Matches the lines of a file to existing rows, which `identify` says by what they are known."""

    def __init__(self, sheet: Sheet, rows: Iterable[Existing], identify: Callable[[Existing], Identity]) -> None:
        self._sheet = sheet
        self._by_id: dict[Any, Existing] = {}
        self._by_name: dict[Any, list[tuple[Identity, Existing]]] = {}
        for row in rows:
            known = identify(row)
            self._by_name.setdefault(known.name_key, []).append((known, row))
            if known.id:
                self._by_id.setdefault(known.id_key, row)

    def row(self, line: Line) -> Existing | None:
        """The row with the line's id, else the row of its name. Invalid when several have the name.

        By its name a line with an id matches only a row that has none, and a line without one only a row whose id is not
        in the file.
        """
        known = self._sheet.identify(line)
        if known.id and known.id_key in self._by_id:
            return self._by_id[known.id_key]
        named = self._by_name.get(known.name_key, [])
        if known.id:
            candidates = [row for row_is, row in named if row_is.id is None and self._sheet.may_adopt(line)]
        else:
            candidates = [row for row_is, row in named if row_is.id is None or row_is.id_key not in self._sheet.ids]
        if len(candidates) > 1:
            reason = f"several have it; name the {self._sheet.column}"
            raise Invalid("Several have this name.", errors={"name": [reason]})
        return next(iter(candidates), None)


def by_external_id(line: Line) -> Identity:
    """A line by its external id and its name."""
    return Identity(line.cells.get("external_id"), line.cells.get("name", ""))


def row_by_external_id(row: Any) -> Identity:
    """A row by its external id and its name."""
    return Identity(row.external_id or None, row.name)
