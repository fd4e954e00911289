"""The full stack through `docker compose up`: PostgreSQL, Redis, one image, and the same story. Needs a Docker engine."""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
from pathlib import Path

import docker
import pytest
import requests
from docker.errors import DockerException

from tests.house import eventually

ROOT = Path(__file__).resolve().parent.parent.parent
PROJECT = "tandem-test"
LONG_RUNNING = {
    "monitor",
    "monitor-worker",
    "runs",
    "runs-worker",
    "workflows",
    "workflows-worker",
    "executor",
    "executor-worker",
    "postgres",
    "redis",
}

pytestmark = [pytest.mark.compose, pytest.mark.timeout(900)]


def compose(*words: str, check: bool = True, **options) -> subprocess.CompletedProcess[str]:
    command = ["docker", "compose", "--project-name", PROJECT, *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, **options)
    assert not check or done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done


@pytest.fixture(scope="module")
def engine():
    """The Docker engine. Who asks for these tests by `make test-compose` is told that there is none by a failure; where they only
    stand among all others they are left out, and say so."""
    tell = pytest.fail if os.environ.get("TANDEM_REQUIRE_DOCKER") == "1" else pytest.skip
    try:
        client = docker.from_env()
        client.ping()
    except DockerException as error:
        tell(f"there is no Docker engine: {error}")
    if shutil.which("docker") is None:
        tell("there is no docker command")
    return client


@pytest.fixture(scope="module")
def stack(engine):
    """The stack, built and up from nothing, and taken away again with its volumes."""
    compose("down", "--volumes", check=False)
    compose("up", "--build", "--wait")
    yield engine
    compose("down", "--volumes")


@functools.cache
def token() -> str:
    """A token that outlasts these tests, of an admin of the sample tenant."""
    return compose(
        "exec", "-T", "monitor", "tandem", "token", "--tenant", "demo", "--role", "admin", "--minutes", "60"
    ).stdout.strip()


def ask(method: str, port: int, path: str, body: object = None) -> dict:
    """The JSON of an answer, asked as an admin of the sample tenant."""
    answer = requests.request(
        method, f"http://127.0.0.1:{port}{path}", json=body, headers={"Authorization": f"Bearer {token()}"}, timeout=10
    )
    assert answer.ok, f"{method} {port}{path} -> {answer.status_code}: {answer.text[:2000]}"
    return answer.json()


def containers(engine):
    found = engine.containers.list(filters={"label": f"com.docker.compose.project={PROJECT}"})
    return {one.labels["com.docker.compose.service"]: one for one in found}


def test_every_part_runs_and_is_healthy(stack):
    found = containers(stack)
    assert set(found) == LONG_RUNNING
    assert {name: one.attrs["State"]["Health"]["Status"] for name, one in found.items()} == dict.fromkeys(
        LONG_RUNNING, "healthy"
    )


def test_no_part_of_ours_is_root_or_may_write_its_image(stack):
    for name, one in containers(stack).items():
        if name not in ("postgres", "redis"):
            assert one.attrs["Config"]["User"] == "tandem", name
            assert one.attrs["HostConfig"]["ReadonlyRootfs"], name


def test_ports_are_published_on_this_machine_only(stack):
    for port in (8000, 8001, 8002, 8003):
        assert requests.get(f"http://127.0.0.1:{port}/readyz", timeout=10).json()["status"] == "ok"
    bound = [
        bind["HostIp"] for one in containers(stack).values() for binds in one.ports.values() for bind in binds or []
    ]
    assert set(bound) == {"127.0.0.1"}


def test_nobody_reads_anothers_database(stack):
    refused = compose(
        "exec",
        "-T",
        "runs",
        "python",
        "-c",
        (
            "import psycopg, pathlib; url = pathlib.Path('/keys/private/database_url').read_text().strip();"
            "psycopg.connect(url); psycopg.connect(url.rsplit('/', 1)[0] + '/monitor')"
        ),
        check=False,
    )
    assert refused.returncode != 0
    assert "permission denied for database" in refused.stderr


def test_the_story_runs_through_the_containers(stack):
    done = compose("exec", "-T", "monitor", "tandem", "demo")
    assert "4 AI tasks queued" in done.stdout
    assert done.stdout.count(": success after") == 4


def test_the_samples_stand_in_every_database(stack):
    for port, path in ((8001, "/api/partnerships"), (8002, "/api/customers"), (8000, "/api/people")):
        assert ask("GET", port, path)["items"], path


def test_the_console_serves_its_own_styles_and_scripts(stack):
    page = requests.get("http://127.0.0.1:8000/", timeout=10)
    assert page.ok
    wanted = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)
    assert any(".css" in path for path in wanted)
    assert any(".js" in path for path in wanted)
    files = {path: requests.get(f"http://127.0.0.1:8000{path}", timeout=10) for path in wanted}
    assert all(file.ok and file.content for file in files.values())
    assert any(b"htmx" in file.content for file in files.values())


def test_a_guided_run_sends_its_mails_through_the_containers(stack):
    run = ask("POST", 8001, "/api/guided-runs", {"templateId": "weekly-pipeline-review"})
    email = next(step for step in run["steps"] if step["actionType"] == "email")
    step = f"/api/guided-runs/{run['id']}/steps/{email['id']}"
    ask("POST", 8001, f"{step}/start", {})
    wanted = {item["draft"]["subject"] for item in ask("GET", 8001, f"{step}/data")["items"]}
    assert len(wanted) == 3
    assert ask("POST", 8001, f"{step}/actions", {"type": "send_email", "all": True})["status"] == "queued"
    eventually(lambda: sorted(wanted) == sorted(mail["subject"] for mail in ask("GET", 8003, "/api/mailbox")["items"]))
    eventually(
        lambda: [one["status"] for one in ask("GET", 8001, f"{step}/data")["deliveries"]] == ["sent", "sent", "sent"]
    )
    done = ask("POST", 8001, f"{step}/complete", {})
    assert done["result"] == {"emailsSent": 3}


def test_it_goes_on_with_redis_away_and_two_executors(stack):
    compose("up", "--detach", "--wait", "--scale", "executor-worker=2", "executor-worker")
    compose("stop", "redis")
    try:
        body = {
            "processor": "contract-deadline-alert",
            "metadata": {
                "customerId": "c1",
                "deadline": "2030-01-01",
                "kind": "notice",
                "message": "Decide before the notice date",
                "alertDaysBefore": [30],
            },
        }
        made = ask("POST", 8003, "/api/ai-tasks", body)
        eventually(lambda: ask("GET", 8003, f"/api/ai-tasks/{made['id']}")["status"] == "success", seconds=60)
    finally:
        compose("start", "redis")
