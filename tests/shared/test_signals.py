"""A stop that is asked for by a signal is always heard: no wait of launcher or worker takes a lock that the handler takes too."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from shared.ground import settings
from shared.process import signals, supervisor
from shared.process.signals import StopRequest
from tests.conftest import free_port

ROOT = Path(__file__).resolve().parents[2]

STORM = """
import random, signal
from types import SimpleNamespace
from shared.ground import settings
from shared.process import service_main, supervisor

TRIES = 2_000


def arm():
    signal.setitimer(signal.ITIMER_REAL, random.uniform(1e-6, 1e-4))


def watch():
    house = supervisor.Launcher(told, services=())
    house.stopping.on(signal.SIGALRM)
    arm()
    house.watch()


def work():
    worker = SimpleNamespace(start=lambda: arm() or worker, stop=lambda: None, alive=lambda: True)
    service_main.work(SimpleNamespace(make_worker=lambda told: worker), told)


service_main.signal = SimpleNamespace(SIGTERM=signal.SIGALRM, SIGINT=signal.SIGINT, signal=signal.signal)
told = settings.load("monitor")
for number in range(TRIES):
    {WHAT}()
print("ended", number + 1)
"""
"""A signal at some moment within the first tenth of a millisecond of a wait, where a lock would be held; thousands of times."""


@pytest.mark.parametrize("what", ["watch", "work"])
def test_thousands_of_signals_into_the_real_waits_and_each_of_them_ends(what):
    done = subprocess.run(
        [sys.executable, "-c", STORM.replace("{WHAT}", what)], cwd=ROOT, capture_output=True, text=True, timeout=100
    )
    assert (done.returncode, done.stdout.split()) == (0, ["ended", "2000"]), done.stderr


def test_a_wait_ends_when_another_thread_asks_and_stays_ended():
    stop = StopRequest()
    threading.Timer(0.05, stop.set).start()
    assert stop.wait(60)
    assert stop.wait(60)
    stop.set()


def test_a_wait_that_nobody_ends_says_so():
    assert not StopRequest().wait(0.01)


def test_a_handler_of_before_has_its_part():
    heard = []
    stop, kept = StopRequest(), signal.getsignal(signal.SIGUSR2)
    stop.on_also(signal.SIGUSR2, lambda number, frame: heard.append(number))
    try:
        os.kill(os.getpid(), signal.SIGUSR2)
        assert stop.wait(60)
    finally:
        signal.signal(signal.SIGUSR2, kept)
    assert heard == [signal.SIGUSR2]


def test_only_one_module_handles_signals_and_its_handlers_take_no_lock():
    modules = [path for folder in ("services", "shared") for path in (ROOT / folder).rglob("*.py")]
    handling = {path for path in modules if "signal.signal(" in path.read_text()}
    assert handling == {Path(signals.__file__)}
    tree = ast.parse(Path(signals.__file__).read_text())
    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    assert imported <= {"contextlib", "os", "select", "signal", "time", "weakref"}, (
        "no threading, queue, logging or print in a handler"
    )
    called = {
        ast.unparse(node.func)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef) and function.name in ("set", "_handle", "handle")
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
    }
    assert called == {"os.write", "self.set", "before"}


def start(tmp_path, *words):
    ports = {f"TANDEM_{name.upper()}_PORT": str(free_port()) for name in settings.SERVICES}
    return subprocess.Popen(
        [sys.executable, "-m", "shared.cli", "up", *words],
        env={**os.environ, **ports, "TANDEM_HOME": str(tmp_path)},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def children_with(word):
    return [path for path in Path("/proc").glob("[0-9]*/environ") if word.encode() in _read(path)]


def _read(path):
    try:
        return path.read_bytes()
    except OSError:
        return b""


@pytest.mark.parametrize("beginning", ["redis.log", "runs-prepare.log", "runs-api.log"])
def test_ctrl_c_while_it_starts_ends_everything_soon(tmp_path, beginning):
    house = start(tmp_path)
    deadline = time.monotonic() + 60
    while not (tmp_path / "logs" / beginning).exists():
        assert time.monotonic() < deadline
        time.sleep(0.005)
    house.send_signal(signal.SIGINT)
    _, said = house.communicate(timeout=supervisor.STOP_SECONDS + 30)
    assert house.returncode == 0
    assert "tandem: stopped before it was ready\n" in said
    assert "Traceback" not in said
    assert "killed" not in said
    assert children_with(f"TANDEM_HOME={tmp_path}\0") == []
