"""Tables of runs, and every question asked of them: the only place here that speaks SQL."""

from services.runs.models import (
    activities,
    copies,
    objectives,
    partnerships,
    recurrences,
    runs,
    snapshots,
    templates,
)
from services.runs.models.copies import Person, Tenant
from services.runs.models.exchange import AiTaskRequest, AskedTask, Delivery, Meeting, NotificationRequest
from services.runs.models.ledger import NEVER, Activity, Objective, Partnership
from services.runs.models.table import acts, db, feed, idempotency
from services.runs.models.tables import (
    Comment,
    GuidedRun,
    GuidedStep,
    Recurrence,
    RunPartnership,
    RunTemplate,
    RunTemplateVersion,
    StepRow,
)

TABLES = (
    RunTemplate,
    RunTemplateVersion,
    GuidedRun,
    RunPartnership,
    GuidedStep,
    StepRow,
    Comment,
    Recurrence,
    Partnership,
    Activity,
    Objective,
    AiTaskRequest,
    NotificationRequest,
    Meeting,
    Delivery,
    AskedTask,
    Tenant,
    Person,
)

__all__ = [
    "NEVER",
    "TABLES",
    "Activity",
    "AiTaskRequest",
    "AskedTask",
    "Comment",
    "Delivery",
    "GuidedRun",
    "GuidedStep",
    "Meeting",
    "NotificationRequest",
    "Objective",
    "Partnership",
    "Person",
    "Recurrence",
    "RunPartnership",
    "RunTemplate",
    "RunTemplateVersion",
    "StepRow",
    "Tenant",
    "activities",
    "acts",
    "copies",
    "db",
    "feed",
    "idempotency",
    "objectives",
    "partnerships",
    "recurrences",
    "runs",
    "snapshots",
    "templates",
]
