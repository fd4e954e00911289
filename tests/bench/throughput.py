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
LONGEST = 120.0


def measure(house: House, engine: str, sizes: Sizes, *, peer: float | None, goal: float) -> list[Row]:
    """Rows for one engine: fed by workflows, and by REST. `goal` is the rate to reach by REST, `peer` Celery's."""
    executor = Ledger(machine.database_url(house, "executor"))
    workflows = Ledger(machine.database_url(house, "workflows"))
    machine.settle(house)
    plans = planned(house, sizes.fed)
    machine.settle(house)
    before = machine.processor_seconds(house)
    fed, heard = through_feed(house, executor, workflows, plans, sizes.fed)
    machine.settle(house)
    between = machine.processor_seconds(house)
    posted = by_rest(house, executor, sizes.posted)
    machine.settle(house)
    after = machine.processor_seconds(house)
    beside = f"{posted / peer:.2f} of Celery's no-ops" if peer else ""
    what = f"AI tasks submitted through the feed, {engine}"
    return [
        at_least(what, fed, peer, "/s", "Celery's no-ops, same run") if peer else plain(what, fed, "/s", "no Celery"),
        plain("  until workflows had read of all", heard, "/s"),
        _cost(before, between, sizes.fed),
        at_least(f"AI tasks by REST, {engine}", posted, goal, "/s", beside),
        _cost(between, after, sizes.posted),
    ]


def _cost(before: dict[str, float], after: dict[str, float], count: int) -> Row:
    """What a task cost each process, until the house was idle again: what remains when the machine was busy."""
    each = {name: (used - before[name]) / count * 1000 for name, used in after.items()}
    told = [f"{name.removesuffix(' 1')} {each[name]:.1f}" for name in sorted(each, key=lambda name: -each[name])]
    return plain("  processor time a task, all of the house", sum(each.values()), "ms", ", ".join(told[:5]))


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


def through_feed(
    house: House, executor: Ledger, workflows: Ledger, plans: list[str], count: int
) -> tuple[float, float]:
    """(tasks a second from the first finalize to the last finish; the same until workflows knew of the last one)."""
    done, known = executor.succeeded(), workflows.known_to_have_succeeded()
    began = time.monotonic()
    for execution_id in plans:
        answer = story.finalize(house, execution_id)
        if answer["failed"]:
            raise ValueError(f"finalize refused an item: {answer['failed'][0]}")
    finished = _when(lambda: executor.succeeded() - done >= count)
    heard = _when(lambda: workflows.known_to_have_succeeded() - known >= count)
    return count / (finished - began), count / (heard - began)


def by_rest(house: House, executor: Ledger, count: int) -> float:
    """Tasks a second from the first of many POSTs at once to the last finish."""
    done, numbers = executor.succeeded(), iter(range(count))
    lock, refused = threading.Lock(), []
    headers = house.headers() | {"Content-Type": "application/json"}
    bodies = [json.dumps({"processor": "test-echo", "metadata": rehearsal(number)}) for number in range(count)]

    def post() -> None:
        # http.client and not requests: whoever asks shares the two cores, and should cost as little as can be.
        where = urlsplit(house.url("executor"))
        connection = http.client.HTTPConnection(str(where.hostname), where.port, timeout=60)
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            connection.request("POST", "/api/ai-tasks", bodies[number], headers)
            answer = connection.getresponse()
            told = answer.read()
            if answer.status != 201:
                refused.append(told)
                return

    began = time.monotonic()
    posters = [threading.Thread(target=post, daemon=True) for _ in range(POSTERS)]
    for one in posters:
        one.start()
    finished = _when(lambda: bool(refused) or executor.succeeded() - done >= count)
    if refused:
        raise ValueError(f"a POST was refused: {refused[0][:300]!r}")
    return count / (finished - began)


def _when(over: Callable[[], bool]) -> float:
    """The moment at which it is over. TimeoutError when that takes minutes."""
    until = time.monotonic() + LONGEST
    while not over():
        if time.monotonic() > until:
            raise TimeoutError(f"not done within {LONGEST:.0f} s")
        time.sleep(0.02)
    return time.monotonic()
