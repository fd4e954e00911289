"""Settings: defaults, all errors at once, secrets from files."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from shared.ground import ids, settings

ROOT = Path(__file__).resolve().parents[2]


def test_defaults_are_those_of_the_house_plan():
    told = settings.load("executor")
    assert (told.port, told.slots, told.max_retries, told.retry_delay_seconds, told.reconcile_seconds) == (
        8003,
        10,
        3,
        300,
        300,
    )
    assert told.bind == "127.0.0.1"


WRONG = {
    "TANDEM_SLOTS": "many",
    "TANDEM_RUNS_DATABASE_URL": "mysql://root:secret@x/y",
    "TANDEM_WORKFLOWS_DATABASE_URL": "sqlite:///",
    "TANDEM_EXECUTOR_DATABASE_URL": "sqlite:///:memory:",
    "TANDEM_DAILY_AT": "noon",
    "TANDEM_LOG": "loud",
    "TANDEM_MONITOR_PORT": "70000",
    "TANDEM_EXECUTOR_URL": "localhost:8003",
    "REDIS_URL": "localhost",
    "TANDEM_HOME": " ",
    "TANDEM_BIND": "",
    "TANDEM_KEYS_FILE": "/nowhere/at/all",
}


def test_all_that_is_wrong_is_said_at_once_and_no_value_is_repeated(monkeypatch):
    for name, value in WRONG.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(settings.WrongSettings) as caught:
        settings.load("runs")
    assert set(caught.value.errors) == set(WRONG)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "rest"),
    [
        ("mysql://root:secret@x/y", ", not mysql:"),
        ("postgresql+psycopg://root:secret@x/y", ", not postgresql+psycopg:"),
        ("secret", "."),
        ("secret:of-the-database", "."),
        ("secret@db:5432/runs", "."),
        ("secret123://x", "."),
    ],
)
def test_of_an_address_that_is_refused_only_a_scheme_is_repeated(monkeypatch, value, rest):
    monkeypatch.setenv("TANDEM_RUNS_DATABASE_URL", value)
    monkeypatch.setenv("REDIS_URL", value)
    with pytest.raises(settings.WrongSettings) as caught:
        settings.load("runs")
    assert caught.value.errors == {
        "TANDEM_RUNS_DATABASE_URL": [f"It starts with sqlite:/// or postgresql:// or postgres://{rest}"],
        "REDIS_URL": [f"It starts with redis:// or rediss:// or unix://{rest}"],
    }


@pytest.mark.parametrize("words", [["shared.cli", "keys"], ["services.runs", "migrate"]])
def test_a_command_with_wrong_settings_says_a_plain_line_for_each(words):
    three = {name: WRONG[name] for name in ("TANDEM_SLOTS", "TANDEM_RUNS_DATABASE_URL", "TANDEM_DAILY_AT")}
    done = subprocess.run(
        [sys.executable, "-m", *words], env={**os.environ, **three}, cwd=ROOT, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert sorted(line.partition(":")[0] for line in done.stderr.splitlines()) == sorted(three)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (
            "postgresql://runs:se@cret@db:5433/runs?sslmode=require",
            "postgresql://runs:***@db:5433/runs?sslmode=require",
        ),
        ("postgresql://runs@db/runs", "postgresql://runs@db/runs"),
        ("postgresql://db:5433/runs", "postgresql://db:5433/runs"),
        ("postgresql://runs:se/cret@db/runs", "postgresql://runs:***@db/runs"),
        ("postgresql://runs:se#c?ret@db/runs", "postgresql://runs:***@db/runs"),
        ("postgresql://runs:se[cret@db/runs", "postgresql://runs:***@db/runs"),
        (
            "postgresql://runs@db/runs?password=secret&sslmode=require",
            "postgresql://runs@db/runs?password=***&sslmode=require",
        ),
        ("redis://:secret@redis:6379/0", "redis://:***@redis:6379/0"),
        ("sqlite:////var/data/runs.sqlite3", "sqlite:////var/data/runs.sqlite3"),
    ],
)
def test_a_database_is_shown_without_its_password(url, shown):
    assert settings.without_password(url) == shown


def test_a_secret_comes_from_a_file_without_its_line_break(monkeypatch, tmp_path):
    file = tmp_path / "url"
    file.write_text("postgresql://runs:secret@db/runs\n")
    monkeypatch.setenv("TANDEM_RUNS_DATABASE_URL_FILE", str(file))
    assert settings.load("runs").database_url == "postgresql://runs:secret@db/runs"


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda file: None, "cannot be read: No such file or directory."),
        (lambda file: file.mkdir(), "cannot be read: Is a directory."),
        (lambda file: file.write_text(" \n"), "is empty."),
        (lambda file: file.write_bytes(b"postgresql://\xff"), "is not a text in UTF-8."),
    ],
    ids=["missing", "folder", "empty", "no text"],
)
def test_a_file_that_holds_no_setting_is_named_with_its_setting(monkeypatch, tmp_path, make, why):
    make(tmp_path / "url")
    monkeypatch.setenv("TANDEM_RUNS_DATABASE_URL_FILE", str(tmp_path / "url"))
    with pytest.raises(settings.WrongSettings) as caught:
        settings.load("runs")
    assert caught.value.errors == {"TANDEM_RUNS_DATABASE_URL_FILE": [f"{tmp_path / 'url'} {why}"]}


@pytest.mark.parametrize(
    ("runs", "workflows"),
    [
        ("sqlite:////tmp/one.sqlite3", "sqlite:////tmp/./one.sqlite3"),
        ("postgresql://tandem@db/one", "postgresql://tandem@db/one"),
    ],
)
def test_two_contexts_on_one_database_are_refused(monkeypatch, runs, workflows):
    monkeypatch.setenv("TANDEM_RUNS_DATABASE_URL", runs)
    monkeypatch.setenv("TANDEM_WORKFLOWS_DATABASE_URL", workflows)
    with pytest.raises(settings.WrongSettings) as caught:
        settings.load("monitor")
    assert caught.value.errors == {
        "TANDEM_WORKFLOWS_DATABASE_URL": ["This is the database of runs too; each context has one of its own."]
    }


def test_an_empty_address_of_redis_is_the_default(monkeypatch):
    monkeypatch.setenv("REDIS_URL", "")
    assert settings.load("runs").redis_url == "redis://127.0.0.1:6379/0"


def test_new_ids_are_uuid7_and_sort_by_time():
    made = [ids.new_id() for _ in range(1_000)]  # many within one millisecond
    assert made == sorted(made)
    assert all(one[14] == "7" and one[19] in "89ab" for one in made)
    assert ids.named("a", "b") == ids.named("a", "b") != ids.named("ab")
