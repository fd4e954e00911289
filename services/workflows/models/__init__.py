"""The tables of workflows and all its SQL."""

from services.workflows.models import (
    customers,
    executions,
    facts,
    holds,
    plans,
    replicas,
    requests,
    snapshots,
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
from services.workflows.models.fact_tables import CustomerFact, CustomerHold, ScoreReading, UsageReading
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
    CustomerFact,
    CustomerHold,
    ScoreReading,
    UsageReading,
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
)

__all__ = [
    "CUSTOMER",
    "PARTNERSHIP",
    "TABLES",
    "Contact",
    "Contract",
    "Customer",
    "CustomerFact",
    "CustomerHold",
    "Execution",
    "HeardRequest",
    "Person",
    "Plan",
    "Processor",
    "Request",
    "ScoreReading",
    "SearchWord",
    "Step",
    "Task",
    "Tenant",
    "Trigger",
    "UsageReading",
    "acts",
    "replicas",
    "customers",
    "db",
    "executions",
    "facts",
    "feed",
    "holds",
    "idempotency",
    "outgoing_requests",
    "plans",
    "requests",
    "schedules",
    "snapshots",
    "tasks",
    "triggers",
]
