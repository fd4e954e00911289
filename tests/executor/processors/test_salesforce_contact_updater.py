"""The contact updater against the sandbox CRM: its change, its activity, and every class of error."""

from __future__ import annotations

import pytest

from services.executor.models import AiTask, Effect
from tests.executor.conftest import read

METADATA = {
    "opportunityId": "006000000000001AAA",
    "oldContact": {"name": "Sarah Chen", "salesforceId": "003000000000001AAA"},
    "newContact": {"name": "Eric Estrada", "salesforceId": "003000000000002AAA"},
}


@pytest.fixture
def update(submit, run):
    def go(**more):
        submit("salesforce-contact-updater", METADATA | more)
        return run()

    return go


def opportunity(crm):
    return crm.opportunity("demo", METADATA["opportunityId"])


def fault(crm, error, *, times=1, after_commit=False, fields=()):
    crm.fail("demo", METADATA["opportunityId"], error=error, times=times, after_commit=after_commit, fields=fields)


def test_it_changes_both_fields_and_leaves_an_activity(update, crm):
    task = update()
    assert task.status == "success"
    assert task.result["changed"]
    assert task.result["primaryContact"] == METADATA["newContact"]
    found = opportunity(crm)
    assert (found["Primary_Contact__c"], found["Previous_Contact__c"]) == ("003000000000002AAA", "003000000000001AAA")
    assert found["activities"][0]["Subject"] == "Primary contact changed from Sarah Chen to Eric Estrada"
    assert "Ana Alvarez" in found["activities"][0]["Description"]


def test_somebody_who_is_primary_already_is_success_without_a_write(update, crm):
    update()
    task = update()
    assert (task.status, task.result["changed"]) == ("success", False)
    assert len(opportunity(crm)["activities"]) == 1


@pytest.mark.parametrize("error", ["UNABLE_TO_LOCK_ROW", "SERVER_UNAVAILABLE"])
def test_what_may_pass_is_tried_again(update, run, crm, now, error):
    fault(crm, error)
    task = update()
    assert (task.status, Effect.get().status) == ("queued", "not_done")
    assert error in task.error["message"]
    AiTask.update(available_at=now).execute()
    assert run().status == "success"
    assert len(opportunity(crm)["activities"]) == 1


def test_what_may_pass_and_does_not_fails_after_four_attempts(update, run, crm, now):
    fault(crm, "UNABLE_TO_LOCK_ROW", times=10)
    task = update()
    for _ in range(3):
        assert read(task).status == "queued"
        AiTask.update(available_at=now).execute()
        run()
    task = read(task)
    assert (task.status, task.attempts, task.error["permanent"]) == ("failed", 4, False)


def test_a_timeout_after_the_commit_is_looked_up_and_is_success(update, crm):
    fault(crm, "TIMEOUT", after_commit=True)
    task = update()
    assert (task.status, task.result["changed"]) == ("success", True)
    assert len(opportunity(crm)["activities"]) == 1


def test_a_timeout_before_the_commit_is_looked_up_and_tried_again(update, run, crm, now):
    fault(crm, "TIMEOUT")
    assert update().status == "queued"
    AiTask.update(available_at=now).execute()
    assert run().status == "success"
    assert len(opportunity(crm)["activities"]) == 1


def test_a_timeout_that_cannot_be_looked_up_is_an_unknown_outcome(update, crm):
    crm.answers_lookups = False
    fault(crm, "TIMEOUT", after_commit=True)
    task = update()
    assert (task.status, task.error["outcomeUnknown"], Effect.get().status) == ("failed", True, "unknown")


@pytest.mark.parametrize("error", ["INVALID_FIELD", "FIELD_CUSTOM_VALIDATION_EXCEPTION", "SOMETHING_NEW"])
def test_what_will_never_work_fails_at_once_and_shows_the_field(update, crm, error):
    fault(crm, error, fields=["Primary_Contact__c"])
    task = update()
    assert (task.status, task.attempts, task.error["permanent"]) == ("failed", 1, True)
    assert error in task.error["message"]
    assert "Primary_Contact__c" in task.error["message"]
    assert Effect.get().status == "not_done"


def test_whether_the_customer_is_to_be_updated_too_stands_in_the_result(update):
    assert update(updateCustomer=True).result["updateCustomer"] is True


def test_a_change_that_a_person_says_happened_is_what_was_asked_for(update, submit, run, crm):
    crm.answers_lookups = False
    fault(crm, "TIMEOUT", after_commit=True)
    task = update()
    Effect.update(status="done", outcome={"happened": True}).execute()
    submit("salesforce-contact-updater", METADATA, retry_of=task.id)
    again = run()
    assert (again.status, again.result["changed"]) == ("success", True)
    assert len(opportunity(crm)["activities"]) == 1
