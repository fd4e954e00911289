"""The page of contacts: a list with search."""

from __future__ import annotations

from typing import Any

from flask import render_template

from services.monitor.pages import api_client, customers, frame, urls
from shared.web import application

blueprint = frame.page_blueprint("contacts", __name__)


@blueprint.get("/app/contacts")
@application.needs("member")
def list_contacts() -> Any:
    """Contacts by name. The page also loads while workflows is down."""
    chosen = urls.chosen("q", "customer_id")
    body, away = api_client.optional(
        "Contacts cannot be shown.", lambda: api_client.page("workflows", "/api/contacts", chosen), {}
    )
    names = customers.names() if not away else {}
    return render_template(
        "contacts/list.html",
        chosen=chosen,
        away=away,
        contacts=body.get("items", []),
        customer_names=names,
        customers=list(names.items()),
        **urls.paging(body),
    )
