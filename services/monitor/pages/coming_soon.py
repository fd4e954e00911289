"""Pages for the parts of the console that this version does not have yet; each says what the part will be."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import render_template

from services.monitor.pages import frame
from shared.web import callers


class ComingSoon(NamedTuple):
    """A part of the console that is still to come; `href` and `link` lead to its present substitute."""

    name: str
    title: str
    text: str
    icon: str
    href: str = ""
    link: str = ""


PARTS = {
    "flows": ComingSoon(
        "Flows",
        "Flows are not in this version",
        "They will take chosen contacts through a sequence, and show where each one stands.",
        "flows",
        "/app/contacts",
        "Look at contacts",
    )
}

blueprint = frame.page_blueprint("coming_soon", __name__)


@blueprint.get("/app/<any(flows):name>")
@callers.needs("member")
def part(name: str) -> Any:
    """The page of a part that does not exist yet."""
    return render_template("coming_soon.html", part=PARTS[name])
