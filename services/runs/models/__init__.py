"""Tables of runs, and every question asked of them: the only place here that speaks SQL."""

from services.runs.models import copies, runs, snapshots
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

__all__ = [
    "NEVER",
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
    "acts",
    "copies",
    "db",
    "feed",
    "idempotency",
    "runs",
    "snapshots",
]
