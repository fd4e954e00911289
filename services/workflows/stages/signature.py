"""Signature, 29 to 15 days before the renewal; its workflow is not available yet."""

from services.workflows.definition import Stage

STAGE = Stage(
    "signature", "Signature", "Get the signature.", min_days=15, max_days=29, opens_at_days=29, price_effect=-1.5
)
