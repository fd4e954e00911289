"""Does one action with many customers.

All of it is one transaction: whoever dies in between has done nothing. Each customer has its own receipt, so that one with
which it cannot be done holds up no other.
"""

from __future__ import annotations

from datetime import datetime

from services.workflows import models
from services.workflows.commands import ActOnCustomers
from services.workflows.customer_actions import ACTIONS
from services.workflows.models import feed
from shared.ground.errors import Conflict, Invalid
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal

NOT_FOUND = {"name": None, "outcome": "not_found", "reason": "There is no such customer."}


def act(by: Principal, command: ActOnCustomers, *, now: datetime) -> list[JsonObject]:
    """Do an action with many customers, each once, and return their receipts `{id, name, outcome, reason?}`. Invalid for an
    owner who is not in the tenant or has left; whatever concerns one customer alone is in its receipt."""
    action = ACTIONS[command.action]
    with feed.transaction():
        action.prepare(by, command)
        customer_ids = list(dict.fromkeys(command.customer_ids))
        rows = models.customers.get_many(by.tenant_id, customer_ids)
        receipts: list[JsonObject] = []
        for customer_id in customer_ids:
            row = rows.get(customer_id)
            if row is None:
                receipts.append({"id": customer_id} | NOT_FOUND)
                continue
            receipt = {"id": row.id, "name": row.name}
            try:
                with feed.savepoint():
                    changed = action.apply(by, command, row, now)
                receipts.append(receipt | {"outcome": "changed" if changed else "unchanged"})
            except (Conflict, Invalid) as refused:
                receipts.append(receipt | {"outcome": "refused", "reason": str(refused)})
        return receipts
