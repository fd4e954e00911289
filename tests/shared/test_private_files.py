"""What is written under TANDEM_HOME is for the user that Tandem runs as alone, on whatever umask it was started."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from shared.ground import private_files

ROOT = Path(__file__).resolve().parents[2]


def run(home: Path, *command: str, umask: int = 0o022) -> None:
    told = {name: value for name, value in os.environ.items() if not name.startswith("TANDEM_")}
    told |= {"TANDEM_HOME": str(home), "REDIS_URL": "redis://127.0.0.1:1/0"}
    done = subprocess.run(command, cwd=ROOT, env=told, umask=umask, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def open_to_others(home: Path) -> list[str]:
    return [str(path) for path in (home, *home.rglob("*")) if path.lstat().st_mode & 0o077]


@pytest.mark.parametrize("service", ["runs", "workflows", "executor", "monitor"])
def test_what_a_service_writes_is_for_nobody_else(service, tmp_path):
    home = tmp_path / "home"
    home.mkdir(0o755)
    run(home, sys.executable, "-m", f"services.{service}", "prepare")
    assert [path for path in home.rglob("*") if path.is_file()]
    assert open_to_others(home) == []


def test_what_the_command_line_writes_is_for_nobody_else(tmp_path):
    home = tmp_path / "home"
    run(home, sys.executable, "-m", "shared.cli", "migrate", "runs")
    run(home, sys.executable, "-m", "shared.cli", "keys")
    assert (home / "keys" / "private" / "monitor.pem").exists()
    assert open_to_others(home) == []


def test_what_was_written_before_is_taken_from_others_at_the_next_start(tmp_path):
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    for folder in (home / "mail" / "demo", home / "data"):
        folder.mkdir(parents=True)
    for file in (home / "mail" / "demo" / "1.eml", home / "data" / "runs.sqlite3", elsewhere):
        file.write_text("x")
        file.chmod(0o644)
    (home / "link").symlink_to(elsewhere)
    program = home / "data" / "program"
    program.touch(0o755)
    before = os.umask(0o022)
    try:
        private_files.begin(home)
        assert os.umask(0o022) == 0o077
    finally:
        os.umask(before)
    assert [path for path in open_to_others(home) if not Path(path).is_symlink()] == []
    assert stat.S_IMODE(program.stat().st_mode) == 0o700
    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o644
