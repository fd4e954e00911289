"""Settings: defaults, all errors at once, secrets from files."""

from __future__ import annotations

import pytest
from environs import EnvValidationError

from shared import ids, settings


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


def test_all_that_is_wrong_is_said_at_once(monkeypatch):
    monkeypatch.setenv("TANDEM_SLOTS", "many")
    monkeypatch.setenv("TANDEM_LOG", "loud")
    with pytest.raises(EnvValidationError) as caught:
        settings.load("runs")
    assert set(caught.value.error_messages) == {"TANDEM_SLOTS", "TANDEM_LOG"}


def test_a_secret_comes_from_a_file_without_its_line_break(monkeypatch, tmp_path):
    file = tmp_path / "url"
    file.write_text("postgresql://runs:secret@db/runs\n")
    monkeypatch.setenv("TANDEM_RUNS_DATABASE_URL_FILE", str(file))
    assert settings.load("runs").database_url == "postgresql://runs:secret@db/runs"


def test_new_ids_are_uuid7_and_sort_by_time():
    made = [ids.new_id() for _ in range(3)]
    assert all(one[14] == "7" and one[19] in "89ab" for one in made)
    assert ids.named("a", "b") == ids.named("a", "b") != ids.named("ab")
