"""Makes another person the primary contact of a CRM opportunity, and logs an activity that says so."""

from __future__ import annotations

from services.executor.processors import (
    CannotAsk,
    Key,
    OutcomeUnknown,
    Permanent,
    Processor,
    Result,
    TaskContext,
    Transient,
)
from services.executor.processors.shapes import boolean, record, reference, schema, text
from services.executor.providers.crm import CrmError, LookUpNotAnswered
from shared.ground.json_types import JsonObject

#: The CRM says that nothing changed and that it may work later: a lock, a limit, an outage, or a sender that came late.
RETRIED = {"UNABLE_TO_LOCK_ROW", "SERVER_UNAVAILABLE", "QUERY_TIMEOUT", "REQUEST_LIMIT_EXCEEDED", "STALE_REQUEST"}
#: No answer came, so the change may have been made.
UNANSWERED = {"TIMEOUT"}

CONTACT = record({"name": text(255), "salesforceId": reference()})


def run(task: TaskContext) -> Result:
    """Change primary contact, previous contact and activity in one transaction of the CRM, as one effect. Already
    primary is success."""
    metadata = task.metadata
    task.checkpoint()
    outcome = task.effect("primary-contact", act=lambda key: _change(task, key), look_up=lambda key: look_up(task, key))
    # An unknown outcome that a person resolved as happened has no fields; the change is then that of the metadata.
    changed = bool(outcome.get("changed", True))
    value: JsonObject = {
        "opportunityId": metadata["opportunityId"],
        "changed": changed,
        "primaryContact": metadata["newContact"],
        "previousContact": outcome.get("previousContact", metadata["oldContact"]["salesforceId"]),
        "replacedContact": outcome.get("replaced"),
        "activityId": outcome.get("activityId"),
        "updateCustomer": bool(metadata.get("updateCustomer", False)),
    }
    new, opportunity = metadata["newContact"]["name"], metadata["opportunityId"]
    return Result(
        value,
        f"{new} is now the primary contact of {opportunity}."
        if changed
        else f"{new} was already the primary contact of {opportunity}.",
    )


def _change(task: TaskContext, key: Key) -> JsonObject:
    old, new = task.metadata["oldContact"], task.metadata["newContact"]
    activity = {
        "subject": f"Primary contact changed from {old['name']} to {new['name']}"[:255],
        "description": f"Changed by the AI task “{task.title}” ({task.origin}) for {task.by.get('name') or 'Tandem'}.",
    }
    try:
        return task.providers.crm.change_primary_contact(
            task.tenant_id,
            task.metadata["opportunityId"],
            contact_id=new["salesforceId"],
            previous_id=old["salesforceId"],
            activity=activity,
            key=key.value,
            fence=key.fence,
        )
    except CrmError as error:
        raise problem_of(error) from error


def look_up(task: TaskContext, key: Key) -> JsonObject | None:
    """Ask the CRM by the key whether the change was made."""
    try:
        return task.providers.crm.look_up(task.tenant_id, key.value, key.fence)
    except LookUpNotAnswered as error:
        raise CannotAsk(str(error)) from error


def problem_of(error: CrmError) -> Transient | Permanent | OutcomeUnknown:
    """What the CRM's error means for the task. An unknown code is not retried."""
    if error.code in UNANSWERED:
        return OutcomeUnknown(str(error))
    return Transient(str(error)) if error.code in RETRIED else Permanent(str(error))


PROCESSOR = Processor(
    name="salesforce-contact-updater",
    version="1.0.0",
    title="Update the primary contact in Salesforce",
    description="Sets the primary and the previous contact of an opportunity, and logs an activity for the audit.",
    metadata_schema=schema(
        {"opportunityId": reference(), "oldContact": CONTACT, "newContact": CONTACT},
        {"updateCustomer": boolean()},
    ),
    run=run,
    deadline_seconds=120,
)
