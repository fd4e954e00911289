"""Filters and globals for every template: the words of wording.py, and the addresses of static files."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from jinja2 import Template

from services.monitor.pages import audited, bundles, charts, forms, status_style, wording
from shared.contracts import stages
from shared.contracts.partnerships import STAGES

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
    "local_day",
    "many",
    "moment",
    "money",
    "part",
    "percent",
    "rfc3339",
    "sentence",
    "short",
    "unbroken",
    "words",
)


@cache
def asset(name: str) -> str:
    """The address of a static file; it changes with the file, so that browsers may cache it for ever."""
    content = bundles.BUNDLES[name].content if name in bundles.BUNDLES else (bundles.STATIC / name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:12]}"


def reason(result: Any) -> str:
    """The line of an AI task's result that says why it failed."""
    if not isinstance(result, dict):
        return str(result or "")
    within = result.get("error")
    error = within if isinstance(within, dict) else result
    return str(error.get("message") or error.get("error") or error.get("summary") or "It failed without a word.")


def template_in(kind: str, folder: str, usual: str) -> Template:
    """The template of a kind in a folder; the usual one if the kind has none."""
    return current_app.jinja_env.select_template([f"{folder}/{kind}.html", f"{folder}/{usual}.html"])


def install(app: Flask) -> None:
    """Give the application's templates their filters and globals."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters |= {name: getattr(wording, name) for name in FILTERS}
    app.jinja_env.filters |= {
        "as_day": forms.as_day,
        "line_points": charts.line_points,
        "reason": reason,
        "source": audited.source_of,
        "template_in": template_in,
    }
    app.jinja_env.globals |= {
        "asset": asset,
        "status_style": status_style.of,
        "first_stages": [(stage, stage) for stage in STAGES[:3]],
        "stage_names": stages.NAMES,
    }
