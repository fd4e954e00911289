"""Customers and contacts are found by the words in the table that every context has: those of their `search_key` move there."""

from peewee import PostgresqlDatabase

COLUMNS = ("kind", "subject_id", "word", "tenant_id", "place")


def up(migrator, db):
    text = 'TEXT COLLATE "C" NOT NULL' if isinstance(db, PostgresqlDatabase) else "TEXT NOT NULL"
    db.execute_sql(
        f"CREATE TABLE search_word (kind TEXT NOT NULL, subject_id TEXT NOT NULL, word {text}, tenant_id TEXT NOT NULL,"
        f" place {text}, PRIMARY KEY (kind, subject_id, word))"
    )
    places = ", ".join([db.param] * len(COLUMNS))
    for kind in ("customer", "contact"):
        for row_id, tenant_id, key in db.execute_sql(f"SELECT id, tenant_id, search_key FROM {kind}").fetchall():  # noqa: S608
            for word in key.split():
                values = (kind, row_id, word, tenant_id, "")
                db.execute_sql(f"INSERT INTO search_word ({', '.join(COLUMNS)}) VALUES ({places})", values)  # noqa: S608
        db.execute_sql(f"ALTER TABLE {kind} DROP COLUMN search_key")
    db.execute_sql("CREATE INDEX search_word_found ON search_word (tenant_id, kind, word, place, subject_id)")
