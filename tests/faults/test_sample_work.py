"""The work with the samples, killed again and again while it is done: in the end each part is there once."""

from __future__ import annotations

import signal
import time

import pytest

from shared.process.supervisor import WITH_SAMPLE_WORK
from tests.house import House, eventually

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

MOST_KILLS = 3


def test_work_that_is_killed_goes_on_and_nothing_is_there_twice(tmp_path):
    with House(tmp_path) as house:
        killed = {name: _kill_until_done(house, name) for name in WITH_SAMPLE_WORK}
        assert killed["workflows"] >= 2, f"killed so often: {killed}"
        customers, partnerships = house.get("workflows", "/api/workflows/samples"), house.get("runs", "/api/samples")
        assert (customers["workflows"], customers["addedWorkflows"], customers["addedTasks"]) == (3, 0, 0)
        assert partnerships["guidedRuns"] == 2
        runs = house.get("runs", "/api/guided-runs")["items"]
        assert sorted(run["status"] for run in runs) == ["completed", "in_progress"]
        tasks = house.get("workflows", "/api/workflows/tasks", params={"limit": 100})["items"]
        assert len({task["title"] for task in tasks}) == len(tasks)
        mails = {"auto_execute": "true", "limit": 100}
        eventually(lambda: _states(house, mails) == {"success", "failed"})
        assert len(house.get("executor", "/api/mailbox")["items"]) == 1


def _kill_until_done(house, name):
    """Have the work of a service done, killed each time that something new of it shows, MOST_KILLS times at most. Returns
    how often it was killed."""
    for kills in range(MOST_KILLS + 1):
        before = _progress(house, name)
        part = house.add(f"{name} samples", ["-m", f"services.{name}", "samples"])
        house.launcher.processes.remove(part)
        is_last = kills == MOST_KILLS
        while not part.died() and (is_last or _progress(house, name) == before):
            time.sleep(0.01)
        if part.died():
            assert part.process.returncode == 0, part.reason()
            return kills
        part.process.send_signal(signal.SIGKILL)
        part.process.wait(10)
    raise AssertionError("it is left in peace the last time")


def _progress(house, name):
    """How far the work of a service is."""
    if name == "runs":
        return [(run["id"], run["stepsDone"]) for run in house.get("runs", "/api/guided-runs")["items"]]
    executions = house.get("workflows", "/api/workflows/executions")["items"]
    done = [(execution["id"], execution["stepsDone"], execution["planStatus"]) for execution in executions]
    return done, house.get("workflows", "/api/workflows/samples")["tasks"]


def _states(house, query):
    return {task["executionStatus"] for task in house.get("workflows", "/api/workflows/tasks", params=query)["items"]}
