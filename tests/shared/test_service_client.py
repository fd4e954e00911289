"""Questions to other services: errors come back as ours, questions are repeated, commands never."""

from __future__ import annotations

import socket
from dataclasses import replace

import pytest
import requests
from werkzeug import Request, Response

from shared.ground import errors
from shared.web import service_client


@pytest.fixture
def client(make_settings, httpserver):
    told = make_settings("monitor")
    return service_client.Client(
        replace(told, urls=told.urls | {"workflows": httpserver.url_for("")}), "workflows", timeout=1
    )


def problem(status, **body):
    return Response(
        __import__("json").dumps({"title": "t", "detail": "d", **body}), status, content_type="application/problem+json"
    )


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.Malformed),
        (401, errors.Unauthenticated),
        (403, errors.Forbidden),
        (404, errors.NotFound),
        (409, errors.Conflict),
        (412, errors.Stale),
        (413, errors.TooLarge),
        (422, errors.Invalid),
        (500, errors.Failed),
        (405, errors.Failed),
    ],
)
def test_problem_details_come_back_as_our_errors(client, httpserver, status, kind):
    httpserver.expect_request("/x").respond_with_response(
        problem(status, errors={"name": ["too long"]}, allowed=["start"], left=["one step"])
    )
    with pytest.raises(kind) as caught:
        client.post("/x")
    if status in (400, 409, 422):
        assert caught.value.errors == {"name": ["too long"]}
    if status == 409:
        assert caught.value.details == {"allowed": ["start"], "left": ["one step"]}


@pytest.mark.parametrize("name", ["x?limit=9", "x#y", "50%", "Ärger", "a b"])
def test_an_id_in_a_path_stays_an_id(client, httpserver, name):
    httpserver.expect_request(f"/things/{name}/end", query_string="").respond_with_json({"found": name})
    assert client.get(f"/things/{name}/end") == {"found": name}


def test_a_question_is_repeated_and_a_command_is_not(client, httpserver):
    asked = []

    def answer(request: Request) -> Response:
        asked.append(request.method)
        return Response("", 503)

    httpserver.expect_request("/x").respond_with_handler(answer)
    for ask in (client.get, client.post):
        with pytest.raises(errors.Unavailable):
            ask("/x")
    assert asked.count("GET") == 3
    assert asked.count("POST") == 1


def test_nobody_there_is_unavailable(make_settings):
    told = make_settings("monitor")
    lost = service_client.Client(replace(told, urls=told.urls | {"runs": "http://127.0.0.1:1"}), "runs", timeout=0.5)
    with pytest.raises(errors.Unavailable, match="runs is not answering"):
        lost.post("/x")


def test_a_question_that_was_too_slow_is_not_asked_again(make_settings):
    with socket.create_server(("127.0.0.1", 0)) as frozen:
        told = make_settings("monitor")
        url = f"http://127.0.0.1:{frozen.getsockname()[1]}"
        client = service_client.Client(replace(told, urls=told.urls | {"runs": url}), "runs", timeout=0.2)
        with pytest.raises(errors.Unavailable):
            client.get("/x")
        frozen.setblocking(False)
        frozen.accept()[0].close()
        with pytest.raises(BlockingIOError):
            frozen.accept()


@pytest.mark.parametrize("status", [500, 501, 505])
def test_a_service_that_failed_is_said_to_have_failed_with_the_id_that_its_log_has(client, httpserver, status):
    httpserver.expect_request("/x").respond_with_response(
        Response("Traceback: secret", status, {"X-Request-Id": "request-7"})
    )
    with pytest.raises(errors.Failed, match="workflows failed at this.*request-7") as caught:
        client.post("/x")
    assert caught.value.details == {"service": "workflows", "request_id": "request-7"}
    assert "not answering" not in caught.value.message
    assert "secret" not in caught.value.message


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_service_that_cannot_work_now_is_not_answering(client, httpserver, status):
    httpserver.expect_request("/x").respond_with_response(Response("", status))
    with pytest.raises(errors.Unavailable, match="workflows is not answering") as caught:
        client.post("/x")
    assert type(caught.value) is errors.Unavailable


@pytest.mark.parametrize("ask", ["get", "post"])
@pytest.mark.parametrize("body", [b"<html>secret</html>", b'{"cut', b"\xff\xfe\x00{"])
def test_a_service_whose_answer_cannot_be_read_is_said_to_have_failed(client, httpserver, ask, body):
    httpserver.expect_request("/x").respond_with_response(Response(body, 200, {"X-Request-Id": "request-7"}))
    with pytest.raises(errors.Failed, match="workflows failed at this.*request-7") as caught:
        getattr(client, ask)("/x")
    assert caught.value.details == {"service": "workflows", "request_id": "request-7"}
    assert "secret" not in caught.value.message


def test_a_command_may_be_answered_with_nothing_and_a_question_may_not(client, httpserver):
    httpserver.expect_request("/x").respond_with_response(Response(b"", 204))
    assert client.post("/x") is None
    with pytest.raises(errors.Failed):
        client.get("/x")


def test_what_is_no_json_is_our_own_mistake_and_not_the_other_sides(client):
    with pytest.raises(requests.exceptions.InvalidJSONError):
        client.post("/x", {"a": float("nan")})


def test_a_service_that_says_to_come_back_in_an_hour_is_not_waited_for(client, httpserver):
    away = Response("{}", 503, {"Retry-After": "3600"}, content_type="application/problem+json")
    httpserver.expect_request("/x").respond_with_response(away)
    with pytest.raises(errors.Unavailable):
        client.get("/x")
