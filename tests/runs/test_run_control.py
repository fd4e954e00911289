"""Run control of guided runs: the monitor cancels one for a person; nobody retries one."""

from __future__ import annotations

import pytest

from services.runs import models
from shared.ground import clock
from shared.security.tokens import Signer
from tests.runs.conftest import ANA, acts

OWN = {"name": "Mine", "steps": [{"actionType": "note", "title": "Write it down"}]}


@pytest.fixture
def ask_as_monitor(application, settings, database):
    """`ask_as_monitor(path, person=...)` -> the response to the monitor, acting for that person."""
    client = application.test_client()

    def send(path, body=None, *, person=ANA):
        token = Signer("monitor", settings.keys).for_service(clock.now(), tenant_id="demo", person=person)
        models.db.close()
        try:
            return client.post(path, json=body, headers={"Authorization": "Bearer " + token})
        finally:
            models.db.connect(reuse_if_open=True)

    return send


def test_the_monitor_cancels_a_run_for_a_person_and_twice_is_once(ask, ask_as_monitor):
    run = ask("POST", "/api/guided-runs", OWN).json
    for _ in range(2):
        assert ask_as_monitor(f"/internal/runs/{run['id']}/cancel").json == {}
    assert ask("GET", f"/api/guided-runs/{run['id']}").json["status"] == "cancelled"
    assert len(acts("cancelled run")) == 1


def test_a_run_that_is_completed_is_not_cancelled(ask, ask_as_monitor):
    run = ask("POST", "/api/guided-runs", OWN).json
    path = f"/api/guided-runs/{run['id']}"
    assert ask("POST", f"{path}/steps/{run['steps'][0]['id']}/skip", {}).status_code == 200
    assert ask("POST", f"{path}/complete", {"outcome": "Nothing to write down."}).status_code == 200
    assert ask_as_monitor(f"/internal/runs/{run['id']}/cancel").status_code == 409


def test_a_guided_run_is_not_retried(ask, ask_as_monitor):
    run = ask("POST", "/api/guided-runs", OWN).json
    refused = ask_as_monitor(f"/internal/runs/{run['id']}/retry", {"dryRun": True})
    assert refused.status_code == 409
    assert refused.json["allowed"] == ["cancel", "complete", "pause"]
    assert ask_as_monitor("/internal/runs/x/retry", {}).status_code == 404


def test_run_control_is_for_services_alone(ask):
    assert ask("POST", "/internal/runs/x/cancel").status_code == 403
