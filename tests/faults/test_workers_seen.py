"""An operator sees which workers are alive: one that is killed falls silent, one that is stopped is gone; a pause holds for
all of them and outlives them."""

from __future__ import annotations

import signal

import pytest

from services.executor.pausing import QUEUE
from tests.faults.workers import workers
from tests.house import ADMIN, eventually

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]


def seen(house):
    return {worker["name"].rpartition(":")[2]: worker for worker in house.get("executor", "/api/workers")["items"]}


def status_of(house, task_id, **options):
    return house.get("executor", f"/api/ai-tasks/{task_id}", **options)["status"]


def test_a_killed_worker_falls_silent_and_a_stopped_one_is_gone(either_house):
    with workers(either_house, 2) as (killed, stopped):
        first, second = str(killed.process.pid), str(stopped.process.pid)
        eventually(lambda: {first, second} <= seen(either_house).keys())
        assert seen(either_house)[first]["alive"]
        either_house.signal(killed.name, signal.SIGKILL)
        either_house.signal(stopped.name, signal.SIGTERM)
        eventually(lambda: second not in seen(either_house))
        eventually(lambda: not seen(either_house)[first]["alive"])


def test_a_pause_holds_for_workers_that_start_after_it_and_for_its_tenant_alone_until_it_ends(either_house):
    path, others = f"/api/queues/{QUEUE}", ADMIN.within("acme")
    either_house.post("executor", f"{path}/pause", {"reason": "The CRM is down"})
    order = {"processor": "test-echo", "metadata": {"say": "hello"}}
    held = either_house.post("executor", "/api/ai-tasks", order)["id"]
    free = either_house.post("executor", "/api/ai-tasks", order, by=others)["id"]
    with workers(either_house):
        eventually(lambda: status_of(either_house, free, by=others) == "success")
        assert status_of(either_house, held) == "queued"
        either_house.post("executor", f"{path}/resume")
        eventually(lambda: status_of(either_house, held) == "success")
