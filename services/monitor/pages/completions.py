"""What fields complete while one types into them."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from services.monitor.pages import customers, frame, time_zones
from shared.web import callers

OPTIONS = "frame/options.html"

blueprint = frame.page_blueprint("completions", __name__)


@blueprint.get("/app/customer-names")
@callers.needs("member")
def customer_names() -> Any:
    """The names of customers that begin as was typed, as the options of a field."""
    return render_template(OPTIONS, names=customers.beginning(request.args.get("customer", "")))


@blueprint.get("/app/time-zones")
@callers.needs("member")
def zones() -> Any:
    """The time zones that contain what was typed, as the options of a field."""
    return render_template(OPTIONS, names=time_zones.containing(request.args.get("timeZone", "")))
