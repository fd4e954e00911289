"""A contract may come as a file, whose text the executor reads; and it is changed in versions, as a customer is."""

COLUMNS = (
    ("file_name", "TEXT"),
    ("file_media_type", "TEXT"),
    ("file_size", "BIGINT"),
    ("file_sha256", "TEXT"),
    ("file_pages", "INTEGER"),
    ("text_state", "TEXT NOT NULL DEFAULT 'typed'"),
    ("text_problem", "TEXT"),
    ("text_sha256", "TEXT"),
    ("run_id", "TEXT"),
    ("run_number", "INTEGER NOT NULL DEFAULT 0"),
    ("run_version", "BIGINT NOT NULL DEFAULT 0"),
    ("version", "INTEGER NOT NULL DEFAULT 1"),
)


def up(migrator, db):
    for name, kind in COLUMNS:
        db.execute_sql(f"ALTER TABLE contract ADD COLUMN {name} {kind}")
    db.execute_sql("CREATE INDEX contract_text_to_fetch ON contract (id) WHERE text_sha256 IS NOT NULL")
