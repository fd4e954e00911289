"""What steps compute from: the steps before them, each for itself, and earlier executions with the same customer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from services.workflows import customer_context, customer_facts, executions, holds, stages, step_kinds, steps
from services.workflows.commands import AddFact, PlaceHold
from services.workflows.definition import StepDefinition, StepKind
from services.workflows.step_kinds import assessment, pricing
from shared.ground import ids
from tests.conftest import NOON
from tests.workflows.conftest import ANA, ASSESSMENT, OTHER, make_customer, start, steps_of, walk

pytestmark = pytest.mark.usefixtures("database")
LATER = NOON + timedelta(days=1)


@pytest.fixture
def stage_of_steps(monkeypatch):
    """`stage_of_steps(*kinds, **more)` has every execution started from now on be of a stage with these steps."""

    def define(*kinds: StepKind, **more):
        definitions = tuple(StepDefinition(kind, f"{kind.key} {number}", "") for number, kind in enumerate(kinds, 1))
        stage = replace(stages.get_or_none("prepare"), steps=definitions, **more)
        monkeypatch.setattr(stages, "get_or_none", lambda key: stage)

    return define


def test_two_steps_of_one_kind_keep_their_own_outputs(stage_of_steps):
    stage_of_steps(assessment.KIND, assessment.KIND, pricing.KIND)
    execution = start(make_customer(), stage="prepare")
    first, second, last = steps_of(execution)
    for step, relationship in ((first, 9), (second, 2)):
        steps.complete(ANA, execution.id, step.id, ASSESSMENT | {"relationshipScore": relationship}, now=NOON)
    steps.complete(ANA, execution.id, last.id, {}, now=NOON)
    outputs = customer_context.outputs(execution, steps_of(execution))
    assert [(one.step_id, one["relationshipScore"]) for one in outputs.all_of(assessment.KIND)] == [
        (first.id, 9),
        (second.id, 2),
    ]
    assert outputs.of(assessment.KIND).step_id == second.id
    reason = next(one for one in outputs.of(pricing.KIND)["reasons"] if one["key"] == "relationship")
    assert "relationship 2" in reason["text"]


def test_a_stage_reads_what_an_earlier_execution_of_the_customer_came_to(stage_of_steps, monkeypatch):
    customer = make_customer()
    before = start(customer)
    walk(before, until=1)
    seen = []
    kind = StepKind("pricing", lambda context: seen.append(context.outputs) or {"summary": "seen"})
    monkeypatch.setattr(step_kinds, "get", lambda key: kind)
    stage_of_steps(kind, reads_earlier=(assessment.KIND,))
    after = start(customer, stage="prepare", now=LATER)
    steps.complete(ANA, after.id, steps_of(after)[0].id, {}, now=LATER)
    earlier = seen[0].earlier(assessment.KIND)
    assert (earlier.execution_id, earlier["relationshipScore"]) == (before.id, 8)
    assert not seen[0].of(assessment.KIND)


def test_of_earlier_executions_the_latest_that_was_not_cancelled_counts():
    customer = make_customer()
    for days, scores in ((1, 3), (2, 5), (3, 7)):
        execution = start(customer, now=NOON + timedelta(days=days))
        first = steps_of(execution)[0]
        steps.complete(ANA, execution.id, first.id, ASSESSMENT | {"relationshipScore": scores}, now=NOON)
    executions.cancel(ANA, execution.id, now=NOON)
    last = start(customer, now=NOON + timedelta(days=4))
    assert customer_context.earlier_output(last, assessment.KIND)["relationshipScore"] == 5
    assert not customer_context.earlier_output(last, pricing.KIND)


def test_another_customers_and_another_tenants_outputs_are_not_read():
    walk(start(make_customer()), until=1)
    theirs = make_customer(by=OTHER)
    walk(start(theirs, by=OTHER), by=OTHER, until=1)
    mine = start(make_customer(), now=LATER)
    assert not customer_context.earlier_output(mine, assessment.KIND)
    mine.customer_id = theirs.id
    assert not customer_context.earlier_output(mine, assessment.KIND)


def test_what_stands_is_read_with_the_customer():
    customer = make_customer()
    hold = PlaceHold(reason="Legal", until_on=LATER.date(), exceptions=["tickets"])
    for each in (hold, replace(hold, reason="Later", from_on=(NOON + timedelta(days=20)).date(), until_on=None)):
        holds.place(ANA, customer.id, each, hold_id=ids.new_id(), now=NOON)
    for kind, details in (
        ("open_point", {"point": "price", "side": "us"}),
        ("budget_cut", {}),
        ("remark", {"what": "x"}),
    ):
        add = AddFact(kind=kind, details=details)
        customer_facts.add(ANA, customer.id, add, fact_id=ids.new_id(), now=NOON)
    context = customer_context.read(customer, now=NOON)
    assert (context.hold.reason, context.hold.exceptions) == ("Legal", ["tickets"])
    assert [fact.kind for fact in context.known] == ["open_point", "remark"]
    assert customer_context.read(customer, now=NOON + timedelta(days=5)).hold is None
