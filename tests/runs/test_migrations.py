"""What is there already when a migration comes is what it was, and is found as what is written afterwards."""

from __future__ import annotations

from datetime import date, timedelta

from peewee import IntegerField, JSONField, Model, TextField
from playhouse.migrations import Runner

from services.runs import lifecycle, models, steps
from services.runs.app import MIGRATIONS
from services.runs.models import GuidedRun, RequestedTask, RunPartnership, SearchWord, db, feed
from shared.database.fields import UtcDateTime
from shared.ground import ids
from tests.conftest import NOON
from tests.runs.conftest import ANA, make_partnership
from tests.runs.walking import act, only_step, run_of, step

NOTE = {"actionType": "note", "title": "Note", "description": "", "config": {}, "key": "note"}


def test_words_that_had_no_place_get_that_of_their_subject(database):
    made = [make_partnership(name).id for name in ("Zoe Works", "Alder Works", "Mesa Works")]
    runs = [
        lifecycle.start(
            ANA, lifecycle.StartRun(name="Weekly", steps=[NOTE]), run_id=ids.new_id(), now=NOON + timedelta(days=days)
        ).id
        for days in (0, 2, 1)
    ]
    before = set(SearchWord.select(SearchWord.subject_id, SearchWord.word, SearchWord.place).tuples())
    [step] = [one for one in Runner(db.obj, str(MIGRATIONS)).migrations() if one.name.startswith("0004")]
    for statement in ("DROP INDEX search_word_found", "ALTER TABLE search_word DROP COLUMN place"):
        db.execute_sql(statement)
    db.execute_sql("CREATE INDEX search_word_found ON search_word (tenant_id, kind, word, subject_id)")
    step.load().up(None, db.obj)
    assert set(SearchWord.select(SearchWord.subject_id, SearchWord.word, SearchWord.place).tuples()) == before
    found = models.partnerships.listed("demo", limit=9, q="work").items
    assert [one.id for one in found] == [made[1], made[2], made[0]]
    assert [one.id for one in models.runs.listed("demo", limit=9, q="week").items] == [runs[1], runs[2], runs[0]]


def test_words_with_letters_of_single_languages_are_found_as_those_written_afterwards(database):
    made = [make_partnership(name).id for name in ("Ørsted Łódź", "Plain Works")]
    before = set(SearchWord.select(SearchWord.subject_id, SearchWord.word, SearchWord.place).tuples())
    for plain, letters in (("orsted", "ørsted"), ("lodz", "łodz")):
        SearchWord.update(word=letters).where(SearchWord.word == plain).execute()
    [step] = [one for one in Runner(db.obj, str(MIGRATIONS)).migrations() if one.name.startswith("0009")]
    step.load().up(None, db.obj)
    assert set(SearchWord.select(SearchWord.subject_id, SearchWord.word, SearchWord.place).tuples()) == before
    assert [one.id for one in models.partnerships.listed("demo", limit=9, q="lodz ørs").items] == [made[0]]


def test_what_a_run_was_started_for_and_what_was_made_in_it_is_what_it_is_linked_to(database):
    harbor, summit, touched = (make_partnership(name) for name in ("Harbor", "Summit", "Mesa"))
    custom = step("custom", does="create_partnership")
    run = run_of(custom, linked_partnership_ids=[summit.id, harbor.id])
    other = run_of(step("note"))
    one = steps.start(ANA, run.id, only_step(run).id, now=NOON)
    act(one, "create_partnership", name="Alder")
    act(steps.start(ANA, other.id, only_step(other).id, now=NOON), "add_note", text="Hm", partnership_id=touched.id)
    before = models.runs.linked_to_many(run.tenant_id, [run.id, other.id])
    assert [len(before[run.id]), other.id in before] == [3, False]
    [migration] = [one for one in Runner(db.obj, str(MIGRATIONS)).migrations() if one.name.startswith("0007")]
    db.execute_sql("ALTER TABLE run_partnership DROP COLUMN position")
    db.execute_sql("ALTER TABLE guided_run ADD COLUMN linked_partnership_ids TEXT NOT NULL DEFAULT '[]'")
    told = f'["{summit.id}", "{harbor.id}"]'
    db.execute_sql(f"UPDATE guided_run SET linked_partnership_ids = '{told}' WHERE id = '{run.id}'")
    migration.load().up(None, db.obj)
    assert models.runs.linked_to_many(run.tenant_id, [run.id, other.id]) == before
    assert RunPartnership.select().count() == 4
    assert not hasattr(GuidedRun, "linked_partnership_ids")


def test_requests_of_one_table_a_kind_say_the_same_in_the_one_table(database):
    asked_at = NOON + timedelta(microseconds=250)
    task = {
        "id": "t",
        "tenant_id": "demo",
        "run_id": "r1",
        "title": "Call",
        "priority": 2,
        "due_date": date(2026, 12, 1),
    }
    RequestedTask.create(**task, partnership_name="Lark", status="open", by=BY, created_at=NOON)
    db.execute_sql("DROP TABLE request")
    tables = old_tables()
    db.create_tables(tables)
    ai_task, notification = tables
    ai_task.create(
        id="a", tenant_id="demo", title="Mail", processor="send-email", metadata={"to": [{"name": "Łódź"}]}, priority=2,
        subject=None, source_kind="guided-run", source_id="r1", retry_of="b", by=BY, created_at=asked_at,
    )  # fmt: skip
    notification.create(
        id="n", tenant_id="demo", recipient_id="max", kind="assigned", title="Yours", body="", link="/app", by=BY,
        created_at=NOON,
    )  # fmt: skip
    [migration] = [one for one in Runner(db.obj, str(MIGRATIONS)).migrations() if one.name.startswith("0010")]
    migration.load().up(None, db.obj)
    read = {kind: feed.snapshots[f"{kind}-request"](["a", "n", "t"]) for kind in ("ai-task", "notification", "task")}
    source = {"service": "runs", "kind": "guided-run", "id": "r1"}
    assert read["ai-task"] == {
        "a": {
            "id": "a", "tenantId": "demo", "title": "Mail", "processor": "send-email",
            "metadata": {"to": [{"name": "Łódź"}]}, "priority": 2, "runAt": None, "subject": None, "source": source,
            "retryOf": "b", "createdAt": "2026-11-21T12:00:00.000250Z", "by": BY,
        }
    }  # fmt: skip
    assert read["notification"] == {
        "n": {
            "id": "n", "tenantId": "demo", "recipientId": "max", "kind": "assigned", "title": "Yours", "body": "",
            "link": "/app", "createdAt": "2026-11-21T12:00:00Z", "by": BY,
        }
    }  # fmt: skip
    assert read["task"] == {
        "t": {
            "id": "t", "tenantId": "demo", "title": "Call", "description": None, "priority": 2, "dueDate": "2026-12-01",
            "snoozedUntil": None, "snoozeReason": None, "customerId": None, "executionId": None, "partnershipId": None,
            "partnershipName": "Lark", "owner": None, "relatedAction": None, "source": source, "by": BY,
        }
    }  # fmt: skip
    assert {(row.id, row.created_at == row.release_at, row.released) for row in models.Request.select()} == {
        ("a", True, True), ("n", True, True), ("t", True, True),
    }  # fmt: skip


BY = {"kind": "person", "id": "ana", "name": "Ana Alvarez"}


def old_tables():
    """The tables of requests for AI tasks and for notifications, as they were made before."""

    class AiTaskRequest(Model):
        id, tenant_id, title, processor = TextField(primary_key=True), TextField(), TextField(), TextField()
        metadata, priority, subject = JSONField(), IntegerField(), TextField(null=True)
        source_kind, source_id, retry_of = TextField(), TextField(), TextField(null=True)
        by, created_at = JSONField(), UtcDateTime()

        class Meta:
            database = db
            table_name = "ai_task_request"

    class NotificationRequest(Model):
        id, tenant_id, recipient_id = TextField(primary_key=True), TextField(), TextField(null=True)
        kind, title, body, link = TextField(), TextField(), TextField(), TextField(null=True)
        by, created_at = JSONField(), UtcDateTime()

        class Meta:
            database = db
            table_name = "notification_request"

    return AiTaskRequest, NotificationRequest
