"""What the monitor has of a large team, as the bench of the console fills its database: people, AI tasks, notifications."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from services.monitor import durations, notifying
from services.monitor.models import notices, people, runs
from services.monitor.states import TASKS
from shared.ground import ids
from tests.bench import bulk
from tests.bench.console_book import LEAD, OWNERS, TENANT, Size, person

TOOK = 900
"""Milliseconds of an AI task."""


def fill(size: Size, now: datetime, chance: random.Random) -> None:
    """Write into the database that the models of the monitor are connected to."""
    common = {"tenant_id": TENANT, "created_at": now, "role": "member"}
    bulk.load(people.Person, (person(owner, number) for number, owner in enumerate(OWNERS[2:])), common)
    _fill_runs(size, now, chance)
    told = (
        {
            "id": ids.new_id(), "kind": chance.choice((notifying.DONE, notifying.FAILED)), "title": f"E-mail {number}",
            "created_at": now - timedelta(minutes=number), "group_id": f"run-{number // 5}",
        }
        for number in range(size.notices)
    )  # fmt: skip
    own = {"tenant_id": TENANT, "recipient_id": LEAD, "body": "", "link": "/app/monitor", "source": "executor"}
    bulk.load(notices.Notification, told, own)


def _fill_runs(size: Size, now: datetime, chance: random.Random) -> None:
    made = []
    for number in range(size.notices):
        at, failed = now - timedelta(minutes=number), chance.random() < 0.02
        made.append(
            {
                "id": ids.new_id(), "status": "failed" if failed else "completed", "owner": chance.choice(OWNERS),
                "created_at": at, "started_at": at, "completed_at": at, "duration_ms": TOOK,
                "error_summary": f"The mail server refused it: {chance.randrange(20)}" if failed else None,
            }
        )  # fmt: skip
    common = {
        "tenant_id": TENANT, "kind": "ai_task", "workflow_name": "send_email", "workflow_key": "send_email",
        "own_status": "success", "version": 1, "listing": TASKS, "duration_rank": durations.rank_of(TOOK, None),
        "duration_bucket": durations.bucket_of(TOOK),
    }  # fmt: skip
    bulk.load(runs.Run, made, common)
