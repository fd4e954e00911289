"""Finalize clicked -> processor started, in an idle house, beside one Dramatiq hop; and what idle workers cost."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import requests

from shared.ground import clock
from tests.acceptance import story
from tests.bench import machine
from tests.bench.hop import Hop
from tests.bench.report import Row, at_most, percentile, plain
from tests.bench.sizes import Sizes
from tests.house import House, eventually

PREPARED_AT_ONCE = 3
PAUSES = (0.25, 0.45)
"""Seconds of quiet before a click: what the one before has set going is done, and everybody has read of it."""

LOOKS_AFTER = 0.25
"""Seconds after a click until anybody is asked about it: a question would disturb what it asks about."""

HOP_PAUSES = (0.15, 0.35)


def measure(house: House, sizes: Sizes) -> list[Row]:
    """Rows: the click, the hops, the idle workers."""
    chance = random.Random(1)
    waiting = prepared(house, sizes.executions)
    machine.settle(house)
    idle, hops = _idle_and_hops(house, sizes.hops, chance)
    clicks = [_click(house, execution, chance) for execution in waiting]
    floor = percentile(hops["plain"], 0.5)
    claimed = [one["claimed"] for one in clicks]
    worst = max(idle, key=lambda name: idle[name])
    return [
        at_most(
            "finalize clicked -> first AI task started, p50",
            percentile(claimed, 0.5),
            30,
            "ms",
            f"{percentile(claimed, 0.5) / floor:.2f} of a plain Dramatiq hop",
        ),
        at_most("  p99", percentile(claimed, 0.99), 150, "ms", f"of {len(claimed)}, slowest {max(claimed):.0f} ms"),
        *_between("  of which until finalize was answered", [one["answered"] for one in clicks]),
        *_between("  until the executor had read of it", [one["read"] for one in clicks]),
        *_between("  until its first change outside was begun", [one["begun"] for one in clicks if "begun" in one]),
        *_between("one Dramatiq hop, as it comes", hops["plain"]),
        *_between("one Dramatiq hop, with our doorbells", hops["doorbell"]),
        at_most(
            f"the busiest idle worker ({worst.split()[0]})",
            idle[worst],
            5,
            "% of a core",
            ", ".join(f"{name.split()[0]} {share:.1f}" for name, share in sorted(idle.items())),
        ),
    ]


def _between(what: str, values: list[float]) -> list[Row]:
    if not values:
        return []
    return [plain(what + ", p50", percentile(values, 0.5), "ms", f"p99 {percentile(values, 0.99):.0f} ms")]


def prepared(house: House, count: int) -> list[str]:
    """So many executions with a plan that only waits for finalize, over all sample customers in turn."""
    customers = house.get("workflows", "/api/customers", params={"limit": 100})["items"]
    names = [customers[number % len(customers)]["name"] for number in range(count)]
    with ThreadPoolExecutor(PREPARED_AT_ONCE) as pool:
        return list(pool.map(lambda name: _planned(house, name), names))


def _planned(house: House, name: str) -> str:
    execution = story.start(house, name)
    story.complete_steps(house, execution)
    story.generate(house, execution["id"])
    return execution["id"]


def _idle_and_hops(house: House, count: int, chance: random.Random) -> tuple[dict[str, float], dict[str, list[float]]]:
    """What the workers use of a core (%) while nothing happens in the house, and the hops, sent meanwhile from outside
    it."""
    url = machine.redis_url(house, 2)
    with Hop("plain", url) as bare, Hop("doorbell", url) as doorbell:
        time.sleep(2)
        before, began = _workers(house), time.monotonic()
        for _ in range(count):
            for hop in (doorbell, bare):
                time.sleep(chance.uniform(*HOP_PAUSES))
                hop.send()
        seconds = time.monotonic() - began
        idle = {name: (used - before[name]) / seconds * 100 for name, used in _workers(house).items()}
        return idle, {hop.kind: hop.milliseconds() for hop in (bare, doorbell)}


def _workers(house: House) -> dict[str, float]:
    return {name: used for name, used in machine.processor_seconds(house).items() if "worker" in name}


def _click(house: House, execution_id: str, chance: random.Random) -> dict[str, float]:
    """Finalize: milliseconds from just before the POST until it was `answered`, the executor had `read` of it, an AI
    task was `claimed`, and one had `begun` to change something outside; by the executor's own word."""
    path = f"/api/workflows/executions/{execution_id}/action-plan/finalize"
    headers = house.headers()
    with requests.Session() as session:
        session.get(house.url("workflows") + "/livez", timeout=10)
        time.sleep(chance.uniform(*PAUSES))
        clicked = clock.now()
        session.post(house.url("workflows") + path, json={}, headers=headers, timeout=30).raise_for_status()
        answered = clock.now()
    time.sleep(LOOKS_AFTER)
    tasks = eventually(lambda: _started(house, execution_id), every=0.2)
    told = {"answered": answered}
    for name, moment in (("read", "createdAt"), ("claimed", "startedAt")):
        told[name] = min(clock.parse(task[moment]) for task in tasks)
    intended = [effect["intendedAt"] for task in tasks for effect in _effects(house, task)]
    if intended:
        told["begun"] = min(clock.parse(moment) for moment in intended)
    return {name: _milliseconds(clicked, moment) for name, moment in told.items()}


def _milliseconds(since: datetime, until: datetime) -> float:
    return (until - since).total_seconds() * 1000


def _started(house: House, execution_id: str) -> list[dict[str, Any]]:
    """The execution's AI tasks at the executor, once all of them have started; else none."""
    source = f"workflows:workflow-execution:{execution_id}"
    tasks = house.get("executor", "/api/ai-tasks", params={"source": source})["items"]
    return tasks if all(task["startedAt"] for task in tasks) else []


def _effects(house: House, task: dict[str, Any]) -> list[dict[str, Any]]:
    if task["processor"] != "salesforce-contact-updater":
        return []
    return house.get("executor", f"/api/ai-tasks/{task['id']}")["effects"]
