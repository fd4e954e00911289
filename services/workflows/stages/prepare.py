"""Prepare, 149 to 120 days before the renewal; its workflow is not available yet."""

from services.workflows.definition import Stage

STAGE = Stage(
    "prepare", "Prepare", "Prepare the renewal: value, price and people.", min_days=120, max_days=149, opens_at_days=140
)
