"""One attempt from claim to finish, with the sandbox CRM as the outside: what is made once, what is asked, what is
unknown."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest

from services.executor import finishing
from services.executor.executing import Runner, RunningTask
from services.executor.models import AiTask, Effect, tasks
from services.executor.processors import (
    CannotAsk,
    NotOurs,
    OutcomeUnknown,
    Permanent,
    Processor,
    Request,
    Result,
    Transient,
)
from services.executor.processors.registry import Registry
from services.executor.providers.sandbox_crm import SandboxCrm
from tests.conftest import NOON
from tests.executor.conftest import read


@pytest.fixture
def attempt(submit, claim, runner, database):
    """`attempt(function)` claims a task and runs it with a processor whose `run` is that function; the task
    afterwards."""

    def run_with(function, *, again=None):
        if again is None:
            submit()
        claimed = claim()
        runner.run(RunningTask(claimed, 60), Processor("test-echo", "1", "t", "d", {}, function))
        return read(claimed)

    return run_with


def rows(crm, key=None):
    found = crm.opportunity("demo", "rehearsal")
    return found["activities"] if found else []


def test_a_task_runs_to_its_result(submit, run, crm):
    submit(say="hello", effect=True)
    task = run()
    assert (task.status, task.result["echo"]) == ("success", "hello")
    assert [row["key"] for row in rows(crm)] == [f"{task.id}:echo"]
    assert Effect.get().status == "done"


def test_an_effect_stands_when_the_attempt_after_it_fails(submit, run, crm, now):
    submit(effect=True, failTimes=2)
    assert run().status == "queued"
    AiTask.update(available_at=now).execute()
    assert run().status == "queued"
    AiTask.update(available_at=now).execute()
    assert run().status == "success"
    assert len(rows(crm)) == 1


@pytest.mark.parametrize(
    ("error", "status", "permanent", "unknown"),
    [
        (Transient("later"), "queued", False, False),
        (Permanent("never"), "failed", True, False),
        (OutcomeUnknown("outcome unknown: x"), "failed", False, True),
        (ValueError("a bug"), "queued", False, False),
    ],
)
def test_whatever_a_processor_raises_is_a_failed_attempt_with_its_stack(attempt, error, status, permanent, unknown):
    def fails(task):
        raise error

    task = attempt(fails)
    told = task.error
    assert task.status == status
    assert (told["type"], told["message"]) == (type(error).__name__, str(error))
    assert (told["permanent"], told["outcomeUnknown"]) == (permanent, unknown)
    assert "in fails" in told["stackTrace"]
    assert tasks.attempts_of(task)[0].outcome == "failed"


@pytest.mark.parametrize(
    "value", [{"x": object()}, {"x": float("nan")}, {"x": "\ud800"}, {"x": "a\x00b"}, {"x": "y" * 1_100_000}]
)
def test_a_result_that_cannot_be_kept_fails_for_good(attempt, value):
    task = attempt(lambda task: Result(value, ""))
    assert (task.status, task.error["permanent"]) == ("failed", True)


def test_a_request_that_cannot_be_made_is_a_failed_attempt(attempt):
    unheard_of = Request("party-request", "cake", {})
    task = attempt(lambda task: Result({}, "", requests=(unheard_of,)))
    assert (task.status, task.error["type"]) == ("queued", "RuntimeError")


def test_text_that_no_column_holds_is_told_without_it(attempt):
    def fails(task):
        raise ValueError("a\x00b\ud800")

    assert attempt(fails).error["message"] == "a\ufffdb?"


def test_a_cancelled_task_stops_at_its_next_step(attempt, now):
    def steps(task):
        AiTask.update(cancel_requested_at=now).execute()
        task.effect("echo", act=lambda key: {})

    assert attempt(steps).status == "cancelled"
    assert Effect.select().count() == 0


def test_an_attempt_that_lost_its_lease_writes_nothing(attempt, now):
    def lost(task):
        finishing.put_back(read(task.id), now=now)
        return Result({"late": True}, "")

    task = attempt(lost)
    assert (task.status, task.result) == ("queued", None)


def test_an_attempt_that_lost_its_lease_changes_nothing_outside(attempt, now):
    made = []

    def lost(task):
        finishing.put_back(read(task.id), now=now)
        task.effect("echo", act=lambda key: made.append(key) or {})

    attempt(lost)
    assert made == []


def unanswered(key):
    raise OutcomeUnknown("No answer came.")


def cannot_ask(key):
    raise CannotAsk("Not here.")


def away(key):
    raise Transient("The provider is away.")


@pytest.mark.parametrize(
    ("look_up", "status", "effect"),
    [
        (lambda key: {"found": True}, "success", "done"),
        (lambda key: None, "queued", "not_done"),
        (None, "failed", "unknown"),
        (cannot_ask, "failed", "unknown"),
        (away, "queued", "intended"),
    ],
    ids=["found", "not found", "no look-up", "cannot ask", "not just now"],
)
@pytest.mark.parametrize("act", [unanswered, lambda key: 1 / 0], ids=["timeout", "bug"])
def test_an_unanswered_change_is_asked_about(attempt, act, look_up, status, effect):
    task = attempt(lambda task: Result(task.effect("echo", act=act, look_up=look_up), ""))
    assert (task.status, Effect.get().status) == (status, effect)
    assert bool(task.error and task.error["outcomeUnknown"]) == (effect == "unknown")
    if effect == "unknown":
        assert task.error["message"].startswith("outcome unknown")


@pytest.mark.parametrize(("error", "status"), [(Transient("locked"), "queued"), (Permanent("no such field"), "failed")])
def test_a_provider_that_says_no_is_believed(attempt, error, status):
    def refused(key):
        raise error

    task = attempt(lambda task: Result(task.effect("echo", act=refused, look_up=cannot_ask), ""))
    assert (task.status, Effect.get().status) == (status, "not_done")
    assert not task.error["outcomeUnknown"]


@pytest.mark.parametrize(
    ("found", "status", "acted"),
    [({"found": True}, "success", []), (None, "success", ["acted"])],
)
def test_the_attempt_after_a_cut_asks_before_it_acts(attempt, now, found, status, acted):
    def cut(task):
        def act(key):
            raise SystemExit

        task.effect("echo", act=act)

    with pytest.raises(SystemExit):
        attempt(cut)
    finishing.put_back(AiTask.get(), now=now)
    done = []

    def act(key):
        done.append("acted")
        return {}

    task = attempt(lambda task: Result(task.effect("echo", act=act, look_up=lambda key: found), ""), again=True)
    assert (task.status, done) == (status, acted)


def test_the_attempt_after_a_cut_that_cannot_ask_ends_as_unknown_and_acts_not(attempt, now):
    def cut(task):
        task.effect("echo", act=lambda key: sys.exit())

    with pytest.raises(SystemExit):
        attempt(cut)
    finishing.put_back(AiTask.get(), now=now)
    done = []
    task = attempt(lambda task: Result(task.effect("echo", act=lambda key: done.append(1) or {}), ""), again=True)
    assert (task.status, task.error["outcomeUnknown"], done) == ("failed", True, [])


def test_a_processor_that_swallows_an_unknown_outcome_has_not_succeeded(attempt):
    def swallows(task):
        try:
            task.effect("echo", act=unanswered)
        except OutcomeUnknown:
            return Result({}, "All well.")

    task = attempt(swallows)
    assert (task.status, task.error["outcomeUnknown"]) == ("failed", True)


def test_a_sender_that_wakes_up_late_finds_the_key_closed(attempt, crm, now):
    """The attempt is frozen between its intent and its sending; the next one asks, sends, and only then does the
    first go on."""

    def frozen(task):
        def act(key):
            finishing.put_back(read(task.id), now=now)
            attempt(
                lambda other: Result(
                    other.effect(
                        "echo",
                        act=lambda key: crm.log_activity(
                            "demo", "rehearsal", activity=LINE, key=key.value, fence=key.fence
                        ),
                        look_up=lambda key: crm.look_up("demo", key.value, key.fence),
                    ),
                    "",
                ),
                again=True,
            )
            return crm.log_activity("demo", "rehearsal", activity=LINE, key=key.value, fence=key.fence)

        task.effect("echo", act=act)

    task = attempt(frozen)
    assert task.status == "success"
    assert len(rows(crm)) == 1


LINE = {"subject": "s", "description": "d"}


def test_look_ups_that_are_turned_off_leave_the_outcome_unknown(submit, claim, known, providers, now, tmp_path):
    silent = SandboxCrm(tmp_path / "silent.sqlite3", read_clock=lambda: NOON, answers_lookups=False)
    silent.fail("demo", "rehearsal", error="TIMEOUT", times=1, after_commit=True)
    submit(effect=True)
    task = claim()
    Runner(replace(providers, crm=silent), lambda: now, 300).run(RunningTask(task, 60), known["test-echo"])
    assert (read(task).status, read(task).error["outcomeUnknown"]) == ("failed", True)
    assert len(rows(silent)) == 1


def test_a_task_of_a_tenant_that_nobody_told_of_is_tried_again_soon(submit, run, now):
    from tests.executor.conftest import ANA

    metadata = {"daysUntilReminder": 1, "reminderMessage": "m", "reminderPriority": 1, "relatedAction": "a"}
    submit("follow-up-reminder-creator", metadata, by=ANA.within("unheard-of"))
    task = run()
    assert (task.status, (task.available_at - now).total_seconds()) == ("queued", 5)


def test_a_checkpoint_stops_what_is_lost_or_cancelled():
    held = RunningTask(AiTask(), 60)
    held.checkpoint()
    held.lost.set()
    with pytest.raises(NotOurs):
        held.checkpoint()


def test_registry_lists_what_it_has():
    assert Registry([]).names() == []
