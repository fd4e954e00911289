"""The REST schemas of customers."""

from __future__ import annotations

from typing import ClassVar

from marshmallow import RAISE, ValidationError, fields, validate, validates_schema

from services.workflows import commands, stages
from services.workflows.customer_actions import ACTIONS
from services.workflows.customer_lists import STAGES
from services.workflows.facts.signals import KINDS
from services.workflows.models.customer_lists import SORTS
from services.workflows.models.customer_tables import AT_RISK_BELOW
from services.workflows.schemas.customer_facts import HoldSchema
from shared.contracts.camel import CamelSchema, StoredSchema, camel, time_zone
from shared.contracts.commands import CommandSchema
from shared.contracts.customers import (
    DATED,
    PARENT_RELATIONS,
    RENEWAL_TERMS,
)
from shared.contracts.paging import PageArgs, page_of
from shared.contracts.strict import StrictSchema, an_id, line, optional, optional_line, whole
from shared.contracts.values import Moment, Money

CURRENCY = validate.Regexp(r"^[A-Z]{3}\Z", error="Not a currency such as USD.")
LANGUAGE = validate.Regexp(r"^[a-z]{2}\Z", error="Not a language such as en.")
COUNT = 10_000_000
LONGEST_NOTES = 20_000
MOST_CUSTOMERS = 200
FEW = validate.Length(max=20)


def is_day(value: str | None) -> None:
    """ValidationError when it is not a date such as 2026-11-30."""
    if value is not None:
        fields.Date().deserialize(value)


class UsageSchema(StoredSchema):
    """The use of the product: seats, and the users of each month, the oldest first."""

    licensed_seats = whole(0, COUNT, allow_none=True)
    active_seats = whole(0, COUNT, allow_none=True)
    monthly_active_users = fields.List(whole(0, COUNT), validate=validate.Length(max=36))


class SignalSchema(StoredSchema):
    """Something that bears on the renewal: a budget cut, a competitor."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    note = optional(2_000)
    percent = fields.Float(allow_none=True, load_default=None, validate=validate.Range(0, 100))
    observed_on = fields.String(allow_none=True, load_default=None, validate=is_day)


class CustomerIn(CommandSchema):
    """A customer as it is given."""

    command: ClassVar[type] = commands.AddCustomer

    name = line(200, required=True)
    external_id = line(100, allow_none=True, load_default=None)
    arr = Money(required=True)
    currency = fields.String(required=True, validate=CURRENCY)
    renewal_date = fields.Date(allow_none=True, load_default=None)
    renewal_terms = fields.String(load_default=DATED, validate=validate.OneOf(RENEWAL_TERMS))
    renewal_date_source = optional_line(200)
    time_zone = fields.String(allow_none=True, load_default=None, validate=time_zone)
    industry = optional_line(100)
    health_score = whole(0, 100, allow_none=True, load_default=None)
    renewal_likelihood = whole(0, 100, allow_none=True, load_default=None)
    usage = fields.Nested(UsageSchema, load_default=dict)
    signals = fields.List(fields.Nested(SignalSchema), load_default=list, validate=validate.Length(max=50))
    owner = optional_line(80)
    salesforce_opportunity_id = optional_line(18)
    notes = fields.String(load_default="", validate=validate.Length(max=LONGEST_NOTES))
    tier = optional_line(40)
    parent_name = optional_line(200)
    parent_relation = fields.String(allow_none=True, load_default=None, validate=validate.OneOf(PARENT_RELATIONS))
    executive_sponsor = optional_line(200)
    language = fields.String(allow_none=True, load_default=None, validate=LANGUAGE)
    fiscal_year_end = fields.Date(allow_none=True, load_default=None)

    @validates_schema
    def not_negative(self, data: dict, **_: object) -> None:
        """Refuse a negative ARR."""
        if data.get("arr") is not None and data["arr"] < 0:
            raise ValidationError("Not below 0.", "arr")


class CustomerPatch(CustomerIn):
    """What changes of a customer."""

    command = commands.ChangeCustomer


class ScorePoint(CamelSchema):
    """A score on a day."""

    on = fields.Date(required=True)
    value = fields.Integer(required=True)


class OpenWorkflow(CamelSchema):
    """A workflow in progress; `planStatus` is null until its plan is drafted."""

    execution_id = fields.String(required=True)
    stage = fields.String(required=True)
    plan_status = fields.String(required=True, allow_none=True)
    steps_done = fields.Integer(required=True)
    steps_total = fields.Integer(required=True)


class CompletedWorkflow(CamelSchema):
    """The last completed workflow of a stage; `forThisRenewal` is whether it was about the renewal that is ahead."""

    execution_id = fields.String(required=True)
    stage = fields.String(required=True)
    completed_at = Moment(required=True)
    for_this_renewal = fields.Boolean(required=True)


class PlannedWorkflow(CamelSchema):
    """The next workflow that a trigger starts; `heldReason` says why one that is due has not started."""

    trigger_id = fields.String(required=True)
    stage = fields.String(required=True)
    trigger_date = fields.Date(required=True)
    status = fields.String(required=True)
    held_reason = fields.String(required=True, allow_none=True)


class CustomerSchema(CamelSchema):
    """A customer as lists show it; `stage` is the one that the days to renewal call for, null without a renewal date;
    `hold` is the one that it is under today; `healthHistory` are its last readings of health, the oldest first;
    `openTasks` are what people have to do."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    external_id = fields.String(required=True, allow_none=True)
    arr = Money(required=True)
    currency = fields.String(required=True)
    renewal_date = fields.Date(required=True, allow_none=True)
    renewal_terms = fields.String(required=True)
    days_to_renewal = fields.Integer(required=True, allow_none=True)
    stage = fields.String(required=True, allow_none=True)
    health_score = fields.Integer(required=True, allow_none=True)
    renewal_likelihood = fields.Integer(required=True, allow_none=True)
    owner = fields.String(required=True, allow_none=True)
    time_zone = fields.String(required=True, allow_none=True)
    industry = fields.String(required=True, allow_none=True)
    tier = fields.String(required=True, allow_none=True)
    hold = fields.Nested(HoldSchema, required=True, allow_none=True)
    at_risk = fields.Boolean(required=True)
    last_touch_on = fields.Date(required=True, allow_none=True)
    open_tasks = fields.Integer(required=True)
    health_history = fields.List(fields.Nested(ScorePoint), required=True)
    open_workflows = fields.List(fields.Nested(OpenWorkflow), required=True)
    open_execution_ids = fields.List(fields.String(), required=True)
    completed_workflows = fields.List(fields.Nested(CompletedWorkflow), required=True)
    next_workflow = fields.Nested(PlannedWorkflow, required=True, allow_none=True)


class CustomerDetail(CustomerSchema):
    """A customer with its usage and open signals; its contacts, contracts, facts and readings have lists of their own."""

    usage = fields.Nested(UsageSchema, required=True)
    signals = fields.List(fields.Nested(SignalSchema), required=True)
    notes = fields.String(required=True)
    renewal_date_source = fields.String(required=True, allow_none=True)
    parent_name = fields.String(required=True, allow_none=True)
    parent_relation = fields.String(required=True, allow_none=True)
    executive_sponsor = fields.String(required=True, allow_none=True)
    language = fields.String(required=True, allow_none=True)
    fiscal_year_end = fields.Date(required=True, allow_none=True)
    salesforce_opportunity_id = fields.String(required=True, allow_none=True)
    created_at = Moment(required=True)
    updated_at = Moment(required=True)
    version = fields.Integer(required=True)


class CustomerFilters(StrictSchema):
    """Filters of customers."""

    class Meta:
        unknown = RAISE

    q = fields.String(
        load_default=None,
        validate=validate.Length(max=200),
        metadata={"description": "Beginnings of words of the name."},
    )
    owner = fields.String(
        load_default=None,
        validate=validate.Length(max=80),
        metadata={"description": "A person's id; `none`: nobody's."},
    )
    renewal_from = fields.Date(load_default=None)
    renewal_to = fields.Date(load_default=None)
    stage = fields.String(
        load_default=None,
        validate=validate.OneOf(STAGES),
        metadata={"description": "That the days to renewal call for today; `none`: without a renewal date."},
    )
    at_risk = fields.Boolean(
        load_default=None, metadata={"description": f"With a health or a likelihood below {AT_RISK_BELOW}."}
    )
    hold = fields.Boolean(load_default=None, metadata={"description": "Under a hold today."})
    no_contract = fields.Boolean(load_default=None, metadata={"description": "Without a contract on file."})
    currency = fields.String(load_default=None, validate=CURRENCY)
    tier = fields.String(load_default=None, validate=validate.Length(max=40))


class CustomerArgs(PageArgs, CustomerFilters):
    """Filters and order of the list of customers."""

    class Meta:
        unknown = RAISE

    sort = fields.String(
        load_default="renewal",
        validate=validate.OneOf(SORTS),
        metadata={"description": "A column; with `-` before it, from its highest value on."},
    )


class CurrencyTotal(CamelSchema):
    """The customers whose contract value is in one currency."""

    currency = fields.String(required=True)
    customers = fields.Integer(required=True)
    arr = Money(required=True)


class CustomerTotals(CamelSchema):
    """How many customers satisfy the filters, and their contract value by currency."""

    customers = fields.Integer(required=True)
    by_currency = fields.List(fields.Nested(CurrencyTotal), required=True)


class StageTotals(CustomerTotals):
    """The customers of one stage; `none` is without a renewal date."""

    stage = fields.String(required=True, validate=validate.OneOf(STAGES))


class CustomersByStage(CamelSchema):
    """The stages that customers are in, from the nearest renewal on."""

    items = fields.List(fields.Nested(StageTotals), required=True)


class CustomerActSchema(CamelSchema):
    """Something that a person, an AI task or the service itself did: `verb` is in the past tense; `name` that of the contact or
    the task that it was done with, or the stage of the workflow."""

    id = fields.String(required=True)
    at = Moment(required=True)
    by = fields.Dict(required=True)
    verb = fields.String(required=True)
    subject_kind = fields.String(required=True)
    subject_id = fields.String(required=True)
    name = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    details = fields.Dict(required=True, allow_none=True)


CustomerTimelinePage = page_of(CustomerActSchema)


class CustomerActIn(CommandSchema):
    """One action on many customers. `hand_over` needs `owner`; `start_stage` takes `stage`, by default the one that the days of
    each call for; `create_task` needs `title` and takes `dueDate`, `priority` and `owner`, by default each customer's."""

    command = commands.ActOnCustomers

    customer_ids = fields.List(an_id(), required=True, validate=validate.Length(1, MOST_CUSTOMERS))
    action = fields.String(required=True, validate=validate.OneOf(tuple(ACTIONS)))
    owner = an_id(load_default=None, allow_none=True)
    stage = fields.String(
        load_default=None, allow_none=True, validate=validate.OneOf([stage.key for stage in stages.STAGES])
    )
    title = line(500, load_default=None, allow_none=True)
    due_date = fields.Date(load_default=None, allow_none=True)
    priority = whole(1, 5, load_default=None, allow_none=True)

    @validates_schema
    def fits_the_action(self, data: dict, **_: object) -> None:
        """Refuse a missing field that the action needs, and one that belongs to another."""
        action = ACTIONS[data["action"]]
        wrong = {camel(name): ["It is needed."] for name in action.needs if data[name] is None}
        for name in ("owner", "stage", "title", "due_date", "priority"):
            if data[name] is not None and name not in (*action.needs, *action.takes):
                wrong[camel(name)] = [f"It is no part of {action.key}."]
        if wrong:
            raise ValidationError(wrong)


class CustomerReceipt(CamelSchema):
    """What became of one customer: changed, unchanged (it stood so already), refused (`reason` says why), not_found."""

    id = fields.String(required=True)
    name = fields.String(required=True, allow_none=True)
    outcome = fields.String(required=True, validate=validate.OneOf(("changed", "unchanged", "refused", "not_found")))
    reason = fields.String()


class CustomerBatchSchema(CamelSchema):
    """What was done with many customers, with a receipt a customer; `id` takes it back, and is null where nothing can be."""

    id = fields.String(required=True, allow_none=True)
    action = fields.String(required=True)
    receipts = fields.List(fields.Nested(CustomerReceipt), required=True)


class GivenBack(CamelSchema):
    """The receipts of the customers that a batch had changed."""

    receipts = fields.List(fields.Nested(CustomerReceipt), required=True)


CustomerPage = page_of(CustomerSchema)
