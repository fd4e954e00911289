"""Forms from JSON Schema: what is shown can be read back unchanged, and what was typed goes to where its field is."""

from __future__ import annotations

import pytest
from werkzeug.datastructures import MultiDict

from services.executor.processors import registry
from services.monitor.pages import schema_forms, typed_values
from shared.contracts.metadata import MetadataSchema

PROCESSORS = registry.load(rehearsal=False)
EXAMPLES = {
    "salesforce-contact-updater": {
        "opportunityId": "006",
        "oldContact": {"name": "Sarah", "salesforceId": "003S"},
        "newContact": {"name": "Eric", "salesforceId": "003E"},
        "updateCustomer": True,
    },
    "contract-deadline-alert": {
        "customerId": "c",
        "deadline": "2027-01-02",
        "kind": "notice",
        "message": "The notice date",
        "alertDaysBefore": [30, 7],
        "owner": "ana",
    },
    "follow-up-reminder-creator": {
        "daysUntilReminder": 5,
        "reminderMessage": "Call",
        "reminderPriority": 2,
        "relatedAction": "Called",
    },
    "workflow-scheduler": {
        "executionId": "e",
        "customerId": "c",
        "stage": "prepare",
        "triggerDate": "2027-01-02",
        "conditions": [],
    },
    "send-email": {
        "to": [{"email": "a@x.test", "name": "A"}, {"email": "b@x.test"}],
        "subject": "Hello",
        "body": "One.\nTwo.",
        "replyTo": {"email": "c@x.test"},
    },
    "email-engagement-tracker": {
        "emailId": "m",
        "emailSubject": "Hello",
        "sentTo": "a@x.test",
        "trackOpens": True,
        "trackClicks": False,
        "notifyOnOpen": False,
    },
    "contract-text-reader": {
        "contractId": "c",
        "sha256": "0" * 64,
        "name": "Contract.pdf",
        "mediaType": "application/pdf",
        "longestText": 1000,
    },
    "calendar-invite": {
        "uid": "u",
        "sequence": 0,
        "method": "REQUEST",
        "title": "Review",
        "startsAt": "2027-01-02T09:00:00Z",
        "endsAt": "2027-01-02T10:00:00Z",
        "timeZone": "Europe/Berlin",
        "organizer": {"email": "a@x.test"},
        "attendees": [{"email": "b@x.test"}],
    },
}


def typed(fields):
    """The form as a browser sends these fields."""
    sent = MultiDict()
    for field in fields:
        if field.kind == "several":
            sent.setlist(field.name, field.value)
        elif field.kind == "flag" and field.value:
            sent.add(field.name, "true")
        elif field.kind not in ("group", "flag"):
            sent.add(field.name, str(field.value))
        if field.kind in ("several", "flag"):
            sent.add(f"{field.name}:shown", "1")
    return sent


@pytest.mark.parametrize("name", PROCESSORS.names())
def test_what_a_form_shows_of_every_processor_is_read_back_as_it_was(name):
    schema, example = PROCESSORS[name].metadata_schema, EXAMPLES[name]
    assert MetadataSchema(schema).faults_of(example) == {}
    fields = schema_forms.fields(schema, example, "metadata")
    assert typed_values.whole(schema, typed(fields), "metadata") == example


def test_a_field_has_its_path_its_label_and_what_its_schema_says():
    fields = {field.name: field for field in schema_forms.fields(PROCESSORS["send-email"].metadata_schema, {}, "m")}
    assert [name for name in fields if name.startswith("m.to")] == ["m.to", "m.to.0.email", "m.to.0.name"]
    assert (fields["m.subject"].label, fields["m.subject"].kind, fields["m.subject"].required) == (
        "Subject",
        "line",
        True,
    )
    assert (fields["m.body"].kind, fields["m.cc.0.email"].required) == ("text", False)
    assert not fields["m.replyTo.email"].required  # only who wants an answer elsewhere says where
    assert fields["m.inReplyTo"].hint == "The key of an earlier mail's effect, or its Message-ID."


@pytest.mark.parametrize(
    ("schema", "text", "value"),
    [
        ({"type": "integer"}, "7", 7),
        ({"type": "integer"}, "seven", "seven"),
        ({"type": "number"}, "7.5", 7.5),
        ({"type": "number"}, "x", "x"),
        ({"type": "number"}, "nan", "nan"),
        ({"type": "integer"}, "-3", -3),
        ({"type": "integer"}, "7.5", "7.5"),
        ({"type": ["boolean", "null"]}, "false", False),
        ({"enum": [1, 2]}, "2", 2),
        ({"enum": ["a"]}, "b", "b"),
        ({"type": ["string", "null"]}, "  ", None),
        ({"type": "array", "items": {"type": "integer"}}, "1\r\n two \n\n", [1, "two"]),
        ({"type": "object"}, '{"a": [1]}', {"a": [1]}),
        ({"type": "object"}, "{no", "{no"),
        ({}, "", None),
    ],
)
def test_a_text_that_is_no_value_of_its_type_stays_for_the_owner_to_refuse(schema, text, value):
    assert typed_values.whole(schema, MultiDict({"x": text}), "x") == value


def test_rows_that_are_empty_or_numbered_beyond_reason_are_no_rows():
    schema = PROCESSORS["send-email"].metadata_schema
    form = {"m.to.0.email": "", "m.to.1.email": "b@x.test", "m.to.99999999999.email": "c@x.test", "m.to.x.email": "d"}
    assert typed_values.whole(schema, MultiDict(form), "m")["to"] == [{"email": "b@x.test"}]


def test_an_error_is_shown_by_the_field_of_its_path_or_the_nearest_above_it():
    schema = PROCESSORS["contract-deadline-alert"].metadata_schema
    fields = schema_forms.fields(schema, {}, "metadata")
    errors = {"metadata.alertDaysBefore.0": ["More than 730."], "metadata.kind": ["Missing."], "title": ["Long."]}
    assert schema_forms.placed(errors, fields) == {
        "metadata.alertDaysBefore": ["More than 730."],
        "metadata.kind": ["Missing."],
        "title": ["Long."],
    }


RECORD = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "title": "Name"},
        "email": {"type": ["string", "null"]},
        "limit": {"type": "integer"},
        "signs": {"type": "boolean"},
        "roles": {"type": "array", "items": {"enum": ["legal", "buyer"]}},
        "answered": {"type": ["boolean", "null"]},
        "metOn": {"type": ["string", "null"], "format": "date"},
        "details": {"type": "object", "title": "", "properties": {"percent": {"type": ["number", "null"]}}},
    },
    "required": ["name"],
}
SAVED = {
    "name": "Ada",
    "email": "a@x.test",
    "limit": 5,
    "signs": True,
    "roles": ["legal"],
    "answered": False,
    "metOn": "2026-11-02",
    "details": {"percent": 10},
}


def test_a_record_is_read_back_as_it_was():
    assert typed_values.change(RECORD, typed(schema_forms.fields(RECORD, SAVED))) == SAVED


def test_an_emptied_field_of_a_record_is_null_or_an_empty_text_and_one_that_was_not_shown_is_left_as_it_is():
    emptied = {"name": "", "email": " ", "limit": "", "signs:shown": "1", "roles:shown": "1", "details.percent": ""}
    assert typed_values.change(RECORD, MultiDict(emptied)) == {
        "name": "",
        "email": None,
        "signs": False,
        "roles": [],
        "details": {"percent": None},
    }


def test_details_without_a_title_have_no_heading_and_what_differs_is_said_in_words():
    saved = schema_forms.fields(RECORD, SAVED)
    assert [field.name for field in saved if field.kind == "group"] == []
    mine = schema_forms.fields(RECORD, SAVED | {"signs": False, "roles": [], "metOn": "no day", "answered": None})
    assert schema_forms.changed_since(saved, mine) == {
        "signs": "yes",
        "roles": "Legal",
        "answered": "No",
        "metOn": "2 Nov 2026",
    }


def test_a_person_is_chosen_by_name():
    schema = PROCESSORS["contract-deadline-alert"].metadata_schema
    fields = schema_forms.fields(schema, {"owner": "ana"}, "m", people={"ana": "Ana Lind"})
    owner = next(field for field in fields if field.name == "m.owner")
    assert (owner.choices, owner.in_words) == ([("", "–"), ("ana", "Ana Lind")], "Ana Lind")
