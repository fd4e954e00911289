"""What is there already when a migration comes is what it was, and is found as what is written afterwards."""

from __future__ import annotations

from datetime import timedelta

from playhouse.migrations import Runner

from services.runs import lifecycle, models
from services.runs.app import MIGRATIONS
from services.runs.models import SearchWord, db
from shared import ids
from tests.conftest import NOON
from tests.runs.conftest import ANA, make_partnership

NOTE = {"actionType": "note", "title": "Note", "description": "", "config": {}, "key": "note"}


def test_words_that_had_no_place_get_that_of_their_subject(database):
    made = [make_partnership(name).id for name in ("Zoe Works", "Alder Works", "Mesa Works")]
    runs = [
        lifecycle.start(
            ANA, {"name": "Weekly", "steps": [NOTE]}, run_id=ids.new_id(), now=NOON + timedelta(days=days)
        ).id
        for days in (0, 2, 1)
    ]
    before = set(SearchWord.select(SearchWord.subject_id, SearchWord.word, SearchWord.place).tuples())
    [step] = [one for one in Runner(db.obj, str(MIGRATIONS)).migrations() if one.name.startswith("0004")]
    for statement in ("DROP INDEX search_word_found", "ALTER TABLE search_word DROP COLUMN place"):
        db.execute_sql(statement)
    db.execute_sql("CREATE INDEX search_word_found ON search_word (tenant_id, kind, word, subject_id)")
    step.load().up(None, db.obj)
    assert set(SearchWord.select(SearchWord.subject_id, SearchWord.word, SearchWord.place).tuples()) == before
    found = models.partnerships.listed("demo", limit=9, q="work").items
    assert [one.id for one in found] == [made[1], made[2], made[0]]
    assert [one.id for one in models.runs.listed("demo", limit=9, q="week").items] == [runs[1], runs[2], runs[0]]
