"""No tenant can take what another one needs: every unique key is one within a tenant, or is listed here with the reason why not."""

from __future__ import annotations

import pytest

from shared.database.connection import session
from tests.contexts import CONTEXTS

MADE_HERE = "an id that this service makes, at random"
NAMED_HERE = "an id that this service makes of ids of its own"
OF_ITS_ROW = "begins with the id of a row of one tenant, which a service made"
OF_ITS_OWNER = "an id of another service, copied; the copy is held against its tenant and kind"
OF_A_REQUEST = "the id of a request, which the asking service makes of ids of its own"
OF_ALL = "no tenant's: of the service, its feed, its schedule or its schema"
CHOSEN = "an operator alone chooses it, on the command line"
SIGNING_IN = "signing in begins with the e-mail; it is how the tenant becomes known"
CHECKED = "a person's is taken only where nobody has it, else another is made of it (submitting.ask)"

EVERYWHERE = {
    ("act", ("id",)): MADE_HERE,
    ("feed", ("kind", "subject_id")): OF_ITS_ROW,
    ("feed_cursor", ("source", "kind")): OF_ALL,
    ("feed_generation", ("number",)): OF_ALL,
    ("feed_generation", ("token",)): OF_ALL,
    ("feed_state", ("id",)): OF_ALL,
    ("feed_parked", ("source", "kind", "subject_id")): OF_ITS_OWNER,
    ("person", ("id",)): OF_ITS_OWNER,
    ("plumbing_migration", ("id",)): OF_ALL,
    ("plumbing_migration", ("name",)): OF_ALL,
    ("readiness", ("id",)): OF_ALL,
    ("request", ("id",)): NAMED_HERE,
    ("schedule", ("name",)): OF_ALL,
    ("schema_migration", ("id",)): OF_ALL,
    ("schema_migration", ("name",)): OF_ALL,
    ("search_word", ("kind", "subject_id", "word")): OF_ITS_ROW,
    ("tenant", ("id",)): CHOSEN,
}
"""The plumbing that services share, where they have it."""

EXCEPTIONS = {
    "runs": {
        ("activity", ("id",)): MADE_HERE,
        ("activity", ("origin",)): NAMED_HERE,
        ("asked_task", ("id",)): NAMED_HERE,
        ("delivery", ("id",)): NAMED_HERE,
        ("guided_run", ("id",)): MADE_HERE,
        ("import", ("id",)): MADE_HERE,
        ("import_file", ("import_id",)): OF_ITS_ROW,
        ("import_row", ("import_id", "number")): OF_ITS_ROW,
        ("guided_step", ("id",)): NAMED_HERE,
        ("meeting", ("id",)): NAMED_HERE,
        ("meeting", ("uid",)): NAMED_HERE,
        ("objective", ("id",)): MADE_HERE,
        ("partnership", ("id",)): MADE_HERE,
        ("recurrence", ("id",)): MADE_HERE,
        ("run_comment", ("id",)): MADE_HERE,
        ("run_partnership", ("run_id", "partnership_id")): OF_ITS_ROW,
        ("run_template", ("id",)): MADE_HERE,
        ("run_template_version", ("template_id", "number")): OF_ITS_ROW,
        ("step_row", ("id",)): NAMED_HERE,
        ("step_row", ("step_id", "subject_kind", "subject_id")): OF_ITS_ROW,
    },
    "workflows": {
        ("action_plan", ("execution_id",)): OF_ITS_ROW,
        ("contact", ("id",)): MADE_HERE,
        ("contract", ("id",)): MADE_HERE,
        ("customer", ("id",)): MADE_HERE,
        ("contact_merge", ("id",)): MADE_HERE,
        ("customer_fact", ("id",)): MADE_HERE,
        ("customer_hold", ("id",)): MADE_HERE,
        ("heard_request", ("id",)): OF_A_REQUEST,
        ("import", ("id",)): MADE_HERE,
        ("import_file", ("import_id",)): OF_ITS_ROW,
        ("import_row", ("import_id", "number")): OF_ITS_ROW,
        ("processor", ("id",)): OF_ALL,
        ("task_batch", ("id",)): MADE_HERE,
        ("customer_batch", ("id",)): MADE_HERE,
        ("task_comment", ("id",)): MADE_HERE,
        ("score_reading", ("id",)): MADE_HERE,
        ("usage_reading", ("id",)): MADE_HERE,
        ("workflow_execution", ("id",)): MADE_HERE,
        ("workflow_step", ("id",)): NAMED_HERE,
        ("workflow_step", ("execution_id", "order_index")): OF_ITS_ROW,
        ("workflow_tasks", ("id",)): MADE_HERE,
        ("workflow_trigger", ("id",)): MADE_HERE,
    },
    "executor": {
        ("ai_task", ("id",)): CHECKED,
        ("ai_task", ("origin", "retry_number")): OF_ITS_ROW,
        ("attempt", ("task_id", "lease")): OF_ITS_ROW,
        ("effect", ("origin", "name")): OF_ITS_ROW,
        ("hold", ("id",)): OF_ITS_OWNER,
        ("processor", ("name",)): OF_ALL,
        ("worker", ("id",)): OF_ALL,
    },
    "monitor": {
        ("saved_view", ("id",)): MADE_HERE,
        ("invitation", ("person_id",)): OF_ITS_ROW,
        ("known_device", ("person_id", "id")): OF_ITS_ROW,
        ("notification", ("id",)): OF_A_REQUEST,
        ("notification_read", ("person_id", "notification_id")): OF_ITS_ROW,
        ("notification_setting", ("person_id",)): OF_ITS_ROW,
        ("person", ("email",)): SIGNING_IN,
        ("run", ("id",)): OF_ITS_OWNER,
        ("run_detail", ("run_id",)): OF_ITS_ROW,
        ("run_step", ("run_id", "id")): OF_ITS_ROW,
        ("session", ("id",)): MADE_HERE,
        ("set_aside", ("run_id",)): OF_ITS_ROW,
        ("sign_in_attempt", ("id",)): MADE_HERE,
        ("sign_in_link", ("id",)): MADE_HERE,
        ("source_look", ("source",)): OF_ALL,
        ("trail_act", ("id",)): OF_ITS_OWNER,
    },
}


def unique_keys(database):
    """(table, columns) of every primary key, unique column and unique index that the database has."""
    with session(database):
        for table in database.get_tables():
            yield table, tuple(database.get_primary_keys(table))
            yield from ((table, tuple(index.columns)) for index in database.get_indexes(table) if index.unique)


@pytest.mark.parametrize("service", CONTEXTS)
def test_every_unique_key_is_one_within_a_tenant(service, applications):
    database = applications[service][0].extensions["tandem"].feed.database
    keys = {(table, columns) for table, columns in unique_keys(database) if columns}
    across = {(table, columns) for table, columns in keys if "tenant_id" not in columns}
    assert keys - across, "no key is a tenant's"
    unreasoned = across - EXCEPTIONS[service].keys() - EVERYWHERE.keys()
    assert not unreasoned, "scope them by tenant_id, or say why another tenant cannot take them"
    assert not EXCEPTIONS[service].keys() - across, "these are no keys any more"


def test_every_key_of_the_plumbing_is_somewhere(applications):
    found = set()
    for application, _ in applications.values():
        found |= set(unique_keys(application.extensions["tandem"].feed.database))
    assert not EVERYWHERE.keys() - found
