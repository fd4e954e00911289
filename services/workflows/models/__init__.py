"""The tables of workflows and all its SQL."""

from services.workflows.models import (
    customers,
    executions,
    importing,
    plans,
    replicas,
    requests,
    snapshots,
    tasks,
    triggers,
)
from services.workflows.models.database import acts, db, feed, idempotency, imports, schedules, words
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

SearchWord = words.table

TABLES = (
    Customer,
    Contact,
    Contract,
    Execution,
    Step,
    Plan,
    Task,
    Trigger,
    Request,
    HeardRequest,
    SearchWord,
    Tenant,
    Person,
    Processor,
    *imports.all,
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
    "Tenant",
    "Trigger",
    "acts",
    "replicas",
    "customers",
    "db",
    "executions",
    "feed",
    "idempotency",
    "importing",
    "imports",
    "outgoing_requests",
    "plans",
    "requests",
    "schedules",
    "snapshots",
    "tasks",
    "triggers",
]
