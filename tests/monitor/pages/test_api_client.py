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
from tests.house import eventually
from tests.monitor.pages.conftest import OURS, words

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
        api_client.optional("", refuse, [])


def test_a_page_waits_for_a_frozen_context_once_and_not_twice(app, visitor, frozen, owners_at, monkeypatch):
    address, taken = frozen
    monkeypatch.setattr(clients, "PAGE_SECONDS", 0.2)
    owners_at(address)
    with app.app_context():
        for path in ("/api/customers", "/api/contacts"):
            with pytest.raises(errors.Unavailable):
                api_client.get("workflows", path, ANA)
    assert len(taken) == 1


def test_a_page_asks_a_frozen_context_all_its_questions_at_once_and_says_so(ana, frozen, owners_at, monkeypatch):
    address, taken = frozen
    monkeypatch.setattr(clients, "PAGE_SECONDS", 0.2)
    owners_at(address)
    answer = ana.get("/app/renewals")  # asks for the customers and their stages
    assert answer.status_code == 200
    assert "not answering" in words(answer)
    assert len(taken) == 2


def test_a_page_waits_for_a_frozen_context_about_two_seconds():
    assert clients.PAGE_SECONDS == 2


AN_HOUR = 3600.0


def test_who_comes_after_one_that_waited_in_vain_waits_hardly(ana, frozen, owners_at, monkeypatch):
    owners_at(frozen[0])
    monkeypatch.setattr(clients, "PAGE_SECONDS", 0.2)
    monkeypatch.setattr(clients, "DOUBTED_FOR", AN_HOUR)
    assert "not answering" in words(ana.get("/app/contacts"))
    monkeypatch.setattr(clients, "PAGE_SECONDS", AN_HOUR)
    answer = ana.get("/app/contacts")
    assert (answer.status_code, "not answering" in words(answer)) == (200, True)


def test_several_frozen_contexts_cost_a_page_no_more_than_one(app, visitor, frozen, owners_at, monkeypatch):
    owners_at(frozen[0])
    monkeypatch.setattr(clients, "PAGE_SECONDS", 1.0)
    asked = clients.Questions()
    for service in clients.OWNERS:
        with app.app_context(), pytest.raises(errors.Unavailable):
            asked.ask(service, "/api/x", {}, ANA)
    assert asked._patience <= 0


def test_a_context_that_answers_is_doubted_no_longer(
    app, visitor, frozen, owners_at, httpserver, settings, monkeypatch
):
    owners_at(frozen[0])
    monkeypatch.setattr(clients, "PAGE_SECONDS", 0.2)
    with app.app_context(), pytest.raises(errors.Unavailable):
        api_client.get("workflows", "/api/x", ANA)
    assert clients._answering["workflows"].doubted_until > 0
    httpserver.expect_request("/api/x").respond_with_json({"name": "Here"})
    clients._clients["workflows"] = clients.Client(
        replace(settings, urls=dict.fromkeys(settings.urls, httpserver.url_for(""))), "workflows"
    )
    with app.app_context():
        assert api_client.get("workflows", "/api/x", ANA) == {"name": "Here"}
    assert clients._answering["workflows"].doubted_until < 0


def test_who_comes_while_another_waits_in_vain_waits_hardly(app, visitor, frozen, owners_at, monkeypatch):
    address, taken = frozen
    owners_at(address)
    monkeypatch.setattr(clients, "PAGE_SECONDS", 20.0)
    asked = clients.Questions()

    def wait():
        with app.app_context(), pytest.raises(errors.Unavailable):
            asked.ask("workflows", "/api/x", {}, ANA)

    first = threading.Thread(target=wait)
    first.start()
    eventually(lambda: taken and clients._answering["workflows"].begin(20.0)[1] == clients.DOUBTED_SECONDS)
    with app.app_context(), pytest.raises(errors.Unavailable):
        clients.Questions().ask("workflows", "/api/x", {}, ANA)
    assert first.is_alive()
    for connection in taken:
        connection.close()
    first.join()


def test_questions_that_are_asked_together_answer_in_their_order(app, visitor, httpserver, owners_at):
    for number in range(4):
        httpserver.expect_request(f"/api/{number}").respond_with_json({"number": number})
    gone = {"title": "Not found", "detail": "There is none.", "status": 404}
    httpserver.expect_request("/api/gone").respond_with_json(gone, status=404)
    owners_at(httpserver.url_for(""))

    def ask(what):
        return lambda: api_client.get("runs", f"/api/{what}", ANA)

    with app.app_context():
        assert [one["number"] for one in api_client.together(*map(ask, range(4)))] == [0, 1, 2, 3]
        with pytest.raises(errors.NotFound):
            api_client.together(ask(1), ask("gone"))


TYPED = {"q": "x", "title": 'The "call" & <more>', "until": "2027-01-05"}


def test_what_was_typed_is_kept_when_a_form_is_not_answered(ana, owners_at):
    owners_at("http://127.0.0.1:9")
    answer = ana.post(
        "/app/tasks/act", data=TYPED | {"action": "snooze", "task": "t1:2", "reason": "On leave"}, headers=OURS
    )
    page = words(answer)
    assert answer.status_code == 503
    assert "Renewals and tasks are not answering" in page
    assert "Send it again" in page
    assert 'action="/app/tasks/act"' in answer.text
    kept = '<input type="hidden" name="title" value="The &#34;call&#34; &amp; &lt;more&gt;">'
    assert kept in " ".join(answer.text.split())


def test_a_form_of_htmx_that_is_not_answered_stays_as_it_is(ana, owners_at):
    owners_at("http://127.0.0.1:9")
    answer = ana.post(
        "/app/tasks/act", data=TYPED | {"action": "complete", "task": "t1:2"}, headers=OURS | {"HX-Request": "true"}
    )
    assert answer.status_code == 503
    assert (answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == ("#toasts", "beforeend")
    assert "Renewals and tasks are not answering" in words(answer)
    assert "What you typed is still here." in words(answer)
    assert "<h1" not in answer.text
