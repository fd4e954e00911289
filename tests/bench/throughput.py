"""AI tasks a second through submit, claim, lease, effect, finish and feed, with everybody reading along; beside Celery's
no-ops."""

from __future__ import annotations

import http.client
import itertools
import json
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from tests.acceptance import story
from tests.bench import machine
from tests.bench.ledger import Ledger
from tests.bench.report import Row, at_least, plain
from tests.bench.sizes import Sizes
from tests.house import House

ITEMS_A_PLAN = 900
"""A plan takes a thousand items, and some of its own are rejected first."""

POSTERS = 8
LONGEST = 20.0
"""Seconds after which a rate is taken from what is done by then."""


PATIENCE = 10.0
"""Seconds that the readers are given beyond that."""


def fed(house: House, engine: str, sizes: Sizes, *, peer: float | None) -> list[Row]:
    """Rows of the whole house: AI tasks that workflows asks for in its feed, while everybody reads of them. To be
    measured last in a house: it may have work left."""
    executor = Ledger(machine.database_url(house, "executor"))
    workflows = Ledger(machine.database_url(house, "workflows"))
    plans = planned(house, sizes.fed)
    machine.settle(house)
    earlier, known_earlier = executor.succeeded(), workflows.known_to_have_succeeded()
    before, began = machine.processor_seconds(house), time.monotonic()
    for execution_id in plans:
        answer = story.finalize(house, execution_id)
        if answer["failed"]:
            raise ValueError(f"finalize refused an item: {answer['failed'][0]}")
    done, seconds = _followed(lambda: executor.succeeded() - earlier, sizes.fed, began)
    known, later = _followed(
        lambda: workflows.known_to_have_succeeded() - known_earlier, done, began, until=time.monotonic() + PATIENCE
    )
    machine.settle(house)  # the monitor reads on after workflows has read all
    cost = _cost(before, machine.processor_seconds(house), done)
    what, beside = f"AI tasks through the feed, {engine}, whole house", f"{done:,} of {sizes.fed:,} in {seconds:.1f} s"
    return [
        at_least(what, done / seconds, peer, "/s", f"to reach: Celery's no-ops; {beside}")
        if peer
        else plain(what, done / seconds, "/s", beside),
        plain("  that workflows had read of", known / later, "/s"),
        cost,
    ]


def posted(house: House, engine: str, sizes: Sizes, *, peer: float | None, goal: float) -> list[Row]:
    """Rows of an executor alone: AI tasks by many POSTs at once, to the last finish."""
    executor = Ledger(machine.database_url(house, "executor"))
    machine.settle(house)
    before = machine.processor_seconds(house)
    done, seconds = by_rest(house, executor, sizes.posted)
    what, beside = f"AI tasks by REST, {engine}, executor alone", f"{done:,} in {seconds:.1f} s"
    if peer:
        beside = f"{done / seconds / peer:.2f} of Celery's no-ops; {beside}"
    return [
        at_least(what, done / seconds, goal, "/s", beside),
        _cost(before, machine.processor_seconds(house), done),
    ]


def _cost(before: dict[str, float], after: dict[str, float], count: int) -> Row:
    """What a task cost each process: what remains when the machine was busy with something else as well."""
    each = {name: (used - before.get(name, 0)) / max(count, 1) * 1000 for name, used in after.items()}
    told = [f"{name.removesuffix(' 1')} {each[name]:.1f}" for name in sorted(each, key=lambda name: -each[name])]
    return plain("  processor time a task, all processes", sum(each.values()), "ms", ", ".join(told[:5]))


def rehearsal(number: int) -> dict[str, Any]:
    """The metadata of a no-op with one effect."""
    return {"effect": True, "say": str(number), "opportunityId": f"bench-{number % 50}"}


def planned(house: House, count: int) -> list[str]:
    """Executions whose plans hold so many no-op AI tasks in all, and nothing else."""
    numbers, plans = iter(range(count)), []
    while items := [_item(number) for number in itertools.islice(numbers, ITEMS_A_PLAN)]:
        execution = story.start(house)
        story.complete_steps(house, execution)
        draft = story.generate(house, execution["id"])
        edits = {
            name: [{"id": one["id"], "decision": "rejected"} for one in draft[name]] for name in ("aiTasks", "csmTasks")
        }
        edits["aiTasks"] += items
        house.ask("PATCH", "workflows", f"/api/workflows/executions/{execution['id']}/action-plan", json=edits)
        plans.append(execution["id"])
    return plans


def _item(number: int) -> dict[str, Any]:
    return {"title": f"Rehearsal {number}", "processor": "test-echo", "metadata": rehearsal(number)}


def by_rest(house: House, executor: Ledger, count: int) -> tuple[int, float]:
    """(tasks, seconds from the first of many POSTs at once to the last finish); posts no longer than LONGEST."""
    earlier, numbers = executor.succeeded(), iter(range(count))
    lock = threading.Lock()
    accepted: list[bytes] = []
    refused: list[bytes] = []
    headers = house.headers() | {"Content-Type": "application/json"}
    bodies = [json.dumps({"processor": "test-echo", "metadata": rehearsal(number)}) for number in range(count)]
    began = time.monotonic()

    def post() -> None:
        # http.client and not requests: whoever asks shares the two cores, and should cost as little as can be.
        where = urlsplit(house.url("executor"))
        connection = http.client.HTTPConnection(str(where.hostname), where.port, timeout=60)
        while time.monotonic() - began < LONGEST and not refused:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            connection.request("POST", "/api/ai-tasks", bodies[number], headers)
            answer = connection.getresponse()
            told = answer.read()
            (accepted if answer.status == 201 else refused).append(told)

    posters = [threading.Thread(target=post, daemon=True) for _ in range(POSTERS)]
    for one in posters:
        one.start()
    for one in posters:
        one.join()
    if refused:
        raise ValueError(f"a POST was refused: {refused[0][:300]!r}")
    return _followed(lambda: executor.succeeded() - earlier, len(accepted), began, until=time.monotonic() + LONGEST)


def _followed(count: Callable[[], int], wanted: int, began: float, *, until: float | None = None) -> tuple[int, float]:
    """(how many, seconds since `began`), once it is all that is wanted or time is up."""
    while True:
        done, moment = count(), time.monotonic()
        if done >= wanted or moment > (until or began + LONGEST):
            return done, moment - began
        time.sleep(0.02)
