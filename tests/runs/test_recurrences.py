"""Recurrences: one run a due time, whoever is first and however late, in the tenant's time zone over the changes of the clocks."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from services.runs import actors, lifecycle, models, partnerships, recurrence_timing, recurrences, templates
from services.runs.models import GuidedRun, Recurrence, feed, replicas
from shared.database.connection import session as database_session
from shared.feed.consumer import Change
from shared.ground import ids
from shared.ground.errors import Conflict, Invalid, NotFound, Stale
from tests.conftest import NOON
from tests.runs.conftest import ANA, MAX, OTHER, acts, know, live_in, make_partnership, refresh

pytestmark = pytest.mark.usefixtures("database")

MONDAY_NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
"""The first Monday after NOON, in UTC."""


def every(every="week", by=ANA, now=NOON, **told):
    timing = {"week": {"weekday": "monday", "at": "09:00"}, "month": {"day": 1, "at": "09:00"}, "cron": {}}[every]
    columns = {"template_id": "weekly-pipeline-review", "every": every, **timing, **told}
    return recurrences.create(by, recurrences.CreateRecurrence(**columns), recurrence_id=ids.new_id(), now=now)


def runs():
    return list(GuidedRun.select().order_by(GuidedRun.created_at, GuidedRun.id))


@pytest.mark.parametrize(
    ("told", "cron", "words"),
    [
        ({"every": "week"}, "0 9 * * 1", "every Monday at 09:00"),
        ({"every": "week", "weekday": "sunday", "at": "17:30"}, "30 17 * * 0", "every Sunday at 17:30"),
        ({"every": "month"}, "0 9 1 * *", "on the 1st of every month at 09:00"),
        ({"every": "month", "day": 22, "at": "08:05"}, "5 8 22 * *", "on the 22nd of every month at 08:05"),
        ({"every": "month", "day": 13}, "0 9 13 * *", "on the 13th of every month at 09:00"),
        ({"every": "month", "day": "last"}, "0 9 L * *", "on the last day of every month at 09:00"),
        ({"every": "cron", "cron": "30 8 * * 1-5"}, "30 8 * * 1-5", "at 08:30 on Monday through Friday"),
        ({"every": "cron", "cron": "30 8 31 * *"}, "30 8 31 * *", "at 08:30 on the 31st day of every month"),
        (
            {"every": "cron", "cron": "0 9 2,11,23 * *"},
            "0 9 2,11,23 * *",
            "at 09:00 on the second, the 11th, and the 23rd day of month",
        ),
    ],
)
def test_a_schedule_is_a_cron_expression_and_says_itself_in_words(told, cron, words):
    row = every(**told)
    assert (row.cron, recurrence_timing.in_words(row)) == (cron, words)
    timing = recurrence_timing.timing_of(row)
    assert recurrence_timing.cron_of(timing) == cron
    assert {name: timing[name] for name in told} == told


@pytest.mark.parametrize("cron", ["0 9 30 2 *", "0 9 31 4,6,9,11 *"])
def test_a_day_that_never_comes_is_refused_as_such(cron):
    with pytest.raises(Invalid) as refused:
        every("cron", cron=cron)
    assert refused.value.errors == {"cron": ["It never comes."]}


@pytest.mark.parametrize(
    "cron", ["", "* * * *", "* * * * *", "*/30 * * * *", "0 0 30 2 *", "61 * * * *", "0 0 0 * * *", "often"]
)
def test_what_is_no_schedule_or_comes_too_often_is_refused(cron):
    with pytest.raises(Invalid) as refused:
        every("cron", cron=cron)
    assert list(refused.value.errors) == ["cron"]


def test_the_next_dates_are_at_nine_where_the_tenant_is_over_the_change_of_the_clocks():
    live_in(zone="America/New_York")
    row = every(now=datetime(2026, 10, 20, tzinfo=UTC))
    dates = recurrence_timing.next_dates(row, datetime(2026, 10, 20, tzinfo=UTC))
    assert dates == [
        datetime(2026, 10, 26, 13, tzinfo=UTC),
        datetime(2026, 11, 2, 14, tzinfo=UTC),  # the clocks went back on the first
        datetime(2026, 11, 9, 14, tzinfo=UTC),
    ]


def test_the_last_day_of_a_month_is_its_own():
    row = every("month", day="last", now=datetime(2027, 1, 31, 12, tzinfo=UTC))
    days = [date.day for date in recurrence_timing.next_dates(row, datetime(2027, 1, 31, 12, tzinfo=UTC))]
    assert days == [28, 31, 30]


def test_a_run_is_started_when_its_time_has_come_and_not_before():
    know(ANA)
    row = every(name="Monday review")
    assert recurrences.start_due(MONDAY_NINE - timedelta(seconds=1)) == 0
    assert recurrences.start_due(MONDAY_NINE) == 1
    (run,) = runs()
    assert (run.name, run.owner, run.template_id, run.recurrence_id) == (
        "Monday review",
        "ana",
        "weekly-pipeline-review",
        row.id,
    )
    assert run.by["kind"] == "schedule"
    assert len(models.runs.steps_of(run)) == 5
    row = refresh(row)
    assert (row.last_due_at, row.last_run_id, row.next_due_at) == (MONDAY_NINE, run.id, MONDAY_NINE + timedelta(days=7))
    assert recurrences.start_due(MONDAY_NINE) == 0


def test_after_weeks_switched_off_there_is_one_run_and_the_next_is_ahead():
    row = every()
    late = MONDAY_NINE + timedelta(days=22)
    assert recurrences.start_due(late) == 1
    assert recurrences.start_due(late) == 0
    assert len(runs()) == 1
    assert refresh(row).next_due_at == MONDAY_NINE + timedelta(days=28)


def test_several_schedulers_at_once_start_one_run():
    for _ in range(3):
        every()
    barrier, started = threading.Barrier(4), []

    def work():
        barrier.wait(60)
        started.append(recurrences.start_due(MONDAY_NINE))

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert sum(started) == 3
    assert len({run.recurrence_id for run in runs()}) == len(runs()) == 3


def test_one_that_died_between_claim_and_run_has_done_neither():
    row = every()
    with pytest.raises(RuntimeError), feed.transaction():
        assert models.recurrences.take(row, MONDAY_NINE + timedelta(days=7), "run")
        raise RuntimeError("killed")
    assert recurrences.start_due(MONDAY_NINE) == 1


def test_one_that_cannot_start_holds_up_no_other_and_stays_due():
    mine = templates.save(
        ANA,
        templates.SaveTemplate(name="Mine", steps=[{"actionType": "note", "title": "x"}]),
        template_id=ids.new_id(),
        now=NOON,
    )
    broken = every(template_id=mine.id)
    mine.write(deleted_at=NOON)
    good = every(by=OTHER)
    assert recurrences.start_due(MONDAY_NINE) == 1
    assert [run.recurrence_id for run in runs()] == [good.id]
    assert refresh(broken).next_due_at == MONDAY_NINE


def test_what_has_gone_meanwhile_does_not_keep_a_run_from_starting():
    stays, goes = make_partnership("Stays"), make_partnership("Goes")
    know(MAX)
    every(owner="max", linked_partnership_ids=[stays.id, goes.id])
    partnerships.remove(ANA, goes.id, now=NOON)
    replicas.people.upsert({"id": "max", "tenantId": "demo", "name": "Max", "email": "m@x.test", "active": False}, 2)
    assert recurrences.start_due(MONDAY_NINE) == 1
    (run,) = runs()
    assert (models.runs.linked_to(run), run.owner) == ([stays.id], None)


def test_one_that_is_off_starts_nothing_and_counts_from_when_it_is_on_again():
    row = every()
    recurrences.change(ANA, row.id, recurrences.ChangeRecurrence(active=False), now=NOON)
    assert recurrences.start_due(MONDAY_NINE + timedelta(days=30)) == 0
    assert recurrence_timing.next_dates(refresh(row), NOON) == []
    row = recurrences.change(
        ANA, row.id, recurrences.ChangeRecurrence(active=True), now=MONDAY_NINE + timedelta(days=1)
    )
    assert row.next_due_at == MONDAY_NINE + timedelta(days=7)


def test_another_timing_counts_from_now_and_keeps_what_was_not_said():
    row = every()
    row = recurrences.change(ANA, row.id, recurrences.ChangeRecurrence(weekday="tuesday"), now=NOON)
    assert (row.cron, row.next_due_at) == ("0 9 * * 2", MONDAY_NINE + timedelta(days=1))
    row = recurrences.change(ANA, row.id, recurrences.ChangeRecurrence(every="month", day=1, at="10:00"), now=NOON)
    assert (row.every, row.cron) == ("month", "0 10 1 * *")
    with pytest.raises(Invalid) as refused:
        recurrences.change(ANA, row.id, recurrences.ChangeRecurrence(weekday="tuesday"), now=NOON)
    assert list(refused.value.errors) == ["weekday"]
    assert acts("changed recurrence")[0].details == {"fields": ["weekday"]}


def test_a_tenant_that_moves_takes_its_mornings_along():
    row, overdue = every(), every("cron", cron="0 9 * * *", now=NOON - timedelta(days=3))
    told = {"id": "demo", "tenantId": "demo", "name": "Demo", "timeZone": "America/New_York", "country": "US"}
    with feed.transaction():
        actors.replicate_tenant(Change("monitor", "tenant", "demo", 1, 1, "demo", False, told, NOON))
    assert refresh(row).next_due_at == MONDAY_NINE + timedelta(hours=5)
    assert refresh(overdue).next_due_at == overdue.next_due_at


def test_an_unknown_template_and_another_tenants_recurrence_are_not_there():
    with pytest.raises(NotFound):
        every(template_id="nothing")
    theirs = every(by=OTHER)
    for verb in (
        lambda: recurrences.change(ANA, theirs.id, recurrences.ChangeRecurrence(active=False), now=NOON),
        lambda: recurrences.remove(ANA, theirs.id, now=NOON),
    ):
        with pytest.raises(NotFound):
            verb()


def test_a_change_of_a_version_that_is_no_longer_is_stale():
    row = every()
    recurrences.change(ANA, row.id, recurrences.ChangeRecurrence(name="x"), now=NOON, expected=1)
    with pytest.raises(Stale):
        recurrences.change(ANA, row.id, recurrences.ChangeRecurrence(name="y"), now=NOON, expected=1)


def test_a_template_that_a_recurrence_starts_stays():
    mine = templates.save(
        ANA,
        templates.SaveTemplate(name="Mine", steps=[{"actionType": "note", "title": "x"}]),
        template_id=ids.new_id(),
        now=NOON,
    )
    row = every(template_id=mine.id)
    with pytest.raises(Conflict, match="1 recurrence"):
        templates.remove(ANA, mine.id, now=NOON)
    recurrences.remove(ANA, row.id, now=NOON)
    templates.remove(ANA, mine.id, now=NOON)
    assert Recurrence.select().count() == 0


def test_the_door_says_when_in_words_and_dates(ask):
    live_in(zone="Pacific/Auckland")
    body = {"templateId": "mou-sprint", "every": "week", "weekday": "monday", "at": "09:00", "name": "Sprint"}
    made = ask("POST", "/api/recurrences", body)
    assert made.status_code == 201, made.text
    told = made.json
    assert (told["inWords"], told["timeZone"], told["templateName"]) == (
        "every Monday at 09:00",
        "Pacific/Auckland",
        "MOU Sprint",
    )
    assert told["nextDates"] == ["2026-11-22T20:00:00Z", "2026-11-29T20:00:00Z", "2026-12-06T20:00:00Z"]
    assert (told["owner"], told["active"], told["lastRunId"], told["weekday"], told["day"]) == (
        "ana",
        True,
        None,
        "monday",
        None,
    )
    path = f"/api/recurrences/{told['id']}"
    assert ask("GET", path).json == told
    assert [one["id"] for one in ask("GET", "/api/recurrences").json["items"]] == [told["id"]]
    off = ask("PATCH", path, {"active": False}, headers={"If-Match": made.headers["ETag"]})
    assert (off.json["active"], off.json["nextDates"]) == (False, [])
    assert ask("DELETE", path, headers={"If-Match": made.headers["ETag"]}).status_code == 412
    assert ask("DELETE", path).status_code == 204
    assert ask("GET", path).status_code == 404


@pytest.mark.parametrize(
    ("change", "paths"),
    [
        ({"every": "day"}, {"every"}),
        ({"weekday": None}, {"weekday"}),
        ({"at": "9 am"}, {"at"}),
        ({"at": "24:00"}, {"at"}),
        ({"day": 3}, {"day"}),
        ({"every": "month", "day": 31}, {"day"}),
        ({"every": "cron", "cron": "0 9 * * 1"}, {"weekday", "at"}),
    ],
)
def test_a_timing_that_does_not_fit_is_refused_by_name(ask, change, paths):
    body = {"templateId": "mou-sprint", "every": "week", "weekday": "monday", "at": "09:00"} | change
    answer = ask("POST", "/api/recurrences", body)
    assert (answer.status_code, set(answer.json["errors"])) == (422, paths)


def test_a_hundred_broken_recurrences_stop_nobody_and_are_tried_ever_more_rarely(monkeypatch):
    broken = {every(name="broken").id for _ in range(101)}
    good = every(by=OTHER, name="good", at="10:00")
    start, tried = lifecycle.start, []

    def fail(by, told, **named):
        tried.append(told.recurrence_id)
        if told.recurrence_id in broken:
            raise ZeroDivisionError("broken")
        return start(by, told, **named)

    monkeypatch.setattr(lifecycle, "start", fail)
    ten = MONDAY_NINE + timedelta(hours=1)
    assert recurrences.start_due(ten) == 1
    assert [run.recurrence_id for run in runs()] == [good.id]
    assert len(tried) == 102
    assert recurrences.start_due(ten + timedelta(seconds=29)) == 0
    assert len(tried) == 102
    recurrences.start_due(ten + timedelta(seconds=30))
    assert len(tried) == 203
    broken.clear()
    assert recurrences.start_due(ten + timedelta(seconds=90)) == 101
    assert {(row.failures, row.not_before) for row in Recurrence.select()} == {(0, None)}


def own_template():
    return templates.save(
        ANA,
        templates.SaveTemplate(name="Ours", steps=[{"actionType": "custom", "title": "Look"}]),
        template_id=ids.new_id(),
        now=NOON,
    )


@pytest.mark.parametrize("point", [lambda template: every(template_id=template.id), None], ids=["create", "change"])
@pytest.mark.parametrize("removes_first", [True, False])
def test_a_recurrence_never_points_at_a_template_that_is_removed_beside_it(point, removes_first):
    template, other = own_template(), every()
    first_wrote, go_on, outcome = threading.Event(), threading.Event(), {}

    def point_at():
        if point:
            point(template)
        else:
            recurrences.change(ANA, other.id, recurrences.ChangeRecurrence(template_id=template.id), now=NOON)

    def remove():
        templates.remove(ANA, template.id, now=NOON)

    def run(name, verb, *, is_first):
        try:
            with database_session(models.db), feed.transaction():
                if not is_first:
                    go_on.set()
                verb()
                if is_first:
                    first_wrote.set()
                    go_on.wait(60)
                    time.sleep(0.3)  # the other one waits at the row meanwhile, or at the file
            outcome[name] = "done"
        except (Conflict, NotFound) as error:
            outcome[name] = type(error).__name__

    order = [("remove", remove), ("point", point_at)] if removes_first else [("point", point_at), ("remove", remove)]
    first = threading.Thread(target=run, args=order[0], kwargs={"is_first": True})
    second = threading.Thread(target=run, args=order[1], kwargs={"is_first": False})
    first.start()
    assert first_wrote.wait(60)
    go_on.set()
    second.start()
    first.join(20)
    second.join(20)
    assert outcome == (
        {"remove": "done", "point": "NotFound"} if removes_first else {"point": "done", "remove": "Conflict"}
    )
