"""Overdue, after the renewal date has passed; its workflow is not available yet."""

from services.workflows.definition import Stage

STAGE = Stage(
    "overdue",
    "Overdue",
    "Recover a renewal whose date has passed.",
    min_days=None,
    max_days=-1,
    opens_at_days=-1,
    price_effect=-4.0,
)
