"""`test-echo`: a processor that fails, dies, waits and changes the sandbox CRM on demand.

Fault tests and benchmarks need an AI task whose behaviour they choose, through the same path as every other: claim,
lease, effect, finish, feed. Its effect appends a row to the sandbox CRM, which appends one each time that it is asked,
so that an effect made twice is two rows that a checker can count. It is available only when the setting
TANDEM_TEST_PROCESSORS is on.
"""

from __future__ import annotations

import os
import signal
import time
from typing import Any

from services.executor.processors import Key, Permanent, Processor, Result, TaskContext, Transient
from services.executor.processors.salesforce_contact_updater import look_up, problem_of
from services.executor.processors.shapes import boolean, integer, schema, text
from services.executor.providers.crm import CrmError
from shared.ground.json_types import JsonObject

SLICE_SECONDS = 0.05


def run(task: TaskContext) -> Result:
    """In this order: sleep, die, make the effect, fail. Echoes `say`."""
    metadata = task.metadata
    _sleep(task, metadata.get("sleepMs", 0) / 1000, deaf=metadata.get("deaf", False))
    _die(task.attempt, metadata)
    effect = _make_effect(task) if metadata.get("effect") else None
    if task.attempt <= metadata.get("failTimes", 0):
        raise Transient(f"Attempt {task.attempt} fails, as it was told to.")
    if metadata.get("fail") == "permanent":
        raise Permanent("This fails for good, as it was told to.")
    if metadata.get("fail") == "transient":
        raise Transient("This fails, as it was told to.")
    if metadata.get("fail") == "exception":
        raise ArithmeticError("This breaks, as it was told to.")
    return Result({"echo": metadata.get("say", ""), "attempt": task.attempt, "effect": effect}, "Echoed.")


def _sleep(task: TaskContext, seconds: float, *, deaf: bool) -> None:
    """Sleep in slices with a checkpoint before each. A deaf sleeper has none, like a call to an external system that
    does not return."""
    if deaf:
        time.sleep(seconds)
        return
    deadline = time.monotonic() + seconds
    while (remaining := deadline - time.monotonic()) > 0:
        task.checkpoint()
        time.sleep(min(SLICE_SECONDS, remaining))


def _die(attempt: int, metadata: Any) -> None:
    """`kill` and `exitProcess` end the process in the first `dieTimes` attempts, or in each when that is not given."""
    if attempt > metadata.get("dieTimes", attempt):
        return
    if metadata.get("kill"):
        os.kill(os.getpid(), signal.SIGKILL)
    if metadata.get("exitProcess"):
        os._exit(3)


def _make_effect(task: TaskContext) -> JsonObject:
    if task.metadata.get("blind"):
        return task.effect("echo", act=lambda key: _append(task, key))
    return task.effect("echo", act=lambda key: _append(task, key), look_up=lambda key: look_up(task, key))


def _append(task: TaskContext, key: Key) -> JsonObject:
    activity = {"subject": "Rehearsal", "description": task.metadata.get("say", "")}
    try:
        return task.providers.crm.log_activity(
            task.tenant_id,
            task.metadata.get("opportunityId", "rehearsal"),
            activity=activity,
            key=key.value,
            fence=key.fence,
        )
    except CrmError as error:
        raise problem_of(error) from error


PROCESSOR = Processor(
    name="test-echo",
    version="1.0.0",
    title="Rehearse",
    description="For fault tests and benchmarks only: waits, fails, dies and makes an effect on demand.",
    metadata_schema=schema(
        {},
        {
            "say": text(255),
            "sleepMs": integer(0, 3_600_000),
            "deaf": boolean(),
            "failTimes": integer(0, 100),
            "fail": {"enum": ["permanent", "transient", "exception"]},
            "effect": boolean(),
            "blind": boolean(),
            "opportunityId": text(64),
            "kill": boolean(),
            "exitProcess": boolean(),
            "dieTimes": integer(0, 100),
        },
    ),
    run=run,
    deadline_seconds=3600,
    rehearsal=True,
)
