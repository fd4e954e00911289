"""What changes on a page while somebody looks at it."""

from __future__ import annotations

import re

import pytest

from services.monitor import live, reporting, seeding
from services.monitor.models import database
from services.monitor.pages import watching, watching_lists
from shared.database.connection import session
from shared.ground.principal import Principal
from tests.conftest import NOON
from tests.monitor.conftest import execution, notification
from tests.monitor.pages.conftest import HOSTILE
from tests.monitor.test_projecting import tell


@pytest.fixture
def looking(app, monitor):
    """`looking(kind, ...)` -> the parts that one page, open all the time, gets for a notification of this kind."""
    by = Principal("person", "ana", "Ana", "demo", roles=frozenset({"member"}))
    with session(database):
        seeding.seed(NOON)
    parts = watching.parts_of({}, by)

    def told(kind):
        with app.app_context(), session(database):
            return "".join(parts([live.Event(1, "notification", "n", "demo", False, notification(1, kind=kind))], by))

    return told


@pytest.fixture
def changed(app, monitor):
    """`changed(subject, name, view=...)` -> the parts that the page of this view gets when the subject changed."""

    def changed(subject, name="dev", kind="run", data=None, **watched):
        by = Principal(
            "person", name, name.title(), "demo", roles=frozenset({{"dev": "developer", "ana": "member"}[name]})
        )
        event = live.Event(live.head() + 1, kind, subject, "demo", False, data or {})
        with app.app_context(), session(database):
            return "".join(watching.parts_of(watched, by)([event], by))

    with session(database):
        seeding.seed(NOON)
    return changed


def row_of(run_id):
    """The snapshot that a live change of a run carries."""
    return reporting.row("demo", run_id).as_row()


def test_a_row_that_is_shown_is_patched_and_one_that_is_not_is_only_counted(changed, failed_run):
    told = {"view": "list", "ids": "execution-1", "from": "2026-11-21T11:30:00Z"}
    shown = changed("execution-1", data=row_of("execution-1"), **told)
    assert '<hx-partial hx-target="#run-execution-1" hx-swap="outerMorph">' in shown
    assert "The row is locked." in shown
    tell("workflow-execution", execution(2, createdAt="2026-11-21T12:00:00Z"))
    new = changed("execution-2", data=row_of("execution-2"), **told)
    assert "#run-execution-2" not in new
    assert "1 new run:" in new
    assert "1 new run:" not in changed("execution-2", data=row_of("execution-2"), **told, status="completed")


def test_a_runs_page_gets_its_parts_and_no_more_than_its_reader_may_see(changed, failed_run):
    told = {"view": "run", "id": "execution-1", "was": "running"}
    developer, member = (changed("execution-1", name, **told) for name in ("dev", "ana"))
    for target in ("#run-state", "#run-error", "#run-steps", "#run-facts", "#run-actions", "#toasts"):
        assert f'hx-target="{target}"' in developer
    assert "Traceback" in developer
    assert "The row is locked." in member
    assert "Traceback" not in member
    assert changed("execution-2", **told) == ""


def test_a_notification_reaches_the_bell_and_the_toasts_escaped(changed, monitor):
    tell("notification-request", notification(1, title=HOSTILE))
    parts = changed("notification-1", kind="notification", data=notification(1, title=HOSTILE))
    assert "1 unread" in parts
    assert "&lt;script&gt;" in parts
    assert "<script>" not in parts


def test_of_many_things_done_in_a_row_the_first_is_a_toast_and_each_failure_is(looking, monkeypatch):
    for kind, toast in (("task_done", True), ("task_done", False), ("task_failed", True), ("task_done", False)):
        parts = looking(kind)
        assert 'hx-target="#bell"' in parts
        assert ('hx-target="#toasts"' in parts) == toast
    monkeypatch.setattr(watching, "IN_A_ROW_SECONDS", 0)
    assert 'hx-target="#toasts"' in looking("task_done")


def test_opening_a_notification_leads_to_what_it_is_about_and_marks_it_read(ana):
    tell("notification-request", notification(1, link="/app/tasks"))
    [address] = re.findall(r'<a href="(/app/notifications/[^"]+/open)"', ana.get("/app/notifications").text)
    assert "1 unread" in ana.get("/app/notifications").text
    opened = ana.get(address)
    assert (opened.status_code, opened.headers["Location"]) == (303, "/app/tasks")
    assert "1 unread" not in ana.get("/app/notifications").text


def test_a_notification_that_leads_elsewhere_is_no_way_out_of_the_console(ana):
    tell("notification-request", notification(1, link="https://elsewhere.test/"))
    assert "/open" not in ana.get("/app/notifications").text
    assert ana.get("/app/notifications/notification-1/open").headers["Location"] == "/app/notifications"


def test_anothers_notification_cannot_be_opened(ana):
    tell("notification-request", notification(1, recipientId="somebody-else"))
    assert ana.get("/app/notifications/notification-1/open").status_code == 404


def test_the_figures_above_the_list_are_counted_once_for_all_who_look_until_something_happens(monitor, monkeypatch):
    monkeypatch.setattr(watching_lists, "STRIP_EVERY", 600.0)
    figures, counted = watching_lists._Figures(), []

    def look(runs):
        def count():
            counted.append(runs)
            return {"counted": len(counted)}

        return [figures.of(runs, live.head(), count)["counted"] for _ in range(5)]

    assert look("demo") == [1] * 5
    tell("workflow-execution", execution())
    assert look("demo") == [2] * 5
    assert look("acme") == [3] * 5
    for number in range(2 * watching_lists.MOST_COUNTED):
        look(number)
    assert len(figures._counted) <= watching_lists.MOST_COUNTED
