"""The commands of workflows as dataclasses: the API makes them of request bodies, and the functions that change data
take them.

Their fields are named after the columns that they fill. A command that changes something leaves out what stays the
same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from shared.contracts.camel import camel
from shared.contracts.commands import NOT_GIVEN, NotGiven, given
from shared.ground.json_types import JsonObject


@dataclass(frozen=True, kw_only=True)
class AddCustomer:
    """Add a customer."""

    name: str
    arr: Decimal
    currency: str
    renewal_date: date | None = None
    renewal_terms: str = "dated"
    renewal_date_source: str | None = None
    external_id: str | None = None
    time_zone: str | None = None
    industry: str | None = None
    health_score: int | None = None
    renewal_likelihood: int | None = None
    usage: JsonObject = field(default_factory=dict)
    signals: list[JsonObject] = field(default_factory=list)
    owner: str | None = None
    notes: str = ""
    tier: str | None = None
    parent_name: str | None = None
    parent_relation: str | None = None
    executive_sponsor: str | None = None
    language: str | None = None
    fiscal_year_end: date | None = None
    salesforce_opportunity_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class ChangeCustomer:
    """Change a customer."""

    name: str | NotGiven = NOT_GIVEN
    arr: Decimal | NotGiven = NOT_GIVEN
    currency: str | NotGiven = NOT_GIVEN
    renewal_date: date | None | NotGiven = NOT_GIVEN
    renewal_terms: str | NotGiven = NOT_GIVEN
    renewal_date_source: str | None | NotGiven = NOT_GIVEN
    external_id: str | None | NotGiven = NOT_GIVEN
    time_zone: str | None | NotGiven = NOT_GIVEN
    industry: str | None | NotGiven = NOT_GIVEN
    health_score: int | None | NotGiven = NOT_GIVEN
    renewal_likelihood: int | None | NotGiven = NOT_GIVEN
    usage: JsonObject | NotGiven = NOT_GIVEN
    signals: list[JsonObject] | NotGiven = NOT_GIVEN
    owner: str | None | NotGiven = NOT_GIVEN
    notes: str | NotGiven = NOT_GIVEN
    tier: str | None | NotGiven = NOT_GIVEN
    parent_name: str | None | NotGiven = NOT_GIVEN
    parent_relation: str | None | NotGiven = NOT_GIVEN
    executive_sponsor: str | None | NotGiven = NOT_GIVEN
    language: str | None | NotGiven = NOT_GIVEN
    fiscal_year_end: date | None | NotGiven = NOT_GIVEN
    salesforce_opportunity_id: str | None | NotGiven = NOT_GIVEN


@dataclass(frozen=True, kw_only=True)
class AddContract:
    """Add the text of a contract to a customer."""

    title: str
    text: str
    effective_on: date | None = None
    ends_on: date | None = None
    kind: str = "main_agreement"
    relates_to_id: str | None = None
    relation: str | None = None
    state: str = "signed"
    language: str | None = None
    parties: list[str] = field(default_factory=list)
    amount: Decimal | None = None
    currency: str | None = None
    products: list[str] = field(default_factory=list)
    committed_until: date | None = None
    anniversary_on: date | None = None
    price_steps: list[JsonObject] = field(default_factory=list)
    windows: list[JsonObject] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class ActOnCustomers:
    """Do one action with many customers; the fields after `action` are those of single actions."""

    customer_ids: list[str]
    action: str
    owner: str | None = None
    stage: str | None = None
    title: str | None = None
    due_date: date | None = None
    priority: int | None = None


@dataclass(frozen=True, kw_only=True)
class AddFact:
    """Record a fact about a customer; without a state, in the first of its kind."""

    kind: str
    state: str | None = None
    on: date | None = None
    due_on: date | None = None
    source: str | None = None
    note: str = ""
    details: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ChangeFact:
    """Change a fact about a customer. Its kind stays; `details` replaces all of them."""

    state: str | NotGiven = NOT_GIVEN
    on: date | None | NotGiven = NOT_GIVEN
    due_on: date | None | NotGiven = NOT_GIVEN
    source: str | None | NotGiven = NOT_GIVEN
    note: str | NotGiven = NOT_GIVEN
    details: JsonObject | NotGiven = NOT_GIVEN


@dataclass(frozen=True, kw_only=True)
class PlaceHold:
    """Let nothing reach a customer for a time, both days included; from today where no day is given."""

    reason: str
    from_on: date | None = None
    until_on: date | None = None
    asked_by: str | None = None
    exceptions: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class AddScore:
    """Record the health or the likelihood of a customer as somebody gave it on a day; today where none is given."""

    measure: str
    value: int
    on: date | None = None
    source: str | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class AddUsage:
    """Record the use of a product at a site on a day; `active` is None where there is no data."""

    on: date
    product: str = ""
    site: str = ""
    active: int | None = None
    licensed: int | None = None
    live: bool = True
    source: str | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class AddContractFile:
    """Add a contract that came as a file; without a title it has the file's name."""

    title: str | None = None
    effective_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class ChangeContract:
    """Change a contract; a text that a person gives is never replaced by one that is read."""

    title: str | NotGiven = NOT_GIVEN
    text: str | NotGiven = NOT_GIVEN
    effective_on: date | None | NotGiven = NOT_GIVEN
    ends_on: date | None | NotGiven = NOT_GIVEN
    kind: str | NotGiven = NOT_GIVEN
    relates_to_id: str | None | NotGiven = NOT_GIVEN
    relation: str | None | NotGiven = NOT_GIVEN
    state: str | NotGiven = NOT_GIVEN
    language: str | None | NotGiven = NOT_GIVEN
    parties: list[str] | NotGiven = NOT_GIVEN
    amount: Decimal | None | NotGiven = NOT_GIVEN
    currency: str | None | NotGiven = NOT_GIVEN
    products: list[str] | NotGiven = NOT_GIVEN
    committed_until: date | None | NotGiven = NOT_GIVEN
    anniversary_on: date | None | NotGiven = NOT_GIVEN
    price_steps: list[JsonObject] | NotGiven = NOT_GIVEN
    windows: list[JsonObject] | NotGiven = NOT_GIVEN


@dataclass(frozen=True, kw_only=True)
class AddContact:
    """Add a contact at a customer."""

    customer_id: str
    name: str
    email: str | None = None
    title: str = ""
    role: str = "other"
    status: str = "active"
    sentiment: str = "unknown"
    is_primary: bool = False
    opted_out: bool = False
    last_met_on: date | None = None
    last_touch_on: date | None = None
    successor_id: str | None = None
    salesforce_id: str | None = None
    other_roles: list[str] = field(default_factory=list)
    signs: bool = False
    signing_limit: Decimal | None = None
    signing_currency: str | None = None
    last_touch_by: str | None = None
    answered: bool | None = None
    left_on: date | None = None
    left_to: str | None = None
    away_from: date | None = None
    away_until: date | None = None
    deputy_id: str | None = None
    channel: str | None = None
    organisation: str | None = None


@dataclass(frozen=True, kw_only=True)
class ChangeContact:
    """Change a contact. It cannot move to another customer."""

    name: str | NotGiven = NOT_GIVEN
    email: str | None | NotGiven = NOT_GIVEN
    title: str | NotGiven = NOT_GIVEN
    role: str | NotGiven = NOT_GIVEN
    status: str | NotGiven = NOT_GIVEN
    sentiment: str | NotGiven = NOT_GIVEN
    is_primary: bool | NotGiven = NOT_GIVEN
    opted_out: bool | NotGiven = NOT_GIVEN
    last_met_on: date | None | NotGiven = NOT_GIVEN
    last_touch_on: date | None | NotGiven = NOT_GIVEN
    successor_id: str | None | NotGiven = NOT_GIVEN
    salesforce_id: str | None | NotGiven = NOT_GIVEN
    other_roles: list[str] | NotGiven = NOT_GIVEN
    signs: bool | NotGiven = NOT_GIVEN
    signing_limit: Decimal | None | NotGiven = NOT_GIVEN
    signing_currency: str | None | NotGiven = NOT_GIVEN
    last_touch_by: str | None | NotGiven = NOT_GIVEN
    answered: bool | None | NotGiven = NOT_GIVEN
    left_on: date | None | NotGiven = NOT_GIVEN
    left_to: str | None | NotGiven = NOT_GIVEN
    away_from: date | None | NotGiven = NOT_GIVEN
    away_until: date | None | NotGiven = NOT_GIVEN
    deputy_id: str | None | NotGiven = NOT_GIVEN
    channel: str | None | NotGiven = NOT_GIVEN
    organisation: str | None | NotGiven = NOT_GIVEN


@dataclass(frozen=True, kw_only=True)
class MergeContacts:
    """Merge duplicates of a person into one contact, which keeps its own values and takes what it has not."""

    keep_id: str
    other_ids: list[str]


@dataclass(frozen=True, kw_only=True)
class CreateTask:
    """Create a task; with `auto_execute` an AI task."""

    title: str
    description: str = ""
    priority: int = 3
    due_date: date | None = None
    owner: str | None = None
    customer_id: str | None = None
    execution_id: str | None = None
    parent_task_id: str | None = None
    estimated_completion_time: str | None = None
    complexity: str = "simple"
    auto_execute: bool = False
    processor: str | None = None
    metadata: JsonObject | None = None


@dataclass(frozen=True, kw_only=True)
class ChangeTask:
    """Change a task, including its status, with a reason; `sub_tasks` is what happens to its open sub-tasks."""

    title: str | NotGiven = NOT_GIVEN
    description: str | NotGiven = NOT_GIVEN
    status: str | NotGiven = NOT_GIVEN
    reason: str | None | NotGiven = NOT_GIVEN
    sub_tasks: str | NotGiven = NOT_GIVEN
    priority: int | NotGiven = NOT_GIVEN
    due_date: date | None | NotGiven = NOT_GIVEN
    owner: str | None | NotGiven = NOT_GIVEN
    customer_id: str | None | NotGiven = NOT_GIVEN
    estimated_completion_time: str | None | NotGiven = NOT_GIVEN
    complexity: str | NotGiven = NOT_GIVEN
    execution_status: str | NotGiven = NOT_GIVEN
    execution_result: JsonObject | None | NotGiven = NOT_GIVEN


@dataclass(frozen=True, kw_only=True)
class ActOnTasks:
    """Do one action with many tasks; each action takes the fields that it names (task_actions.py). Of a task whose version
    is given, that one is meant and no later."""

    task_ids: list[str]
    action: str
    versions: dict[str, int] = field(default_factory=dict)
    sub_tasks: str | None = None
    until: datetime | date | None = None
    reason: str | None = None
    owner: str | None = None
    note: str | None = None
    priority: int | None = None


@dataclass(frozen=True, kw_only=True)
class CommentOnTask:
    """Add a comment on a task. People are mentioned as @Name or @address in the body, or by id."""

    body: str
    mentions: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class ScheduleWorkflow:
    """Schedule the workflow of a stage for a day."""

    customer_id: str
    stage: str
    trigger_date: date
    conditions: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class EditSubTask:
    """Change a sub-task of a plan's item; one without an id is new."""

    id: str | NotGiven = NOT_GIVEN
    title: str | NotGiven = NOT_GIVEN
    description: str | NotGiven = NOT_GIVEN
    priority: int | NotGiven = NOT_GIVEN
    estimated_completion_time: str | None | NotGiven = NOT_GIVEN
    complexity: str | NotGiven = NOT_GIVEN
    due_date: date | None | NotGiven = NOT_GIVEN
    owner: str | None | NotGiven = NOT_GIVEN


@dataclass(frozen=True, kw_only=True)
class EditItem(EditSubTask):
    """Change an item of a plan, or decide about it; one without an id is new. `sub_tasks` replaces all of them."""

    decision: str | NotGiven = NOT_GIVEN
    reason: str | None | NotGiven = NOT_GIVEN
    processor: str | NotGiven = NOT_GIVEN
    metadata: JsonObject | NotGiven = NOT_GIVEN
    sub_tasks: list[EditSubTask] | NotGiven = NOT_GIVEN


@dataclass(frozen=True, kw_only=True)
class EditPlan:
    """Change items of a plan, and add new ones; a strict edit is refused if finalize would refuse one of its items."""

    ai_tasks: list[EditItem] = field(default_factory=list)
    csm_tasks: list[EditItem] = field(default_factory=list)
    strict: bool = False

    def as_json(self) -> dict[str, list[JsonObject]]:
        """The given fields of each edited item, by the name of its list."""
        return {"aiTasks": _as_json(self.ai_tasks), "csmTasks": _as_json(self.csm_tasks)}


def as_json(edit: EditSubTask) -> JsonObject:
    """The given fields of an edit, as the body of a plan stores them."""
    return {camel(name): _as_json(value) for name, value in given(edit).items()}


def _as_json(value: Any) -> Any:
    if isinstance(value, list):
        return [as_json(edit) for edit in value]
    return value.isoformat() if isinstance(value, date) else value
