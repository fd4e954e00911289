"""Negotiate, 89 to 60 days before the renewal; its workflow is not available yet."""

from services.workflows.definition import Stage

STAGE = Stage(
    "negotiate", "Negotiate", "Agree terms and price.", min_days=60, max_days=89, opens_at_days=89, price_effect=-0.5
)
