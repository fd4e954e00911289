"""Refuses what would reach a customer on hold, at the last moment before it leaves."""

from __future__ import annotations

from datetime import datetime

from services.executor import models
from services.executor.models import AiTask, Hold, db, replicas
from services.executor.processors import Permanent, Processor
from shared.database.connection import session
from shared.ground import wording
from shared.ground.local_days import local_date


def require_none_at_start(task: AiTask, processor: Processor, now: datetime) -> None:
    """Like `require_none`, for a task that has changed nothing yet; one that has is asked before each further change,
    so that what stands already is not called unsent."""
    try:
        require_none(task, processor, now)
    except Permanent:
        with session(db):
            begun = models.effects.of_chain(task)
        if not begun:
            raise


def require_none(task: AiTask, processor: Processor, now: datetime) -> None:
    """Permanent, naming the hold, when the task would reach a customer who is on hold now: by its subject, by the
    customer that its metadata name, or by an address of one of the customer's people."""
    if processor.reaches is None:
        return
    customers = {task.subject, task.metadata.get("customerId")}
    addresses = {address.casefold() for address in processor.reaches(task.metadata)}
    with session(db):
        standing = models.holds.standing(task.tenant_id)
        zone = replicas.tenants.region(task.tenant_id).time_zone if standing else ""
    for hold in standing:
        reached = hold.customer_id in customers or addresses & set(hold.addresses)
        if reached and _is_active(hold, zone, now):
            until = f"until {wording.day(hold.until_on)}" if hold.until_on else "until it is lifted"
            raise Permanent(f"{hold.customer_name} is on hold {until}: {hold.reason}. Nothing was sent.")


def _is_active(hold: Hold, tenant_zone: str, now: datetime) -> bool:
    today = local_date(now, hold.time_zone or tenant_zone)
    return hold.from_on <= today and (hold.until_on is None or today <= hold.until_on)
