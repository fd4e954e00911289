"""Emergency, 6 to 0 days before the renewal; its workflow is not available yet."""

from services.workflows.definition import Stage

STAGE = Stage(
    "emergency",
    "Emergency",
    "Executive escalation, every day.",
    min_days=0,
    max_days=6,
    opens_at_days=6,
    price_effect=-3.0,
)
