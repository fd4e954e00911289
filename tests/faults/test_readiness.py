"""/readyz goes on answering while a service's database is locked and more requests wait at it than the service has threads."""

from __future__ import annotations

import sqlite3
import threading
import time

import requests

from tests.house import House, eventually

WRITERS = 40
LOCKED_SECONDS = 18
"""Longer than a writer waits for the lock."""

PATIENCE = 8
"""Seconds that a probe waits; a service whose threads all hang would answer none of it within LOCKED_SECONDS."""


def test_a_locked_database_and_a_queue_of_writers_keep_no_probe_waiting(tmp_path):
    with House(tmp_path, services=("runs",), samples=False, TANDEM_API_THREADS=8) as house:
        url, headers, ended = house.url("runs"), house.headers(), threading.Event()

        def write():
            while not ended.is_set():
                body = {"title": "Grow", "period": "2027"}
                requests.post(f"{url}/api/objectives", json=body, headers=headers, timeout=60)

        writers = [threading.Thread(target=write) for _ in range(WRITERS)]
        holder = sqlite3.connect(tmp_path / "data" / "runs.sqlite3", isolation_level=None)
        holder.execute("BEGIN EXCLUSIVE")
        for writer in writers:
            writer.start()
        answers, until = [], time.monotonic() + LOCKED_SECONDS
        while time.monotonic() < until:
            answers.append(requests.get(f"{url}/readyz", timeout=PATIENCE))
            time.sleep(0.3)
        holder.close()
        ended.set()
        statuses = [answer.status_code for answer in answers]
        known = statuses.index(503)  # what was found a second before it was locked may still be told
        assert known < len(answers) / 2
        assert set(statuses[known:]) == {503}
        assert {answer.json()["database"] for answer in answers[known:]} == {"failed"}
        eventually(lambda: requests.get(f"{url}/readyz", timeout=PATIENCE).ok, seconds=60)
        for writer in writers:
            writer.join(60)
