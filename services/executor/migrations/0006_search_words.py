"""AI tasks are found by the words of their titles, in the table that every context has: all words of one in a row, for a search for
any part of them."""

from peewee import PostgresqlDatabase

from shared.search.terms import words_of

COLUMNS = ("kind", "subject_id", "word", "tenant_id", "place")
MOST_WORDS, LONGEST_TEXT, AT_ONCE = 200, 600, 1_000
READ = "SELECT id, tenant_id, title, {} FROM ai_task WHERE id > {} ORDER BY id LIMIT {}"


def up(migrator, db):
    postgres = isinstance(db, PostgresqlDatabase)
    text = 'TEXT COLLATE "C" NOT NULL' if postgres else "TEXT NOT NULL"
    db.execute_sql(
        f"CREATE TABLE search_word (kind TEXT NOT NULL, subject_id TEXT NOT NULL, word {text}, tenant_id TEXT NOT NULL,"
        f" place {text}, PRIMARY KEY (kind, subject_id, word))"
    )
    place = "to_char(created_at, 'YYYY-MM-DD HH24:MI:SS.US')" if postgres else "created_at"
    after = ""
    while rows := db.execute_sql(READ.format(place, db.param, AT_ONCE), (after,)).fetchall():
        after = rows[-1][0]
        for task_id, tenant_id, title, at in rows:
            if words := words_of(title, most=MOST_WORDS):
                values = ("ai-task", task_id, f" {' '.join(words)}"[:LONGEST_TEXT], tenant_id, at)
                places = ", ".join([db.param] * len(values))
                db.execute_sql(f"INSERT INTO search_word ({', '.join(COLUMNS)}) VALUES ({places})", values)  # noqa: S608
    db.execute_sql("CREATE INDEX search_word_found ON search_word (tenant_id, kind, word, place, subject_id)")
