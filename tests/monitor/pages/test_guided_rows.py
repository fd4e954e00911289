"""The rows of a guided run: one by itself after an action on it, and live; and what a time at night says."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from services.monitor import clients
from services.monitor.pages import call_times
from services.monitor.pages.watching_guided import ChangedParts
from tests.monitor.pages.conftest import HOSTILE, OURS, words

STEP = {
    "id": "s-1", "title": "Look", "actionType": "review", "status": "in_progress", "config": {}, "version": 1,
    "allowed": ["complete"], "owner": None, "result": None, "summary": None, "description": "",
}  # fmt: skip


def row(number, **more):
    return {
        "id": f"row-{number}", "version": 1, "kind": "partnership", "partnershipId": f"p-{number}", "name": f"Partner {number}",
        "stage": "Active", "why": "Priority 1.", "gone": False, "stillMatches": True, "state": "open", "mark": None,
        "note": None, "outcome": None, "by": None, "lastContactAt": None, "contacts": [], "lastActivity": None, **more,
    }  # fmt: skip


def data_of(item, **more):
    expected = {"count": 2, "done": 1, "left": ["1 of 2 is not reviewed yet."]}
    shown = {"item": item, "step": STEP, "kind": "partnerships", "expected": expected, "waiting": []}
    return shown | {"marks": ["fine", "needs attention"], "attention": ["needs attention"], **more}


@pytest.fixture
def runs(ana, settings, httpserver):
    """The server in the place of runs; the other parts do not answer."""
    clients.connect(replace(settings, urls=settings.urls | {"runs": httpserver.url_for("").rstrip("/")}))
    yield httpserver
    clients.connect(settings)


def marked(ana, **more):
    told = {"rowId": "row-1", "version": "1", "mark": "fine", "swap": "row", **more}
    return ana.post("/app/runs/g-1/steps/s-1/act", data=told, headers=OURS)


def test_a_mark_asks_for_its_row_alone_and_answers_with_little(ana, runs):
    done = row(1, state="done", mark="needs attention", outcome={"attention": True}, note=HOSTILE)
    runs.expect_oneshot_request("/api/guided-runs/g-1/steps/s-1/actions", method="POST").respond_with_json(
        {"items": []}
    )
    runs.expect_oneshot_request("/api/guided-runs/g-1/steps/s-1/rows/row-1").respond_with_json(data_of(done))
    answer = marked(ana)
    assert answer.status_code == 200
    for place in ("#row-row-1", "#finish-s-1", "#left-s-1", "#track-s-1"):
        assert f'hx-target="{place}"' in answer.text
    assert "Calls for attention" in answer.text
    assert "#completed" not in answer.text, "what needs attention has no green tick"
    assert "<script>alert" not in answer.text
    assert len(answer.data) < 4_000
    assert len(runs.log) == 2


def test_a_mark_that_somebody_was_faster_with_says_so_in_the_row(ana, runs):
    runs.expect_request("/api/guided-runs/g-1/steps/s-1/actions", method="POST").respond_with_json(
        {"detail": "Stale."}, 412
    )
    runs.expect_request("/api/guided-runs/g-1/steps/s-1/rows/row-1").respond_with_json(data_of(row(1)))
    answer = marked(ana)
    assert answer.status_code == 412
    assert "It has changed since you opened it" in words(answer)


def test_what_was_refused_at_the_side_stays_there_with_what_was_typed(ana, runs):
    problem = {"detail": "No.", "errors": {"note": ["Too long."]}}
    runs.expect_request("/api/guided-runs/g-1/steps/s-1/rows/row-1", method="PATCH").respond_with_json(problem, 422)
    runs.expect_request("/api/guided-runs/g-1/steps/s-1/rows/row-1", method="GET").respond_with_json(data_of(row(1)))
    answer = marked(ana, do="keep", note="My words", swap="sheet")
    assert answer.status_code == 422
    assert 'hx-target="#sheet-body"' in answer.text
    assert 'value="My words"' in answer.text
    assert "Too long." in words(answer)


def test_taking_back_says_what_had_left_already(ana, runs):
    items = [
        {"id": "d-1", "status": "withdrawn", "reason": None, "leftAt": None},
        {"id": "d-2", "status": "refused", "reason": "The e-mail has already left, at 10:02.", "leftAt": "10:02"},
    ]
    runs.expect_request(
        "/api/guided-runs/g-1/withdraw", method="POST", json={"deliveryIds": ["d-1", "d-2"]}
    ).respond_with_json({"items": items})
    told = {"deliveryIds": ["d-1", "d-2"]}
    answer = ana.post("/app/runs/g-1/steps/s-1/withdraw", data=told, headers=OURS)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/app/runs/g-1")
    runs.expect_request("/api/guided-runs/g-1/withdraw", method="POST").respond_with_json({"items": items[1:]})
    runs.expect_request("/api/guided-runs/g-1/steps/s-1/rows/row-1").respond_with_json(data_of(row(1)))
    told = {"deliveryIds": "d-2", "rowId": "row-1", "swap": "row"}
    answer = ana.post("/app/runs/g-1/steps/s-1/withdraw", data=told, headers=OURS)
    assert "has already left, at 10:02" in words(answer)


def test_a_row_that_is_none_is_404(ana, runs):
    runs.expect_request("/api/guided-runs/g-1/steps/s-1/rows/none").respond_with_json({"detail": "No such row."}, 404)
    assert ana.get("/app/runs/g-1/steps/s-1/rows/none").status_code == 404


def page(*items, **run):
    data = {"items": list(items), "explanation": "", "whose": "mine", "truncated": False, "expected": {}, "waiting": []}
    return {"run": {"id": "g-1", "status": "in_progress", **run}, "steps": [STEP], "data": {"s-1": data}}


def test_live_only_the_rows_that_changed_are_sent_and_the_body_when_more_did(app):
    with app.app_context():
        changed = ChangedParts()
        assert changed.rows_of(page(row(1), row(2))) is None, "what the page shows is not known yet"
        assert changed.rows_of(page(row(1), row(2))) == []
        [found] = changed.rows_of(page(row(1), row(2, state="done")))
        assert (found.step["id"], found.item["id"]) == ("s-1", "row-2")
        assert changed.rows_of(page(row(1))) is None
        assert changed.rows_of(page(row(1), status="paused")) is None


@pytest.mark.parametrize(
    ("hour", "said"),
    [(6, "night"), (7, "Few people"), (8, ""), (17, ""), (18, "Few people"), (21, "night"), (3, "night")],
)
def test_a_time_that_is_night_there_says_so(hour, said):
    there = call_times._unusual(datetime(2026, 11, 24, hour, 30))
    assert said in there
    assert bool(said) == bool(there)
