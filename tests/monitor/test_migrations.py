"""What is there already when a migration comes is afterwards what would have been written since."""

from __future__ import annotations

from playhouse.migrations import Runner

from services.monitor.models import MIGRATIONS, SearchWord, counts, database
from services.monitor.models.runs import Run, RunStep
from tests.monitor.conftest import FAILED, SUCCESS, execution, task
from tests.monitor.test_projecting import OF_GUIDED_RUN, tell

NEW_INDEXES = ("run_retried", "run_by_tail", "trail_act_of_actor")
STEP = {"id": "s", "orderIndex": 0, "title": "Review", "actionType": "review", "status": "in_progress"}
GUIDED = {
    "id": "g",
    "name": "Review",
    "status": "in_progress",
    "createdAt": "2026-11-21T11:00:00.123Z",
    "steps": [STEP],
}


def rows():
    runs = set(Run.select(Run.id, Run.status, Run.listing, Run.duration_rank).tuples())
    steps = set(RunStep.select(RunStep.id, RunStep.status).tuples())
    hours = {tuple(row) for row in counts.RunHour.select().tuples()}
    return runs, steps, hours, {tuple(row) for row in counts.RunDay.select().tuples()}


def test_runs_of_before_stand_where_those_of_today_do(monitor):
    tell("guided-run", GUIDED)
    tell("workflow-execution", execution(1))
    for number, told in enumerate(
        [
            {"of": 1, **FAILED},
            {"of": None, **FAILED},
            {"of": None, **FAILED},
            {"of": None, **SUCCESS, "retryOf": "task-3", "origin": "task-3"},
            {**FAILED, "source": OF_GUIDED_RUN},
            {**SUCCESS, "source": OF_GUIDED_RUN},
            {"of": None, "source": None},
            {"of": None, "status": "running", "startedAt": "2026-11-21T11:31:00.5Z"},
        ],
        start=1,
    ):
        tell("ai-task", task(number, **told))
    expected = rows()
    database.execute_sql("UPDATE run SET duration_rank = -1 WHERE duration_ms IS NULL")
    database.execute_sql("UPDATE run SET status = 'running' WHERE kind = 'guided_run'")
    database.execute_sql("UPDATE run_step SET status = 'running' WHERE id = 's'")
    database.execute_sql("UPDATE run SET listing = 'tasks' WHERE kind = 'ai_task'")
    for name in NEW_INDEXES:
        database.execute_sql(f"DROP INDEX {name}")
    assert rows() != expected
    database.execute_sql("ALTER TABLE run RENAME COLUMN listing TO shelf")  # its name until 0008
    [step] = [found for found in Runner(database.obj, str(MIGRATIONS)).migrations() if found.name.startswith("0003")]
    step.load().up(None, database.obj)
    database.execute_sql("ALTER TABLE run RENAME COLUMN shelf TO listing")
    assert rows() == expected


def searched():
    return {(row.subject_id, row.word, row.place) for row in SearchWord.select()}


def test_errors_of_before_are_found_as_those_of_today(monitor):
    tell("workflow-execution", execution(1))
    tell("ai-task", task(1, of=None, **FAILED))
    tell("ai-task", task(2, of=None, **SUCCESS))
    expected = searched()
    assert ("task-1", "locked") in {row[:2] for row in expected}
    SearchWord.delete().where(SearchWord.word.in_(["the", "row", "is", "locked"])).execute()
    [step] = [found for found in Runner(database.obj, str(MIGRATIONS)).migrations() if found.name.startswith("0009")]
    step.load().up(None, database.obj)
    assert searched() == expected
