"""What the application of this process is made of, for whatever answers a request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app

from shared.feed.changes import Feed
from shared.ground.settings import Settings
from shared.security import tokens
from shared.web.health import Metrics

EXTENSION = "tandem"


@dataclass
class Service:
    """The parts of one service's application; `shared.web.application.make_app` says what each is."""

    settings: Settings
    feed: Feed
    verifier: tokens.Verifier
    authenticate: Callable[[], tokens.Caller | None] | None
    deactivated: Callable[[str, str], bool]
    metrics: Metrics


def current() -> Service:
    """The service of the current application."""
    service: Service = current_app.extensions[EXTENSION]
    return service


def settings() -> Settings:
    """The settings of the current application."""
    return current().settings
