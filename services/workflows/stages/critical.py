"""Critical, 14 to 7 days before the renewal; its workflow is not available yet."""

from services.workflows.definition import Stage

STAGE = Stage(
    "critical",
    "Critical",
    "Escalate what still blocks the signature.",
    min_days=7,
    max_days=14,
    opens_at_days=14,
    price_effect=-2.0,
)
