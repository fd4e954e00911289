"""What those who watch a service ask of it: whether it lives, whether it is ready, and its figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from shared import database, migrating
from shared.feed import Feed


@dataclass
class Health:
    """What /readyz asks: `checks` must hold (else 503), `degraded` may fail and is only told."""

    checks: dict[str, Callable[[], bool]] = field(default_factory=dict)
    degraded: dict[str, Callable[[], bool]] = field(default_factory=dict)


class Metrics:
    """Figures of one application, in a registry of its own so that tests may make many."""

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
            "tandem_feed_parked", "Changes of others that could not be applied.", registry=self.registry
        )
        self.errors = Counter("tandem_http_errors", "Requests that ended in an error of ours.", registry=self.registry)


def add_doors(app: Flask, feed: Feed, migrations: Path, health: Health, metrics: Metrics) -> None:
    """Add /livez, /readyz and /metrics."""

    @app.route("/livez")
    def livez() -> Any:
        return {"status": "ok"}

    @app.route("/readyz")
    def readyz() -> Any:
        found: dict[str, str] = {}
        waiting = migrating.pending(feed.database, migrations)
        found["database"] = "ok"
        found["migrations"] = "pending: " + ", ".join(waiting) if waiting else "ok"
        found |= {name: "ok" if check() else "failed" for name, check in health.checks.items()}
        ready = all(state == "ok" for state in found.values())
        found |= {name: "ok" if check() else "degraded" for name, check in health.degraded.items()}
        return {"status": "ok" if ready else "unavailable", **found}, 200 if ready else 503

    @app.route("/metrics")
    def figures() -> Any:
        with database.session(feed.database):
            metrics.parked.set(feed.tables.parked.select().count())
        return Response(generate_latest(metrics.registry), content_type=CONTENT_TYPE_LATEST)
