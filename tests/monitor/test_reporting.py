"""Lists, filters, search, one run, and what needs a person."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.monitor import reporting, seeding, statistics
from services.monitor.models import ALL_TENANTS, counts, database, finding, lists, people
from services.monitor.models.runs import Run
from services.monitor.pages import wording
from services.monitor.schemas.runs import RunSchema
from shared.ground.errors import Invalid, NotFound
from tests.conftest import NOON
from tests.monitor.conftest import FAILED, SUCCESS, act, execution, step, task
from tests.monitor.test_projecting import FINALIZED, tell


def find_all(scope, *, now=NOON, sort=reporting.NEWEST_FIRST, limit=20, offset=0, cursor=None, **narrowed):
    query = reporting.RunQuery(**narrowed)
    return reporting.find_all(scope, query, now=now, sort=sort, limit=limit, offset=offset, cursor=cursor)


def ids_of(page):
    return [run.id for run in page.items]


@pytest.fixture
def some(monitor):
    """Six runs of demo: waiting since 60 minutes, completed in 10 and in 90 minutes, failed in 1, cancelled after 5, and an AI task that
    was asked for by itself and took 2; an AI task of the fourth; one run of acme."""
    for number, (minutes, fields) in enumerate(
        [
            (0, {}),
            (10, {**FINALIZED, "completedAt": "2026-11-21T11:20:00Z"}),
            (
                20,
                {
                    **FINALIZED,
                    "completedAt": "2026-11-21T12:50:00Z",
                    "workflowName": "Prepare: Beta GmbH",
                    "customerName": "Beta GmbH",
                },
            ),
            (30, {**FINALIZED, "completedAt": "2026-11-21T11:31:00Z"}),
            (40, {"status": "cancelled", "completedAt": "2026-11-21T11:45:00Z", "customerId": "customer-2"}),
        ],
        start=1,
    ):
        moment = f"2026-11-21T11:{minutes:02}:00Z"
        tell("workflow-execution", execution(number, createdAt=moment, startedAt=moment, **fields))
    tell("ai-task", task(1, of=4, **FAILED))
    ended = {"startedAt": "2026-11-21T11:35:00Z", "finishedAt": "2026-11-21T11:37:00Z"}
    tell("ai-task", task(2, of=None, createdAt="2026-11-21T11:35:00Z", **(SUCCESS | ended)))
    tell("workflow-execution", execution(6, tenantId="acme"))


ALONE = 0
"""Stands for the AI task in what is expected."""


def named(numbers):
    return [f"execution-{number}" if number else "task-2" for number in numbers]


def test_the_list_is_newest_first_and_leaves_out_what_a_run_speaks_for(some):
    assert ids_of(find_all("demo")) == named([5, ALONE, 4, 3, 2, 1])


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"status": "failed"}, [4]),
        ({"status": "waiting"}, [1]),
        ({"workflow": "discovery"}, [5, 4, 2, 1]),
        ({"workflow": "Prepare"}, [3]),
        ({"workflow": "Prepare: Beta GmbH"}, [3]),
        ({"kind": "workflow_execution"}, [5, 4, 3, 2, 1]),
        ({"kind": "guided_run"}, []),
        ({"kind": "ai_task", "status": "completed"}, [ALONE]),
        ({"status": "completed"}, [ALONE, 3, 2]),
        ({"since": NOON - timedelta(minutes=30)}, [5, ALONE, 4]),
        ({"until": NOON - timedelta(minutes=30)}, [3, 2, 1]),
        ({"q": "gmbh bet"}, [3]),
        ({"q": "BETA"}, [3]),
        ({"q": "nobody"}, []),
        ({"q": "acme", "status": "failed"}, [4]),
    ],
)
def test_each_filter(some, filters, expected):
    assert ids_of(find_all("demo", **filters)) == named(expected)


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("createdAt", [1, 2, 3, 4, ALONE, 5]),
        ("-createdAt", [5, ALONE, 4, 3, 2, 1]),
        ("durationMs", [4, ALONE, 5, 2, 1, 3]),
        ("-durationMs", [3, 1, 2, 5, ALONE, 4]),
        ("status", [5, 2, 3, ALONE, 4, 1]),
        ("-status", [1, 4, ALONE, 3, 2, 5]),
    ],
)
def test_each_sort_at_every_depth(some, sort, expected):
    assert ids_of(find_all("demo", sort=sort)) == named(expected)
    walked, cursor = [], None
    for _ in expected:
        page = find_all("demo", sort=sort, limit=1, cursor=cursor)
        walked, cursor = walked + ids_of(page), page.next
    assert walked == named(expected)
    assert cursor is None


def test_ai_tasks_are_listed_by_kind_and_by_search(some):
    assert set(ids_of(find_all("demo", kind="ai_task"))) == {"task-1", "task-2"}
    assert set(ids_of(find_all("demo", q="salesforce"))) == {"task-1", "task-2"}


FIRST, SECOND = "019aa5d2-7f1e-7c3a-9f00-1234deca0001", "facebc28-0000-7c3a-9f00-1234deca0002"


@pytest.fixture
def cafes(monitor):
    """Two runs whose names look like the beginnings of ids."""
    tell("workflow-execution", execution(1) | {"id": FIRST, "customerName": "Facebook partnership"})
    tell("workflow-execution", execution(2) | {"id": SECOND, "customerName": "Cafe 019aa5d2 of the decade"})


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("019AA5D2", {FIRST, SECOND}),
        ("face", {FIRST, SECOND}),
        ("facebc28", {SECOND}),
        ("facebook", {FIRST}),
        ("decade", {SECOND}),
        (FIRST, {FIRST}),
        (FIRST.upper().replace("-", ""), {FIRST}),
        (f" #{FIRST} ", {FIRST}),
        ("019aa5d27f1e7c", {FIRST}),
        (FIRST[-8:], {FIRST}),
        ("#" + SECOND[-8:], {SECOND}),
        (FIRST[-7:], set()),
        ("cafe", {SECOND}),
    ],
)
def test_a_run_is_found_by_its_name_and_by_the_beginning_and_the_end_of_its_id(cafes, q, expected):
    assert set(ids_of(find_all("demo", q=q))) == expected
    assert find_all("acme", q=q).items == []


def test_pages_of_what_a_name_and_an_id_find_have_each_run_once(cafes):
    first = find_all("demo", q="face", limit=1)
    second = find_all("demo", q="face", limit=1, cursor=first.next)
    assert {*ids_of(first), *ids_of(second)} == {FIRST, SECOND}
    assert (first.total, second.next) == (2, None)


def test_the_end_of_an_id_that_lists_show_finds_it(cafes):
    for run in find_all("demo").items:
        assert ids_of(find_all("demo", q=wording.short(run.id))) == [run.id]


def test_of_a_common_word_the_newest_are_searched_and_the_total_says_that_there_are_more(some, monkeypatch):
    monkeypatch.setattr(finding, "SEARCHED", 3)
    page = find_all("demo", q="acm")
    assert ids_of(page) == ["execution-5", "execution-4", "execution-2"]
    assert (page.total, page.total_is_exact) == (3, False)
    assert ids_of(find_all("demo", q="disc prep")) == []
    rare = find_all("demo", q="discovery beta")
    assert (ids_of(rare), rare.total_is_exact) == ([], True)
    assert ids_of(find_all(ALL_TENANTS, q="acme", kind="workflow_execution")) != []


def test_another_tenants_run_is_not_found_and_a_super_admin_sees_all(some):
    with pytest.raises(NotFound):
        reporting.run("demo", "execution-6", payloads=True)
    assert len(find_all(ALL_TENANTS).items) == 7
    assert reporting.run(ALL_TENANTS, "execution-6", payloads=True).run.tenant_id == "acme"


def test_a_row_of_a_live_change_is_the_row_of_the_list(some):
    for run in Run.select():
        assert run.as_row() == RunSchema().dump(run)


def test_payloads_and_stack_traces_only_when_they_are_asked_for(some):
    whole, told = (reporting.run("demo", "execution-4", payloads=payloads) for payloads in (True, False))
    assert whole.trigger_payload == {"daysToRenewal": 160}
    assert (whole.error["stackTrace"], whole.error["stepId"]) == ("Traceback...", "task-1")
    assert (told.trigger_payload, told.context) == (None, None)
    assert told.error == {"message": "The row is locked.", "outcomeUnknown": False, "stackTrace": None}
    [plain] = reporting.steps("demo", "execution-4", payloads=False)
    assert (plain.input, plain.output, plain.error["message"]) == (None, None, "The row is locked.")


def test_steps_come_in_order_and_ai_tasks_after_them(monitor):
    tell("workflow-execution", execution())
    tell("ai-task", task(1))
    for number in (3, 1, 2):
        tell("workflow-step", step(number))
    steps = reporting.steps("demo", "execution-1", payloads=True)
    assert [one.order_index for one in steps] == [0, 1, 2, 3]
    assert [one.title for one in steps] == ["Step 1", "Step 2", "Step 3", "Update contact 1"]


def test_other_runs_of_the_same_customer(some):
    assert [run.id for run in reporting.beside("demo", "execution-1")] == ["execution-4", "execution-3", "execution-2"]


def test_what_needs_attention_is_counted_by_status(some):
    assert reporting.attention("demo") == {"waiting": 1, "failed": 1, "running": 0, "queued": 0}
    assert reporting.attention(ALL_TENANTS)["waiting"] == 2


@pytest.mark.parametrize(
    ("narrowed", "expected"),
    [
        ({}, (1, 1, 6)),
        ({"status": "completed"}, (1, 1, 6)),
        ({"kind": "ai_task"}, (0, 1, 2)),
        ({"kind": "guided_run"}, (0, 0, 0)),
        ({"workflow": "Prepare"}, (0, 0, 1)),
        ({"q": "acme"}, (1, 1, 4)),
        ({"since": NOON - timedelta(minutes=30)}, (0, 1, 3)),
        ({"until": NOON - timedelta(minutes=45)}, (1, 0, 2)),
    ],
)
def test_the_figures_above_a_list_are_of_what_it_shows(some, narrowed, expected):
    filters = reporting.filters_of("demo", reporting.RunQuery(**narrowed))
    attention = reporting.attention("demo", filters)
    stats = statistics.stats_of("demo", filters, "24h", SOON)
    assert (attention["waiting"], attention["failed"], stats.total) == expected


def test_of_very_many_that_a_filter_finds_the_newest_are_counted(some, monkeypatch):
    monkeypatch.setattr(statistics, "COUNTED_BY_ROWS", 2)
    stats = statistics.stats_of(
        "demo", reporting.filters_of("demo", reporting.RunQuery(kind="workflow_execution")), "24h", SOON
    )
    assert (stats.total, stats.exact, stats.cancelled, stats.failed) == (3, False, 1, 1)


def test_pages_by_duration_miss_nothing_and_repeat_nothing_while_time_goes_on(some):
    """What goes on lasts longer on every page; those behind a cursor are sorted as of the first."""
    walked, cursor, now = [], None, NOON
    while cursor or not walked:
        page = reporting.find_all("demo", now=now, sort="-durationMs", limit=1, cursor=cursor)
        walked, cursor, now = walked + ids_of(page), page.next, now + timedelta(hours=1)
    assert walked == named([3, 1, 2, 5, ALONE, 4])


def test_an_offset_reaches_over_all_that_a_list_is_made_of(some):
    assert ids_of(find_all("demo", sort="-durationMs", offset=1, limit=2)) == named([1, 2])
    assert ids_of(find_all("demo", offset=1, limit=2)) == named([ALONE, 4])


def test_the_workflows_to_filter_by(some):
    weekly = {"id": "g", "name": "Weekly Pipeline Review, 23 November 2026", "status": "in_progress", "steps": []}
    tell("guided-run", weekly | {"createdAt": "2026-11-21T11:00:00Z"})
    called = {"discovery": "Discovery", "prepare": "Prepare", "weekly pipeline review": "Weekly Pipeline Review"}
    assert reporting.workflows("demo") == called
    assert reporting.workflows("nobody") == {}


def test_a_list_asks_the_database_at_most_five_times(some):
    for filters in (
        {},
        {"q": "acme"},
        {"q": "acme discovery"},
        {"q": "0123"},
        {"q": "face"},
        {"status": "failed", "sort": "-durationMs"},
        {"kind": "ai_task", "sort": "-durationMs"},
    ):
        assert len(queries(lambda filters=filters: find_all("demo", **filters))) <= 5


def queries(ask):
    """The statements that `ask` makes."""
    seen, real = [], database.obj.execute_sql
    database.obj.execute_sql = lambda sql, *rest, **options: (seen.append(sql), real(sql, *rest, **options))[1]
    try:
        ask()
    finally:
        del database.obj.execute_sql
    return seen


SOON = NOON + timedelta(hours=1)


@pytest.mark.parametrize("by_rows", [10_000, 0])
def test_statistics_are_the_same_from_rows_and_from_counters(some, monkeypatch, by_rows):
    monkeypatch.setattr(statistics, "COUNTED_BY_ROWS", by_rows)
    stats = statistics.stats("demo", "24h", SOON)
    assert (stats.total, stats.completed, stats.failed, stats.cancelled) == (6, 3, 1, 1)
    assert stats.failure_rate == round(1 / 4, 4)
    assert stats.avg_duration_ms == (10 + 90 + 2 + 2) * 60_000 // 4
    assert stats.p50_duration_ms == pytest.approx(2 * 60_000, rel=0.05)
    assert stats.p95_duration_ms == pytest.approx(90 * 60_000, rel=0.05)
    assert stats.exact is bool(by_rows)
    assert stats.runs_per_day == 6


def test_statistics_of_a_short_period_leave_earlier_runs_out(some):
    assert statistics.stats("demo", "1h", NOON + timedelta(minutes=15)).total == 4


def test_statistics_of_nothing_are_noughts(monitor):
    stats = statistics.stats("demo", "7d", NOON)
    assert (stats.total, stats.failure_rate, stats.avg_duration_ms, stats.p50_duration_ms) == (0, 0.0, None, None)


@pytest.mark.parametrize("period", ["", "24", "h", "0h", "-1d", "400d", "1w", "24h "])
def test_a_period_that_is_none_names_the_field(period):
    with pytest.raises(Invalid) as refused:
        statistics.span(period)
    assert "period" in refused.value.errors


def test_the_trail_is_newest_first_and_of_one_subject_if_asked(monitor):
    tell("act", act(1, at="2026-11-21T11:00:00Z"))
    tell("act", act(2, at="2026-11-21T11:30:00Z", subjectId="other"))
    tell("act", act(1, at="2026-11-21T11:00:00Z"))
    assert [one.id for one in reporting.trail("demo").items] == ["act-2", "act-1"]
    assert [one.id for one in reporting.trail("demo", subject_id="task-1").items] == ["act-1"]
    assert [one.id for one in reporting.trail("demo", by_id="nobody").items] == []


def test_counts_stop_where_they_are_told_to(some):
    queries = {"all": lists.listing("demo", lists.Filters())}
    assert counts.count_up_to(queries, 3) == {"all": 3}
    assert counts.count_up_to(queries, 100) == {"all": 6}


def test_a_failed_run_is_found_by_its_error_until_it_has_none(monitor):
    tell("ai-task", task(1, of=None, **FAILED))
    tell("ai-task", task(2, of=None, **SUCCESS))
    assert ids_of(find_all("demo", q="locked row")) == ["task-1"]
    tell("ai-task", task(1, of=None, **(SUCCESS | {"error": None})), version=2)
    assert ids_of(find_all("demo", q="locked row")) == []
    assert ids_of(find_all("demo", q="update contact"))


def test_how_long_machines_take_is_not_mixed_with_how_long_people_do(monitor):
    days = {"createdAt": "2026-11-21T01:00:00Z", "startedAt": "2026-11-21T01:00:00Z"}
    tell("workflow-execution", execution(1, **days, status="completed", completedAt="2026-11-21T11:00:00Z"))
    for number in (1, 2):
        tell("ai-task", task(number, of=None, **SUCCESS))
    taken = statistics.taken("demo", lists.Filters(), "24h", NOON)
    assert (taken[True].p50_ms, taken[True].p95_ms) == (60_000, 60_000)
    assert (taken[False].p50_ms, taken[False].p95_ms) == (36_000_000, 36_000_000)
    assert statistics.taken("acme", lists.Filters(), "24h", NOON)[True] == statistics.Taken(None, None)


def test_the_trail_of_what_is_named(monitor):
    seeding.seed(NOON)
    tell("workflow-execution", execution(1))
    max_ = people.person_by_email("max@demo.tandem.test")
    for number, subject in enumerate(("execution-1", max_.id, "elsewhere"), start=1):
        tell("act", act(number, subjectId=subject))

    def found(text, **more):
        return ids_of(reporting.trail_of("demo", text, **more))

    assert found("discov acme") == ["act-1"]
    assert found("max") == ["act-2"]
    assert found("elsewhere") == ["act-3"]
    assert found("nobody") == []
    assert found("elsewhere", by_id="bob") == []
    assert ids_of(reporting.trail_of("acme", "elsewhere")) == []


def test_the_trail_is_searched_by_person_verb_and_customer(monitor):
    seeding.seed(NOON)
    tell("workflow-execution", execution(1))
    olga = people.person_by_email("olga@demo.tandem.test")
    by_olga = {"kind": "person", "id": olga.id, "name": "Olga Petrov"}
    some = [
        {"verb": "paused work", "subjectKind": "queue", "subjectId": "send-email", "by": by_olga},
        {"verb": "signed in", "subjectId": olga.id, "by": by_olga},
        {"verb": "paused run", "subjectId": "run-1"},
        {"verb": "placed hold", "subjectKind": "customer", "subjectId": "customer-1"},
    ]
    for number, fields in enumerate(some, start=1):
        tell("act", act(number, at=f"2026-11-21T11:3{number}:00Z", **fields))

    def found(text, **more):
        return ids_of(reporting.trail_of("demo", text, **more))

    assert found("olga") == ["act-2", "act-1"]
    assert found("Paused") == ["act-3", "act-1"]
    assert found("paused", by_id=olga.id) == ["act-1"]
    assert found("acme") == ["act-4"]
    assert ids_of(reporting.trail_of("acme", "paused")) == []
    first = reporting.trail_of("demo", "paused", limit=1)
    assert (ids_of(first), first.total) == (["act-3"], 2)
    assert found("paused", limit=1, cursor=first.next) == ["act-1"]
