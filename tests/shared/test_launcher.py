"""The launcher: restarts what dies, refuses a taken port, and leaves nothing behind even when it is killed itself."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace

import psutil
import pytest

from shared import launcher, settings
from tests.house import House, eventually


def test_it_restarts_what_dies(tmp_path):
    with House(tmp_path, services=("runs",)) as house:
        before = house.parts("runs api")[0].process.pid
        house.signal("runs api", signal.SIGKILL)
        eventually(lambda: house.parts("runs api")[0].process.pid != before)
        eventually(lambda: launcher.is_ready(house.url("runs") + "/readyz"))
        assert house.get("runs", "/api/guided-runs")["items"] == []


def test_it_says_which_port_is_taken_and_what_to_do(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        told = settings.load("monitor")
        told = replace(told, home=tmp_path, keys=tmp_path / "keys", ports=told.ports | {"runs": taken.getsockname()[1]})
        with pytest.raises(launcher.LaunchFailed, match="TANDEM_RUNS_PORT"):
            launcher.Launcher(told, services=("runs",)).start()


def test_it_leaves_nothing_behind_when_it_is_killed(tmp_path):
    script = (
        "import pathlib, sys, time\n"
        "from tests.house import House\n"
        f"with House(pathlib.Path({str(tmp_path)!r}), services=('runs',)) as house:\n"
        "    print('ready', flush=True); time.sleep(600)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert parent.stdout.readline().strip().endswith("ready")
    children = psutil.Process(parent.pid).children(recursive=True)
    assert len(children) >= 4, "Redis, an API of two processes and a worker"
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait(5)
    _, alive = psutil.wait_procs(children, timeout=20)
    assert alive == []


def test_a_part_that_keeps_dying_is_started_ever_more_slowly(tmp_path):
    part = launcher.Part(
        "broken", [sys.executable, "-c", "raise SystemExit(3)"], os.environ, tmp_path, tmp_path / "broken.log"
    )
    told = replace(settings.load("monitor"), home=tmp_path)
    one = launcher.Launcher(told, services=())
    one.parts.append(part)
    part.start()
    deadline = time.monotonic() + 2.5
    while time.monotonic() < deadline:
        one.look_after()
        time.sleep(0.02)
    assert 2 <= part.failures <= 5
