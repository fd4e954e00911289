"""Merges duplicates of a person into one contact, and undoes a merge."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from services.workflows import models
from services.workflows.commands import MergeContacts
from services.workflows.models import Contact, ContactMerge, acts, feed
from services.workflows.models.contact_merges import NAMES
from shared.database.model import Columns
from shared.database.stored_columns import columns_as_json, columns_from_json
from shared.ground.errors import Conflict, Invalid
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal

FILLED = (
    *("email", "title", "salesforce_id", "signing_limit", "signing_currency", "last_touch_by", "answered", "left_on"),
    *("left_to", "away_from", "away_until", "channel", "organisation", "successor_id", "deputy_id"),
)
"""What the kept contact takes from another where it has nothing itself."""

ALL = tuple(field.name for field in Contact._meta.sorted_fields)
UNKNOWN = "unknown"


def merge(by: Principal, command: MergeContacts, *, merge_id: str, now: datetime) -> ContactMerge:
    """Merge contacts of one customer into the kept one, which takes what it has not; who named one of the others as
    successor or deputy names the kept one.

    NotFound for a contact that does not exist; Invalid for a merge of a contact with itself, or across customers.
    """
    if command.keep_id in command.other_ids or len(set(command.other_ids)) != len(command.other_ids):
        raise Invalid("A contact is not merged with itself.", errors={"otherIds": ["Name each contact once."]})
    with feed.transaction():
        people = {
            contact_id: models.customers.get_contact(by.tenant_id, contact_id, for_update=True)
            for contact_id in sorted([command.keep_id, *command.other_ids])
        }
        kept, others = people[command.keep_id], [people[contact_id] for contact_id in command.other_ids]
        strangers = [other.name for other in others if other.customer_id != kept.customer_id]
        if strangers:
            refusal = f"At another customer: {', '.join(strangers)}."
            raise Invalid("Only contacts of one customer are merged.", errors={"otherIds": [refusal]})
        changes = _taken(kept, others)
        before = columns_as_json(kept, list(changes))
        references = models.contact_merges.point_to(kept, others, now)
        models.contact_merges.remove(others)
        kept = models.customers.get_contact(by.tenant_id, kept.id)
        models.customers.change_contact(kept, updated_at=now, **changes)
        row = models.contact_merges.add(
            id=merge_id,
            tenant_id=by.tenant_id,
            customer_id=kept.customer_id,
            kept_id=kept.id,
            kept_version=kept.version,
            before=before,
            merged=[columns_as_json(other, ALL) for other in others],
            references=references,
            by=by.as_json(),
            created_at=now,
        )
        details = {"kept": kept.name, "merged": [other.name for other in others], "mergeId": row.id}
        acts.record(by, "merged contacts", "contact", kept.id, now=now, details=details)
        return row


def _taken(kept: Contact, others: Sequence[Contact]) -> Columns:
    """What the kept contact takes of the others."""
    people = [kept, *others]
    other_ids = [other.id for other in others]
    values: Columns = {}
    for name in FILLED:
        if getattr(kept, name) in (None, ""):
            found = [getattr(other, name) for other in others]
            values[name] = next((value for value in found if value not in (None, "", kept.id, *other_ids)), None)
    for name in ("last_met_on", "last_touch_on"):
        values[name] = max((day for person in people if (day := getattr(person, name))), default=None)
    for name in ("is_primary", "opted_out", "signs"):
        values[name] = any(getattr(person, name) for person in people)
    if kept.sentiment == UNKNOWN:
        values["sentiment"] = next((p.sentiment for p in others if p.sentiment != UNKNOWN), UNKNOWN)
    roles = [role for person in people for role in (person.role, *person.other_roles)]
    values["other_roles"] = [role for role in dict.fromkeys(roles) if role not in (kept.role, "other")]
    return {name: value for name, value in values.items() if (getattr(kept, name) or None) != (value or None)}


def undo(by: Principal, merge_id: str, *, now: datetime) -> ContactMerge:
    """Undo a merge: the merged contacts are there again, and the kept one is as it was. NotFound; Conflict when it is
    undone already, or when somebody changed the kept contact since, or it is gone."""
    with feed.transaction():
        row = models.contact_merges.get(by.tenant_id, merge_id)
        if row.undone_at is not None:
            raise Conflict("This merge is undone already.")
        kept = models.customers.get_contact_or_none(by.tenant_id, row.kept_id)
        if kept is None or kept.version != row.kept_version:
            raise Conflict(
                "The contact was changed or removed after the merge, so it is not undone. Add the other again."
            )
        contacts = [row.before, *row.merged]
        here = _still_here(row, contacts)
        before, *merged = [_put_back(contact, here) for contact in contacts]
        models.customers.change_contact(kept, updated_at=now, **before)
        for contact in merged:
            models.contact_merges.restore(contact | {"updated_at": now})
        models.contact_merges.point_back(by.tenant_id, kept.id, row.references, now)
        row.write(undone_at=now)
        acts.record(by, "undid merge of contacts", "contact", kept.id, now=now, details={"mergeId": row.id})
        return row


def _still_here(row: ContactMerge, contacts: Sequence[JsonObject]) -> set[str]:
    """Those whom these contacts name as successor or deputy and who are contacts of the customer, or will be again."""
    named = {str(contact[name]) for contact in contacts for name in NAMES if contact.get(name)}
    return models.customers.colleagues(row.tenant_id, row.customer_id, named) | {str(each["id"]) for each in row.merged}


def _put_back(contact: JsonObject, here: set[str]) -> Columns:
    """A contact's columns as they were; whoever was removed since is no longer named."""
    gone = {name: None for name in NAMES if contact.get(name) and contact[name] not in here}
    return columns_from_json(Contact, contact | gone)
