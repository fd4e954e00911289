"""Builds the API representation of rows: their columns, and what is read for all rows of a page at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from services.workflows import customer_facts, holds, models, renewal_days, stages, states
from services.workflows.home import Home
from services.workflows.models import (
    Contact,
    Customer,
    CustomerFact,
    Execution,
    Step,
    Task,
    TaskBatch,
    TaskComment,
    Trigger,
    replicas,
)
from services.workflows.models.snapshots import workflow_name
from shared.contracts.paging import Page
from shared.ground.principal import Principal

Shown = dict[str, Any]


def columns_of(row: Any) -> Shown:
    """All columns of a row; those that were neither read nor set are None."""
    return {field.name: getattr(row, field.name) for field in row._meta.sorted_fields}


def customers_shown(tenant_id: str, rows: list[Customer], now: datetime) -> list[Shown]:
    """Customers with their days left and stage, their open executions, their completed workflows and their next one,
    and the hold that they are under."""
    ids = [row.id for row in rows]
    open_ones, done = models.executions.open_of(tenant_id, ids), models.executions.completed_of(tenant_id, ids)
    progress = models.executions.progress_of(tenant_id, [one.id for ones in open_ones.values() for one in ones])
    planned = models.triggers.next_of(tenant_id, ids)
    region = replicas.tenants.region(tenant_id)
    held = holds.active_of(rows, now, region)
    days = {row.id: renewal_days.days_to_renewal(row, now, region) for row in rows}
    tasks = models.customer_lists.open_tasks_of(tenant_id, ids)
    health = models.facts.health_of(tenant_id, ids, now.date() - HEALTH_SHOWN)
    return [
        columns_of(row)
        | {
            "days_to_renewal": days[row.id],
            "stage": _stage(days[row.id]),
            "hold": held.get(row.id),
            "last_touch_on": row.last_touch_on,
            "open_tasks": tasks.get(row.id, 0),
            "health_history": health.get(row.id, []),
            "open_workflows": [_open(one, *progress.get(one.id, (0, 0))) for one in open_ones.get(row.id, [])],
            "open_execution_ids": [one.id for one in open_ones.get(row.id, [])],
            "completed_workflows": [_completed(row, execution) for execution in done.get(row.id, [])],
            "next_workflow": _planned(planned.get(row.id)),
        }
        for row in rows
    ]


HEALTH_SHOWN = timedelta(days=200)
"""The lists show the readings of health of half a year."""


def found_shown(
    tenant_id: str, customers: list[Customer], contacts: list[Contact], tasks: list[Task], now: datetime
) -> Shown:
    """What was found, with the stages of the customers and the names of the contacts' customers."""
    region = replicas.tenants.region(tenant_id) if customers else None
    days = [renewal_days.days_to_renewal(row, now, region) for row in customers]
    names = models.customers.names_of(tenant_id, {row.customer_id for row in contacts}) if contacts else {}
    return {
        "customers": [
            {"id": row.id, "name": row.name, "stage": _stage(left), "renewal_date": row.renewal_date}
            for row, left in zip(customers, days, strict=True)
        ],
        "contacts": [
            {"id": row.id, "name": row.name, "customer_name": names.get(row.customer_id), "email": row.email}
            for row in contacts
        ],
        "tasks": [{"id": row.id, "title": row.title, "status": row.status, "due_date": row.due_date} for row in tasks],
    }


def home_shown(tenant_id: str, home: Home, now: datetime) -> Shown:
    """The first screen; of the customers at risk only what it shows."""
    region = replicas.tenants.region(tenant_id)
    return {
        "overview": home.overview,
        "tasks": tasks_shown(tenant_id, home.tasks),
        "more_tasks": home.more_tasks,
        "executions": executions_shown(tenant_id, home.executions),
        "at_risk": [
            columns_of(row) | {"days_to_renewal": renewal_days.days_to_renewal(row, now, region)}
            for row in home.at_risk
        ],
    }


def _open(execution: Execution, done: int, total: int) -> Shown:
    shown = {"execution_id": execution.id, "stage": execution.stage, "plan_status": execution.plan_status}
    return shown | {"steps_done": done, "steps_total": total}


def _stage(days: int | None) -> str | None:
    return None if days is None else stages.for_days(days).key


def customer_shown(row: Customer, now: datetime) -> Shown:
    """One customer with its open signals."""
    return customers_shown(row.tenant_id, [row], now)[0] | {"signals": customer_facts.open_signals(row)}


def fact_shown(row: CustomerFact) -> Shown:
    """A fact with its kind's words, and one line of its details."""
    kind = customer_facts.kind_of(row)
    words = {"title": kind.title, "group": kind.group.key, "state_title": kind.state(row.state).title}
    return columns_of(row) | words | {"line": kind.says(row.details)}


def acts_shown(tenant_id: str, entries: list[Any]) -> list[Shown]:
    """Acts with the names of what they are about."""
    names = models.timeline.names_of(tenant_id, entries)
    return [columns_of(act) | {"name": names.get(act.subject_id)} for act in entries]


def _completed(customer: Customer, execution: Execution) -> Shown:
    return {
        "execution_id": execution.id,
        "stage": execution.stage,
        "completed_at": execution.completed_at,
        "for_this_renewal": renewal_days.is_for_this_renewal(customer, execution.completed_at),
    }


def _planned(trigger: Trigger | None) -> Shown | None:
    return {"trigger_id": trigger.id} | columns_of(trigger) if trigger else None


def executions_shown(tenant_id: str, rows: list[Execution]) -> list[Shown]:
    """Executions with their progress."""
    progress = models.executions.progress_of(tenant_id, [row.id for row in rows])
    return [_execution(row, *progress.get(row.id, (0, 0))) for row in rows]


def _execution(row: Execution, done: int, total: int) -> Shown:
    name = workflow_name(row.stage, row.customer_name)
    return columns_of(row) | {"workflow_name": name, "steps_done": done, "steps_total": total}


def execution_shown(row: Execution) -> Shown:
    """One execution with its steps."""
    steps = models.executions.steps_of(row)
    done = sum(step.status in models.executions.DONE for step in steps)
    return _execution(row, done, len(steps)) | {"steps": [step_shown(step) for step in steps]}


def step_shown(step: Step) -> Shown:
    """A step with the verbs that its status allows."""
    return columns_of(step) | {"allowed": states.STEP.allowed(step.status)}


def tasks_shown(tenant_id: str, rows: list[Task]) -> list[Shown]:
    """Tasks with the names of their customers, and how many of their sub-tasks are done."""
    progress = models.tasks.progress_of(tenant_id, [row.id for row in rows])
    names = _customer_names(tenant_id, rows)
    return [_task(row, names, *progress.get(row.id, (0, 0))) for row in rows]


def _customer_names(tenant_id: str, rows: list[Task]) -> dict[str, str]:
    return models.customers.names_of(tenant_id, {row.customer_id for row in rows if row.customer_id})


def _task(row: Task, names: dict[str, str], done: int, total: int) -> Shown:
    shown = {"customer_id": row.customer_id, "partnership_id": row.partnership_id, "partnership_name": row.subject_name}
    shown["customer_name"] = names.get(row.customer_id or "")
    return columns_of(row) | shown | {"sub_tasks_done": done, "sub_tasks_total": total}


def task_shown(row: Task, by: Principal) -> Shown:
    """One task with its sub-tasks; its input and output only for callers who may see payloads."""
    subs = models.tasks.sub_tasks(row)
    done = sum(sub.status == "completed" for sub in subs)
    names = _customer_names(row.tenant_id, [row, *subs])
    parts = {"source": row.source, "sub_tasks": [_task(sub, names, 0, 0) for sub in subs]}
    shown = _task(row, names, done, len(subs)) | parts
    if by.sees_payloads:
        return shown
    return shown | {"metadata": None, "execution_result": _error_only(row.execution_result)}


def comment_shown(row: TaskComment) -> Shown:
    """A comment on a task."""
    return columns_of(row)


def batch_shown(row: TaskBatch) -> Shown:
    """What was done with many tasks."""
    return columns_of(row)


def plan_shown(body: Shown, by: Principal) -> Shown:
    """An action plan for this person: what its AI tasks answered only if they may see payloads, what they are told for
    everybody, who may approve it."""
    if by.sees_payloads:
        return body
    return body | {"aiTasks": [_without_result(item) for item in body["aiTasks"]]}


def _without_result(item: Shown) -> Shown:
    return item | {"executionResult": _error_only(item["executionResult"])} if "executionResult" in item else item


def _error_only(result: Any) -> Any:
    """The error of a failed execution, which everybody may read; a result is a payload."""
    return {"error": result["error"]} if isinstance(result, dict) and "error" in result else None


def page_of(page: Page, items: list[Shown]) -> Page:
    """The page with the representations of its rows."""
    return replace(page, items=items)
