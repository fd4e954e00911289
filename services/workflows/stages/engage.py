"""Engage, 119 to 90 days before the renewal; its workflow is not available yet."""

from services.workflows.definition import Stage

STAGE = Stage(
    "engage",
    "Engage",
    "Open the renewal talk with the people who decide.",
    min_days=90,
    max_days=119,
    opens_at_days=119,
)
