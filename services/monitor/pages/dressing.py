"""What every template may use: the words of wording.py as filters, and where the static files are."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask

from services.monitor.pages import wording

STATIC = Path(__file__).parent.parent / "static"
TEMPLATES = Path(__file__).parent.parent / "templates"

FILTERS = (
    "ago",
    "appointment",
    "clock",
    "day",
    "days_left",
    "exact",
    "kind",
    "lasting",
    "many",
    "moment",
    "money",
    "percent",
    "rfc3339",
    "short",
    "unbroken",
    "words",
)


@cache
def asset(name: str) -> str:
    """The address of a static file; it changes with the file, so that browsers may keep it for ever."""
    return f"/static/{name}?v={hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"


def reason(result: Any) -> str:
    """The one line of an AI task's result that says why it failed."""
    if not isinstance(result, dict):
        return str(result or "")
    error = result.get("error") if isinstance(result.get("error"), dict) else result
    return str(error.get("message") or error.get("error") or error.get("summary") or "It failed without a word.")


def dress(app: Flask) -> None:
    """Give the application's templates their filters and globals."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters |= {name: getattr(wording, name) for name in FILTERS} | {"reason": reason}
    app.jinja_env.globals |= {"asset": asset, "look": wording.look}
