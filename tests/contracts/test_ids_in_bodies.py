"""Every id that a body, an AI task's metadata or a request in a feed can hold, tried with what another tenant has: it is refused by
name, or it stands for nothing of theirs; and no row of theirs changes."""

from __future__ import annotations

import contextlib

import pytest

from services.executor.processors import registry
from shared.contracts.kinds import KINDS
from shared.database.connection import session
from shared.feed.consumer import Change
from shared.ground import clock, ids
from shared.ground.errors import TandemError
from tests.contexts import CONTEXTS
from tests.contracts import bodies, tenants
from tests.contracts.bodies import ID_FIELD, NO_IDS, OF_OWNERS, TRIES
from tests.contracts.following import READERS
from tests.contracts.tenants import BLUE, RED

PROCESSORS = registry.load(rehearsal=False)
TRACKED = {"emailId": "e", "emailSubject": "s", "sentTo": "a@b.test", "trackOpens": True, "trackClicks": True}
GUEST = {"email": "a@b.test"}
METADATA = {
    "contract-text-reader": {
        "contractId": "c", "sha256": "0" * 64, "name": "c.pdf", "mediaType": "application/pdf", "longestText": 1_000,
    },
    "calendar-invite": {
        "uid": "u", "sequence": 0, "method": "REQUEST", "title": "T", "startsAt": "2027-01-01T10:00:00Z",
        "endsAt": "2027-01-01T11:00:00Z", "timeZone": "UTC", "organizer": GUEST, "attendees": [GUEST],
    },
    "contract-deadline-alert": {
        "customerId": "c", "deadline": "2027-01-01", "kind": "notice", "message": "m", "alertDaysBefore": [1],
    },
    "email-engagement-tracker": TRACKED,
    "follow-up-reminder-creator": {
        "daysUntilReminder": 1, "reminderMessage": "m", "reminderPriority": 1, "relatedAction": "a",
    },
    "salesforce-contact-updater": {
        "opportunityId": "o", "oldContact": {"name": "A", "salesforceId": "1"}, "newContact": {"name": "B", "salesforceId": "2"},
    },
    "send-email": {"to": [GUEST], "subject": "s", "body": "b"},
    "workflow-scheduler": bodies.ECHO["metadata"],
}  # fmt: skip
"""Good metadata of each processor."""

ASKED_WITHIN = {
    "contractId", "customerId", "executionId", "emailId", "opportunityId", "partnershipId", "uid", "inReplyTo",
    "oldContact.salesforceId", "newContact.salesforceId", "subject",
}  # fmt: skip
"""Fields of metadata that are looked up, or kept, within the task's own tenant, here or by the service that the task asks."""

REQUESTS = {
    "ai-task-request": {"id", "retryOf", "subject", "source.id", "by.id"},
    "task-request": {"id", "customerId", "executionId", "partnershipId", "owner", "source.id", "by.id"},
    "trigger-request": {"id", "executionId", "customerId", "source.id", "by.id"},
    "notification-request": {"id", "recipientId", "source.id", "by.id"},
}
"""The ids that travel by the feed, beside the tenant's own."""


def openapi(applications, service):
    return applications[service][0].test_client().get("/openapi.json").json


@pytest.mark.parametrize("service", CONTEXTS)
def test_every_field_that_holds_an_id_is_tried(service, applications):
    fields = set(bodies.id_fields(service, openapi(applications, service)))
    known = {one for one in TRIES.keys() | OF_OWNERS | NO_IDS if one[0] == service}
    assert fields - known == set(), "say in tests/contracts/bodies.py how each is tried with another tenant's id"
    assert known - fields == set(), "these are no fields any more"
    assert fields


@pytest.mark.parametrize(("service", "operation", "field"), TRIES, ids=str)
def test_an_id_of_another_tenant_is_refused_or_means_nothing_of_theirs(
    service, operation, field, applications, blue, reds, red
):
    method, _, path = operation.partition(" ")
    tried = TRIES[service, operation, field]
    headers = tenants.service_headers if path.startswith("/internal/") else tenants.headers_of
    before = tenants.rows_of(applications, BLUE)
    answer = (
        applications[service][0]
        .test_client()
        .open(
            path.format_map(reds[service]),
            method=method,
            json=tried.make(blue[service], reds[service]),
            headers=headers(applications, red),
        )
    )
    if tried.scoped:
        assert answer.status_code in (200, 201, 204), answer.text
    elif tried.named:
        assert (answer.status_code, list(answer.json["errors"])) == (422, [tried.named]), answer.text
    else:
        assert answer.status_code == tried.status, answer.text
    assert tenants.rows_of(applications, BLUE) == before


def id_fields_of(schema, place=()):
    for name, field in schema.get("properties", {}).items():
        if ID_FIELD.search(name):
            yield ".".join((*place, name))
        yield from id_fields_of(field, (*place, name))
        yield from id_fields_of(field.get("items", {}), (*place, name))


@pytest.mark.parametrize("name", sorted(METADATA))
def test_metadata_names_nobody_and_nothing_of_another_tenant(name, applications, blue, red):
    fields = set(id_fields_of(PROCESSORS[name].metadata_schema))
    assert fields <= ASKED_WITHIN | {"owner"}, "say what another tenant's id comes to in this field"
    client, headers = applications["executor"][0].test_client(), tenants.headers_of(applications, red)
    before = tenants.rows_of(applications, BLUE)
    for field in fields:
        body = {"processor": name, "metadata": with_id(METADATA[name], field, blue)}
        answer = client.post("/api/ai-tasks", json=body, headers=headers)
        if field == "owner":
            assert (answer.status_code, list(answer.json["errors"])) == (422, ["metadata.owner"])
        else:
            assert answer.status_code == 201, answer.text
    assert tenants.rows_of(applications, BLUE) == before


def with_id(metadata, field, blue):
    theirs = {"customerId": "customer_id", "executionId": "execution_id"}
    value = (
        bodies.PERSON
        if field == "owner"
        else blue["workflows"].get(theirs.get(field, ""), blue["runs"]["partnership_id"])
    )
    first, _, second = field.partition(".")
    return metadata | {first: metadata[first] | {second: value} if second else value}


def test_every_processor_is_tried():
    assert {one.name for one in PROCESSORS} == METADATA.keys()


def requested(kind):
    for service, kinds in KINDS.items():
        if kind in kinds:
            yield service, kinds[kind]()


def ids_of_schema(schema):
    for name, field in schema.fields.items():
        told = field.data_key or name
        if hasattr(field, "schema"):
            yield from (f"{told}.{one}" for one in ids_of_schema(field.schema))
        elif ID_FIELD.search(told) and told != "tenantId":
            yield told


@pytest.mark.parametrize("kind", REQUESTS)
def test_the_requests_of_feeds_hold_no_other_ids(kind):
    published = list(requested(kind))
    assert published
    for _, schema in published:
        assert set(ids_of_schema(schema)) == REQUESTS[kind]


def request_for(kind, blue, request_id):
    workflows = blue["workflows"]
    by = {"kind": "person", "id": bodies.PERSON, "name": "N"}
    source = {"service": "executor", "kind": "ai-task", "id": blue["executor"]["task_id"]}
    told = {"id": request_id, "tenantId": RED, "title": "T", "by": by, "source": source, "priority": 1}
    execution = {"customerId": workflows["customer_id"], "executionId": workflows["execution_id"]}
    return told | {
        "ai-task-request": {
            "processor": "send-email", "metadata": METADATA["send-email"], "runAt": None, "subject": workflows["customer_id"],
            "retryOf": blue["executor"]["task_id"],
        },
        "task-request": execution | {
            "description": "", "dueDate": None, "snoozedUntil": None, "snoozeReason": None, "owner": bodies.PERSON,
            "relatedAction": None, "partnershipId": blue["runs"]["partnership_id"], "partnershipName": "P",
        },
        "trigger-request": execution | {"stage": "discovery", "triggerDate": "2027-01-01", "conditions": []},
        "notification-request": {
            "recipientId": bodies.PERSON, "kind": "deadline", "body": "b", "link": None, "createdAt": clock.rfc3339(clock.now()),
        },
    }[kind]  # fmt: skip


@pytest.mark.parametrize("kind", REQUESTS)
@pytest.mark.parametrize("of_theirs", [False, True])
def test_a_request_of_a_feed_touches_nothing_of_another_tenant(kind, of_theirs, applications, blue, reds):
    """With ids of theirs throughout, and with the very id of something of theirs."""
    taken = {
        "ai-task-request": blue["executor"]["task_id"],
        "task-request": blue["workflows"]["task_id"],
        "trigger-request": blue["workflows"]["trigger_id"],
        "notification-request": blue["monitor"]["notification_id"],
    }[kind]
    data = request_for(kind, blue, taken if of_theirs else ids.new_id())
    before, heard = tenants.rows_of(applications, BLUE), 0
    for reader in READERS.values():
        for (source, told), apply in reader.appliers.items():
            if told == kind:
                heard += 1
                change = Change(source, kind, data["id"], 1, 1, RED, False, data, clock.now())
                with session(reader.feed.database):
                    apply_as_a_reader_does(reader, apply, change)
    assert heard
    assert tenants.rows_of(applications, BLUE) == before


def apply_as_a_reader_does(reader, apply, change):
    """In a savepoint; what cannot be applied is parked."""
    with contextlib.suppress(TandemError), reader.feed.transaction(), reader.feed.savepoint():
        apply(change)
