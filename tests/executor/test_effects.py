"""The table of effects: an intent before, an outcome after, taken over by the next attempt, resolved by a person."""

from __future__ import annotations

import pytest

from services.executor import effects, finishing
from services.executor.finishing import Failure
from services.executor.models import AiTask, Effect, feed
from services.executor.models import effects as rows
from services.executor.processors import NotOurs, OutcomeUnknown, Stopped
from shared.ground.errors import Conflict, NotFound
from shared.ground.principal import Principal
from tests.executor.conftest import changes, read

OLGA = Principal("person", "olga", "Olga Petrov", "demo", roles=frozenset({"operator"}))


@pytest.fixture
def claimed(submit, claim):
    submit()
    return claim()


@pytest.fixture
def begun(claimed, now):
    effects.begin(claimed, "echo", "key", now=now)
    return claimed


def taken_over(task, claim, now):
    """The next attempt at the same task."""
    finishing.put_back(task, now=now)
    return claim()


def status():
    return Effect.get().status


def test_an_intent_is_written_before_the_change(claimed, now):
    begun = effects.begin(claimed, "echo", "key", now=now)
    assert (begun.is_done, begun.interrupted) == (False, False)
    effect = rows.get_or_none(claimed, "echo")
    assert (effect.status, effect.key, effect.fence, effect.task_id) == ("intended", "key", 1, claimed.id)
    assert changes("ai-task")[0][1]["effects"][0]["status"] == "intended"


def test_an_outcome_that_stands_is_used_again(begun, claim, now):
    assert effects.record_done(begun, "echo", {"id": 1}, now=now)
    again = effects.begin(taken_over(begun, claim, now), "echo", "key", now=now)
    assert (again.is_done, again.outcome) == (True, {"id": 1})


def test_a_change_outside_is_an_act_of_the_task(begun, now):
    effects.record_done(begun, "echo", {"id": 1}, now=now)
    act = changes("act")[-1][1]
    assert (act["verb"], act["by"]["kind"], act["details"]["effect"]) == ("made effect", "ai_task", "echo")


def test_what_did_not_happen_is_intended_again(begun, claim, now):
    assert effects.record_not_done(begun, "echo", "locked", now=now)
    assert status() == "not_done"
    again = effects.begin(taken_over(begun, claim, now), "echo", "key", now=now)
    assert (again.is_done, again.interrupted) == (False, False)
    assert (status(), Effect.get().fence) == ("intended", 2)


def test_an_unsettled_change_is_taken_over_by_the_next_attempt_and_by_it_alone(begun, claim, now):
    again = taken_over(begun, claim, now)
    assert effects.begin(again, "echo", "key", now=now).interrupted
    assert not effects.record_done(begun, "echo", {"late": True}, now=now)
    assert not effects.record_not_done(begun, "echo", "late", now=now)
    assert not effects.record_unknown(begun, "echo", "late", now=now)
    assert effects.record_done(again, "echo", {"late": False}, now=now)
    assert Effect.get().outcome == {"late": False}


def test_the_next_attempt_cannot_be_overtaken_by_the_one_before(begun, claim, now):
    again = taken_over(begun, claim, now)
    effects.begin(again, "echo", "key", now=now)
    with pytest.raises(NotOurs):
        effects.begin(begun, "echo", "key", now=now)


def test_the_truth_may_come_after_the_lease_is_lost(begun, now):
    finishing.put_back(begun, now=now)
    assert effects.record_done(begun, "echo", {"id": 1}, now=now)
    assert status() == "done"


def test_the_truth_may_come_after_the_task_failed(begun, now):
    finishing.fail(begun, Failure("Late", "late", permanent=True), now=now, retry_delay_seconds=1)
    assert (status(), read(begun).error["outcomeUnknown"]) == ("unknown", True)
    assert effects.record_done(begun, "echo", {"id": 1}, now=now)
    assert (status(), read(begun).error["outcomeUnknown"]) == ("done", False)


def test_no_effect_begins_without_the_lease(claimed, now):
    finishing.put_back(claimed, now=now)
    with pytest.raises(NotOurs):
        effects.begin(claimed, "echo", "key", now=now)
    assert Effect.select().count() == 0


def test_no_effect_begins_after_somebody_cancelled(claimed, now):
    AiTask.update(cancel_requested_at=now).execute()
    with pytest.raises(Stopped):
        effects.begin(claimed, "echo", "key", now=now)
    assert Effect.select().count() == 0


def test_an_unknown_outcome_is_not_tried_again(begun, claim, now):
    assert effects.record_unknown(begun, "echo", "no answer", now=now)
    assert status() == "unknown"
    with pytest.raises(OutcomeUnknown):
        effects.begin(taken_over(begun, claim, now), "echo", "key", now=now)


def test_the_fences_of_a_retry_lie_above_those_of_the_task_that_it_repeats(claimed):
    first, late = AiTask(retry_number=0, lease=900_000), AiTask(retry_number=1, lease=1)
    assert effects.fence(first) < effects.fence(late)


@pytest.mark.parametrize(("happened", "after"), [(True, "done"), (False, "not_done")])
def test_a_person_resolves_what_nobody_knows(begun, now, happened, after):
    effects.record_unknown(begun, "echo", "no answer", now=now)
    finishing.fail(begun, Failure("OutcomeUnknown", "x", outcome_unknown=True), now=now, retry_delay_seconds=1)
    resolved = effects.resolve("demo", begun.id, "echo", happened=happened, reason="Looked.", by=OLGA, now=now)
    assert (resolved.status, resolved.resolved_by["id"], resolved.reason) == (after, "olga", "Looked.")
    assert not read(begun).error["outcomeUnknown"]
    act = changes("act")[-1][1]
    assert (act["verb"], act["reason"], act["details"]) == (
        "resolved effect",
        "Looked.",
        {"effect": "echo", "happened": happened},
    )


@pytest.mark.parametrize("state", ["intended", "done", "not_done"])
def test_what_is_known_is_not_resolved(begun, now, state):
    Effect.update(status=state).execute()
    with pytest.raises(Conflict):
        effects.resolve("demo", begun.id, "echo", happened=True, reason="x", by=OLGA, now=now)


def test_another_tenants_effect_and_one_that_does_not_exist_are_not_found(begun, now):
    Effect.update(status="unknown").execute()
    for tenant, name in (("acme", "echo"), ("demo", "ping")):
        with pytest.raises(NotFound):
            effects.resolve(tenant, begun.id, name, happened=True, reason="x", by=OLGA, now=now)


def test_an_effect_is_marked_in_every_task_of_its_chain(begun, submit, now):
    finishing.fail(begun, Failure("P", "p", permanent=True), now=now, retry_delay_seconds=1)
    Effect.update(status="not_done").execute()
    retry = submit(retry_of=begun.id)
    before = {data["id"]: data for _, data in changes("ai-task")}
    with feed.transaction():
        rows.move(begun, "echo", ["not_done"], status="done", outcome={})
    after = {data["id"]: data["effects"][0]["status"] for _, data in changes("ai-task")}
    assert set(before) == {begun.id, retry.id}
    assert after == {begun.id: "done", retry.id: "done"}
