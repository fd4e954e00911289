"""Measures each request and writes it to the log, once the status of its answer is known."""

from __future__ import annotations

import logging
import time

from flask import g, request

from shared.web import current_service

log = logging.getLogger(__name__)

QUIET = ("/internal/changes", "/livez", "/readyz", "/metrics", "/static")
"""Requests under these prefixes are not worth a line of the log."""


def begin() -> None:
    """Note when the request began."""
    g.began = time.perf_counter()


def postpone() -> None:
    """Leave the request unmeasured when its response is made: whoever sends the rest of it calls `end`."""
    g.measured_later = True


def is_postponed() -> bool:
    """Whether whoever sends the rest of the answer measures the request."""
    return bool(g.get("measured_later"))


def end(status: int) -> None:
    """Measure and log the request, which ended with this status."""
    seconds = time.perf_counter() - g.get("began", time.perf_counter())
    route = request.url_rule.rule if request.url_rule else "none"
    current_service.current().metrics.observe(request.method, route, status, seconds)
    level = logging.DEBUG if request.path.startswith(QUIET) else logging.INFO
    fields = {"method": request.method, "path": request.path, "status": status, "ms": round(seconds * 1000, 1)}
    log.log(level, "request", extra=fields)
