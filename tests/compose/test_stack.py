"""The full stack through `docker compose up`: PostgreSQL, Redis, one image, and the same story. Needs a Docker engine."""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path

import docker
import pytest
import requests
from docker.errors import DockerException

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
    """The Docker engine; without one these tests are left out, and say so."""
    try:
        client = docker.from_env()
        client.ping()
    except DockerException as error:
        pytest.skip(f"there is no Docker engine: {error}")
    if shutil.which("docker") is None:
        pytest.skip("there is no docker command")
    return client


@pytest.fixture(scope="module")
def stack(engine):
    """The stack, built and up from nothing, and taken away again with its volumes."""
    compose("down", "--volumes", check=False)
    compose("up", "--build", "--wait")
    yield engine
    compose("down", "--volumes")


def token() -> str:
    return compose(
        "exec", "-T", "monitor", "tandem", "token", "--tenant", "demo", "--role", "admin", "--minutes", "60"
    ).stdout.strip()


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


def test_it_goes_on_with_redis_away_and_two_executors(stack):
    compose("up", "--detach", "--wait", "--scale", "executor-worker=2", "executor-worker")
    compose("stop", "redis")
    try:
        headers = {"Authorization": f"Bearer {token()}"}
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
        made = requests.post("http://127.0.0.1:8003/api/ai-tasks", json=body, headers=headers, timeout=10)
        assert made.status_code == 201, made.text
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            task = requests.get(
                f"http://127.0.0.1:8003/api/ai-tasks/{made.json()['id']}", headers=headers, timeout=10
            ).json()
            if task["status"] == "success":
                return
            time.sleep(0.3)
        pytest.fail(f"still {task['status']} after a minute without Redis")
    finally:
        compose("start", "redis")
