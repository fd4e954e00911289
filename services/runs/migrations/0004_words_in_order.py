"""With each word the place of its subject, so that a page of what is found is read off the index of the words."""

from peewee import PostgresqlDatabase

NAMES = "(SELECT p.name_key FROM partnership p WHERE p.id = search_word.subject_id)"
MOMENTS = {
    True: "(SELECT to_char(r.created_at, 'YYYY-MM-DD HH24:MI:SS.US') FROM guided_run r WHERE r.id = search_word.subject_id)",
    False: "(SELECT r.created_at FROM guided_run r WHERE r.id = search_word.subject_id)",
}
"""By whether it is PostgreSQL; SQLite holds its moments as such texts."""


def up(migrator, db):
    postgres = isinstance(db, PostgresqlDatabase)
    collation = ' COLLATE "C"' if postgres else ""
    db.execute_sql(f"ALTER TABLE search_word ADD COLUMN place TEXT{collation} NOT NULL DEFAULT ''")
    for kind, place in (("partnership", NAMES), ("guided-run", MOMENTS[postgres])):
        db.execute_sql(f"UPDATE search_word SET place = COALESCE({place}, '') WHERE kind = '{kind}'")  # noqa: S608
    db.execute_sql("DROP INDEX search_word_found")
    db.execute_sql("CREATE INDEX search_word_found ON search_word (tenant_id, kind, word, place, subject_id)")
