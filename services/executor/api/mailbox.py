"""The REST door of the local mailbox: what was sent, and what it says; nothing of it is rendered."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.executor.api.installation import here
from services.executor.schemas import MailArgs, MailPage, MailSchema
from shared import web
from shared.errors import NotFound

mailbox = Blueprint(
    "mailbox", __name__, url_prefix="/api/mailbox", description="The mailbox that stands in for a mail server."
)


@mailbox.get("")
@web.needs("member")
@mailbox.arguments(MailArgs, location="query")
@mailbox.response(200, MailPage)
def list_mail(asked: dict[str, Any]) -> dict[str, Any]:
    """The tenant's mails, newest first, by their headers."""
    return web.page_body(here().mailbox.listed(web.by().tenant_id, **asked))


@mailbox.get("/<mail_id>")
@web.needs("member")
@mailbox.response(200, MailSchema)
def read_mail(mail_id: str) -> dict[str, Any]:
    """One mail with its headers and its text, as text."""
    kept = here().mailbox.kept(web.by().tenant_id, mail_id)
    if kept is None:
        raise NotFound("The mailbox has no such mail.")
    return vars(kept.entry) | {"to": kept.entry.to} | kept.contents
