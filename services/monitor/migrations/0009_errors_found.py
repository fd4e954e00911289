"""Failed runs are found by the words of their errors: those of what has failed already are added, at the place of its run."""

from shared.search.terms import words_of

SEARCHED_OF_ERROR = 200
MOST_WORDS = 200
COLUMNS = "kind, subject_id, word, tenant_id, place"
FAILED = """
    SELECT r.id, r.tenant_id, r.error_summary, (SELECT MIN(place) FROM search_word w WHERE w.kind = 'run' AND w.subject_id = r.id)
    FROM run r WHERE r.error_summary IS NOT NULL AND r.listing <> 'gone' AND r.id > {0} ORDER BY r.id LIMIT 500"""


def up(migrator, db):
    behind = ""
    while rows := db.execute_sql(FAILED.format(db.param), (behind,)).fetchall():
        behind = rows[-1][0]
        for run_id, tenant_id, error, place in rows:
            _add(db, run_id, tenant_id, error, place)


def _add(db, run_id, tenant_id, error, place):
    if place is None:  # a run without a word in its name is found by its id alone
        return
    for word in words_of(error[:SEARCHED_OF_ERROR], most=MOST_WORDS):
        values = ("run", run_id, word, tenant_id, place)
        places = ", ".join([db.param] * len(values))
        db.execute_sql(f"INSERT INTO search_word ({COLUMNS}) VALUES ({places}) ON CONFLICT DO NOTHING", values)  # noqa: S608
