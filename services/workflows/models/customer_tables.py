"""The tables of customers: the customer itself, its contacts with their merges, its contracts, and what was done with many."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import peewee

from services.workflows.models.database import Table
from shared.contracts.customers import DATED
from shared.database.fields import IdField, JsonField, MoneyField, UtcDateTime
from shared.ground.json_types import JsonObject

NO_RENEWAL_DATE = date.max
"""The place in lists of a customer without a renewal date: after all others."""


NOT_SCORED = -1
"""The place in lists of a customer without a score: below all others."""

NEVER_TOUCHED = date.min
"""The place in lists of a customer whom nobody has been in touch with: before all others."""

AT_RISK_BELOW = 50
"""A customer with a health or a likelihood below this is at risk."""


class Customer(Table):
    """A customer: its contract value, its renewal, its health and its usage of the product.

    The columns after `salesforce_opportunity_id` follow from others, for lists: they are never null, see `placed`;
    `last_touch_order` is the latest touch of a contact.
    """

    noun = "customer"

    id = IdField()
    tenant_id = peewee.TextField()
    name = peewee.TextField()
    name_key = peewee.TextField()
    external_id = peewee.TextField(null=True)
    arr = MoneyField()
    currency = peewee.TextField()
    renewal_date = peewee.DateField(null=True)
    renewal_terms = peewee.TextField(default=DATED)
    renewal_date_source = peewee.TextField(null=True)
    time_zone = peewee.TextField(null=True)
    industry = peewee.TextField(null=True)
    health_score = peewee.IntegerField(null=True)
    renewal_likelihood = peewee.IntegerField(null=True)
    usage = JsonField(default=dict)
    owner = peewee.TextField(null=True)
    notes = peewee.TextField(default="")
    tier = peewee.TextField(null=True)
    parent_name = peewee.TextField(null=True)
    parent_relation = peewee.TextField(null=True)
    executive_sponsor = peewee.TextField(null=True)
    language = peewee.TextField(null=True)
    fiscal_year_end = peewee.DateField(null=True)
    salesforce_opportunity_id = peewee.TextField(null=True)
    renewal_order = peewee.DateField(default=NO_RENEWAL_DATE)
    arr_hundredths = peewee.BigIntegerField()
    health_order = peewee.IntegerField(default=NOT_SCORED)
    likelihood_order = peewee.IntegerField(default=NOT_SCORED)
    at_risk = peewee.BooleanField(default=False)
    last_touch_order = peewee.DateField(default=NEVER_TOUCHED)
    created_at = UtcDateTime()
    updated_at = UtcDateTime()
    version = peewee.IntegerField(default=1)

    class Meta:
        table_name = "customer"
        indexes = (
            (("tenant_id", "renewal_order", "id"), False),
            (("tenant_id", "owner", "renewal_order", "id"), False),
            (("tenant_id", "at_risk", "renewal_order", "id"), False),
            (("tenant_id", "name_key", "id"), False),
            (("tenant_id", "arr_hundredths", "id"), False),
            (("tenant_id", "health_order", "id"), False),
            (("tenant_id", "likelihood_order", "id"), False),
            (("tenant_id", "last_touch_order", "id"), False),
            (("tenant_id", "currency", "arr_hundredths"), False),
            (("tenant_id", "tier"), False),
            (("tenant_id", "time_zone"), False),
            (("tenant_id", "external_id"), True),
        )

    @property
    def last_touch_on(self) -> date | None:
        """The day of the last touch of any of its contacts, or None."""
        return None if self.last_touch_order == NEVER_TOUCHED else self.last_touch_order


Customer.add_index(
    Customer.index(
        *(Customer.tenant_id, Customer.renewal_order, Customer.owner, Customer.currency),
        *(Customer.at_risk, Customer.arr_hundredths),
        name="customer_ahead",
    )
)
"""Holds all that is summed up of the renewals ahead."""


def placed_customer(values: Mapping[str, Any], before: Customer | None = None) -> dict[str, Any]:
    """Columns of a customer with its places in lists: the columns that follow from them."""
    places: dict[str, Any] = {}
    if "name" in values:
        places["name_key"] = values["name"].casefold()
    if "renewal_date" in values or before is None:
        places["renewal_order"] = values.get("renewal_date") or NO_RENEWAL_DATE
    if "arr" in values:
        places["arr_hundredths"] = int(values["arr"] * 100)
    if before is None or values.keys() & {"health_score", "renewal_likelihood"}:
        names = ("health_score", "renewal_likelihood")
        scores = [values.get(name, before and getattr(before, name)) for name in names]
        places["health_order"], places["likelihood_order"] = (
            NOT_SCORED if score is None else score for score in scores
        )
        places["at_risk"] = any(score is not None and score < AT_RISK_BELOW for score in scores)
    return {**values, **places}


class Contact(Table):
    """A person at a customer, or of another `organisation` that has a say there, with a role in the renewal.

    `successor_id` names who replaces a person who left, `deputy_id` who stands in for one who is away.
    """

    noun = "contact"

    id = IdField()
    tenant_id = peewee.TextField()
    customer_id = peewee.TextField()
    name = peewee.TextField()
    email = peewee.TextField(null=True)
    title = peewee.TextField(default="")
    role = peewee.TextField()
    status = peewee.TextField()
    sentiment = peewee.TextField()
    is_primary = peewee.BooleanField(default=False)
    opted_out = peewee.BooleanField(default=False)
    last_met_on = peewee.DateField(null=True)
    last_touch_on = peewee.DateField(null=True)
    successor_id = peewee.TextField(null=True)
    salesforce_id = peewee.TextField(null=True)
    other_roles = JsonField(default=list)
    signs = peewee.BooleanField(default=False)
    signing_limit = MoneyField(null=True)
    signing_currency = peewee.TextField(null=True)
    last_touch_by = peewee.TextField(null=True)
    answered = peewee.BooleanField(null=True)
    left_on = peewee.DateField(null=True)
    left_to = peewee.TextField(null=True)
    away_from = peewee.DateField(null=True)
    away_until = peewee.DateField(null=True)
    deputy_id = peewee.TextField(null=True)
    channel = peewee.TextField(null=True)
    organisation = peewee.TextField(null=True)
    created_at = UtcDateTime()
    updated_at = UtcDateTime()
    version = peewee.IntegerField(default=1)

    class Meta:
        table_name = "contact"
        indexes = (
            (("tenant_id", "name", "id"), False),
            (("tenant_id", "customer_id", "name", "id"), False),
        )


class ContactMerge(Table):
    """A merge of contacts into one: the fields that it changed there as they were `before`, the `merged` contacts as
    rows, and who named one of them as successor or deputy."""

    noun = "merge of contacts"

    id = IdField()
    tenant_id = peewee.TextField()
    customer_id = peewee.TextField()
    kept_id = peewee.TextField()
    kept_version = peewee.IntegerField()
    before = JsonField()
    merged = JsonField()
    references = JsonField()
    by = JsonField()
    created_at = UtcDateTime()
    undone_at = UtcDateTime(null=True)
    version = peewee.IntegerField(default=1)

    class Meta:
        table_name = "contact_merge"
        indexes = (
            (("tenant_id", "kept_id", "created_at", "id"), False),
            (("customer_id",), False),
        )


class Contract(Table):
    """A contract document of a customer, with its text, and the file that it came as, if it came as one;
    `relates_to_id` is the contract that it amends or supersedes.

    `text_state` is the life of the text (states.CONTRACT_TEXT). `run_id`, `run_number` and `run_version` are those of
    the AI task that last told of its reading; the first of its retry chain has this contract's id. While `text_sha256`
    is set, the text that was read waits in the file store.
    """

    noun = "contract"

    id = IdField()
    tenant_id = peewee.TextField()
    customer_id = peewee.TextField()
    title = peewee.TextField()
    text = peewee.TextField()
    effective_on = peewee.DateField(null=True)
    ends_on = peewee.DateField(null=True)
    kind = peewee.TextField(default="main_agreement")
    relates_to_id = peewee.TextField(null=True)
    relation = peewee.TextField(null=True)
    state = peewee.TextField(default="signed")
    language = peewee.TextField(null=True)
    parties = JsonField(default=list)
    amount = MoneyField(null=True)
    currency = peewee.TextField(null=True)
    products = JsonField(default=list)
    committed_until = peewee.DateField(null=True)
    anniversary_on = peewee.DateField(null=True)
    price_steps = JsonField(default=list)
    windows = JsonField(default=list)
    file_name = peewee.TextField(null=True)
    file_media_type = peewee.TextField(null=True)
    file_size = peewee.BigIntegerField(null=True)
    file_sha256 = peewee.TextField(null=True)
    file_pages = peewee.IntegerField(null=True)
    text_state = peewee.TextField(default="typed")
    text_problem = peewee.TextField(null=True)
    text_sha256 = peewee.TextField(null=True)
    run_id = peewee.TextField(null=True)
    run_number = peewee.IntegerField(default=0)
    run_version = peewee.BigIntegerField(default=0)
    created_at = UtcDateTime()
    version = peewee.IntegerField(default=1)

    class Meta:
        table_name = "contract"
        indexes = ((("tenant_id", "customer_id", "created_at", "id"), False),)

    @property
    def file(self) -> JsonObject | None:
        """The file that it came as, or None."""
        if self.file_sha256 is None:
            return None
        return {
            "name": self.file_name,
            "media_type": self.file_media_type,
            "size": self.file_size,
            "sha256": self.file_sha256,
            "pages": self.file_pages,
        }


Contract.add_index(
    Contract.index(Contract.id, where=Contract.text_sha256.is_null(False), name="contract_text_to_fetch")
)


class CustomerBatch(Table):
    """One action on many customers that can be taken back: whom it changed, and their owners before and after."""

    noun = "batch of customers"

    id = IdField()
    tenant_id = peewee.TextField()
    action = peewee.TextField()
    by = JsonField()
    changes = JsonField()
    created_at = UtcDateTime()
    undone_at = UtcDateTime(null=True)
    version = peewee.IntegerField(default=1)

    class Meta:
        table_name = "customer_batch"
        indexes = ((("created_at",), False),)
