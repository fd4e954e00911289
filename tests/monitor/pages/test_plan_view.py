"""The tasks of a plan, as workflows has them and as the read model may have heard before."""

from __future__ import annotations

import pytest

from services.monitor.pages import plan_view


@pytest.mark.parametrize(
    ("workflows", "newest", "may"),
    [
        ({"executionStatus": "failed"}, {"executionStatus": "failed"}, True),
        ({"executionStatus": "failed"}, {}, True),
        ({"executionStatus": "running"}, {"executionStatus": "failed"}, False),
        ({"executionStatus": "failed"}, {"executionStatus": "running"}, False),
        ({"executionStatus": "failed"}, {"executionStatus": "failed", "outcomeUnknown": True}, False),
        ({"executionStatus": None}, {}, False),
    ],
)
def test_a_task_may_run_again_once_both_know_of_its_failure(workflows, newest, may):
    shown = plan_view.in_newest_state({"id": "task-1"} | workflows, newest)
    assert shown["mayRunAgain"] is may
    assert shown["executionStatus"] == newest.get("executionStatus", workflows["executionStatus"])
