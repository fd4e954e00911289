"""Finalize, 59 to 30 days before the renewal; its workflow is not available yet."""

from services.workflows.definition import Stage

STAGE = Stage(
    "finalize",
    "Finalize",
    "Bring the agreed terms onto paper.",
    min_days=30,
    max_days=59,
    opens_at_days=59,
    price_effect=-1.0,
)
