"""The endpoints for monitoring: /livez, /readyz and /metrics."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask, Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
    values,
)

from shared.database import connection
from shared.feed.changes import Feed
from shared.feed.parked_changes import ParkedChanges
from shared.ground.json_types import JsonObject
from shared.web import readiness


@dataclass
class Health:
    """What /readyz checks besides the database.

    Each function in `degraded` returns why something does not work, "" when it does; it is shown and does not make the
    service unready. In each of `folders` a file must be writable.
    """

    degraded: dict[str, Callable[[], str]] = field(default_factory=dict)
    folders: list[Path] = field(default_factory=list)


METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""Methods with their own label. A method can be any word, and each label is kept for ever."""

SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"


def share_metrics(folder: Path) -> None:
    """Let the processes of one API share their counters in files of this folder. Call it before they are forked."""
    os.environ[SHARED_FOLDER] = str(folder)
    values.ValueClass = values.MultiProcessValue()


class Metrics:
    """The metrics of one application, in its own registry so that tests may make many."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.seconds = Histogram(
            "tandem_http_request_seconds",
            "Time to answer a request.",
            ("method", "route", "status"),
            registry=self.registry,
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
        )
        self.parked = Gauge(
            "tandem_feed_parked",
            "Changes of others that could not be applied.",
            registry=self.registry,
            multiprocess_mode="mostrecent",
        )
        self.errors = Counter("tandem_http_errors", "Requests that ended in an error of ours.", registry=self.registry)

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request. The labels are limited to our own words, so that callers cannot create more."""
        self.seconds.labels(method if method in METHODS else "other", route, str(status)).observe(seconds)

    def text(self) -> bytes:
        """All metrics, with those of the other processes of this API."""
        registry = self.registry
        if SHARED_FOLDER in os.environ:
            registry = CollectorRegistry()
            multiprocess.MultiProcessCollector(registry)
        return generate_latest(registry)


def add_routes(app: Flask, feed: Feed, migrations: Path, health: Health, metrics: Metrics) -> None:
    """Add /livez, /readyz and /metrics."""
    checks = readiness.of_service(feed, migrations, health.folders, health.degraded)

    @app.route("/livez")
    def livez() -> Any:
        return {"status": "ok"}

    @app.route("/readyz")
    def readyz() -> Any:
        ready, states, reasons = checks.run()
        body: JsonObject = {"status": "ok" if ready else "unavailable", **states}
        return (body | {"reasons": reasons} if reasons else body), 200 if ready else 503

    @app.route("/metrics")
    def figures() -> Any:
        with connection.session(feed.database):
            metrics.parked.set(ParkedChanges(feed.tables).count())
        return Response(metrics.text(), content_type=CONTENT_TYPE_LATEST)
