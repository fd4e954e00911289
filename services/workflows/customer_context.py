"""Reads the data that the steps of an execution use: the customer as it is now, and the outputs of earlier steps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from services.workflows import customer_facts, holds, models, renewal_days, stages, step_kinds
from services.workflows.definition import Stage, StepKind, StepOutput, StepOutputs
from services.workflows.facts.customer import (
    ContactFacts,
    ContractFacts,
    CustomerContext,
    CustomerFacts,
    HoldFacts,
    KnownFact,
    of_columns,
)
from services.workflows.facts.usage import of_readings
from services.workflows.models import Customer, Execution, Step
from shared.ground.errors import Conflict, NotFound


def read(customer: Customer, *, now: datetime) -> CustomerContext:
    """All facts about a customer, as of today in its time zone. Conflict for one without a renewal date."""
    if customer.renewal_date is None:
        raise Conflict(f"{customer.name} has no renewal date, from which the stages count. Enter one first.")
    tenant_id = customer.tenant_id
    signals = customer_facts.open_signals(customer)
    usage = of_readings(models.facts.latest_usage(tenant_id, customer.id)) or customer.usage
    contracts = models.contracts.of_customer(tenant_id, customer.id)
    region = models.replicas.tenants.region(tenant_id)
    hold = holds.active_of([customer], now, region).get(customer.id)
    return CustomerContext(
        customer=of_columns(CustomerFacts, customer.__data__ | {"signals": signals, "usage": usage}),
        contacts=contacts(tenant_id, customer.id),
        contracts=tuple(of_columns(ContractFacts, contract.__data__) for contract in contracts),
        today=renewal_days.today_at(customer, now, region),
        hold=of_columns(HoldFacts, hold.__data__) if hold else None,
        known=tuple(of_columns(KnownFact, fact.__data__) for fact in customer_facts.standing(customer)),
    )


def contacts(tenant_id: str, customer_id: str) -> tuple[ContactFacts, ...]:
    """The people at a customer."""
    rows = models.customers.contacts_of(tenant_id, customer_id)
    return tuple(of_columns(ContactFacts, row.__data__) for row in rows)


def stage_of(execution: Execution) -> Stage:
    """The stage of an execution. NotFound if it is not defined any more."""
    stage = stages.get_or_none(execution.stage)
    if stage is None:
        raise NotFound(f"There is no stage {execution.stage}.")
    return stage


def outputs(execution: Execution, steps: Sequence[Step]) -> StepOutputs:
    """The outputs of the completed ones of these steps, and those of earlier executions with the customer that the
    stage reads."""
    completed = [_output(step_kinds.get(step.kind), step) for step in steps if step.status == "completed"]
    earlier = [earlier_output(execution, kind) for kind in stage_of(execution).reads_earlier]
    return StepOutputs(completed, [output for output in earlier if output])


def earlier_output(execution: Execution, kind: StepKind) -> StepOutput:
    """The latest output of a kind of step in an earlier execution with the same customer; empty if there is none."""
    step = models.executions.latest_completed_step(execution, kind.key)
    return _output(kind, step) if step else StepOutput(kind)


def _output(kind: StepKind, step: Step) -> StepOutput:
    return StepOutput(kind, step.id, step.execution_id, step.output or {})
