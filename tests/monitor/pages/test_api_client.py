"""What pages ask of other contexts over real HTTP: whole lists, what is gone, and contexts that do not answer."""

from __future__ import annotations

import json
import socket
import threading
from dataclasses import replace

import pytest
from werkzeug import Request, Response

from services.monitor import clients
from services.monitor.pages import api_client, guided_run
from shared.ground import errors
from shared.ground.principal import Principal
from tests.monitor.pages.conftest import words

ANA = Principal("person", "ana", "Ana", "demo", roles=frozenset({"member"}))


@pytest.fixture
def owners_at(settings):
    """`owners_at(url)` -> the other contexts answer there until the test is over."""

    def connect(url):
        clients.connect(replace(settings, urls=dict.fromkeys(settings.urls, url)))

    yield connect
    clients.connect(settings)


@pytest.fixture
def frozen():
    """The address of a process that takes connections and never answers, and the connections that it has taken."""
    door, taken = socket.create_server(("127.0.0.1", 0)), []

    def take():
        while True:
            try:
                taken.append(door.accept()[0])
            except OSError:
                return

    threading.Thread(target=take, daemon=True).start()
    yield f"http://127.0.0.1:{door.getsockname()[1]}", taken
    door.close()
    for connection in taken:
        connection.close()


def pages_of(rows):
    """A list over REST, a hundred rows a page."""

    def answer(request: Request) -> Response:
        begin = int(request.args.get("cursor", 0))
        following = str(begin + 100) if begin + 100 < len(rows) else None
        body = {"items": rows[begin : begin + 100], "pagination": {"next": following}}
        return Response(json.dumps(body), content_type="application/json")

    return answer


def test_lists_beside_a_page_are_whole(app, visitor, httpserver, owners_at):
    rows = [{"id": f"customer-{number}", "name": f"Customer {number}"} for number in range(250)]
    httpserver.expect_request("/api/customers").respond_with_handler(pages_of(rows))
    owners_at(httpserver.url_for(""))
    with app.app_context():
        assert api_client.every("workflows", "/api/customers", ANA) == rows


def test_a_deleted_partnership_takes_no_other_with_it(app, visitor, httpserver, owners_at):
    httpserver.expect_request("/api/partnerships/kept").respond_with_json({"id": "kept", "name": "Kept"})
    gone = {"title": "Not found", "detail": "There is no such partnership.", "status": 404}
    httpserver.expect_request("/api/partnerships/gone").respond_with_json(gone, status=404)
    owners_at(httpserver.url_for(""))
    with app.app_context():
        assert [one["id"] for one in guided_run._linked(ANA, ["gone", "kept"])] == ["kept"]


def test_only_silence_is_shown_as_nothing():
    def refuse():
        raise errors.Invalid("No.")

    with pytest.raises(errors.Invalid):
        guided_run._or_nothing(refuse)


def test_a_page_waits_for_a_frozen_context_once_and_not_twice(ana, frozen, owners_at, monkeypatch):
    address, taken = frozen
    monkeypatch.setattr(clients, "PAGE_SECONDS", 0.2)
    owners_at(address)
    answer = ana.get("/app/renewals")  # asks for the stages and the customers
    assert answer.status_code == 200
    assert "not answering" in words(answer)
    assert len(taken) == 1


def test_a_page_waits_for_a_frozen_context_about_two_seconds():
    assert clients.PAGE_SECONDS == 2
