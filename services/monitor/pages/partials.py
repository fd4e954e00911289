"""Renders parts of a page that htmx puts in place, whatever else the answer is for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template
from markupsafe import escape

Variables = dict[str, Any]
"""The variables of a template."""


def part(target: str, template: str, context: Mapping[str, Any], swap: str = "outerMorph") -> str:
    """A rendered template as an element that htmx puts at `target`."""
    rendered = render_template(template, **context)
    return f'<hx-partial hx-target="{escape(target)}" hx-swap="{swap}">{rendered}</hx-partial>'


def removed(target: str) -> str:
    """An element that makes htmx remove the one at `target`."""
    return f'<hx-partial hx-target="{escape(target)}" hx-swap="delete"></hx-partial>'
