"""The main job, end to end over REST: a Discovery renewal from its start to finished AI tasks, and what the console then knows."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

import pytest
import requests

from shared.ground.principal import Principal
from tests.acceptance import story
from tests.house import eventually


@pytest.fixture(scope="module")
def execution(house):
    return story.start(house)


@pytest.fixture(scope="module")
def outputs(house, execution):
    return story.complete_steps(house, execution)


@pytest.fixture(scope="module")
def plan(house, execution, outputs):
    return story.generate(house, execution["id"])


@pytest.fixture(scope="module")
def finalized(house, execution, plan):
    return story.finalize(house, execution["id"])


@pytest.fixture(scope="module")
def ended(house, execution, finalized):
    return story.until_ended(house, execution["id"])


def test_the_seeds_own_case_comes_out_as_the_seed_shows_it(outputs):
    assert outputs["contract_analysis"]["criticalObstacles"] == 2
    assert outputs["pricing"]["target"] == "265000.00"
    assert outputs["pricing"]["increasePercent"] == 6.8
    assert outputs["stakeholders"]["keyStakeholders"] == 3
    assert len(outputs["recommendations"]["recommendations"]) == 4
    assert outputs["recommendations"]["findings"]["critical"] == ["CFO relationship gap (economic buyer not engaged)"]


def test_another_customer_gives_another_output(house, outputs):
    other = story.complete_steps(house, story.start(house, "Kauri Health"))
    for kind, output in outputs.items():
        if output is not None:
            assert other[kind] != output, kind


def test_the_draft_has_all_the_seeds_parts(plan):
    assert [len(plan["aiTasks"]), len(plan["csmTasks"]), len(plan["timeline"])] == [4, 4, 7]
    assert sorted(len(item.get("subTasks") or []) for item in plan["csmTasks"]) == [0, 0, 0, 4]
    assert {entry["owner"] for entry in plan["timeline"]} <= {"AI", "CSM", "Customer"}
    assert plan["nextWorkflow"]["stage"] == "prepare"
    assert set(plan["summary"]) == {"completed", "keyDecisions", "metrics"}


def test_finalize_makes_everything_and_twice_is_once(house, execution, finalized):
    assert finalized["created"] == {"aiTasks": 4, "csmTasks": 4, "subTasks": 4}
    assert finalized["failed"] == []
    assert story.finalize(house, execution["id"]) == finalized
    assert len(story.ai_tasks(house, execution["id"])) == 4
    assert house.get("workflows", f"/api/workflows/executions/{execution['id']}")["status"] == "completed"


def test_every_ai_task_executes_by_itself(ended):
    assert {name: task["executionStatus"] for name, task in ended.items()} == dict.fromkeys(
        ("salesforce-contact-updater", "follow-up-reminder-creator", "contract-deadline-alert", "workflow-scheduler"),
        "success",
    )
    assert all(task["executedAt"] for task in ended.values())


def test_the_crm_holds_the_new_primary_contact(house, ended, plan):
    item = next(item for item in plan["aiTasks"] if item["processor"] == "salesforce-contact-updater")
    opportunity = house.get("executor", f"/api/sandbox-crm/opportunities/{item['metadata']['opportunityId']}")
    text = str(opportunity)
    assert item["metadata"]["newContact"]["salesforceId"] in text
    assert item["metadata"]["oldContact"]["salesforceId"] in text


def test_the_reminder_is_a_snoozed_task_of_workflows(house, ended, plan):
    item = next(item for item in plan["aiTasks"] if item["processor"] == "follow-up-reminder-creator")

    def reminder():
        tasks = house.get("workflows", "/api/workflows/tasks", params={"status": "snoozed", "limit": 100})["items"]
        return next((task for task in tasks if task["title"] == item["metadata"]["reminderMessage"]), None)

    assert eventually(reminder)["snoozedUntil"] > datetime.now(UTC).date().isoformat()


def test_one_trigger_stands_and_the_scheduler_confirmed_it(house, execution, ended):
    def confirmed():
        triggers = house.get("workflows", "/api/workflows/triggers", params={"limit": 100})["items"]
        own = [one for one in triggers if one["executionId"] == execution["id"]]
        return own if own and own[0]["confirmedAt"] else None

    own = eventually(confirmed)
    assert len(own) == 1
    assert own[0]["stage"] == "prepare"


def test_the_monitor_shows_the_run_with_its_ai_tasks_as_steps(house, execution, ended):
    run = eventually(
        lambda: (found := house.get("monitor", f"/api/runs/{execution['id']}"))["status"] == "completed" and found
    )
    assert (run["kind"], run["stepsDone"], run["stepsTotal"]) == ("workflow_execution", 10, 10)
    steps = house.get("monitor", f"/api/runs/{execution['id']}/steps")
    assert isinstance(steps, list)
    assert {step["skillId"] for step in steps} >= set(ended)
    assert all(step["status"] == "completed" for step in steps)
    assert execution["id"] in [one["id"] for one in house.get("monitor", "/api/runs")["items"]]


def test_people_are_told(house, ended):
    kinds = eventually(
        lambda: {one["kind"] for one in house.get("monitor", "/api/notifications?limit=100")["items"]} >= {"task_done"}
    )
    assert kinds


def test_another_tenant_sees_nothing_of_it(house, execution, ended):
    stranger = Principal("person", "stranger", "Stranger", "acme", roles=frozenset({"admin"}))
    for service, path in (
        ("workflows", f"/api/workflows/executions/{execution['id']}"),
        ("monitor", f"/api/runs/{execution['id']}"),
        ("executor", f"/api/ai-tasks/{next(iter(ended.values()))['id']}"),
    ):
        house.get(service, path, by=stranger, expect=404)
    assert house.get("workflows", "/api/customers", by=stranger)["items"] == []


def test_a_failed_task_shows_its_error_and_its_retry_works(house):
    """Another customer's CRM refuses for good; the run fails with the reason; the fault over, the run's retry makes it whole."""
    execution = story.start(house)
    story.complete_steps(house, execution)
    plan = story.generate(house, execution["id"])
    item = next(item for item in plan["aiTasks"] if item["processor"] == "salesforce-contact-updater")
    house.post(
        "executor",
        "/api/sandbox-crm/faults",
        {"opportunityId": item["metadata"]["opportunityId"], "error": "INVALID_FIELD", "times": 1},
    )
    story.finalize(house, execution["id"])
    tasks = story.until_ended(house, execution["id"])
    assert tasks["salesforce-contact-updater"]["executionStatus"] == "failed"
    run = eventually(
        lambda: (found := house.get("monitor", f"/api/runs/{execution['id']}"))["status"] == "failed" and found
    )
    assert "INVALID_FIELD" in str(run["error"])
    steps = house.get("monitor", f"/api/runs/{execution['id']}/steps")
    assert "Traceback" in str([step["error"] for step in steps])
    house.post("monitor", f"/api/runs/{execution['id']}/retry")
    eventually(lambda: house.get("monitor", f"/api/runs/{execution['id']}")["status"] == "completed")
    assert story.until_ended(house, execution["id"])["salesforce-contact-updater"]["executionStatus"] == "success"


def test_bad_input_is_refused_with_its_reason(house, execution):
    base = "/api/workflows/executions"
    house.post("workflows", base, {"customerId": "nobody"}, expect=404)
    house.get("workflows", f"{base}/nothing", expect=404)
    fresh = story.start(house)
    wrong = house.post("workflows", f"{base}/{fresh['id']}/steps/{fresh['steps'][2]['id']}/complete", {}, expect=409)
    assert wrong["allowed"]
    for body, field in (
        ({"customerId": 7}, "customerId"),
        ({"customerId": "x" * 5000}, "customerId"),
        ({"customerId": "x", "color": "red"}, "color"),
    ):
        assert list(house.post("workflows", base, body, expect=422)["errors"]) == [field]
    for processor in ("no-such-thing", "../../etc/passwd", "services.executor.processors.rehearsal"):
        assert (
            "processor"
            in house.post("executor", "/api/ai-tasks", {"processor": processor, "metadata": {}}, expect=422)["errors"]
        )
    bad = house.post(
        "executor",
        "/api/ai-tasks",
        {"processor": "follow-up-reminder-creator", "metadata": {"daysUntilReminder": "soon"}},
        expect=422,
    )
    assert any("daysUntilReminder" in path for path in bad["errors"])


def test_a_stage_that_is_not_there_yet_is_409_and_named(house):
    told = house.post(
        "workflows",
        "/api/workflows/executions",
        {"customerId": story.customer(house)["id"], "stage": "negotiate"},
        expect=409,
    )
    assert "negotiate" in told["detail"].lower()


def test_guided_runs_are_an_empty_list(house):
    assert house.get("runs", "/api/guided-runs")["items"] == []


def test_the_engagement_tracker_runs_by_rest(house):
    made = house.post(
        "executor",
        "/api/ai-tasks",
        {
            "processor": "email-engagement-tracker",
            "metadata": {
                "emailId": "msg_123",
                "emailSubject": "CFO Value Briefing",
                "sentTo": "cfo@customer.com",
                "trackOpens": True,
                "trackClicks": True,
                "notifyOnOpen": False,
            },
        },
    )
    assert eventually(lambda: house.get("executor", f"/api/ai-tasks/{made['id']}")["status"] == "success")


def test_one_request_id_follows_the_work(house):
    made = house.post(
        "workflows",
        "/api/workflows/executions",
        {"customerId": story.customer(house)["id"], "stage": "discovery"},
        headers={"X-Request-Id": "click-4711"},
    )
    trail = eventually(
        lambda: [
            act
            for act in house.get("monitor", "/api/acts", params={"subject_id": made["id"], "limit": 100})["items"]
            if act["requestId"] == "click-4711"
        ]
    )
    assert trail[0]["subjectId"] == made["id"]


def test_the_demo_prints_the_story_where_the_database_of_workflows_is_out_of_reach(house):
    """As in the monitor's container, which has that of the monitor alone."""
    done = subprocess.run(
        [sys.executable, "-m", "shared.cli", "demo"],
        env=house.launcher.environment | {"TANDEM_WORKFLOWS_DATABASE_URL": "sqlite:////nowhere/workflows.sqlite3"},
        capture_output=True,
        text=True,
        timeout=90,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for line in (
        "6. Action Plan Generation ✓",
        "4 AI tasks + 4 CSM tasks",
        "265,000",
        "8/10 relationship, 7/10 confidence",
        "workflow-scheduler",
        f"{house.url('monitor')}/app/renewals/",
        f"{house.url('monitor')}/app/monitor/runs/",
    ):
        assert line in done.stdout


def test_customers_come_in_from_a_file(house, tmp_path):
    file = tmp_path / "customers.csv"
    file.write_text("name,arr,currency,renewalDate\nNorthwind,120000,USD,2027-05-01\nBad Row,lots,USD,2027-05-01\n")
    done = subprocess.run(
        [sys.executable, "-m", "shared.cli", "import", "customers", str(file)],
        env=house.launcher.environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert "Northwind" in done.stdout
    assert "arr" in done.stdout
    assert house.get("workflows", "/api/customers", params={"q": "Northwind"})["items"]


def test_every_service_is_healthy_and_describes_itself(house):
    for service in ("monitor", "runs", "workflows", "executor"):
        for path in ("/livez", "/readyz", "/metrics", "/openapi.json", "/docs"):
            eventually(lambda url=house.url(service) + path: requests.get(url, timeout=60).ok)
