"""How the console says durations, moments, states and shares."""

from __future__ import annotations

import pytest

from services.executor import states as executor
from services.monitor.pages import status_style, timeline, wording
from services.runs import states as runs
from services.workflows import states as workflows
from tests.conftest import NOON


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (wording.ago("2026-11-21T11:59:58Z", NOON), "just now"),
        (wording.ago("2026-11-21T11:59:15Z", NOON), "45 s ago"),
        (wording.ago("2026-11-21T11:01:00Z", NOON), "59 min ago"),
        (wording.ago("2026-11-20T12:00:00Z", NOON), "1 day ago"),
        (wording.ago("2026-11-24T12:00:00Z", NOON), "in 3 days"),
        (wording.ago("2026-01-02T12:00:00Z", NOON), "2 Jan 2026"),
        (wording.exact("2026-11-21T12:00:00Z", "Pacific/Auckland"), "22 Nov 2026, 01:00:00 NZDT"),
        (wording.lasting(0), "0 ms"),
        (wording.lasting(1234), "1.2 s"),
        (wording.lasting(60_000), "1 min"),
        (wording.lasting(200_000), "3 min 20 s"),
        (wording.lasting(7_500_000), "2 h 5 min"),
        (wording.lasting(345_600_000), "4 days"),
        (wording.money("248127.00", "USD"), "$248,127"),
        (wording.money("12000.50", "NZD"), "NZD 12,000.50"),
        (wording.money("-3721.90", "EUR"), "−€3,721.90"),
        (wording.money("much", "USD"), "much USD"),
        (wording.percent(0.068), "6.8 %"),
        (wording.days_left(0), "today"),
        (wording.days_left(-1), "1 day overdue"),
        (wording.many(1, "item"), "1 item"),
        (wording.many(1200, "item"), "1,200 items"),
        (wording.words("workflow-execution"), "Workflow execution"),
        (wording.words("gaps.missing_executiveSponsor"), "Gaps: missing executive sponsor"),
        (wording.words("ai-task"), "AI task"),
    ],
)
def test_the_console_says_it_as_people_do(said, words):
    assert said == words


@pytest.mark.parametrize(
    "life",
    [runs.RUN, runs.STEP, runs.DELIVERY, workflows.EXECUTION, workflows.STEP, workflows.TASK, executor.TASK],
    ids=lambda life: life.name,
)
def test_every_status_of_what_is_shown_has_a_look_of_its_own(life):
    assert [status for status in life.states if status not in status_style.STATUS_STYLES] == []


def test_a_status_that_nobody_foresaw_is_shown_in_grey_under_its_own_name():
    assert status_style.of("half_done") == status_style.StatusStyle("queued", "info", "Half done")


def test_a_bar_tells_waiting_from_working_and_stays_inside_the_run():
    run = {"createdAt": "2026-11-21T11:00:00Z", "completedAt": "2026-11-21T11:10:00Z"}
    worked = {
        "status": "completed",
        "createdAt": "2026-11-21T11:05:00Z",
        "startedAt": "2026-11-21T11:06:00Z",
        "completedAt": "2026-11-21T11:10:00Z",
    }
    begun = {"status": "failed", "startedAt": "2026-11-21T11:10:00Z", "completedAt": "2026-11-21T11:10:00Z"}
    place = timeline.layout(run, [worked, begun], NOON)
    assert place(worked) == timeline.StepBars(
        [timeline.Bar(50.0, 10.0, "wait"), timeline.Bar(60.0, 40.0, "completed")], "waited 1 min, worked 4 min"
    )
    [bar] = place(begun).bars
    assert bar.x + bar.width == 100
    assert place({"status": "pending"}) is None


def test_what_was_found_is_said_as_it_was_written():
    assert wording.sentence("no sentence says when a notice of non-renewal is due") == (
        "No sentence says when a notice of non-renewal is due."
    )
    assert (wording.sentence("It is so."), wording.sentence("")) == ("It is so.", "")
