"""Starting and cancelling executions, and the walk through their steps."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from services.workflows import executions, models, plans, steps
from services.workflows.models import Execution, Plan, Step
from shared.ground import ids
from shared.ground.errors import Conflict, Invalid, NotFound, Stale
from tests.conftest import NOON
from tests.workflows.conftest import (
    ANA,
    ASSESSMENT,
    OTHER,
    acts,
    customer_named,
    live_in,
    make_customer,
    marks,
    planned,
    refresh,
    start,
    steps_of,
    walk,
)  # fmt: skip

pytestmark = pytest.mark.usefixtures("database")


def test_a_start_makes_the_stages_steps_and_opens_the_first():
    execution = start(make_customer())
    found = steps_of(execution)
    assert [step.kind for step in found] == [
        "assessment",
        "contract_analysis",
        "pricing",
        "stakeholders",
        "recommendations",
        "action_plan",
    ]
    assert [step.status for step in found] == ["in_progress", *["pending"] * 5]
    assert marks("workflow-execution") == {execution.id}
    assert marks("workflow-step") == {step.id for step in found}
    assert acts("started workflow")[0].subject_id == execution.id


def test_without_a_stage_the_days_to_renewal_decide():
    assert start(make_customer(165), stage=None).stage == "discovery"
    with pytest.raises(Conflict) as refused:
        start(make_customer(100), stage=None)
    assert (refused.value.details["stage"], refused.value.details["allowed"]) == ("engage", ["discovery"])


def test_an_unknown_stage_or_customer_is_not_found():
    with pytest.raises(NotFound):
        start(make_customer(), stage="quarrel")
    with pytest.raises(NotFound):
        executions.start(ANA, "nobody", "discovery", execution_id=ids.new_id(), now=NOON)
    with pytest.raises(NotFound):
        start(make_customer(by=OTHER))
    assert Execution.select().count() == 0


def test_days_to_renewal_are_whole_days_where_the_customer_is():
    late_in_auckland = datetime(2026, 11, 21, 11, 30, tzinfo=NOON.tzinfo)  # there it is the 22nd, half past midnight
    customer = make_customer(180, time_zone="Pacific/Auckland")
    assert start(customer, stage=None, now=late_in_auckland).stage == "discovery"
    live_in(zone="America/Los_Angeles")
    early = datetime(2026, 11, 22, 6, 0, tzinfo=NOON.tzinfo)  # in Los Angeles it is still the 21st
    assert start(make_customer(179), stage=None, now=early).stage == "discovery"
    with pytest.raises(Conflict):
        start(make_customer(180), stage=None, now=early)


def test_several_executions_may_be_open_and_what_is_left_to_do_is_carried_over(samples):
    first = planned()
    second = start(customer_named())
    assert second.context["carriedOverTaskIds"] == []
    from services.workflows import finalizing

    finalizing.finalize(ANA, first.id, now=NOON)
    third = start(customer_named())
    assert len(third.context["carriedOverTaskIds"]) == 4


def test_completing_computes_the_output_and_opens_the_next(samples):
    execution = start(customer_named())
    first, second, *_ = steps_of(execution)
    steps.complete(ANA, execution.id, first.id, ASSESSMENT, now=NOON)
    assert refresh(first).output["summary"] == "CSM Assessment: 8/10 relationship, 7/10 confidence"
    assert refresh(first).input == ASSESSMENT
    assert (refresh(second).status, refresh(second).started_at) == ("in_progress", NOON)
    assert refresh(execution).version == execution.version + 1


def test_another_customer_gives_another_output(samples):
    outputs = []
    for name in ("Brightwater Logistics", "Mesa Robotics"):
        execution = start(customer_named(name))
        walk(execution)
        outputs.append([step.output for step in steps_of(execution)[:5]])
    assert all(one != other for one, other in zip(*outputs, strict=True))


def test_a_step_out_of_order_is_a_conflict_that_names_what_is_allowed():
    execution = start(make_customer())
    third = steps_of(execution)[2]
    for verb, more in ((steps.complete, ({},)), (steps.skip, ()), (steps.start, ())):
        with pytest.raises(Conflict) as refused:
            verb(ANA, execution.id, third.id, *more, now=NOON)
        assert refused.value.details["allowed"] == ["complete assessment", "reset assessment", "skip assessment"]
        assert refused.value.details["step"]["kind"] == "assessment"
    assert refresh(third).status == "pending"


def test_a_completed_step_is_not_completed_again():
    execution = start(make_customer())
    first = walk(execution, until=1)[0]
    with pytest.raises(Conflict) as refused:
        steps.complete(ANA, execution.id, first.id, ASSESSMENT, now=NOON)
    assert refused.value.details["allowed"] == ["reset"]


def test_a_wrong_input_changes_nothing():
    execution = start(make_customer())
    first = steps_of(execution)[0]
    with pytest.raises(Invalid):
        steps.complete(ANA, execution.id, first.id, {"relationshipScore": 99, "confidenceScore": 7}, now=NOON)
    assert refresh(first).status == "in_progress"
    assert refresh(execution).version == 1


def test_a_skipped_step_is_passed_over_and_can_be_started_later():
    execution = start(make_customer())
    first, second = steps_of(execution)[:2]
    steps.skip(ANA, execution.id, first.id, now=NOON, reason="no time")
    assert (refresh(first).status, refresh(second).status) == ("skipped", "in_progress")
    assert acts("skipped step")[0].reason == "no time"
    steps.start(ANA, execution.id, first.id, now=NOON)
    assert refresh(first).status == "in_progress"
    steps.complete(ANA, execution.id, first.id, ASSESSMENT, now=NOON)
    assert refresh(second).status == "in_progress"


def test_every_step_but_the_plan_can_be_skipped(samples):
    execution = start(customer_named())
    found = steps_of(execution)
    for step in found[:5]:
        steps.skip(ANA, execution.id, step.id, now=NOON)
    with pytest.raises(Conflict):
        steps.skip(ANA, execution.id, found[5].id, now=NOON)
    steps.complete(ANA, execution.id, found[5].id, {}, now=NOON)
    assert Plan.get().status == "draft"


def test_reset_takes_back_what_was_computed_from_it_and_the_draft(samples):
    execution = planned()
    found = steps_of(execution)
    steps.reset(ANA, execution.id, found[2].id, now=NOON)
    assert [step.status for step in steps_of(execution)] == ["completed", "completed", *["pending"] * 4]
    assert [step.output for step in steps_of(execution)[2:]] == [None] * 4
    assert Plan.select().count() == 0
    assert refresh(execution).plan_status is None
    steps.complete(ANA, execution.id, found[2].id, {}, now=NOON)
    assert refresh(found[3]).status == "in_progress"


def test_the_action_plan_takes_no_input(samples):
    execution = start(customer_named())
    walk(execution)
    with pytest.raises(Invalid) as refused:
        steps.complete(ANA, execution.id, steps_of(execution)[5].id, {"mood": "good"}, now=NOON)
    assert list(refused.value.errors) == ["input.mood"]


def test_a_step_of_another_execution_is_not_found():
    one, other = start(make_customer()), start(make_customer(name="Other"))
    with pytest.raises(NotFound):
        steps.complete(ANA, one.id, steps_of(other)[0].id, ASSESSMENT, now=NOON)
    with pytest.raises(NotFound):
        steps.start(OTHER, one.id, steps_of(one)[0].id, now=NOON)


def test_a_stale_if_match_changes_nothing():
    execution = start(make_customer())
    with pytest.raises(Stale):
        steps.complete(ANA, execution.id, steps_of(execution)[0].id, ASSESSMENT, now=NOON, expected=7)
    assert Step.select().where(Step.status == "completed").count() == 0


def test_a_cancelled_execution_takes_no_more_steps(samples):
    execution = start(customer_named())
    executions.cancel(ANA, execution.id, now=NOON, reason="lost")
    assert refresh(execution).status == "cancelled"
    with pytest.raises(Conflict):
        executions.cancel(ANA, execution.id, now=NOON)
    with pytest.raises(Conflict):
        steps.start(ANA, execution.id, steps_of(execution)[0].id, now=NOON)
    with pytest.raises(Conflict):
        plans.generate(ANA, execution.id, "rules", now=NOON)


def test_a_trigger_hands_its_conditions_on():
    execution = executions.start(
        ANA,
        make_customer().id,
        "discovery",
        execution_id=ids.new_id(),
        now=NOON + timedelta(1),
        conditions=["tasks done"],
        trigger_id="t1",
    )
    assert execution.context["conditions"] == ["tasks done"]
    assert execution.trigger_payload["triggerId"] == "t1"
    assert models.executions.progress_of("demo", [execution.id]) == {execution.id: (0, 6)}
