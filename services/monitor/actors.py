"""The queue door of the monitor: what it hears of the others, and of itself, is read into the read model."""

from __future__ import annotations

from services.monitor import projecting
from services.monitor.models import feed
from shared.reading import Reader

reader = Reader(feed)

reader.applies("executor", "ai-task")(projecting.ai_task)
reader.applies("workflows", "workflow-execution")(projecting.workflow_execution)
reader.applies("workflows", "workflow-step")(projecting.workflow_step)
reader.applies("runs", "guided-run")(projecting.guided_run)

for source in ("executor", "workflows", "runs", "monitor"):
    reader.applies(source, "act")(projecting.act)

for source in ("executor", "workflows", "runs"):
    reader.applies(source, "notification-request")(projecting.notification_request)
