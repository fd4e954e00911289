"""The page of contacts: a list with search."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from services.monitor.pages import addresses, asking, customers, frame
from shared import web

blueprint = frame.room("contacts", __name__)


@blueprint.get("/app/contacts")
@web.needs("member")
def list_contacts() -> Any:
    """Contacts by name; the page stands while workflows is away."""
    chosen = addresses.chosen("q", "customer_id")
    body, away = asking.part(
        "Contacts cannot be shown.",
        lambda: _asked(chosen),
        {},
    )
    names = customers.names() if not away else {}
    pagination = body.get("pagination", {})
    return render_template(
        "contacts/list.html",
        chosen=chosen,
        away=away,
        contacts=body.get("items", []),
        customer_names=names,
        customers=list(names.items()),
        pagination=pagination,
        pages=addresses.pages(pagination.get("next")),
    )


def _asked(chosen: dict[str, str]) -> dict[str, Any]:
    wanted: dict[str, Any] = {"limit": 50, "cursor": request.args.get("cursor"), **chosen}
    return asking.get("workflows", "/api/contacts", **wanted)
