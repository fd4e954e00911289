"""The console in front of the real owners, all in one process: its questions go to their applications instead of over a network."""

from __future__ import annotations

import io
import re
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter

from services.monitor import clients, people, sessions
from services.monitor.api import browser
from services.monitor.models import database
from shared.database.connection import session
from shared.ground import clock, ids
from shared.ground.principal import Principal

LINK = re.compile(r'(?:href|hx-get)="(/app/[^"#]*)')
NO_PAGES = ("/app/live", "/app/tasks/ask/", "/app/customers/act/")
"""Streams, and questions that are asked with what is selected in a list."""

ALIKE = 4
"""So many pages of one address with other ids are visited."""


class InProcess(BaseAdapter):
    """Answers requests by asking a Flask application."""

    def __init__(self, application: Any) -> None:
        super().__init__()
        self.application = application

    def send(self, request: Any, *_: Any, **__: Any) -> requests.Response:
        """See requests."""
        url = urlsplit(request.url)
        told = self.application.test_client().open(
            url.path, method=request.method, query_string=url.query, headers=dict(request.headers), data=request.body
        )
        answer = requests.Response()
        answer.status_code, answer.request, answer.url = told.status_code, request, request.url
        answer.headers.update(told.headers)
        answer.raw = io.BytesIO(told.data)
        return answer

    def close(self) -> None:
        """Nothing is open."""


def connect(applications: Any) -> None:
    """Let the console ask the applications of this process."""
    for name in clients.OWNERS:
        for scheme in ("http://", "https://"):
            clients.to(name)._session.mount(scheme, InProcess(applications[name][0]))


def signed_in(applications: Any, by: Principal, *, role: str = "admin") -> Any:
    """A browser in which a person of this role of the tenant of `by`, an admin, is signed in."""
    token = ids.new_id()
    client = applications["monitor"][0].test_client()
    with session(database):
        person = people.add(
            ids.new_id(), name="Console", email=f"{token}@console.test", role=role, by=by, now=clock.now()
        )
        sessions.make_link(person.email, token=token, by=by, now=clock.now())
        sessions.sign_in_with_link(token, token=f"cookie-{token}", now=clock.now())
    client.set_cookie(browser.COOKIE, f"cookie-{token}", domain="localhost")
    return client


def walked(client: Any, start: str = "/app/monitor") -> dict[str, Any]:
    """The answers of all pages that links lead to, by their address; of pages that differ in ids only the first few."""
    answers: dict[str, Any] = {}
    met: dict[str, int] = {}
    left = [start]
    while left:
        address = left.pop(0)
        kind = re.sub(r"[0-9a-f-]{36}|=[^&]*", "*", address)
        if address in answers or address.startswith(NO_PAGES) or met.get(kind, 0) >= ALIKE:
            continue
        met[kind] = met.get(kind, 0) + 1
        answers[address] = client.get(address)
        left += [unescape(link) for link in LINK.findall(answers[address].text)]
    return answers
