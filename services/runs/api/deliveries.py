"""The REST API of mails and invitations that have not left yet."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.runs import withdrawing
from services.runs.schemas.deliveries import DeliverySchema, WithdrawIn, WithdrawOut
from shared.ground import clock
from shared.web import callers

deliveries = Blueprint(
    "deliveries", __name__, url_prefix="/api/guided-runs/<run_id>", description="Mails and invitations of a run."
)


@deliveries.post("/deliveries/<delivery_id>/withdraw")
@callers.needs("member")
@deliveries.response(200, DeliverySchema)
def withdraw(run_id: str, delivery_id: str) -> Any:
    """Take back a mail or an invitation that has not left; 409 says when it left."""
    return withdrawing.withdraw(callers.by(), run_id, delivery_id, now=clock.now())


@deliveries.post("/withdraw")
@callers.needs("member")
@deliveries.arguments(WithdrawIn)
@deliveries.response(200, WithdrawOut)
def withdraw_many(body: dict[str, Any], run_id: str) -> Any:
    """Take back several that have not left, each by itself; says of each whether it was withdrawn, or when it left."""
    items = withdrawing.withdraw_many(callers.by(), run_id, body["delivery_ids"], now=clock.now())
    return {"items": items}
