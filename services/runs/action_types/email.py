"""Sends e-mails: one for each row, drafted, and sent once even if the button is pressed twice or a process is
killed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError, fields, validate

from services.runs import addresses, delivery_kinds, delivery_requests, drafting, models
from services.runs.action_types import action_fields
from services.runs.action_types.action import (
    Action,
    ActionContext,
    Count,
    Done,
    Errors,
    LogEntry,
    SubjectCommand,
    names_subject,
    posted,
)
from services.runs.action_types.action_type import ActionType, Purpose, RowColumns
from services.runs.days import Today
from services.runs.delivery_requests import Order
from services.runs.fields import Recipients
from services.runs.models import Delivery, Partnership, replicas
from services.runs.step_rows.step_context import StepContext
from services.runs.step_rows.step_records import StepRecords
from shared.contracts.camel import StoredSchema, camel
from shared.contracts.strict import Flag, line, on_one_line, prose
from shared.ground import ids
from shared.ground.errors import Invalid
from shared.ground.json_types import JsonObject

ALREADY_REQUESTED = ("queued", "sent")
PARTS = ("to", "subject", "body")
NO_RECIPIENT = "It has no recipient."
PLACEHOLDERS = ("contact", "partnership", "sender", "last")


@dataclass(frozen=True, kw_only=True)
class SendEmail(SubjectCommand):
    """Send the e-mail of a row. `to`, `subject` and `body` replace those of its draft if given."""

    to: list[str] | None = posted(Recipients(), None)
    subject: str | None = posted(line(drafting.LONGEST_SUBJECT), None)
    body: str | None = posted(prose(action_fields.LONGEST_BODY), None)
    all: bool = posted(Flag(), False)


def send(context: ActionContext, command: SendEmail) -> Done:
    """Ask the executor to send the e-mail of a row. If it is queued or was sent already, send nothing, and
    return the same delivery with its present status.

    Invalid when the recipient, the subject or the text is missing, or an address is not valid; Conflict while it is
    unknown whether it was sent, and for a partnership that was removed.
    """
    partnership, added = context.require_partnership(), context.row is None
    row = context.row_for_partnership()
    delivery_id = ids.named("delivery", row.id)
    delivery = models.deliveries.get_or_none(row.tenant_id, delivery_id)
    if delivery is not None and delivery.status in ALREADY_REQUESTED:
        return _done(context, delivery)
    delivery_requests.require_outcome(delivery)
    mail = _compose(context, command)
    order = _order(context, mail, partnership.id)
    held: Any = {"leaves_at": context.leaves_at, "undoes": context.row_as_it_is}
    if delivery is None:
        where = {"partnership_id": partnership.id, "row_id": row.id, **context.origin}
        delivery = delivery_requests.queue(
            context.by, delivery_kinds.EMAIL, order, delivery_id, context.now, **where, **held
        )
    else:
        delivery_requests.resend(context.by, delivery, order, context.now, **held)
    draft = {part: mail[part] for part in PARTS}
    context.finish_row("send_email", added=added, columns={"draft": draft}, deliveryId=delivery.id)
    details = {"to": mail["to"], "subject": mail["subject"], "deliveryId": delivery.id}
    return _done(context, delivery, LogEntry("queued e-mail", details))


def _done(context: ActionContext, delivery: Delivery, log: LogEntry | None = None) -> Done:
    status = "done" if delivery.status == "sent" else "queued"
    return context.done(log, made_id=delivery.id, status=status)


def _compose(context: ActionContext, command: SendEmail) -> JsonObject:
    """The e-mail to send: each part from the command, else from the row's draft, or from a new draft if the row has
    none. Invalid for an e-mail that cannot be sent."""
    partnership, row = context.require_partnership(), context.row_for_partnership()
    draft = row.draft or _drafts(context, [partnership])[partnership.id]
    given: JsonObject = {"to": command.to, "subject": command.subject, "body": command.body}
    mail: JsonObject = {part: draft.get(part) if given[part] is None else given[part] for part in PARTS}
    errors: Errors = {}
    recipients = [(entry, addresses.parsed(entry)) for entry in mail["to"] or []]
    if not recipients:
        errors["to"] = [NO_RECIPIENT]
    elif bad := [entry for entry, address in recipients if address is None]:
        errors["to"] = [f"Not an e-mail address: {entry}." for entry in bad]
    errors |= {part: ["It is empty."] for part in ("subject", "body") if not (mail[part] or "").strip()}
    if errors:
        raise Invalid("The e-mail cannot be sent.", errors=errors)
    return mail | {"recipients": [address for _, address in recipients if address]}


def _order(context: ActionContext, mail: JsonObject, partnership_id: str) -> Order:
    recipients, by = mail["recipients"], context.by
    names = ", ".join(address.get("name") or address["email"] for address in recipients)
    metadata = {"to": recipients, "subject": mail["subject"], "body": mail["body"], "fromName": on_one_line(by.name)}
    return Order(
        title=f"E-mail to {names}",
        recipients=recipients,
        subject=mail["subject"],
        body=mail["body"],
        metadata=metadata | {"partnershipId": partnership_id} | delivery_requests.reply_to(by),
    )


def _drafts(context: StepContext, partnerships: list[Partnership]) -> dict[str, JsonObject]:
    """A personal e-mail for each partnership, drafted from the last activity that both sides know of. It is signed by
    the owner of the step, else of the run, else by the caller."""
    tenant_id = context.run.tenant_id
    last = models.step_queries.latest(tenant_id, [partnership.id for partnership in partnerships], drafting.QUOTED)
    owner = context.step.owner or context.run.owner
    sender = replicas.names(tenant_id, [owner]).get(owner, context.by.name) if owner else context.by.name
    template = context.config.options.get("email") or {}
    return {
        partnership.id: drafting.email(partnership, last.get(partnership.id), sender, context.today, template).as_json()
        for partnership in partnerships
    }


def _names_row_or_all(values: Any) -> Errors:
    """A row or a partnership is named, or `all` alone, because each row is then sent as it is drafted."""
    if not values.get("all"):
        return names_subject(values)
    fields_of_one = ("row_id", "partnership_id", *PARTS)
    return {camel(name): ["Not together with all."] for name in fields_of_one if name in values}


def _only_placeholders(text: str) -> None:
    """ValidationError for a placeholder that does not exist."""
    unknown = sorted({name for name in re.findall(r"\{([^{}]*)\}", text) if name not in PLACEHOLDERS})
    if unknown:
        there = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        raise ValidationError(f"{{{unknown[0]}}} is not known; there are {there}.")


class MailSchema(StoredSchema):
    """The text that replaces the drafted one."""

    subject = line(300, validate=_only_placeholders)
    body = fields.String(validate=[validate.Length(1, 20_000), _only_placeholders])


def _mails(*statuses: str) -> Any:
    return lambda records: sum(mail.status in statuses for mail in records.mails)


SENT = Count("emailsSent", "e-mail sent", "e-mails sent", of=_mails("sent"))
QUEUED = Count("emailsQueued", "e-mail on its way", "e-mails on their way", of=_mails("queued"))
FAILED = Count("emailsFailed", "e-mail failed", "e-mails failed", of=_mails("failed", "unknown", "cancelled"))
SAID_OF_STATUS = {"sent": "Sent", "queued": "On its way", "unknown": "Perhaps sent"}


class Email(ActionType):
    """A step in which a person writes e-mails to partnerships; by default to the three most important that need a
    follow-up."""

    name = "email"
    actions = (
        Action(
            "send_email",
            SendEmail,
            send,
            check=_names_row_or_all,
            counts=(SENT, QUEUED, FAILED),
            survives_reset=True,
            taken_back_by=(),
        ),
    )
    purpose = Purpose((SENT.name, QUEUED.name), "No e-mail has been sent yet.")
    open_rows_phrase = "without an e-mail"
    expects = "each"
    filter = {"needs": "follow_up"}
    limit = 3
    config_fields = {"email": fields.Nested(MailSchema)}
    always_shown = ("delivery",)
    begins_with_marked = True

    def drafts(self, context: StepContext, partnerships: list[Partnership]) -> dict[str, JsonObject]:
        """A personal e-mail for each partnership."""
        return _drafts(context, partnerships)

    def row_columns(self, context: StepContext, partnerships: list[Partnership]) -> RowColumns:
        """Adds the draft of the row."""
        return lambda partnership, draft: {"draft": draft}

    def kept_after_reset(self, records: StepRecords, today: Today) -> list[str]:
        """A sentence for each mail, with its status."""
        return [
            f"{SAID_OF_STATUS.get(mail.status, 'Not sent')}: “{mail.subject}” to "
            f"{', '.join(person['email'] for person in mail.recipients)}."
            for mail in records.mails
            if mail.status != "withdrawn"
        ]
