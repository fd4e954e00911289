"""Customers and contacts are found by the beginnings of their words, without accents and letters of single languages."""

from shared.search.terms import words_of

MOST_WORDS = 200


def up(migrator, db):
    db.execute_sql("ALTER TABLE customer ADD COLUMN search_key TEXT NOT NULL DEFAULT ''")
    _fill(db, "customer", "name")
    _fill(db, "contact", "name, email")


def _fill(db, table, columns):
    """The words of what is there already."""
    found = db.execute_sql(f"SELECT id, {columns} FROM {table}").fetchall()  # noqa: S608
    sql = f"UPDATE {table} SET search_key = {db.param} WHERE id = {db.param}"  # noqa: S608
    for row_id, *texts in found:
        db.execute_sql(sql, ("".join(f" {word}" for word in words_of(*texts, most=MOST_WORDS)), row_id))
