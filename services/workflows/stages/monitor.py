"""Monitor, 180 days and more before the renewal; its workflow is not available yet."""

from services.workflows.definition import Stage

STAGE = Stage(
    "monitor",
    "Monitor",
    "Watch health and usage while the renewal is far away.",
    min_days=180,
    max_days=None,
    opens_at_days=None,
)
