"""E-mails: one, or all that a step drafted; each row's goes out once, whatever is clicked, reloaded or killed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.runs import addresses, gathering, models, steps
from services.runs.acting import outgoing
from services.runs.acting.done import Done, Item, Place, finish, partnership_of, place, row_of, settle
from services.runs.acting.outgoing import Order
from services.runs.models import Delivery, StepRow, feed
from services.runs.wanting import wanted
from shared import ids
from shared.acts import By
from shared.errors import Invalid, TandemError

PROCESSOR = "send-email"
UNDER_WAY = ("queued", "sent")
NO_RECIPIENT = "It has no recipient."


def send(
    by: By, run_id: str, step_id: str, told: dict[str, Any], *, new_id: str, now: datetime, expected: int | None = None
) -> Done:
    """Send the e-mail of a row (`to`, `subject`, `body` in place of its draft where given), or with `all` those of every
    open row. One that is queued or was sent is answered again and not sent twice.

    Invalid without a recipient; Conflict while nobody knows whether it went out, and for a partnership that is gone.
    """
    if told.get("all"):
        return _send_all(by, run_id, step_id, now, expected)
    with feed.transaction():
        found = place(by, run_id, step_id, told, expected)
        item = _send(by, found, told, now)
    return Done(item.status, [item])


def _send_all(by: By, run_id: str, step_id: str, now: datetime, expected: int | None) -> Done:
    """A transaction a row, so that whatever ends it leaves whole mails; what is refused says why and holds up no other."""
    with feed.transaction():
        _, step = steps.at_work(by, run_id, step_id, expected)
        rows = [
            row for row in models.rows.of_step(step.id) if row.state == "open" and row.subject_kind == "partnership"
        ]
    items = [_send_one(by, run_id, step_id, row, now) for row in rows]
    statuses = {item.status for item in items}
    return Done(next((status for status in ("queued", "refused") if status in statuses), "done"), items)


def _send_one(by: By, run_id: str, step_id: str, row: StepRow, now: datetime) -> Item:
    def send_it() -> Item:
        with feed.transaction(), feed.savepoint():
            return _send(by, place(by, run_id, step_id, {"row_id": row.id}, None), {}, now)

    try:
        return feed.again(send_it)
    except Invalid as error:
        reason = "; ".join(" ".join(map(str, why)) for why in error.errors.values() if isinstance(why, list))
        return Item("refused", row.id, row.subject_id, reason=reason or error.message)
    except TandemError as error:
        return Item("refused", row.id, row.subject_id, reason=error.message)


def _send(by: By, found: Place, told: dict[str, Any], now: datetime) -> Item:
    partnership = partnership_of(found)
    added = found.row is None
    row = row_of(by, found, now)
    delivery_id = ids.named("delivery", row.id)
    delivery = models.deliveries.known(row.tenant_id, delivery_id)
    if delivery is not None and delivery.status in UNDER_WAY:
        return _item(found, row, delivery)
    outgoing.require_known(delivery)
    mail = _composed(by, found, row, told, now)
    order = _order(by, mail, partnership.id)
    if delivery is None:
        where = {"partnership_id": partnership.id, "row_id": row.id, **found.here}
        delivery = outgoing.queue(by, "email", order, delivery_id, now, **where)
    else:
        outgoing.again(by, delivery, order, now)
    draft = {name: mail[name] for name in ("to", "subject", "body")}
    finish(by, found, "send_email", now, added=added, columns={"draft": draft}, deliveryId=delivery.id)
    settle(by, found, "queued e-mail", now, to=mail["to"], subject=mail["subject"], deliveryId=delivery.id)
    return _item(found, row, delivery)


def _item(found: Place, row: StepRow, delivery: Delivery) -> Item:
    status = "done" if delivery.status == "sent" else "queued"
    return Item(status, row.id, found.partnership.id if found.partnership else None, delivery.id)


def _composed(by: By, found: Place, row: StepRow, told: dict[str, Any], now: datetime) -> dict[str, Any]:
    """What goes out: what was told, else the row's draft, else one made now."""
    draft = row.draft or _draft(by, found, now)
    mail = {
        name: told.get(name) if told.get(name) is not None else draft.get(name) for name in ("to", "subject", "body")
    }
    errors: dict[str, list[str]] = {}
    recipients = [(one, addresses.parsed(one)) for one in mail["to"] or []]
    if not recipients:
        errors["to"] = [NO_RECIPIENT]
    elif bad := [one for one, parsed in recipients if parsed is None]:
        errors["to"] = [f"Not an e-mail address: {one}." for one in bad]
    errors |= {name: ["It is empty."] for name in ("subject", "body") if not (mail[name] or "").strip()}
    if errors:
        raise Invalid("The e-mail cannot be sent.", errors=errors)
    return mail | {"recipients": [parsed for _, parsed in recipients if parsed]}


def _draft(by: By, found: Place, now: datetime) -> dict[str, Any]:
    asked = wanted(found.step.action_type, found.step.config)
    partnership, today = partnership_of(found), gathering.today_of(found.run.tenant_id, now)
    return gathering.drafts_for(by, found.run, found.step, asked, [partnership], today)[partnership.id]


def _order(by: By, mail: dict[str, Any], partnership_id: str) -> Order:
    names = ", ".join(one.get("name") or one["email"] for one in mail["recipients"])
    told = {"to": mail["recipients"], "subject": mail["subject"], "body": mail["body"]}
    return Order(
        processor=PROCESSOR,
        title=f"E-mail to {names}",
        recipients=mail["recipients"],
        subject=mail["subject"],
        body=mail["body"],
        metadata=told | {"fromName": by.name, "partnershipId": partnership_id} | outgoing.reply_to(by),
    )
