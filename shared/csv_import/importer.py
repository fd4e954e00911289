"""Imports a CSV file: a receipt for each line, a dry run that changes nothing, and small transactions.

The importer of a context is a subclass of `CsvImport`, which defines its columns and how a line is written.
"""

from __future__ import annotations

import re
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, ClassVar, Generic, NotRequired, TypedDict, TypeVar

from shared.audit import Acts
from shared.contracts import sheets
from shared.contracts.sheets import Line
from shared.contracts.strict import CONTROL
from shared.csv_import.matching import Existing, ExistingRows, Sheet
from shared.database.connection import lock_name
from shared.ground.errors import TandemError
from shared.ground.principal import Principal

BATCH_SIZE = 25
"""Lines per transaction: enough to be fast, few enough not to block other writers for long."""

PAUSE_SECONDS = 0.01
"""Seconds between two transactions, so that waiting writers get their turn."""

UNSEEN = "It is more than one line, or holds a character that cannot be seen."

Command = TypeVar("Command")
Check = Callable[[dict[str, Any]], tuple[Command | None, dict[str, list[str]]]]
"""Checks the fields of a line as the API does: `(command, errors by field)`. The API passes this function, because it
owns the schemas."""


class Part(TypedDict):
    """The part of a file to import: at most `limit` lines after line number `after`, by default all."""

    dry_run: bool
    after: NotRequired[int]
    limit: NotRequired[int | None]


@dataclass(frozen=True, kw_only=True)
class CsvColumns:
    """The columns of a file, in the order in which they are shown.

    `spellings` maps other names to ours. `instead` says what to write in a cell whose value is refused. The cells of
    `multiline` columns may hold line breaks. `prefixes` maps a list field of the API, such as `contacts`, to the prefix
    of its columns.
    """

    names: Sequence[str]
    needed: Sequence[str]
    spellings: Mapping[str, str]
    instead: Mapping[str, str]
    multiline: Collection[str] = ()
    prefixes: Mapping[str, str] = field(default_factory=dict)

    def read(self, text: str) -> list[Line]:
        """The lines of a file with these columns. Invalid when the file is not usable (`sheets.read`)."""
        return sheets.read(text, needed=self.needed, columns=self.names, spellings=self.spellings)

    def problem(self, field_name: str, reasons: Any) -> str:
        """The error of an API field, with the name of its column and what to write instead."""
        outer, *inner = field_name.split(".")
        name = inner[-1] if inner else outer
        prefix = self.prefixes.get(outer, "") if inner else ""
        column = prefix + re.sub(r"(?=[A-Z])", "_", name).lower()
        why = " ".join(map(str, reasons)) if isinstance(reasons, list) else str(reasons)
        return " ".join([f"{column}: {why}", *([self.instead[column]] if column in self.instead else [])])

    def cell_problems(self, line: Line) -> list[str]:
        """The errors of a line before its values are checked: cells too many or missing, and control characters."""
        if sheets.OVERFLOW in line.cells:
            return [line.cells[sheets.OVERFLOW]]
        missing = [f"{name}: it is missing" for name in self.needed if name not in line.cells]
        single = [name for name in line.cells if name not in self.multiline]
        return missing + [f"{name}: {UNSEEN}" for name in single if CONTROL.search(line.cells[name])]


@dataclass(frozen=True)
class Receipt:
    """The outcome of a line: created, updated, unchanged or refused. `id` is that of its row; None when it was
    refused, or created by a dry run."""

    line: int
    name: str | None
    outcome: str
    id: str | None = None
    reasons: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class CsvImport(ABC, Generic[Existing, Command]):
    """One import of a file. `people` maps the casefolded e-mail addresses of possible owners to their ids."""

    kind: ClassVar[str]
    columns: ClassVar[CsvColumns]

    by: Principal
    acts: Acts
    check: Check[Command]
    people: Mapping[str, str]
    new_id: Callable[[], str]
    now: datetime

    @abstractmethod
    def fields(self, cells: dict[str, str]) -> dict[str, Any]:
        """The cells of a line as fields of the API, without the owner."""

    @abstractmethod
    def existing(self, external_ids: Iterable[str], names: Iterable[str]) -> Iterable[Existing]:
        """The tenant's rows that have one of these external ids or one of these casefolded names."""

    @abstractmethod
    def create(self, command: Command, cells: dict[str, str]) -> str:
        """Create the row of a line. Returns its id."""

    @abstractmethod
    def change(self, row: Existing, command: Command, cells: dict[str, str]) -> bool:
        """Change the row that a line matches. Returns False when the line changes nothing."""

    def other_problems(self, cells: dict[str, str]) -> list[str]:
        """The problems of cells that are not fields of the API."""
        return []

    def run(self, text: str, *, dry_run: bool, after: int = 0, limit: int | None = None) -> list[Receipt]:
        """Import at most `limit` lines after line number `after`.

        A line that is refused does not stop the others; a duplicate within the file is refused. Lines are written in
        batches, each in a transaction of its own, so that importing the same file again after a crash continues. A dry
        run is rolled back. Invalid when the file is not usable (`sheets.read`).
        """
        sheet = Sheet(self.columns.read(text))
        lines = [self._checked(sheet, line) for line in sheet.lines_after(after=after, limit=limit)]
        receipts: list[Receipt] = []
        for start in range(0, len(lines), BATCH_SIZE):
            if start:
                time.sleep(PAUSE_SECONDS)
            with self._transaction(roll_back=dry_run):
                receipts += self._written(sheet, lines[start : start + BATCH_SIZE])
        if dry_run:
            return [replace(receipt, id=None) if receipt.outcome == "created" else receipt for receipt in receipts]
        if receipts:
            counts, verb = dict(Counter(receipt.outcome for receipt in receipts)), f"imported {self.kind}s"
            with self.acts.feed.transaction():
                self.acts.record(self.by, verb, self.kind, "import", now=self.now, details=counts)
        return receipts

    def _checked(self, sheet: Sheet, line: Line) -> tuple[Line, Command | None, list[str]]:
        problems = self.columns.cell_problems(line)
        if not problems and (duplicate := sheet.problem(line)):
            problems = [duplicate]
        owner = line.cells.get("owner_email", "").casefold()
        if owner and owner not in self.people and sheets.OVERFLOW not in line.cells:
            problems.append(f"owner_email: nobody here has {line.cells['owner_email']}")
        command, errors = None, dict[str, list[str]]()
        if not problems:
            owned = {"owner": self.people[owner]} if owner else {}
            command, errors = self.check(self.fields(line.cells) | owned)
        problems += [self.columns.problem(name, reasons) for name, reasons in errors.items()]
        return line, command, problems + self.other_problems(line.cells)

    def _written(self, sheet: Sheet, lines: Sequence[tuple[Line, Command | None, list[str]]]) -> list[Receipt]:
        """Write a batch of lines, in a transaction that locks out other imports for the tenant."""
        lock_name(self.acts.feed.database, f"import of {self.kind}s of {self.by.tenant_id}")
        cells = [line.cells for line, _, _ in lines]
        external_ids = [row["external_id"] for row in cells if "external_id" in row]
        names = [row["name"].casefold() for row in cells if "name" in row]
        existing = ExistingRows(sheet, self.existing(external_ids, names))
        return [self._receipt(*checked, existing) for checked in lines]

    def _receipt(
        self, line: Line, command: Command | None, problems: list[str], existing: ExistingRows[Existing]
    ) -> Receipt:
        refused = Receipt(line.number, line.cells.get("name"), "refused", reasons=problems)
        if problems or command is None:
            return refused
        try:
            with self.acts.feed.savepoint():
                row = existing.row(line)
                if row is None:
                    return replace(refused, outcome="created", id=self.create(command, line.cells))
                outcome = "updated" if self.change(row, command, line.cells) else "unchanged"
                return replace(refused, outcome=outcome, id=row.id)
        except TandemError as error:
            errors = getattr(error, "errors", {})
            reasons = [self.columns.problem(name, reasons) for name, reasons in errors.items()]
            return replace(refused, reasons=reasons or [error.message])

    @contextmanager
    def _transaction(self, *, roll_back: bool) -> Iterator[None]:
        try:
            with self.acts.feed.transaction():
                yield
                if roll_back:
                    raise _DryRun
        except _DryRun:
            return


class _DryRun(Exception):
    """Rolls back what a dry run wrote."""
