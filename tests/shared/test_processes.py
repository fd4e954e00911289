"""What `python -m services.<context>` says when it cannot do what it was told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

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
