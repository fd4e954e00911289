"""The REST API of the local mailbox: what was sent, as plain text."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.executor.api.installation import installation
from services.executor.schemas.sandboxes import MailArgs, MailPage, MailSchema
from shared.ground.errors import NotFound
from shared.security.link_masks import masked
from shared.web import callers, list_pages

mailbox = Blueprint(
    "mailbox", __name__, url_prefix="/api/mailbox", description="The mailbox that stands in for a mail server."
)


@mailbox.get("")
@callers.needs("member")
@mailbox.arguments(MailArgs, location="query")
@mailbox.response(200, MailPage)
def list_mail(filters: dict[str, Any]) -> dict[str, Any]:
    """The tenant's mails, newest first, by their headers."""
    return list_pages.page_body(installation().mailbox.page(callers.by().tenant_id, **filters))


@mailbox.get("/<mail_id>")
@callers.needs("member")
@mailbox.response(200, MailSchema)
def read_mail(mail_id: str) -> dict[str, Any]:
    """One mail with its headers and its text, as text; without the token of a sign-in link."""
    mail = installation().mailbox.get_or_none(callers.by().tenant_id, mail_id)
    if mail is None:
        raise NotFound("The mailbox has no such mail.")
    return vars(mail.entry) | {"to": mail.entry.to} | masked(mail.contents)
