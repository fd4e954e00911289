"""What changes on a page while somebody looks at it."""

from __future__ import annotations

import pytest

from services.monitor import live, reporting, seeding
from services.monitor.models import database
from services.monitor.pages import watching
from shared.acts import By
from shared.database import session
from tests.conftest import NOON
from tests.monitor.conftest import execution, notification
from tests.monitor.pages.conftest import HOSTILE
from tests.monitor.test_projecting import tell


@pytest.fixture
def looking(app, monitor):
    """`looking(kind, ...)` -> the parts that one page, open all the time, gets for a notification of this kind."""
    by = By("person", "ana", "Ana", "demo", roles=frozenset({"member"}))
    with session(database):
        seeding.seed(NOON)
    parts = watching.parts_of({}, by)

    def told(kind):
        with app.app_context(), session(database):
            return "".join(parts(live.Event(1, "notification", "n", "demo", False, notification(1, kind=kind)), by))

    return told


@pytest.fixture
def changed(app, monitor):
    """`changed(subject, name, view=...)` -> the parts that the page of this view gets when the subject changed."""

    def changed(subject, name="dev", kind="run", data=None, **watched):
        by = By("person", name, name.title(), "demo", roles=frozenset({{"dev": "developer", "ana": "member"}[name]}))
        event = live.Event(live.head() + 1, kind, subject, "demo", False, data or {})
        with app.app_context(), session(database):
            return "".join(watching.parts_of(watched, by)(event, by))

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
