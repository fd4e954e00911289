"""What imports ask about customers and contacts, and what undoing one deletes; each is limited to one tenant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from services.workflows.models import customers, facts
from services.workflows.models.customer_tables import Contact, ContactMerge, Contract, Customer
from services.workflows.models.customers import SEARCHED
from services.workflows.models.database import words
from services.workflows.models.fact_tables import CustomerFact, CustomerHold, ScoreReading, UsageReading
from services.workflows.models.tables import CUSTOMER, Execution, Task, Trigger

AT_ONCE = 400
"""Values in one statement, so that they are fewer than SQLite takes."""

NOUNS = (
    ("contact", Contact),
    ("contract", Contract),
    ("workflow", Execution),
    ("planned workflow", Trigger),
    ("fact", CustomerFact),
    ("hold", CustomerHold),
    ("usage reading", UsageReading),
)
"""The tables of what belongs to a customer."""


def customers_known_as(tenant_id: str, named: Sequence[str]) -> list[Customer]:
    """The customers with one of these external ids or names, each once."""
    found: dict[str, Customer] = {}
    for start in range(0, len(named), AT_ONCE):
        part = named[start : start + AT_ONCE]
        known = customers.known_as(tenant_id, part, [name.casefold() for name in part])
        found |= {row.id: row for row in known}
    return list(found.values())


def customer_for_update(tenant_id: str, customer_id: str) -> Customer | None:
    """The customer, locked until the transaction ends, or None."""
    return Customer.get_or_none_for(tenant_id, customer_id, for_update=True)


def score_ids(row: Customer) -> set[str]:
    """The ids of the readings of a customer's scores."""
    query = ScoreReading.for_tenant(row.tenant_id, ScoreReading.id).where(ScoreReading.customer_id == row.id)
    return {reading.id for reading in query}


def take_back_scores(row: Customer, reading_ids: Sequence[str]) -> None:
    """Delete readings of a customer's scores that an import noted, because it is undone."""
    noted = (ScoreReading.customer_id == row.id) & ScoreReading.id.in_(list(reading_ids))
    ScoreReading.delete_for(row.tenant_id).where(noted).execute()


def referring_to_customer(row: Customer, own_scores: Sequence[str]) -> list[str]:
    """What belongs to a customer, besides these readings of its scores, as `2 contacts`."""
    counts = [
        (noun, table.for_tenant(row.tenant_id).where(table.customer_id == row.id).count()) for noun, table in NOUNS
    ]
    tasks = Task.for_tenant(row.tenant_id).where(Task.subject_kind == CUSTOMER, Task.subject_id == row.id)
    scores = len(score_ids(row).difference(own_scores))
    counts += [("task", tasks.count()), ("score reading", scores)]
    return [_counted(count, noun) for noun, count in counts if count]


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def delete_customer(row: Customer) -> None:
    """Delete a customer that nothing belongs to, with the readings of its scores and the merges of contacts that it had."""
    take_back_scores(row, sorted(score_ids(row)))
    ContactMerge.delete_for(row.tenant_id).where(ContactMerge.customer_id == row.id).execute()
    row.delete_instance()
    words.drop(SEARCHED[Customer][0], row.tenant_id, row.id)


def usage_on(tenant_id: str, customer_id: str, place: tuple[str, str], on: str) -> UsageReading | None:
    """The usage reading of a customer's product and site on a day in ISO 8601, or None."""
    try:
        day = date.fromisoformat(on)
    except ValueError:
        return None
    return facts.usage_on(tenant_id, customer_id, *place, day)


def usage_for_update(tenant_id: str, reading_id: str) -> UsageReading | None:
    """The usage reading, locked until the transaction ends, or None."""
    return UsageReading.get_or_none_for(tenant_id, reading_id, for_update=True)


def contacts_of_customers(tenant_id: str, customer_ids: Sequence[str]) -> list[Contact]:
    """The contacts of these customers, the earliest first."""
    if not customer_ids:
        return []
    query = Contact.for_tenant(tenant_id).where(Contact.customer_id.in_(list(customer_ids)))
    return list(query.order_by(Contact.created_at, Contact.id))


def primary_contacts(tenant_id: str, customer_id: str) -> list[Contact]:
    """The contacts of a customer that are primary."""
    return list(Contact.for_tenant(tenant_id).where(Contact.customer_id == customer_id, Contact.is_primary))


def contact_for_update(tenant_id: str, contact_id: str) -> Contact | None:
    """The contact, locked until the transaction ends, or None."""
    return Contact.get_or_none_for(tenant_id, contact_id, for_update=True)


def referring_to_contact(row: Contact) -> list[str]:
    """What refers to a contact, as `1 other contact`: the one whom it succeeds or stands in for."""
    same = (Contact.customer_id == row.customer_id) & ((Contact.successor_id == row.id) | (Contact.deputy_id == row.id))
    count = Contact.for_tenant(row.tenant_id).where(same).count()
    return [_counted(count, "other contact")] if count else []
