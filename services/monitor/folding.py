"""What a run amounts to, from its own facts, its steps and its AI tasks; worked out again whenever one of them changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.monitor import figures, states
from services.monitor.models import counts, runs
from services.monitor.models.runs import Run
from services.monitor.states import Part
from shared.words import words_of

NO_FACTS: dict[str, Any] = {
    "owner": None,
    "subject_id": None,
    "subject_name": None,
    "retry_of": None,
    "parent_id": None,
    "origin": None,
    "retry_number": 0,
    "attempts": 0,
    "human_work": False,
    "own_completed_at": None,
}
"""The columns of a run that its owner may leave out. The others are facts it must give, or follow from them."""


def settle(facts: dict[str, Any], before: Run | None) -> None:
    """Write a run from its facts and from what is known of its parts, and mark it. `before` is its row as it was."""
    facts = NO_FACTS | facts
    status, parts = _WAYS[facts["kind"]](facts)
    sums = states.summed_up(status, parts, started_at=facts["started_at"], completed_at=facts["own_completed_at"])
    took = sums["duration_ms"]
    follows = {
        "duration_rank": figures.NO_DURATION if took is None else took,
        "duration_bucket": figures.bucket_of(took),
        "shelf": runs.TASKS if facts["kind"] == "ai_task" else runs.LISTED,
    }
    _write(facts | sums | follows, before)


def settle_again(run_id: str, tenant_id: str) -> None:
    """The same for a run of which a part has changed; nothing when the run itself has not come yet."""
    before = runs.stored(run_id)
    if before is not None and before.tenant_id == tenant_id and before.shelf != runs.GONE:
        settle(dict(before.__data__), before)


def bury(run: Run, version: int) -> None:
    """Take out of all lists and counts what its owner deleted; the row stays and remembers the version."""
    runs.forget_detail(run.id)
    _write(run.__data__ | {"shelf": runs.GONE, "version": version}, run)


def _write(row: dict[str, Any], before: Run | None) -> None:
    runs.keep(row, before, _words(row, before))
    counts.move(before, Run(**row))


def _execution(facts: dict[str, Any]) -> tuple[str, list[Part]]:
    tasks = states.latest_of_chains(runs.task_states(facts["id"], facts["tenant_id"]))
    parts = _steps(facts) + [
        Part(task.workflow_name, task.status, task.own_completed_at, task.error_summary) for task, _ in tasks
    ]
    return states.execution_status(facts["own_status"], facts["human_work"], [task.status for task, _ in tasks]), parts


def _guided(facts: dict[str, Any]) -> tuple[str, list[Part]]:
    return states.GUIDED_RUN[facts["own_status"]], _steps(facts)


def _ai_task(facts: dict[str, Any]) -> tuple[str, list[Part]]:
    status = states.AI_TASK[facts["own_status"]]
    return status, [Part(facts["workflow_name"], status, facts["own_completed_at"], facts["error_summary"])]


_WAYS = {"workflow_execution": _execution, "guided_run": _guided, "ai_task": _ai_task}


def _steps(facts: dict[str, Any]) -> list[Part]:
    return [
        Part(step.name, step.status, step.completed_at) for step in runs.step_states(facts["id"], facts["tenant_id"])
    ]


def _words(row: dict[str, Any], before: Run | None) -> Sequence[str] | None:
    """The words to find a run by, None when they are those it has."""
    texts = [row[name] for name in ("workflow_name", "workflow_key", "subject_name")]
    known = [before.workflow_name, before.workflow_key, before.subject_name, before.created_at] if before else []
    if [*texts, row["created_at"]] == known:
        return None
    return words_of(*texts)
