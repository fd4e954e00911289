"""The forms of guided runs, against a server in the place of runs: what it refuses is said where it belongs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.monitor import clients
from tests.monitor.pages.conftest import OURS, words

RUN = {
    "id": "g-1",
    "name": "Review",
    "owner": "ana",
    "outcomeDraft": "Three were called.",
    "steps": [
        {"id": f"s-{number}", "title": title, "status": "pending", "owner": None, "version": 1}
        for number, title in enumerate(("Look", "Call"), start=1)
    ],
}
TOO_LONG = "Longer than maximum length 5000."


@pytest.fixture
def runs(ana, settings, httpserver):
    """The server in the place of runs, with one guided run; the other parts do not answer."""
    httpserver.expect_request("/api/guided-runs/g-1").respond_with_json(RUN, headers={"ETag": '"v3"'})
    clients.connect(replace(settings, urls=settings.urls | {"runs": httpserver.url_for("").rstrip("/")}))
    yield httpserver
    clients.connect(settings)


@pytest.mark.parametrize(
    ("status", "problem", "said"),
    [
        (422, {"detail": "That is not accepted.", "errors": {"outcome": [TOO_LONG]}}, TOO_LONG),
        (412, {"detail": "Stale."}, "It has changed since you opened it"),
        (409, {"detail": "A step is in progress."}, "A step is in progress."),
    ],
)
def test_a_run_that_cannot_be_completed_says_why_with_the_right_status_and_keeps_the_outcome(
    ana, runs, status, problem, said
):
    runs.expect_request("/api/guided-runs/g-1/complete", method="POST").respond_with_json(problem, status)
    answer = ana.post("/app/runs/g-1/complete", data={"outcome": "All good.", "version": "2"}, headers=OURS)
    assert answer.status_code == status
    assert said in words(answer)
    assert ">All good.</textarea>" in answer.text
    assert ('aria-invalid="true"' in answer.text) == (status == 422)


def test_a_step_that_is_not_of_the_run_is_not_taken_for_another(ana, runs):
    runs.expect_request("/api/guided-runs/g-1/steps/s-9/data").respond_with_json({"items": []})
    assert "Who takes “Call”?" in words(ana.get("/app/runs/g-1/assign?step_id=s-2"))
    for address in (
        "/app/runs/g-1/assign?step_id=s-9",
        "/app/runs/g-1/steps/s-9/shown",
        "/app/runs/g-1/steps/s-9/skip",
    ):
        answer = ana.get(address)
        assert (answer.status_code, "The run has no such step." in words(answer)) == (404, True), address


def test_a_run_of_own_steps_may_take_those_of_every_template(ana, runs):
    templates = [{"id": f"t-{number}", "name": f"Template {number}"} for number in range(130)]
    pages = [templates[:100], templates[100:]]
    for cursor, page in ((None, pages[0]), ("next", pages[1])):
        query = {"limit": "100"} | ({"cursor": cursor} if cursor else {})
        following = {"next": None if cursor else "next"}
        runs.expect_request("/api/run-templates", query_string=query).respond_with_json(
            {"items": page, "pagination": following}
        )
    for template in templates:
        step = {"key": "look", "title": "Look", "actionType": "review"}
        runs.expect_request(f"/api/run-templates/{template['id']}").respond_with_json(template | {"steps": [step]})
    offered = ana.get("/app/runs/new")
    assert [f'value="t-{number}/look"' in offered.text for number in range(130)] == [True] * 130
