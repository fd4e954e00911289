"""Imports are stored, with what became of each row, so that a receipt can be found again and an import undone."""

from shared.csv_import import import_tables_migration


def up(migrator, db):
    import_tables_migration.create(db)
