"""Queries and writes on what people know of a customer: facts and readings; each is limited to one tenant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from services.workflows.models.fact_tables import CustomerFact, ScoreReading, UsageReading
from shared.contracts.paging import Page
from shared.database import pagination
from shared.database.model import Columns, insert_rows
from shared.ground.errors import NotFound

READINGS_OF_A_LINE = 12
LATEST = 200
HEALTH = "health"
_LATEST_SCORES = [(ScoreReading.on, "desc"), (ScoreReading.created_at, "desc"), (ScoreReading.id, "desc")]


def get(tenant_id: str, customer_id: str, fact_id: str, *, for_update: bool = False) -> CustomerFact:
    """The fact. NotFound for another tenant's or another customer's too. `for_update` locks it until the transaction
    ends."""
    row = CustomerFact.get_for(tenant_id, fact_id, for_update=for_update)
    if row.customer_id != customer_id:
        raise NotFound(f"There is no fact {fact_id}.")
    return row


def listed(
    tenant_id: str,
    customer_id: str,
    *,
    kinds: Sequence[str] | None,
    is_open: bool | None,
    limit: int,
    offset: int,
    cursor: str | None,
) -> Page:
    """The facts about a customer, of these kinds, the last recorded first."""
    query = CustomerFact.for_tenant(tenant_id).where(CustomerFact.customer_id == customer_id)
    if kinds is not None:
        query = query.where(CustomerFact.kind.in_(list(kinds)))
    if is_open is not None:
        query = query.where(CustomerFact.is_open == is_open)
    order = [(CustomerFact.created_at, "desc"), (CustomerFact.id, "desc")]
    return pagination.page(query, order, limit=limit, offset=offset, cursor=cursor)


def open_of(tenant_id: str, customer_id: str, kinds: Iterable[str]) -> list[CustomerFact]:
    """The open facts of these kinds about a customer, the oldest first."""
    query = CustomerFact.for_tenant(tenant_id).where(
        CustomerFact.customer_id == customer_id, CustomerFact.is_open, CustomerFact.kind.in_(list(kinds))
    )
    return list(query.order_by(CustomerFact.created_at, CustomerFact.id))


def add(**values: Any) -> CustomerFact:
    """Write a new fact."""
    return CustomerFact.create(**values)


def remove(row: CustomerFact) -> None:
    """Delete a fact."""
    row.delete_instance()


def add_missing(rows: list[Columns]) -> None:
    """Write the facts whose ids do not exist yet."""
    _insert_missing(CustomerFact, rows)


def add_scores(rows: list[Columns]) -> None:
    """Write readings of scores."""
    insert_rows(ScoreReading, rows)


def add_missing_scores(rows: list[Columns]) -> None:
    """Write the readings of scores whose ids do not exist yet."""
    _insert_missing(ScoreReading, rows)


def add_missing_usage(rows: list[Columns]) -> None:
    """Write the usage readings whose ids do not exist yet."""
    _insert_missing(UsageReading, rows)


def _insert_missing(model: Any, rows: list[Columns]) -> None:
    # Ids are unique over all tenants.
    present = {row.id for row in model.of_all_tenants(model.id).where(model.id.in_([row["id"] for row in rows]))}
    insert_rows(model, [row for row in rows if row["id"] not in present])


def latest_score(tenant_id: str, customer_id: str, measure: str) -> ScoreReading | None:
    """The reading of a score with the latest day, or None."""
    query = ScoreReading.for_tenant(tenant_id).where(
        ScoreReading.customer_id == customer_id, ScoreReading.measure == measure
    )
    return query.order_by(*(column.desc() for column, _ in _LATEST_SCORES)).first()


def scores_of(tenant_id: str, customer_id: str, *, limit: int, offset: int, cursor: str | None) -> Page:
    """The readings of a customer's scores, the latest day first."""
    query = ScoreReading.for_tenant(tenant_id).where(ScoreReading.customer_id == customer_id)
    return pagination.page(query, _LATEST_SCORES, limit=limit, offset=offset, cursor=cursor)


def health_of(tenant_id: str, customer_ids: Sequence[str], since: date) -> dict[str, list[ScoreReading]]:
    """The readings of health of each of these customers since a day, the oldest first; the last one of each day."""
    query = ScoreReading.for_tenant(tenant_id, ScoreReading.customer_id, ScoreReading.on, ScoreReading.value).where(
        ScoreReading.customer_id.in_(list(customer_ids)), ScoreReading.measure == HEALTH, ScoreReading.on >= since
    )
    by_customer: dict[str, dict[date, ScoreReading]] = {}
    for row in query.order_by(ScoreReading.on, ScoreReading.created_at, ScoreReading.id):
        by_customer.setdefault(row.customer_id, {})[row.on] = row
    return {customer_id: list(days.values())[-READINGS_OF_A_LINE:] for customer_id, days in by_customer.items()}


def latest_usage(tenant_id: str, customer_id: str) -> list[UsageReading]:
    """The latest usage readings of a customer, the latest day first; as many as tell how it goes."""
    return usage_of(tenant_id, customer_id, limit=LATEST, offset=0, cursor=None).items


def usage_of(tenant_id: str, customer_id: str, *, limit: int, offset: int, cursor: str | None) -> Page:
    """The usage readings of a customer, the latest day first."""
    query = UsageReading.for_tenant(tenant_id).where(UsageReading.customer_id == customer_id)
    order = [(UsageReading.on, "desc"), (UsageReading.id, "desc")]
    return pagination.page(query, order, limit=limit, offset=offset, cursor=cursor)


def usage_on(tenant_id: str, customer_id: str, product: str, site: str, on: Any) -> UsageReading | None:
    """The usage reading of a product at a site on a day, or None."""
    query = UsageReading.for_tenant(tenant_id).where(
        UsageReading.customer_id == customer_id,
        UsageReading.product == product,
        UsageReading.site == site,
        UsageReading.on == on,
    )
    return query.first()


def get_usage(tenant_id: str, customer_id: str, reading_id: str) -> UsageReading:
    """The usage reading. NotFound for another tenant's or another customer's too."""
    row = UsageReading.get_for(tenant_id, reading_id)
    if row.customer_id != customer_id:
        raise NotFound(f"There is no usage reading {reading_id}.")
    return row


def add_usage(**values: Any) -> UsageReading:
    """Write a new usage reading."""
    return UsageReading.create(**values)


def remove_usage(row: UsageReading) -> None:
    """Delete a usage reading."""
    row.delete_instance()
