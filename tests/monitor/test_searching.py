"""What somebody who searches may mean."""

from __future__ import annotations

import pytest
from playhouse.migrations import Runner

from services.monitor import searching
from services.monitor.models import MIGRATIONS, SearchWord, database
from services.monitor.models.runs import Run
from services.monitor.searching import IdPart
from shared.database import statements
from shared.search.terms import words_of
from tests.monitor.conftest import execution
from tests.monitor.test_projecting import tell

BEFORE = (
    "CREATE TABLE run_word (tenant_id TEXT, word TEXT, run_id TEXT, created_at TIMESTAMP, PRIMARY KEY (run_id, word))"
)
WHOLE = "019aa5d2-7f1e-7c3a-9f00-1234567890ab"


@pytest.mark.parametrize(
    ("text", "beginning", "tail"),
    [
        ("0193", "0193", None),
        ("0193ab", "0193ab", None),
        (WHOLE, WHOLE, None),
        (WHOLE.upper(), WHOLE, None),
        (WHOLE.replace("-", ""), WHOLE, None),
        ("#" + WHOLE, WHOLE, None),
        ("019aa5d2-7f", "019aa5d2-7f", None),
        ("019aa5d27f", "019aa5d2-7f", None),
        ("567890ab", "567890ab", "567890ab"),
        (" #567890AB ", "567890ab", "567890ab"),
    ],
)
def test_a_part_of_an_id_is_its_beginning_and_perhaps_its_end(text, beginning, tail):
    assert searching.id_part(text) == IdPart(beginning, tail)


@pytest.mark.parametrize("text", ["", "#", "acme", "fee", "-", "019a 019b", WHOLE + "0"])
def test_what_is_no_part_of_an_id(text):
    assert searching.id_part(text) is None


def test_words_of_before_are_refolded_and_those_of_long_names_completed(monitor):
    long = " ".join(f"w{number:02}" for number in range(17))
    for number, name in ((1, "Łódź Works of Ørsted"), (2, long)):
        tell("workflow-execution", execution(number, customerName=name))
    kept = set(SearchWord.select().tuples())
    assert {"lodz", "orsted", "w00", "w16"} < {word for _, _, word, *_ in kept}
    database.execute_sql("DROP TABLE search_word")
    database.execute_sql(BEFORE)
    for row in Run.select():
        words = words_of(row.workflow_name, row.workflow_key, row.subject_name)
        for word in ("łodz", "ørsted") + tuple(words) if row.id == "execution-1" else words:
            if word != "lodz":
                values = (row.tenant_id, word, row.id, Run.created_at.db_value(row.created_at))
                statements.execute(database, "INSERT INTO run_word VALUES (?, ?, ?, ?)", values)
    steps = {step.name[:4]: step for step in Runner(database.obj, str(MIGRATIONS)).migrations()}
    for number in ("0005", "0007"):
        steps[number].load().up(None, database.obj)
    assert set(SearchWord.select().tuples()) == kept
