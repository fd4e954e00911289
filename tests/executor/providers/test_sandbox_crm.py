"""The sandbox CRM: a system of its own, that commits on its own, can be asked by key, and fails when told to."""

from __future__ import annotations

import sqlite3

import pytest

from services.executor.providers.crm import CrmError, LookUpNotAnswered
from services.executor.providers.sandbox_crm import SandboxCrm
from tests.conftest import NOON

LINE = {"subject": "Changed", "description": "By a test."}


def change(crm, contact="003new", key="k", fence=1, opportunity="006a", tenant="demo"):
    return crm.change_primary_contact(
        tenant, opportunity, contact_id=contact, previous_id="003old", activity=LINE, key=key, fence=fence
    )


def test_an_opportunity_exists_from_its_first_change_on(crm):
    assert crm.opportunity("demo", "006a") is None
    change(crm)
    found = crm.opportunity("demo", "006a")
    assert (found["Primary_Contact__c"], found["Previous_Contact__c"]) == ("003new", "003old")
    assert [row["Subject"] for row in found["activities"]] == ["Changed"]


def test_a_second_change_remembers_whom_it_replaced(crm):
    change(crm)
    outcome = change(crm, contact="003third", key="k2")
    assert (outcome["changed"], outcome["replaced"], outcome["previousContact"]) == (True, "003new", "003new")


def test_whoever_is_primary_already_is_left_so_without_a_write(crm):
    change(crm)
    outcome = change(crm, key="k2")
    assert (outcome["changed"], outcome["activityId"]) == (False, None)
    assert len(crm.opportunity("demo", "006a")["activities"]) == 1


def test_the_opportunities_of_tenants_are_apart(crm):
    change(crm)
    assert crm.opportunity("acme", "006a") is None


def test_a_change_can_be_asked_about_by_its_key(crm):
    made = change(crm)
    assert crm.look_up("demo", "k", 2) == made
    assert crm.look_up("demo", "other", 1) is None


def test_a_key_is_its_tenants(crm):
    change(crm)
    assert crm.look_up("acme", "k", 9) is None
    assert change(crm, fence=2)["opportunityId"] == "006a"


def test_a_file_from_before_tenants_were_told_apart_answers_and_stays_closed(tmp_path):
    file = tmp_path / "crm.sqlite3"
    with sqlite3.connect(file) as before:
        before.executescript(
            "CREATE TABLE answer (id INTEGER PRIMARY KEY, key TEXT NOT NULL, fence INTEGER NOT NULL, body TEXT NOT NULL);"
            "CREATE TABLE closed_key (key TEXT PRIMARY KEY, fence INTEGER NOT NULL);"
            """INSERT INTO answer (key, fence, body) VALUES ('done', 1, '{"changed": true}');"""
            "INSERT INTO closed_key VALUES ('k', 5);"
        )
    before.close()
    for _ in range(2):
        crm = SandboxCrm(file, read_clock=lambda: NOON)
        assert crm.look_up("demo", "done", 1) == {"changed": True}
        with pytest.raises(CrmError):
            change(crm, fence=4)


def test_the_same_key_sent_twice_stands_twice(crm):
    crm.log_activity("demo", "006a", activity=LINE, key="k", fence=1)
    crm.log_activity("demo", "006a", activity=LINE, key="k", fence=1)
    assert len(crm.opportunity("demo", "006a")["activities"]) == 2


def test_asking_closes_the_key_to_earlier_fences(crm):
    assert crm.look_up("demo", "k", 2) is None
    with pytest.raises(CrmError) as refused:
        change(crm, fence=1)
    assert refused.value.code == "STALE_REQUEST"
    assert crm.opportunity("demo", "006a") is None
    assert change(crm, fence=2)["changed"]


def test_a_later_question_never_opens_what_an_earlier_one_closed(crm):
    crm.look_up("demo", "k", 5)
    crm.look_up("demo", "k", 2)
    with pytest.raises(CrmError):
        change(crm, fence=3)


def test_a_crm_without_look_ups_says_so(tmp_path):
    silent = SandboxCrm(tmp_path / "crm.sqlite3", read_clock=lambda: NOON, answers_lookups=False)
    with pytest.raises(LookUpNotAnswered):
        silent.look_up("demo", "k", 1)


@pytest.mark.parametrize(("after_commit", "made"), [(False, 0), (True, 1)])
def test_it_fails_as_often_as_it_was_told_before_or_after_its_commit(crm, after_commit, made):
    crm.fail("demo", "006a", error="UNABLE_TO_LOCK_ROW", times=1, after_commit=after_commit, fields=["OwnerId"])
    with pytest.raises(CrmError) as refused:
        change(crm)
    assert (refused.value.code, refused.value.fields) == ("UNABLE_TO_LOCK_ROW", ("OwnerId",))
    found = crm.opportunity("demo", "006a")
    assert len(found["activities"] if found else []) == made
    assert change(crm, contact="003other", key="k2")["changed"]


def test_a_fault_is_of_one_opportunity_and_can_be_ended(crm):
    crm.fail("demo", "006a", error="TIMEOUT", times=5, after_commit=False)
    assert change(crm, opportunity="006b")["changed"]
    crm.fail("demo", "006a", error="TIMEOUT", times=0, after_commit=False)
    assert change(crm, key="k2")["changed"]


def test_what_it_holds_survives_its_process(crm):
    change(crm)
    again = SandboxCrm(crm.path, read_clock=lambda: NOON)
    assert again.opportunity("demo", "006a")["Primary_Contact__c"] == "003new"


def test_one_that_cannot_be_opened_says_that_nothing_was_changed(tmp_path):
    (tmp_path / "a-file").write_text("")
    with pytest.raises(CrmError) as refused:
        change(SandboxCrm(tmp_path / "a-file" / "crm.sqlite3", read_clock=lambda: NOON))
    assert refused.value.code == "SERVER_UNAVAILABLE"
