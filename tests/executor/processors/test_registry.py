"""Processors are found by name through entry points, and their schemas refuse what they do not know."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import EntryPoint
from types import SimpleNamespace

import pytest
from jsonschema import Draft202012Validator

from services.executor.processors import registry, rehearsal
from services.executor.submitting import LONGEST_METADATA
from tests.executor.conftest import GROUP, PROCESSORS


def test_every_entry_point_of_the_project_loads_under_its_own_name(known):
    assert known.names() == PROCESSORS


def test_rehearsal_processors_are_offered_only_when_asked_for():
    group = [EntryPoint("test-echo", "services.executor.processors.rehearsal:PROCESSOR", registry.GROUP)]
    assert registry.load(rehearsal=False, group=group).names() == []


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("echo", "services.executor.processors.rehearsal:PROCESSOR", "the processor calls itself 'test-echo'"),
        ("gone", "services.executor.processors.gone:PROCESSOR", "ModuleNotFoundError: No module named"),
        ("empty", "services.executor.processors.shapes:PROCESSOR", "AttributeError"),
    ],
)
def test_a_processor_that_does_not_load_is_left_out_and_one_line_says_why(caplog, name, value, why):
    assert registry.load(rehearsal=True, group=[*GROUP, EntryPoint(name, value, registry.GROUP)]).names() == PROCESSORS
    [line] = caplog.records
    assert (line.levelname, line.exc_info) == ("ERROR", None)
    assert line.getMessage().startswith(f"The processor {name} is not loaded: ")
    assert why in line.getMessage()


UNSOUND = replace(rehearsal.PROCESSOR, name="unsound", metadata_schema={"type": "objekt"})
UNREADABLE = replace(rehearsal.PROCESSOR, name="unreadable", metadata_schema=True)
FOREIGN = SimpleNamespace(name="foreign")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("unsound", "its metadata_schema is invalid at $.type: 'objekt' is not"),
        ("unreadable", "its metadata_schema is no mapping"),
        ("foreign", "it is no Processor"),
    ],
)
def test_what_cannot_be_used_as_a_processor_is_left_out_like_one_that_does_not_load(caplog, name, why):
    bad = EntryPoint(name, f"{__name__}:{name.upper()}", registry.GROUP)
    assert registry.load(rehearsal=True, group=[*GROUP, bad]).names() == PROCESSORS
    [line] = caplog.records
    assert (line.levelname, line.exc_info) == ("ERROR", None)
    assert line.getMessage().startswith(f"The processor {name} is not loaded: ValueError: {why}")
    assert "\n" not in line.getMessage()


@pytest.mark.parametrize("name", PROCESSORS)
def test_every_schema_is_sound_refuses_the_unknown_and_bounds_every_length(known, name):
    schema = known[name].metadata_schema
    Draft202012Validator.check_schema(schema)
    for part in parts(schema):
        kinds = part.get("type", [])
        if kinds == "object":
            assert part["additionalProperties"] is False
        if "string" in ([kinds] if isinstance(kinds, str) else kinds):
            assert part["maxLength"] <= LONGEST_METADATA
        if kinds == "array":
            assert part["maxItems"] <= 100


def parts(schema):
    yield schema
    for inner in (*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])):
        yield from parts(inner)


@pytest.mark.parametrize(
    ("processor", "metadata", "faults"),
    [
        (
            "workflow-scheduler",
            {"executionId": "e", "conditions": []},
            ["metadata.customerId", "metadata.stage", "metadata.triggerDate"],
        ),
        (
            "salesforce-contact-updater",
            {"opportunityId": "006", "oldContact": {"name": "A"}, "newContact": {"name": "B", "salesforceId": 3}},
            ["metadata.newContact.salesforceId", "metadata.oldContact.salesforceId"],
        ),
        (
            "contract-deadline-alert",
            {"customerId": "c", "deadline": "2026-13-01", "kind": "k", "message": "m", "alertDaysBefore": [1, 1]},
            ["metadata.alertDaysBefore", "metadata.deadline"],
        ),
        (
            "email-engagement-tracker",
            {"emailId": "m", "emailSubject": "s", "sentTo": "nobody", "trackOpens": True, "trackClicks": True},
            ["metadata.sentTo"],
        ),
        (
            "follow-up-reminder-creator",
            {"daysUntilReminder": 1.0, "reminderMessage": "m", "reminderPriority": True, "relatedAction": "a"},
            ["metadata.daysUntilReminder", "metadata.reminderPriority"],
        ),
        (
            "follow-up-reminder-creator",
            {"daysUntilReminder": 0, "reminderMessage": "", "reminderPriority": 6, "relatedAction": "a"},
            ["metadata.daysUntilReminder", "metadata.reminderMessage", "metadata.reminderPriority"],
        ),
    ],
)
def test_wrong_metadata_names_its_fields(known, processor, metadata, faults):
    assert sorted(known.faults_of(processor, metadata)) == faults


def test_what_was_sent_is_not_repeated_in_the_reason(known):
    assert "secret" not in str(known.faults_of("test-echo", {"say": "secret" * 100}))
