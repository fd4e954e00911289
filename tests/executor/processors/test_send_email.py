"""Mail as an effect: sent once whatever dies in between, looked up by its key, and left to a person where it cannot be."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from services.executor import fault_injection
from services.executor.executing import Runner, RunningTask
from services.executor.models import AiTask, Effect, db
from tests.executor.conftest import make_mailbox, read

METADATA = {
    "to": [{"name": "Mia Lund", "email": "mia@harbor.test"}, {"email": "team@harbor.test"}],
    "cc": [{"email": "boss@harbor.test"}],
    "replyTo": {"name": "Ana Alvarez", "email": "ana@demo.tandem.test"},
    "fromName": "Ana Alvarez",
    "subject": "Our talk",
    "body": "Dear Mia,\nthank you.",
    "partnershipId": "p1",
}


def mails(mailbox):
    return mailbox.page("demo", q=None, limit=100, offset=0, cursor=None).items


def die_at(point, claim, providers, known, now, home):
    """A worker claims the task and is killed at this point; the database is opened anew by whoever comes after."""
    db.close()
    child = os.fork()
    if child == 0:
        db.connect()
        fault_injection.arm(point, home)
        task = claim()
        Runner(providers, lambda: now, 300).run(RunningTask(task, 60), known[task.processor])
        os._exit(0)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    db.connect()
    assert ended == -9, ended
    AiTask.update(status="queued", lease_until=None, lease_owner=None, deadline_at=None, available_at=now).execute()


def test_it_sends_the_mail_and_says_where_it_is(submit, run, mailbox):
    submit("send-email", METADATA)
    task = run()
    assert task.status == "success"
    assert set(task.result) == {"summary", "messageId", "mailboxId", "to", "sentAt"}
    kept = mailbox.get_or_none("demo", task.result["mailboxId"])
    assert [str(kept.message[name]) for name in ("From", "To", "Cc", "Reply-To", "Subject")] == [
        "Ana Alvarez <no-reply@tandem.test>",
        "Mia Lund <mia@harbor.test>, team@harbor.test",
        "boss@harbor.test",
        "Ana Alvarez <ana@demo.tandem.test>",
        "Our talk",
    ]
    assert kept.entry.key == Effect.get().key == f"{task.id}:mail"


def test_a_retry_of_a_mail_that_was_sent_sends_nothing(submit, run, mailbox, now):
    first = submit("send-email", METADATA)
    run()
    AiTask.update(status="failed", finished_at=now).execute()
    submit("send-email", METADATA, retry_of=first.id)
    assert run().result == read(first).result
    assert len(mails(mailbox)) == 1


@pytest.mark.parametrize("point", ["before-effect", "after-effect-intent", "after-outside-change", "before-finish"])
def test_whenever_its_worker_is_killed_one_mail_is_sent(
    submit, claim, run, known, providers, mailbox, now, tmp_path, point
):
    submit("send-email", METADATA)
    die_at(point, claim, providers, known, now, tmp_path)
    task = run()
    assert (task.status, Effect.get().status) == ("success", "done")
    assert [mail.id for mail in mails(mailbox)] == [task.result["mailboxId"]]


def test_a_mail_that_cannot_be_asked_about_is_an_unknown_outcome_and_is_not_sent_again(
    submit, claim, providers, known, now, tmp_path
):
    silent = make_mailbox(tmp_path, answers_lookups=False)
    providers = replace(providers, mail=silent)
    submit("send-email", METADATA)
    die_at("after-outside-change", claim, providers, known, now, tmp_path)
    task = claim()
    Runner(providers, lambda: now, 300).run(RunningTask(task, 60), known["send-email"])
    task = read(task)
    assert (task.status, task.error["outcomeUnknown"], Effect.get().status) == ("failed", True, "unknown")
    assert "TANDEM_MAIL_ANSWERS_LOOKUPS" in task.error["message"]
    assert len(list(silent.folder.rglob("*.eml"))) == 1


def test_a_mail_that_a_person_says_was_sent_went_where_it_was_to_go(submit, run, mailbox, now):
    first = submit("send-email", METADATA)
    AiTask.update(status="failed", finished_at=now).execute()
    Effect.create(
        origin=first.id, name="mail", tenant_id="demo", task_id=first.id, key="k", fence=1, status="done",
        intended_at=now, settled_at=now, outcome={"happened": True},
    )  # fmt: skip
    submit("send-email", METADATA, retry_of=first.id)
    assert run().result == {
        "summary": "“Our talk” was sent to mia@harbor.test, team@harbor.test.",
        "messageId": None,
        "mailboxId": None,
        "to": ["mia@harbor.test", "team@harbor.test"],
        "sentAt": None,
    }
    assert mails(mailbox) == []


@pytest.mark.parametrize("unfit", ["half a character \ud800", "a NUL \x00", "\\ and a NUL \x00"])
def test_a_text_that_no_column_can_hold_is_refused_at_the_door(known, unfit):
    assert list(known.faults_of("send-email", METADATA | {"body": unfit})) == ["metadata"]


@pytest.mark.parametrize("fit", ["\\u0000 spelt out", "\U0001f600 a whole one", "tab\tand\nline"])
def test_a_text_that_only_looks_so_is_taken(known, fit):
    assert known.faults_of("send-email", METADATA | {"body": fit}) == {}


def test_a_mailbox_that_cannot_be_written_is_tried_again(submit, run, mailbox, now):
    mailbox.folder.mkdir()
    (mailbox.folder / "demo").write_text("in the way")
    submit("send-email", METADATA)
    assert run().status == "queued"
    assert Effect.get().status == "not_done"
    (mailbox.folder / "demo").unlink()
    AiTask.update(available_at=now).execute()
    assert run().status == "success"
    assert len(mails(mailbox)) == 1


def test_what_no_mail_can_be_fails_at_once_although_it_was_accepted_once(submit, run, mailbox):
    submit("send-email", METADATA)
    AiTask.update(metadata=METADATA | {"subject": "Hello\nBcc: all@harbor.test"}).execute()
    task = run()
    assert (task.status, task.attempts, task.error["permanent"]) == ("failed", 1, True)
    assert mails(mailbox) == []
