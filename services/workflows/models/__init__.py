"""Tables of workflows, and every question asked of them: the only place here that speaks SQL."""

from services.workflows.models import (
    copies,
    customers,
    executions,
    plans,
    requests,
    snapshots,
    tasks,
    triggers,
)
from services.workflows.models.copies import Person, Tenant
from services.workflows.models.exchange import (
    AiTaskRequest,
    HeardRequest,
    NotificationRequest,
    Processor,
)
from services.workflows.models.table import acts, db, feed, idempotency, schedules
from services.workflows.models.tables import Contact, Contract, Customer, Execution, Plan, Step, Task, Trigger

TABLES = (
    Customer,
    Contact,
    Contract,
    Execution,
    Step,
    Plan,
    Task,
    Trigger,
    AiTaskRequest,
    NotificationRequest,
    HeardRequest,
    Tenant,
    Person,
    Processor,
)

__all__ = [
    "TABLES",
    "AiTaskRequest",
    "Contact",
    "Contract",
    "Customer",
    "Execution",
    "HeardRequest",
    "NotificationRequest",
    "Person",
    "Plan",
    "Processor",
    "Step",
    "Task",
    "Tenant",
    "Trigger",
    "acts",
    "copies",
    "customers",
    "db",
    "executions",
    "feed",
    "idempotency",
    "plans",
    "requests",
    "schedules",
    "snapshots",
    "tasks",
    "triggers",
]
