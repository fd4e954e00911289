"""The page that shows the OpenAPI document of a service to people."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response
from markupsafe import Markup


def add_route(app: Flask) -> None:
    """Add `/docs`."""

    @app.route("/docs")
    def docs() -> Any:
        return Response(
            _readable(app),
            content_type="text/html; charset=utf-8",
            headers={"Content-Security-Policy": "default-src 'none'"},
        )


def _readable(app: Flask) -> str:
    """The OpenAPI document as a plain page: every operation with its summary."""
    spec = app.test_client().get("/openapi.json").get_json()
    rows = [
        Markup("<tr><td><code>{} {}</code></td><td>{}</td></tr>").format(
            method.upper(), path, operation.get("summary", "")
        )
        for path, operations in spec["paths"].items()
        for method, operation in operations.items()
        if isinstance(operation, dict) and "responses" in operation
    ]
    return Markup(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>{0}</title><h1>{0}</h1><p>The whole description: '
        '<a href="/openapi.json">openapi.json</a></p><table>{1}</table></html>'
    ).format(spec["info"]["title"], Markup("").join(rows))
