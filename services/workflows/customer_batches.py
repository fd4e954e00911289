"""Does one action with many customers, and takes a hand-over back.

All of it is one transaction: whoever dies in between has done nothing. Each customer has its own receipt, so that one with
which it cannot be done holds up no other.
"""

from __future__ import annotations

from datetime import datetime

from services.workflows import batch_undo, models
from services.workflows.commands import ActOnCustomers
from services.workflows.customer_actions import ACTIONS
from services.workflows.models import Customer, CustomerBatch, acts, feed
from shared.ground.errors import Conflict, Invalid
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal

NOT_FOUND = {"name": None, "outcome": "not_found", "reason": "There is no such customer."}
HANDED_ON = "It has been handed over again since."


def act(by: Principal, command: ActOnCustomers, *, batch_id: str, now: datetime) -> tuple[str | None, list[JsonObject]]:
    """Do an action with many customers, each once. Returns the id that takes it back, None when nothing can be, and their
    receipts `{id, name, outcome, reason?}`. Invalid for an owner who is not in the tenant or has left; whatever concerns
    one customer alone is in its receipt."""
    action = ACTIONS[command.action]
    with feed.transaction():
        action.prepare(by, command)
        customer_ids = list(dict.fromkeys(command.customer_ids))
        rows = models.customers.get_many(by.tenant_id, customer_ids)
        receipts: list[JsonObject] = []
        changes: list[JsonObject] = []
        for customer_id in customer_ids:
            row = rows.get(customer_id)
            if row is None:
                receipts.append({"id": customer_id} | NOT_FOUND)
                continue
            receipt, before = _receipt(row), row.owner
            try:
                with feed.savepoint():
                    changed = action.apply(by, command, row, now)
                receipts.append(receipt | {"outcome": "changed" if changed else "unchanged"})
            except (Conflict, Invalid) as refused:
                receipts.append(receipt | {"outcome": "refused", "reason": str(refused)})
                continue
            if row.owner != before:
                changes.append({"id": row.id, "before": before, "after": row.owner})
        if not changes:
            return None, receipts
        models.customer_batches.add(
            id=batch_id,
            tenant_id=by.tenant_id,
            action=action.key,
            by=by.as_json(),
            changes=changes,
            created_at=now,
        )
        return batch_id, receipts


def undo(by: Principal, batch_id: str, *, now: datetime) -> list[JsonObject]:
    """Give the customers of a batch back to their owners before it. Returns a receipt for each that it had changed; one
    that was handed on since stays where it is.

    NotFound; Forbidden for what another person did; Conflict if it was taken back already.
    """
    with feed.transaction():
        batch = models.customer_batches.get(by.tenant_id, batch_id, for_update=True)
        batch_undo.check(by, batch)
        rows = models.customers.get_many(by.tenant_id, [change["id"] for change in batch.changes])
        receipts = [_give_back(by, batch, change, rows.get(change["id"]), now) for change in batch.changes]
        batch.write(undone_at=now)
        return receipts


def _give_back(
    by: Principal, batch: CustomerBatch, change: JsonObject, row: Customer | None, now: datetime
) -> JsonObject:
    if row is None:
        return {"id": change["id"]} | NOT_FOUND
    if row.owner != change["after"]:
        return _receipt(row) | {"outcome": "refused", "reason": HANDED_ON}
    models.customers.change(row, owner=change["before"], updated_at=now)
    acts.record(
        by, "took back hand-over", "customer", row.id, now=now, details={"action": batch.action, "batchId": batch.id}
    )
    return _receipt(row) | {"outcome": "changed"}


def _receipt(row: Customer) -> JsonObject:
    return {"id": row.id, "name": row.name}
