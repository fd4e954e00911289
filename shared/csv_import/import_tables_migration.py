"""The tables of imports as migrations make them. Migrations call it, so it stays as it is."""

from __future__ import annotations

from typing import Any

from peewee import BooleanField, CompositeKey, DateTimeField, IntegerField, JSONField, Model, TextField


def create(db: Any) -> None:
    """Create the tables and their indexes."""

    class Import(Model):
        id = TextField(primary_key=True)
        tenant_id = TextField()
        kind = TextField()
        source = TextField()
        state = TextField()
        file_name = TextField()
        file_hash = TextField()
        encoding = TextField()
        delimiter = TextField()
        columns = JSONField()
        mapping = JSONField()
        constants = JSONField()
        date_order = TextField(null=True)
        decimal_mark = TextField(null=True)
        row_count = IntegerField()
        done_to = IntegerField()
        counts = JSONField()
        by = JSONField()
        created_at = DateTimeField()
        updated_at = DateTimeField()
        version = IntegerField()

        class Meta:
            database = db
            table_name = "import"
            indexes = (
                (("tenant_id", "created_at", "id"), False),
                (("tenant_id", "kind", "created_at", "id"), False),
                (("tenant_id", "kind", "source", "created_at", "id"), False),
            )

    class ImportFile(Model):
        import_id = TextField(primary_key=True)
        tenant_id = TextField()
        text = TextField()

        class Meta:
            database = db
            table_name = "import_file"

    class ImportRow(Model):
        tenant_id = TextField()
        import_id = TextField()
        number = IntegerField()
        outcome = TextField()
        name = TextField(null=True)
        subject_id = TextField(null=True)
        reasons = JSONField()
        version_after = IntegerField(null=True)
        before = JSONField(null=True)
        undone = BooleanField(null=True)
        stays = TextField(null=True)

        class Meta:
            database = db
            table_name = "import_row"
            primary_key = CompositeKey("import_id", "number")
            indexes = (
                (("tenant_id", "import_id", "outcome", "number"), False),
                (("tenant_id", "import_id", "undone", "number"), False),
                (("tenant_id", "import_id", "subject_id"), False),
            )

    db.create_tables([Import, ImportFile, ImportRow])
