"""Requests to other services are one table, whatever their kind; what became of a requested task stays where it was."""

from shared.feed import request_table

TASK = """'title', title, 'description', NULLIF(description, ''), 'priority', priority, 'dueDate', due_date,
    'snoozedUntil', NULL, 'snoozeReason', NULL, 'customerId', NULL, 'executionId', NULL,
    'partnershipId', partnership_id, 'partnershipName', partnership_name, 'owner', owner, 'relatedAction', NULL,
    'source', {object}('service', 'runs', 'kind', 'guided-run', 'id', COALESCE(run_id, '')), 'by', {json}("by")"""


def up(migrator, db):
    request_table.create(db, "runs")
    request_table.copy(db, "asked_task", "task-request", "COALESCE(run_id, '')", TASK)
