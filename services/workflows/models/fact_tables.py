"""The tables of what people know of a customer: facts, holds, and readings of its scores and its usage."""

from __future__ import annotations

import peewee

from services.workflows.models.database import Table
from shared.database.fields import IdField, JsonField, UtcDateTime


class CustomerFact(Table):
    """One fact about a customer; `details` is what only its kind holds, see `fact_kinds`. `is_open` follows from the
    state."""

    noun = "fact"

    id = IdField()
    tenant_id = peewee.TextField()
    customer_id = peewee.TextField()
    kind = peewee.TextField()
    state = peewee.TextField()
    is_open = peewee.BooleanField()
    on = peewee.DateField(null=True)
    due_on = peewee.DateField(null=True)
    source = peewee.TextField(null=True)
    note = peewee.TextField(default="")
    details = JsonField(default=dict)
    by = JsonField()
    created_at = UtcDateTime()
    updated_at = UtcDateTime()
    version = peewee.IntegerField(default=1)

    class Meta:
        table_name = "customer_fact"
        indexes = (
            (("tenant_id", "customer_id", "created_at", "id"), False),
            (("tenant_id", "customer_id", "is_open", "created_at", "id"), False),
        )


class CustomerHold(Table):
    """A time in which nothing may reach a customer, both days included; without `until_on` until it is lifted."""

    noun = "hold"

    id = IdField()
    tenant_id = peewee.TextField()
    customer_id = peewee.TextField()
    reason = peewee.TextField()
    from_on = peewee.DateField()
    until_on = peewee.DateField(null=True)
    asked_by = peewee.TextField(null=True)
    exceptions = JsonField(default=list)
    by = JsonField()
    created_at = UtcDateTime()
    lifted_at = UtcDateTime(null=True)
    lifted_by = JsonField(null=True)
    lifted_reason = peewee.TextField(null=True)
    version = peewee.IntegerField(default=1)

    class Meta:
        table_name = "customer_hold"
        indexes = ((("tenant_id", "customer_id", "created_at", "id"), False),)


CustomerHold.add_index(
    CustomerHold.index(
        CustomerHold.tenant_id,
        CustomerHold.customer_id,
        where=CustomerHold.lifted_at.is_null(),
        name="customer_hold_standing",
    )
)


class ScoreReading(Table):
    """A score of a customer as somebody, or something, gave it on a day: `measure` is health or likelihood."""

    id = IdField()
    tenant_id = peewee.TextField()
    customer_id = peewee.TextField()
    measure = peewee.TextField()
    on = peewee.DateField()
    value = peewee.IntegerField()
    source = peewee.TextField()
    note = peewee.TextField(default="")
    created_at = UtcDateTime()

    class Meta:
        table_name = "score_reading"
        indexes = ((("tenant_id", "customer_id", "measure", "on", "created_at", "id"), False),)


class UsageReading(Table):
    """The use of a product at a site on a day. `active` is null where there is no data, which is not 0; a product
    that is not live yet has `live` false."""

    noun = "usage reading"

    id = IdField()
    tenant_id = peewee.TextField()
    customer_id = peewee.TextField()
    product = peewee.TextField(default="")
    site = peewee.TextField(default="")
    on = peewee.DateField()
    active = peewee.IntegerField(null=True)
    licensed = peewee.IntegerField(null=True)
    live = peewee.BooleanField(default=True)
    source = peewee.TextField(null=True)
    note = peewee.TextField(default="")
    created_at = UtcDateTime()
    version = peewee.IntegerField(default=1)

    class Meta:
        table_name = "usage_reading"
        indexes = (
            (("tenant_id", "customer_id", "on", "id"), False),
            (("tenant_id", "customer_id", "product", "site", "on"), True),
        )
