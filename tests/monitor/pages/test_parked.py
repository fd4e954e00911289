"""Admin, parked changes: those of every part with their reason, and a way to try each again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.monitor import clients
from services.monitor.actors import reader
from services.monitor.models import database, feed
from shared.database.connection import session
from shared.ground import clock
from tests.monitor.pages.conftest import HOSTILE, OURS

PAGE = {"limit": 100, "offset": 0, "total": 1, "totalIsExact": True, "next": None}
OF_RUNS = {
    "source": "executor",
    "kind": "ai-task",
    "subject": "t-1",
    "tenantId": "demo",
    "version": 3,
    "error": HOSTILE,
    "parkedAt": "2026-11-21T12:00:00Z",
    "tries": 4,
    "retryAt": "2026-11-21T12:30:00Z",
}


@pytest.fixture
def olga(enter):
    return enter("olga")


@pytest.fixture
def runs(olga, settings, httpserver):
    """A server in the place of runs with one parked change; the other parts do not answer."""
    httpserver.expect_request("/api/parked-changes").respond_with_json({"items": [OF_RUNS], "pagination": PAGE})
    httpserver.expect_request("/api/parked-changes/retry", method="POST").respond_with_json({"retried": 1}, 202)
    clients.connect(replace(settings, urls=settings.urls | {"runs": httpserver.url_for("").rstrip("/")}))
    yield httpserver
    clients.connect(settings)


@pytest.fixture
def broken_act(monitor):
    """A change of the executor that the monitor could not apply."""
    with feed.transaction():
        reader.parked_changes.park(
            "executor",
            "act",
            "act-1",
            tenant_id="demo",
            version=7,
            error=ValueError("no such day"),
            now=clock.now(),
        )


@pytest.mark.usefixtures("broken_act", "runs")
def test_parked_changes_of_every_part_are_shown_as_text_with_their_reason(olga):
    page = olga.get("/app/admin/parked").text
    assert "ValueError: no such day" in page
    assert "t-1" in page
    assert HOSTILE not in page
    assert page.count("are not answering") == 2


@pytest.mark.usefixtures("runs")
def test_one_of_another_part_is_tried_again_by_hand(olga, runs):
    form = {"service": "runs"} | {name: OF_RUNS[name] for name in ("source", "kind", "subject")}
    answer = olga.post("/app/admin/parked/retry", data=form, headers=OURS, follow_redirects=True)
    assert "1 will be tried again" in answer.text
    sent = [request.get_json() for request, _ in runs.log if request.method == "POST"]
    assert sent == [{name: OF_RUNS[name] for name in ("source", "kind", "subject")}]


@pytest.mark.usefixtures("broken_act", "runs")
def test_one_of_the_console_itself_is_due_at_once_and_leaves_the_list(olga):
    form = {"service": "monitor", "source": "executor", "kind": "act", "subject": "act-1"}
    olga.post("/app/admin/parked/retry", data=form, headers=OURS)
    told = {"changes": []}
    assert reader.retry_parked("executor", lambda kind, ids: told, clock.now()) == 1
    assert "no such day" not in olga.get("/app/admin/parked").text
    again = olga.post("/app/admin/parked/retry", data=form, headers=OURS, follow_redirects=True)
    assert "parked no longer" in again.text


@pytest.mark.usefixtures("broken_act")
def test_a_member_and_another_tenant_see_nothing_of_it(enter):
    assert enter("ana").get("/app/admin/parked").status_code == 403
    with session(database):
        assert reader.parked_changes.page("rival", limit=10).items == []
