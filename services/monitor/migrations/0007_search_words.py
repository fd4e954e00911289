"""Runs are found by the words in the table that every context has: those of `run_word` move there, with the moment of their run as
the place in the list. A run that had as many words as were kept of one until now gets all of them."""

from peewee import PostgresqlDatabase

from shared.search.terms import words_of

COLUMNS = "kind, subject_id, word, tenant_id, place"
KEPT_BEFORE = 16
MOST_WORDS = 200
LONG = """
    SELECT r.id, r.tenant_id, w.place, r.workflow_name, r.workflow_key, r.subject_name FROM run r JOIN
        (SELECT subject_id, MIN(place) AS place FROM search_word GROUP BY subject_id HAVING COUNT(*) >= {}) w ON w.subject_id = r.id"""


def up(migrator, db):
    postgres = isinstance(db, PostgresqlDatabase)
    text = 'TEXT COLLATE "C" NOT NULL' if postgres else "TEXT NOT NULL"
    place = "to_char(created_at, 'YYYY-MM-DD HH24:MI:SS.US')" if postgres else "created_at"
    db.execute_sql(
        f"CREATE TABLE search_word (kind TEXT NOT NULL, subject_id {text}, word {text}, tenant_id TEXT NOT NULL, place {text},"
        " PRIMARY KEY (kind, subject_id, word))"
    )
    moved = f"SELECT 'run', run_id, word, tenant_id, {place} FROM run_word"  # noqa: S608
    db.execute_sql(f"INSERT INTO search_word ({COLUMNS}) {moved}")
    db.execute_sql("DROP TABLE run_word")
    _complete(db)
    db.execute_sql("CREATE INDEX search_word_found ON search_word (tenant_id, kind, word, place, subject_id)")
    db.execute_sql("CREATE INDEX search_word_found_everywhere ON search_word (kind, word, place, subject_id)")


def _complete(db):
    """The words of long names, of which only the first in the alphabet were kept."""
    for run_id, tenant_id, place, *texts in db.execute_sql(LONG.format(KEPT_BEFORE)).fetchall():
        for word in words_of(*texts, most=MOST_WORDS):
            values = ("run", run_id, word, tenant_id, place)
            places = ", ".join([db.param] * len(values))
            db.execute_sql(f"INSERT INTO search_word ({COLUMNS}) VALUES ({places}) ON CONFLICT DO NOTHING", values)  # noqa: S608
