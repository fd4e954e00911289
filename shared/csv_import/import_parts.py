"""Works through the rows of an import a few at a time, each batch in one transaction with how far the import is."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

from shared.audit import Acts
from shared.csv_import.import_states import CHECKING, ENDS, RUNNING
from shared.csv_import.import_tables import ImportTables
from shared.csv_import.importer import CREATED, REFUSED, UNCHANGED, UPDATED, Checked, RowImport
from shared.csv_import.mapping import Line
from shared.database import constraints
from shared.database.connection import IntegrityError, lock_name
from shared.database.model import Columns
from shared.database.stored_columns import columns_as_json, columns_from_json
from shared.ground.errors import Conflict, TandemError

Done = TypeVar("Done")

BATCH_SIZE = 25
"""Lines per transaction: enough to be fast, few enough not to block other writers for long."""

PAUSE_SECONDS = 0.01
"""Seconds between two transactions, so that waiting writers get their turn."""


@dataclass(frozen=True)
class Receipt:
    """The outcome of a line: created, updated, unchanged or refused. `id` is that of its row; None when it was refused, or
    created by a dry run. `undo` holds the columns of the import's row by which it is undone."""

    line: int
    name: str | None
    outcome: str
    id: str | None = None
    reasons: list[str] = field(default_factory=list)
    undo: Columns = field(default_factory=dict)


class Parts:
    """The batches of imports in one context."""

    def __init__(self, tables: ImportTables, acts: Acts) -> None:
        self._tables, self._acts, self._feed = tables, acts, acts.feed

    def work(self, stored: Any, job: RowImport[Any, Any], lines: Sequence[Line], *, limit: int | None) -> list[Receipt]:
        """Import, or in a dry run check, at most `limit` lines of an import behind the last one that is through."""
        duplicates = job.duplicates(lines)
        return _in_batches(lambda size: self._batch(stored, job, duplicates, lines, size), limit)

    def rehearse(
        self, job: RowImport[Any, Any], key: str, lines: Sequence[Line], *, after: int, limit: int | None
    ) -> list[Receipt]:
        """What would become of at most `limit` lines behind line number `after`; nothing is kept."""
        duplicates = job.duplicates(lines)
        behind = iter([line for line in lines if line.number > after])

        def batch(size: int) -> tuple[list[Receipt], bool]:
            checked = [job.checked(duplicates, line) for line in islice(behind, size)]
            with self._feed.transaction():
                lock_name(self._feed.database, f"import of {key} of {job.by.tenant_id}")
                return self._checked_only(job, duplicates, checked), len(checked) == size

        return _in_batches(batch, limit)

    def _batch(
        self, stored: Any, job: RowImport[Any, Any], duplicates: Any, lines: Sequence[Line], size: int
    ) -> tuple[list[Receipt], bool]:
        """One batch, and whether there is more. Somebody who works at the same import meanwhile does other lines."""
        with self._feed.transaction():
            lock_name(self._feed.database, f"import of {stored.kind} of {stored.tenant_id}")
            row = self._tables.get(stored.tenant_id, stored.id, for_update=True)
            if row.state != stored.state or row.mapping != stored.mapping:
                if row.state == ENDS.get(stored.state):
                    return [], False
                raise Conflict("Somebody else has changed or ended this import at the same moment; look at it again.")
            behind = [line for line in lines if line.number > row.done_to]
            batch = [job.checked(duplicates, line) for line in behind[:size]]
            dry = row.state == CHECKING
            receipts = self._checked_only(job, duplicates, batch) if dry else self._written(job, duplicates, batch)
            self._keep(row, job, receipts, more=len(behind) > size)
            return receipts, len(behind) > size

    def _keep(self, row: Any, job: RowImport[Any, Any], receipts: Sequence[Receipt], *, more: bool) -> None:
        """Note what became of the lines, and how far the import is."""
        common = {"tenant_id": row.tenant_id, "import_id": row.id, "version_after": None, "before": None}
        self._tables.add_rows(
            [
                common
                | {
                    "number": one.line,
                    "outcome": one.outcome,
                    "name": one.name and one.name[:300],
                    "subject_id": one.id,
                }
                | {"reasons": one.reasons, "undone": None, "stays": None}
                | one.undo
                for one in receipts
            ]
        )
        for one in receipts:
            for other in one.undo.get("before", {}).get("more", {}).get("others", ()):
                self._tables.moved_on(row.tenant_id, row.id, other["id"], other["version"])
        counts = Counter(row.counts) + Counter(one.outcome for one in receipts)
        done_to = receipts[-1].line if receipts else row.done_to
        row.write(
            done_to=done_to, counts=dict(counts), updated_at=job.now, state=row.state if more else ENDS[row.state]
        )
        if not more and row.state == ENDS[RUNNING]:
            self._tables.drop_file(row)
            self._acts.record(job.by, f"imported {row.kind}", "import", row.id, now=job.now, details=dict(counts))

    def _checked_only(self, job: RowImport[Any, Any], duplicates: Any, batch: Sequence[Checked]) -> list[Receipt]:
        """The receipts of a batch, of which nothing is kept."""
        receipts: list[Receipt] = []
        with _rolled_back(self._feed):
            find = job.finder(duplicates, [one.line for one in batch])
            receipts = [self._receipt(job, find, one) for one in batch]
        return [
            Receipt(one.line, one.name, one.outcome, None if one.outcome == CREATED else one.id, one.reasons)
            for one in receipts
        ]

    def _written(self, job: RowImport[Any, Any], duplicates: Any, batch: Sequence[Checked]) -> list[Receipt]:
        find = job.finder(duplicates, [one.line for one in batch])
        return [self._receipt(job, find, one) for one in batch]

    def _receipt(self, job: RowImport[Any, Any], find: Callable[[Line], Any], checked: Checked) -> Receipt:
        line, name = checked.line, job.name(checked.line)
        if checked.problems or checked.command is None:
            return Receipt(line.number, name, REFUSED, reasons=checked.problems)
        try:
            with self._feed.savepoint():
                return self._write(job, find(line), checked, name)
        except IntegrityError as error:
            conflict = constraints.conflict_of(error)
            if conflict is None:
                raise
            reasons = [job.fields.problem(field, reasons) for field, reasons in conflict.errors.items()]
            return Receipt(line.number, name, REFUSED, reasons=reasons or [conflict.message])
        except TandemError as error:
            reasons = [job.fields.problem(field, reasons) for field, reasons in error.errors.items()]
            return Receipt(line.number, name, REFUSED, reasons=reasons or [error.message])

    def _write(self, job: RowImport[Any, Any], existing: Any, checked: Checked, name: str | None) -> Receipt:
        number = checked.line.number
        if existing is None:
            made = job.create(checked.command, checked.line)
            undo = {"version_after": made.row.version, "before": {"more": made.more}}
            return Receipt(number, name, CREATED, made.row.id, undo=undo)
        before = columns_as_json(existing, job.restored)
        made_change = job.change(existing, checked.command, checked.line)
        if made_change is None:
            return Receipt(number, name, UNCHANGED, existing.id)
        after = columns_as_json(made_change.row, job.restored)
        columns = {column: value for column, value in before.items() if after[column] != value}
        undo = {"version_after": made_change.row.version, "before": {"columns": columns, "more": made_change.more}}
        return Receipt(number, name, UPDATED, existing.id, undo=undo)

    def undo(self, stored: Any, job: RowImport[Any, Any], *, limit: int | None) -> None:
        """Undo at most `limit` rows of an import that are not undone yet, the last first."""
        _in_batches(lambda size: self._undo_batch(stored, job, size), limit)

    def _undo_batch(self, stored: Any, job: RowImport[Any, Any], size: int) -> tuple[list[Any], bool]:
        with self._feed.transaction():
            lock_name(self._feed.database, f"import of {stored.kind} of {stored.tenant_id}")
            row = self._tables.get(stored.tenant_id, stored.id, for_update=True)
            if row.state != stored.state:
                return [], False
            batch = self._tables.to_undo(row, size)
            for subject_id in sorted(one.subject_id for one in batch):  # the order in which everybody locks rows
                job.get_for_update(subject_id)
            results = [self._undo_row(one, job, batch) for one in batch]
            counts = Counter(row.counts) + Counter("undone" if stays is None else "stays" for stays in results)
            more = len(batch) == size
            row.write(counts=dict(counts), updated_at=job.now, state=row.state if more else ENDS[row.state])
            if not more:
                self._tables.drop_file(row)
                verb = f"undid the import of {row.kind}"
                self._acts.record(job.by, verb, "import", row.id, now=job.now, details=dict(counts))
            return batch, more

    def _undo_row(self, one: Any, job: RowImport[Any, Any], batch: Sequence[Any]) -> str | None:
        """Undo a row of a batch. Returns why it stays, else None."""
        try:
            with self._feed.savepoint():
                stays = self._undone(one, job, batch)
        except TandemError as error:
            stays = error.message
        self._tables.undo_row(one, stays)
        return stays

    def _undone(self, one: Any, job: RowImport[Any, Any], batch: Sequence[Any]) -> str | None:
        row = job.get_for_update(one.subject_id)
        if row is None:
            return None if one.outcome == CREATED else "It has been deleted since."
        if row.version != one.version_after:
            return "It has been changed since the import."
        more = one.before["more"]
        if one.outcome == UPDATED:
            job.restore(row, columns_from_json(type(row), one.before["columns"]), more)
        elif refers := job.refers(row, more):
            return f"{', '.join(refers)} {'refer' if len(refers) > 1 or not refers[0].startswith('1 ') else 'refers'} to it."
        else:
            job.remove(row, more)
        self._restore_others(one, job, batch)
        return None

    def _restore_others(self, one: Any, job: RowImport[Any, Any], batch: Sequence[Any]) -> None:
        """Put back what the line changed of other rows, where nobody has changed them since."""
        for other in one.before["more"].get("others", ()):
            row = job.get_for_update(other["id"])
            if row is not None and row.version == other["version"]:
                job.restore(row, columns_from_json(type(row), other["columns"]), {})
                self._tables.moved_on(one.tenant_id, one.import_id, row.id, row.version)
                for waiting in batch:
                    if waiting.subject_id == row.id and waiting.version_after == other["version"]:
                        waiting.version_after = row.version


def _in_batches(batch: Callable[[int], tuple[list[Done], bool]], limit: int | None) -> list[Done]:
    """Do one batch after another, each of at most so many rows, until there are no more or `limit` are done."""
    done: list[Done] = []
    more = True
    while more and (limit is None or len(done) < limit):
        if done:
            time.sleep(PAUSE_SECONDS)
        made, more = batch(BATCH_SIZE if limit is None else min(BATCH_SIZE, limit - len(done)))
        done += made
    return done


class _DryRun(Exception):
    """Rolls back what a dry run wrote."""


@contextmanager
def _rolled_back(feed: Any) -> Any:
    """A part of a transaction of which nothing is kept."""
    try:
        with feed.savepoint():
            yield
            raise _DryRun
    except _DryRun:
        return
