"""Questions to other services: errors come back as ours, questions are repeated, commands never."""

from __future__ import annotations

from dataclasses import replace

import pytest
from werkzeug import Request, Response

from shared import errors, http


@pytest.fixture
def client(make_settings, httpserver):
    told = make_settings("monitor")
    return http.Client(replace(told, urls=told.urls | {"workflows": httpserver.url_for("")}), "workflows", timeout=1)


def problem(status, **body):
    return Response(
        __import__("json").dumps({"title": "t", "detail": "d", **body}), status, content_type="application/problem+json"
    )


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, errors.Unauthenticated),
        (403, errors.Forbidden),
        (404, errors.NotFound),
        (409, errors.Conflict),
        (412, errors.Stale),
        (422, errors.Invalid),
        (500, errors.Unavailable),
    ],
)
def test_problem_details_come_back_as_our_errors(client, httpserver, status, kind):
    httpserver.expect_request("/x").respond_with_response(
        problem(status, errors={"name": ["too long"]}, allowed=["start"])
    )
    with pytest.raises(kind) as caught:
        client.post("/x")
    if status == 422:
        assert caught.value.errors == {"name": ["too long"]}
    if status == 409:
        assert caught.value.details["allowed"] == ["start"]


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
    lost = http.Client(replace(told, urls=told.urls | {"runs": "http://127.0.0.1:1"}), "runs", timeout=0.5)
    with pytest.raises(errors.Unavailable, match="runs is not answering"):
        lost.post("/x")
