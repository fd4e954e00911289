"""The tables of workflows and all its SQL."""

from services.workflows.models import (
    customers,
    executions,
    plans,
    replicas,
    requests,
    snapshots,
    task_batches,
    task_comments,
    tasks,
    triggers,
)
from services.workflows.models.database import acts, db, feed, idempotency, schedules, words
from services.workflows.models.exchange import (
    HeardRequest,
    Processor,
    Request,
    outgoing_requests,
)
from services.workflows.models.replicas import Person, Tenant
from services.workflows.models.tables import (
    CUSTOMER,
    PARTNERSHIP,
    Contact,
    Contract,
    Customer,
    Execution,
    Plan,
    Step,
    Task,
    Trigger,
)
from services.workflows.models.task_tables import TaskBatch, TaskComment

SearchWord = words.table

TABLES = (
    Customer,
    Contact,
    Contract,
    Execution,
    Step,
    Plan,
    Task,
    TaskComment,
    TaskBatch,
    Trigger,
    Request,
    HeardRequest,
    SearchWord,
    Tenant,
    Person,
    Processor,
)

__all__ = [
    "CUSTOMER",
    "PARTNERSHIP",
    "TABLES",
    "Contact",
    "Contract",
    "Customer",
    "Execution",
    "HeardRequest",
    "Person",
    "Plan",
    "Processor",
    "Request",
    "SearchWord",
    "Step",
    "Task",
    "TaskBatch",
    "TaskComment",
    "Tenant",
    "Trigger",
    "acts",
    "replicas",
    "customers",
    "db",
    "executions",
    "feed",
    "idempotency",
    "outgoing_requests",
    "plans",
    "requests",
    "schedules",
    "snapshots",
    "task_batches",
    "task_comments",
    "tasks",
    "triggers",
]
