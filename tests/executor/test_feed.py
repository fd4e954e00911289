"""What the executor tells and hears: snapshots as the contracts have them, orders once, processors when they change."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playhouse.migrations import Runner
from playhouse.schema_diff import diff_models

from services.executor import actors, publishing
from services.executor.app import CONTEXT
from services.executor.models import TABLES, AiTask, SearchWord, db, feed, replicas, task_lists
from services.executor.processors.registry import Registry
from shared.contracts.kinds import KINDS
from shared.database import connection as shared_database
from shared.feed.changes import Feed
from shared.ground import ids
from tests.executor.conftest import changes

PERSON = {"kind": "person", "id": "ana", "name": "Ana"}


def order(**fields):
    """An `ai-task-request` as workflows tells it."""
    return {
        "id": ids.new_id(),
        "tenantId": "demo",
        "title": "Echo",
        "processor": "test-echo",
        "metadata": {"say": "x"},
        "priority": 2,
        "runAt": None,
        "subject": "c1",
        "source": {"service": "workflows", "kind": "workflow-execution", "id": "e1"},
        "retryOf": None,
        "by": PERSON,
        **fields,
    }


def event(source, kind, data, position=1, tenant="demo"):
    return {
        "specversion": "1.0",
        "id": f"{kind}{position}",
        "source": f"/{source}",
        "type": f"tandem.{kind}",
        "subject": data["id"],
        "time": "",
        "datacontenttype": "application/json",
        "tenantid": tenant,
        "version": 1,
        "position": position,
        "deleted": False,
        "data": data,
    }


@pytest.fixture
def hear(database, known):
    """`hear("workflows", event, ...)` reads these changes as if that service told them."""
    reader = actors.make_reader(known, 4)

    def read(source, *events):
        last = max(event["position"] for event in events)

        def fetch(after, kinds, limit, seen=None):
            told = [
                event
                for event in events
                if event["position"] > after and event["type"].removeprefix("tandem.") in kinds
            ]
            return {"epoch": "e", "generation": "", "firstVersion": 1, "changes": told, "next": last, "more": False}

        return reader.follow(source, fetch)

    return read


def test_an_order_of_runs_is_taken_as_one_of_workflows_is(hear):
    told = order(source={"service": "runs", "kind": "guided-run", "id": "g1"}, subject="p1")
    assert hear("runs", event("runs", "ai-task-request", told)) == 1
    task = AiTask.get_by_id(told["id"])
    assert (task.status, task.source, task.subject) == ("queued", told["source"], "p1")


def test_an_order_becomes_a_task_with_its_id(hear):
    told = order()
    hear("workflows", event("workflows", "ai-task-request", told))
    task = AiTask.get_by_id(told["id"])
    assert (task.status, task.title, task.priority, task.subject, task.by) == ("queued", "Echo", 2, "c1", PERSON)
    assert task.source == told["source"]


def test_an_order_that_is_told_twice_is_one_task(hear):
    told = order()
    hear("workflows", event("workflows", "ai-task-request", told))
    hear("workflows", event("workflows", "ai-task-request", told, position=2))
    assert AiTask.select().count() == 1
    assert feed.tables.parked.select().count() == 0


def test_a_bad_order_is_a_failed_task_and_the_good_ones_stand(hear):
    bad, good = order(processor="../evil"), order()
    hear(
        "workflows", event("workflows", "ai-task-request", bad), event("workflows", "ai-task-request", good, position=2)
    )
    assert AiTask.get_by_id(bad["id"]).status == "failed"
    assert AiTask.get_by_id(good["id"]).status == "queued"


def test_tenants_are_copied_and_an_older_word_changes_nothing(hear):
    def tenant(zone):
        return {"id": "new", "tenantId": "new", "name": "N", "timeZone": zone, "country": "DE", "workingHours": {}}

    hear("monitor", event("monitor", "tenant", tenant("Europe/Berlin")))
    assert replicas.tenants.region("new").time_zone == "Europe/Berlin"
    hear("monitor", event("monitor", "tenant", tenant("Europe/Paris"), position=2))
    assert replicas.tenants.region("new").time_zone == "Europe/Berlin"


def test_processors_are_told_when_they_are_new_changed_or_gone(database, known):
    assert publishing.publish(known) == known.names()
    assert publishing.publish(known) == []
    told = {data["id"]: data for _, data in changes("processor")}
    assert told["test-echo"]["metadataSchema"] == known["test-echo"].metadata_schema
    newer = replace(known["test-echo"], version="2")
    rest = [one for one in known if one.name not in ("test-echo", "workflow-scheduler")]
    assert publishing.publish(Registry([newer, *rest])) == ["test-echo", "workflow-scheduler"]
    answer = {change["subject"]: change for change in feed.changes(0, ["processor"], 500)["changes"]}
    assert answer["test-echo"]["data"]["version"] == "2"
    assert answer["workflow-scheduler"]["deleted"]


def test_everything_that_is_told_is_as_the_contracts_have_it(submit, run, known, now):
    publishing.publish(known)
    submit(effect=True, failTimes=1)
    run()
    AiTask.update(available_at=now).execute()
    run()
    submit(fail="exception", source={"service": "workflows", "kind": "task", "id": "t"})
    run()
    submit(
        "workflow-scheduler",
        {"executionId": "e", "customerId": "c", "stage": "prepare", "triggerDate": "2026-12-01", "conditions": []},
    )
    run()
    told = changes(*KINDS["executor"])
    assert {kind for kind, _ in told} == set(KINDS["executor"]) - {"task-request"}
    for kind, data in told:
        assert KINDS["executor"][kind]().validate(data) == {}, kind


def test_every_kind_has_a_snapshot():
    assert isinstance(feed, Feed)
    assert set(feed.snapshots) == set(KINDS["executor"])


def test_the_migrated_tables_are_those_of_the_models(database):
    difference = diff_models(shared_database.unwrap(database), list(TABLES))
    assert not difference, str(difference)


def test_tasks_of_before_are_found_by_words_as_those_of_today(submit):
    task = submit(title="Send Ørsted the agreement")
    submit(title="&")
    kept = set(SearchWord.select().tuples())
    assert [word for _, _, word, *_ in kept] == [" agreement orsted send the"]
    db.execute_sql("DROP TABLE search_word")
    [step] = [step for step in Runner(db.obj, str(CONTEXT.migrations)).migrations() if step.name.startswith("0006")]
    step.load().up(None, db.obj)
    assert set(SearchWord.select().tuples()) == kept
    filters = {"status": None, "processor": None, "source": None, "limit": 9, "offset": 0, "cursor": None}
    for q in ("orsted", "RSTE gree", task.id, task.id.upper()):
        assert [found.id for found in task_lists.page("demo", **filters | {"q": q}).items] == [task.id]
        assert task_lists.page("demo", **filters | {"q": q, "status": "queued"}).total == 1
        assert task_lists.page("demo", **filters | {"q": q, "status": "failed"}).total == 0
        assert task_lists.page("acme", **filters | {"q": q}).items == []
    assert task_lists.page("demo", **filters | {"q": "orsted x"}).items == []
    assert task_lists.page("demo", **filters | {"q": "&"}).items == []
