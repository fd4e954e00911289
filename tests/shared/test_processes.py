"""What `python -m services.<context>` says when it cannot do what it was told."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from shared.database.connection import OperationalError
from shared.ground import settings
from shared.process.service_main import Worker
from shared.security import tokens
from tests.conftest import free_port

ROOT = Path(__file__).resolve().parents[2]


def do(home: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    told = {**os.environ, "TANDEM_HOME": str(home), "TANDEM_LOG": "plain", **environment}
    return subprocess.run([sys.executable, "-m", *words], env=told, cwd=ROOT, capture_output=True, text=True)


@pytest.mark.parametrize("word", ["prepare", "seed"])
def test_a_postgresql_that_is_not_there_is_one_line_with_the_setting_and_no_password(tmp_path, word):
    url = f"postgresql://runs:secret@127.0.0.1:{free_port()}/runs"
    done = do(tmp_path, "services.runs", word, TANDEM_RUNS_DATABASE_URL=url)
    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert line.startswith("TANDEM_RUNS_DATABASE_URL: cannot connect to postgresql://runs:***@127.0.0.1:")
    assert "refused" in line
    assert "secret" not in line


def test_a_command_on_a_database_without_tables_says_which_one_and_what_to_do(tmp_path):
    (tmp_path / "data").mkdir()
    done = do(tmp_path, "services.monitor", "user", "link", "max@demo.tandem.test")
    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert f"{tmp_path}/data/monitor.sqlite3" in line
    assert "tandem migrate monitor" in line


def test_a_worker_whose_work_does_not_stop_cleanly_still_stops_its_other_parts():
    stopped = []

    def part(name: str) -> Any:
        return SimpleNamespace(stop=lambda *_: stopped.append(name))

    def fails() -> None:
        raise OperationalError("the database is away")

    with pytest.raises(OperationalError):
        Worker(part("consumers"), part("ringer"), [part("loop")], fails).stop()
    assert stopped == ["loop", "consumers", "ringer"]


def lines_of(done):
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr.splitlines()


@pytest.fixture
def migrated(tmp_path):
    """A home whose database of runs has had a migration that this code does not know."""
    tokens.make_keys(tmp_path / "keys", settings.SERVICES)
    assert do(tmp_path, "services.runs", "migrate").returncode == 0
    with sqlite3.connect(tmp_path / "data" / "runs.sqlite3") as database:
        database.execute("INSERT INTO schema_migration (name, applied) VALUES ('9999_from_tomorrow', '2030-01-01')")
    return tmp_path


@pytest.mark.parametrize("word", ["api", "work", "migrate", "seed", "prepare"])
def test_a_database_newer_than_the_code_is_refused_by_every_start_path(migrated, word):
    [line] = lines_of(do(migrated, "services.runs", word, TANDEM_RUNS_PORT=str(free_port())))
    assert line.startswith(f"TANDEM_RUNS_DATABASE_URL: sqlite:///{migrated}/data/runs.sqlite3: The database is newer")
    assert "9999_from_tomorrow" in line


def test_a_command_of_tandem_refuses_it_too(migrated):
    where, line = lines_of(do(migrated, "shared.cli", "migrate", "runs"))
    assert where.startswith("tandem: the database of runs is")
    assert "9999_from_tomorrow" in line


def test_an_api_says_at_once_that_its_port_is_taken_and_that_it_has_no_key(tmp_path):
    (tmp_path / "data").mkdir()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        first, second = lines_of(do(tmp_path, "services.runs", "api", TANDEM_RUNS_PORT=str(port)))
    assert first == f"TANDEM_RUNS_PORT: port {port} of runs is taken. Stop what uses it, or name another."
    assert second.startswith("TANDEM_KEYS: there is no key of runs in ")


@pytest.mark.parametrize("words", [("services.runs", "migrate"), ("services.runs", "seed"), ("shared.cli", "up")])
def test_a_home_that_cannot_be_written_is_a_plain_line(tmp_path, words):
    (tmp_path / "file").write_text("")
    ports = {f"TANDEM_{name.upper()}_PORT": str(free_port()) for name in settings.SERVICES}
    [line] = lines_of(do(tmp_path / "file" / "home", *words, **ports))
    assert f"{tmp_path}/file/home" in line
    assert "TANDEM_HOME: " in line or "TANDEM_RUNS_DATABASE_URL: " in line


def test_what_is_wrong_on_this_machine_is_said_in_one_message(tmp_path):
    (tmp_path / "file").write_text("")
    port = str(free_port())
    ports = {f"TANDEM_{name.upper()}_PORT": port for name in ("runs", "workflows", "executor", "monitor")}
    said = lines_of(do(tmp_path / "file" / "home", "shared.cli", "up", **ports))
    assert [line.removeprefix("tandem: ").partition(":")[0] for line in said] == [
        "TANDEM_WORKFLOWS_PORT",
        "TANDEM_EXECUTOR_PORT",
        "TANDEM_MONITOR_PORT",
        "TANDEM_HOME",
    ]


def test_an_address_of_another_machine_is_named(tmp_path):
    [line] = lines_of(do(tmp_path, "shared.cli", "up", TANDEM_BIND="192.0.2.1"))
    assert line == "tandem: TANDEM_BIND: 192.0.2.1 is no address of this machine."
