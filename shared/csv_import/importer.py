"""How the rows of one kind are checked, written and undone. The importer of a kind is a subclass of `RowImport`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar

from shared.csv_import import mapping
from shared.csv_import.fields import TOO_MANY, ImportFields
from shared.csv_import.mapping import ColumnChoice, Line
from shared.csv_import.matching import Duplicates
from shared.csv_import.sheet_table import Table
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal

Existing = TypeVar("Existing")
Command = TypeVar("Command")
Check = Callable[[dict[str, Any]], tuple[Any, dict[str, list[str]]]]
"""Checks the fields of a line as the API does: `(command, errors by field)`. The API passes this function, because it
owns the schemas."""

CREATED, UPDATED, UNCHANGED, REFUSED = OUTCOMES = ("created", "updated", "unchanged", "refused")
OWNER = "owner_email"


@dataclass(frozen=True)
class Owners:
    """The people who may own a row: their ids by casefolded e-mail address, and by casefolded name (None where several
    have it)."""

    by_email: Mapping[str, str]
    by_name: Mapping[str, str | None]

    @classmethod
    def of(cls, people: Sequence[Any]) -> Owners:
        """The owners among these rows of people."""
        names: dict[str, str | None] = {}
        for person in people:
            key = person.name.casefold()
            names[key] = None if key in names else person.id
        return cls({person.email.casefold(): person.id for person in people}, names)

    def find(self, text: str) -> tuple[str | None, str | None]:
        """`(id, problem)` of the person with this address, or of this name."""
        key = text.casefold()
        if found := self.by_email.get(key) or self.by_name.get(key):
            return found, None
        return None, f"{OWNER}: several have the name {text}; give the e-mail" if key in self.by_name else (
            f"{OWNER}: nobody here has {text}"
        )


@dataclass(frozen=True)
class Written:
    """What a line did: the row as it is now, and what else undoing it needs to know, as JSON."""

    row: Any
    more: JsonObject = field(default_factory=dict)


@dataclass(frozen=True)
class Checked:
    """A line with the command that it gives, or what is wrong with it."""

    line: Line
    command: Any
    problems: list[str]


@dataclass(frozen=True, kw_only=True)
class RowImport(ABC, Generic[Existing, Command]):
    """The rows of one import: how each is checked and written, and how that is undone.

    `restored` are the columns that undoing a change puts back.
    """

    fields: ClassVar[ImportFields]
    restored: ClassVar[Sequence[str]]

    by: Principal
    check: Check
    owners: Owners
    new_id: Callable[[], str]
    now: datetime

    @abstractmethod
    def duplicates(self, lines: Sequence[Line]) -> Any:
        """The lines of the whole file, grouped by the row that they mean."""

    @abstractmethod
    def finder(self, duplicates: Any, lines: Sequence[Line]) -> Callable[[Line], Existing | None]:
        """A function that finds the row that one of these lines means. It raises Invalid where that is not clear."""

    @abstractmethod
    def body(self, line: Line) -> dict[str, Any]:
        """The values of a line as fields of the API, without the owner."""

    @abstractmethod
    def create(self, command: Command, line: Line) -> Written:
        """Create the row of a line."""

    @abstractmethod
    def change(self, row: Existing, command: Command, line: Line) -> Written | None:
        """Change the row that a line means. None when the line changes nothing."""

    @abstractmethod
    def get_for_update(self, row_id: str) -> Existing | None:
        """The row, locked; None when it has been deleted."""

    @abstractmethod
    def refers(self, row: Existing, more: JsonObject) -> list[str]:
        """What refers to a row that the import created, so that it cannot be deleted, as `2 contacts`."""

    @abstractmethod
    def remove(self, row: Existing, more: JsonObject) -> None:
        """Delete a row that the import created."""

    @abstractmethod
    def restore(self, row: Existing, columns: dict[str, Any], more: JsonObject) -> None:
        """Put back the columns that the import changed."""

    def completed(self, line: Line) -> Line:
        """The line with what follows from its other cells."""
        return line

    def other_problems(self, line: Line) -> list[str]:
        """The problems of cells that are not fields of the API."""
        return []

    def name(self, line: Line) -> str | None:
        """By what name the receipt calls the row of a line."""
        return line.cells.get("name")

    def read(self, table: Table, choice: ColumnChoice) -> list[Line]:
        """The lines of a file."""
        return [self.completed(line) for line in mapping.lines(table, self.fields, choice)]

    def checked(self, duplicates: Duplicates, line: Line) -> Checked:
        """The command of a line, or every reason why it is refused."""
        if TOO_MANY in line.problems:
            return Checked(line, None, line.problems)
        problems = self.fields.cell_problems(line.cells)
        if not problems and (duplicate := duplicates.problem(line)):
            problems = [duplicate]
        owner, unknown = self.owners.find(line.cells[OWNER]) if OWNER in line.cells else (None, None)
        problems += [*line.problems, *([unknown] if unknown else [])]
        command, errors = None, dict[str, list[str]]()
        if not problems:
            command, errors = self.check(self.body(line) | ({"owner": owner} if owner else {}))
        problems += [self.fields.problem(name, reasons) for name, reasons in errors.items()]
        return Checked(line, command, problems + self.other_problems(line))


@dataclass(frozen=True)
class ImportKind:
    """A kind of row that can be imported. `key` is the noun of its routes and of the command line, `subject` the kind of the
    rows in the audit trail."""

    key: str
    subject: str
    importer: type[RowImport[Any, Any]]

    @property
    def fields(self) -> ImportFields:
        """The fields that its files may have."""
        return self.importer.fields
