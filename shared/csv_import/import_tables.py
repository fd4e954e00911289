"""The tables of imports, in the same form in every context that takes them, and every question asked of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import peewee

from shared.contracts.paging import Page
from shared.database import pagination
from shared.database.fields import IdField, JsonField, UtcDateTime
from shared.database.model import Columns, Row, insert_rows

WRITTEN = ("created", "updated")


class ImportTables:
    """The imports of one context, their files and what became of each row."""

    def __init__(self, db: Any) -> None:
        class Import(Row):
            """An import of a file. `source` is the system that wrote it, or stands for its headers; `columns` are those of
            the file with samples, `mapping` and `constants` what the person chose. `done_to` is the last row that is
            through, `counts` how many had each outcome."""

            noun = "import"

            id = IdField()
            tenant_id = peewee.TextField()
            kind = peewee.TextField()
            source = peewee.TextField()
            state = peewee.TextField()
            file_name = peewee.TextField()
            file_hash = peewee.TextField()
            encoding = peewee.TextField()
            delimiter = peewee.TextField()
            columns = JsonField()
            mapping = JsonField()
            constants = JsonField()
            date_order = peewee.TextField(null=True)
            decimal_mark = peewee.TextField(null=True)
            row_count = peewee.IntegerField()
            done_to = peewee.IntegerField(default=0)
            counts = JsonField()
            by = JsonField()
            created_at = UtcDateTime()
            updated_at = UtcDateTime()
            version = peewee.IntegerField(default=1)

            class Meta:
                database = db
                table_name = "import"
                indexes = (
                    (("tenant_id", "created_at", "id"), False),
                    (("tenant_id", "kind", "created_at", "id"), False),
                    (("tenant_id", "kind", "source", "created_at", "id"), False),
                )

        class ImportFile(Row):
            """The text of a file, until it has been imported."""

            import_id = peewee.TextField(primary_key=True)
            tenant_id = peewee.TextField()
            text = peewee.TextField()

            class Meta:
                database = db
                table_name = "import_file"

        class ImportRow(Row):
            """What became of a row of a file. `before` holds what undoing it puts back; `undone` is whether that was done,
            `stays` why it was not."""

            tenant_id = peewee.TextField()
            import_id = peewee.TextField()
            number = peewee.IntegerField()
            outcome = peewee.TextField()
            name = peewee.TextField(null=True)
            subject_id = peewee.TextField(null=True)
            reasons = JsonField()
            version_after = peewee.IntegerField(null=True)
            before = JsonField(null=True)
            undone = peewee.BooleanField(null=True)
            stays = peewee.TextField(null=True)

            class Meta:
                database = db
                table_name = "import_row"
                primary_key = peewee.CompositeKey("import_id", "number")
                indexes = (
                    (("tenant_id", "import_id", "outcome", "number"), False),
                    (("tenant_id", "import_id", "undone", "number"), False),
                    (("tenant_id", "import_id", "subject_id"), False),
                )

        self.imports, self.files, self.rows = Import, ImportFile, ImportRow
        self.all = (Import, ImportFile, ImportRow)

    def add(self, text: str, **columns: Any) -> Any:
        """Write a new import with its file."""
        row = self.imports.create(**columns)
        self.files.create(import_id=row.id, tenant_id=row.tenant_id, text=text)
        return row

    def get(self, tenant_id: str, import_id: str, *, for_update: bool = False) -> Any:
        """The import. NotFound for another tenant's too."""
        return self.imports.get_for(tenant_id, import_id, for_update=for_update)

    def text_of(self, row: Any) -> str | None:
        """The text of its file; None when it has been imported."""
        file = self.files.get_or_none_for(row.tenant_id, row.id)
        return file.text if file else None

    def drop_file(self, row: Any) -> None:
        """Delete the text of its file."""
        self.files.delete_for(row.tenant_id).where(self.files.import_id == row.id).execute()

    def listed(
        self, tenant_id: str, *, kind: str | None, limit: int, offset: int = 0, cursor: str | None = None
    ) -> Page:
        """A tenant's imports, the newest first, without what the file and the person said of its columns."""
        heavy = (self.imports.columns, self.imports.mapping, self.imports.constants)
        light = [field for field in self.imports._meta.sorted_fields if field not in heavy]
        query = self.imports.for_tenant(tenant_id, *light)
        if kind:
            query = query.where(self.imports.kind == kind)
        order = [(self.imports.created_at, "desc"), (self.imports.id, "desc")]
        return pagination.page(query, order, limit=limit, offset=offset, cursor=cursor)

    def last_of_source(self, tenant_id: str, kind: str, source: str) -> Any | None:
        """The last import of this kind from this source, or None."""
        table = self.imports
        query = table.for_tenant(tenant_id).where(table.kind == kind, table.source == source)
        return query.order_by(table.created_at.desc(), table.id.desc()).first()

    def broken_off(self, tenant_id: str, kind: str, file_hash: str, done_to: int) -> Any | None:
        """The newest running import of just this file that is through up to this row, or None."""
        table = self.imports
        query = table.for_tenant(tenant_id).where(
            table.kind == kind, table.state == "running", table.file_hash == file_hash, table.done_to == done_to
        )
        return query.order_by(table.created_at.desc(), table.id.desc()).first()

    def add_rows(self, rows: Sequence[Columns]) -> None:
        """Write what became of rows."""
        insert_rows(self.rows, rows)

    def clear_rows(self, row: Any) -> None:
        """Delete what a dry run said of the rows of an import."""
        self.rows.delete_for(row.tenant_id).where(self.rows.import_id == row.id).execute()

    def rows_listed(
        self,
        row: Any,
        *,
        outcome: str | None,
        stays: bool | None,
        limit: int,
        offset: int = 0,
        cursor: str | None = None,
    ) -> Page:
        """The rows of an import by number, without what undoing them puts back."""
        table = self.rows
        light = [field for field in table._meta.sorted_fields if field is not table.before]
        query = table.for_tenant(row.tenant_id, *light).where(table.import_id == row.id)
        if outcome:
            query = query.where(table.outcome == outcome)
        if stays is not None:
            query = query.where(table.undone == (not stays))
        return pagination.page(query, [(table.number, "asc")], limit=limit, offset=offset, cursor=cursor)

    def to_undo(self, row: Any, limit: int) -> list[Any]:
        """The next rows that are to be undone, the last first."""
        table = self.rows
        written = table.for_tenant(row.tenant_id).where(
            table.import_id == row.id, table.outcome.in_(WRITTEN), table.undone.is_null()
        )
        return list(written.order_by(table.number.desc()).limit(limit))

    def undo_row(self, row: Any, stays: str | None) -> None:
        """Note that a row was undone, or why it stays."""
        update = self.rows.update_for(row.tenant_id, undone=stays is None, stays=stays)
        update.where(self.rows.import_id == row.import_id, self.rows.number == row.number).execute()

    def moved_on(self, tenant_id: str, import_id: str, subject_id: str, version: int) -> None:
        """Note that the import itself has brought a subject of one of its rows from the version before to this one."""
        update = self.rows.update_for(tenant_id, version_after=version)
        same = (self.rows.import_id == import_id) & (self.rows.subject_id == subject_id)
        update.where(same, self.rows.version_after == version - 1).execute()
