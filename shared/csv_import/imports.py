"""The verbs of imports: take a file, choose its columns, check, run and undo it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from shared.audit import Acts
from shared.csv_import import mapping, sheet_table, sources
from shared.csv_import.cell_types import Choices
from shared.csv_import.import_commands import Directly, ImportDirectly, TakeFile, UploadedFile
from shared.csv_import.import_parts import Parts
from shared.csv_import.import_states import CHECKED, CHECKING, DONE, IMPORT, MAPPING, RUNNING, UNDOING, UNDONE
from shared.csv_import.import_tables import ImportTables
from shared.csv_import.importer import Check, ImportKind, Owners, RowImport
from shared.csv_import.mapping import ColumnChoice
from shared.csv_import.sheet_table import Table
from shared.ground.errors import Conflict, Invalid, NotFound
from shared.ground.principal import Principal


@dataclass(frozen=True)
class Imports:
    """The imports of one context. `checks` holds the check of each kind's rows, which the API owns; `people` reads the
    possible owners of a tenant."""

    tables: ImportTables
    acts: Acts
    kinds: Sequence[ImportKind]
    people: Callable[[str], Sequence[Any]]
    checks: Mapping[str, Check]
    new_id: Callable[[], str]
    parts: Parts = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "parts", Parts(self.tables, self.acts))

    def kind(self, key: str) -> ImportKind:
        """The kind of this key. NotFound when this context does not import it."""
        found = next((kind for kind in self.kinds if kind.key == key), None)
        if found is None:
            raise NotFound(f"There is no import of {key} here.")
        return found

    def take(self, by: Principal, command: TakeFile, *, now: datetime) -> Any:
        """Keep a file, and propose which of its columns are which fields: as the last import from this source chose, else
        by their headers. NotFound for an unknown kind, Invalid for a file that cannot be read."""
        kind = self.kind(command.kind)
        text, encoding = command.file.read()
        table = sheet_table.read(text)
        source = command.source or sources.recognised(list(table.samples))
        last = self.tables.last_of_source(by.tenant_id, kind.key, source)
        choice = ColumnChoice(
            mapping.propose(table, kind.fields, last.mapping if last else None),
            {name: value for name, value in (last.constants if last else {}).items() if name in kind.fields.by_name},
            Choices(last.date_order, last.decimal_mark) if last else Choices(),
        )
        with self.acts.feed.transaction():
            row = self._add(
                by, kind, command.file, text, encoding, table, choice, now=now, state=MAPPING, source=source
            )
            self.acts.record(
                by, "took file", "import", row.id, now=now, details={"kind": kind.key, "rows": len(table.rows)}
            )
            return row

    def _add(
        self,
        by: Principal,
        kind: ImportKind,
        file: UploadedFile,
        text: str,
        encoding: str,
        table: Table,
        choice: ColumnChoice,
        *,
        now: datetime,
        **columns: Any,
    ) -> Any:
        return self.tables.add(
            text,
            id=self.new_id(),
            tenant_id=by.tenant_id,
            kind=kind.key,
            file_name=file.name[:200],
            file_hash=sha256(text.encode()).hexdigest(),
            encoding=encoding,
            delimiter=table.delimiter,
            columns=[
                {"name": name, "samples": [cell[:200] for cell in cells]} for name, cells in table.samples.items()
            ],
            mapping=dict(choice.columns),
            constants=dict(choice.constants),
            date_order=choice.choices.date_order,
            decimal_mark=choice.choices.decimal_mark,
            row_count=len(table.rows),
            counts={},
            by=by.as_json(),
            created_at=now,
            updated_at=now,
            **columns,
        )

    def choose(
        self, by: Principal, import_id: str, choice: ColumnChoice, *, now: datetime, expected: int | None = None
    ) -> Any:
        """Choose the columns of an import, which then is to be checked again. NotFound, Stale; Conflict when it has begun;
        Invalid for a column or a field that there is not."""
        with self.acts.feed.transaction():
            row = self.tables.get(by.tenant_id, import_id, for_update=True)
            row.expect(expected)
            state = IMPORT.after("map", row.state)
            fields = self.kind(row.kind).fields
            wrong = {name: ["The file has no such column."] for name in choice.columns if name not in _names(row)}
            wrong |= {
                name: ["There is no such field."]
                for name in [*filter(None, choice.columns.values()), *choice.constants]
                if name not in fields.by_name
            }
            if wrong:
                raise Invalid("The columns are not chosen in a way that fits the file.", errors=wrong)
            self.tables.clear_rows(row)
            row.write(
                state=state,
                mapping={name: choice.columns.get(name) for name in _names(row)},
                constants={name: value for name, value in choice.constants.items() if value},
                date_order=choice.choices.date_order,
                decimal_mark=choice.choices.decimal_mark,
                done_to=0,
                counts={},
                updated_at=now,
            )
            return row

    def check(self, by: Principal, import_id: str, *, limit: int | None, now: datetime) -> Any:
        """The dry run of an import, or at most `limit` more rows of it: it says what would become of each row, and changes
        nothing. Checked again, it says it anew. NotFound, Conflict; Invalid when the columns are not enough."""
        return self._work(by, import_id, "check", limit=limit, now=now)

    def run(
        self, by: Principal, import_id: str, *, limit: int | None, now: datetime, expected: int | None = None
    ) -> Any:
        """Import the file, or at most `limit` more rows of it; one that is done stays so. NotFound, Stale, Conflict;
        Invalid when the columns are not enough."""
        row = self.tables.get(by.tenant_id, import_id)
        if row.state == DONE:
            return row
        row.expect(expected)
        return self._work(by, import_id, "run", limit=limit, now=now)

    def _work(self, by: Principal, import_id: str, verb: str, *, limit: int | None, now: datetime) -> Any:
        row = self.tables.get(by.tenant_id, import_id)
        IMPORT.after(verb, row.state)
        kind = self.kind(row.kind)
        table, choice = self._table(row), choice_of(row)
        mapping.check(table, kind.fields, choice)
        row = self._begin(by, import_id, verb, now=now)
        job = self._job(by, kind, now)
        self.parts.work(row, job, job.read(table, choice_of(row)), limit=limit)
        return self.tables.get(by.tenant_id, import_id)

    def _begin(self, by: Principal, import_id: str, verb: str, *, now: datetime) -> Any:
        """The import in the state of the verb: at its beginning, unless it was under way."""
        with self.acts.feed.transaction():
            row = self.tables.get(by.tenant_id, import_id, for_update=True)
            state = IMPORT.after(verb, row.state)
            if state != row.state:
                if state != UNDOING:
                    self.tables.clear_rows(row)
                counts = row.counts if state == UNDOING else {}
                done_to = row.done_to if state == UNDOING else 0
                row.write(state=state, done_to=done_to, counts=counts, updated_at=now)
            return row

    def _table(self, row: Any) -> Table:
        text = self.tables.text_of(row)
        if text is None:
            raise Conflict("The file of this import is no longer kept.", allowed=IMPORT.allowed(row.state))
        return sheet_table.read(text)

    def undo(
        self, by: Principal, import_id: str, *, limit: int | None, now: datetime, expected: int | None = None
    ) -> Any:
        """Undo an import, or at most `limit` more rows of it: delete what it created, put back what it changed. A row that
        somebody has changed since, or that something refers to, stays and says why. Undone twice is undone once.

        NotFound, Stale; Conflict for an import that has not run.
        """
        row = self.tables.get(by.tenant_id, import_id)
        row.expect(expected)
        if row.state == UNDONE:
            return row
        row = self._begin(by, import_id, "undo", now=now)
        self.parts.undo(row, self._job(by, self.kind(row.kind), now), limit=limit)
        return self.tables.get(by.tenant_id, import_id)

    def directly(self, by: Principal, kind_key: str, command: ImportDirectly, *, now: datetime) -> Directly:
        """Import a file at once, or at most `limit` rows of it behind row `after`; parts of one file are one import. A dry
        run keeps nothing. Invalid for a file that cannot be read, or whose header is not enough."""
        kind = self.kind(kind_key)
        text, encoding = command.file.read()
        table = sheet_table.read(text)
        choice = mapping.chosen_for(table, kind.fields, command.choice)
        mapping.check(table, kind.fields, choice)
        job = self._job(by, kind, now)
        lines = job.read(table, choice)
        if command.dry_run:
            return Directly(self.parts.rehearse(job, kind.key, lines, after=command.after, limit=command.limit))
        with self.acts.feed.transaction():
            digest = sha256(text.encode()).hexdigest()
            row = self.tables.broken_off(by.tenant_id, kind.key, digest, command.after) if command.after else None
            source = sources.recognised(list(table.samples))
            begun = {"state": RUNNING, "source": source, "done_to": command.after}
            row = row or self._add(by, kind, command.file, text, encoding, table, choice, now=now, **begun)
        return Directly(self.parts.work(row, job, lines, limit=command.limit), row.id)

    def _job(self, by: Principal, kind: ImportKind, now: datetime) -> RowImport[Any, Any]:
        owners = Owners.of(self.people(by.tenant_id))
        return kind.importer(by=by, check=self.checks[kind.key], owners=owners, new_id=self.new_id, now=now)

    def questions(self, row: Any) -> list[tuple[str, str]]:
        """What stands in the way of an import whose columns are being chosen: `(the choice that is missing, why)`."""
        text = self.tables.text_of(row) if row.state in (MAPPING, CHECKING, CHECKED) else None
        if text is None:
            return []
        fields, choice, table = self.kind(row.kind).fields, choice_of(row), sheet_table.read(text)
        problems = [("mapping", problem) for problem in mapping.problems_of(fields, choice)]
        return [*problems, *mapping.open_questions(table, fields, choice)]


def choice_of(row: Any) -> ColumnChoice:
    """What was chosen for an import."""
    return ColumnChoice(row.mapping, row.constants, Choices(row.date_order, row.decimal_mark))


def _names(row: Any) -> list[str]:
    return [column["name"] for column in row.columns]
