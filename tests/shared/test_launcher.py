"""The launcher: restarts what dies, refuses a taken port, and leaves nothing behind even when it is killed itself."""

from __future__ import annotations

import itertools
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace

import psutil
import pytest

from shared.ground import settings
from shared.process import child_process, preflight, supervisor
from tests.conftest import free_port
from tests.house import House, eventually


def test_it_restarts_what_dies(tmp_path):
    with House(tmp_path, services=("runs",)) as house:
        before = house.parts("runs api")[0].process.pid
        house.signal("runs api", signal.SIGKILL)
        eventually(lambda: house.parts("runs api")[0].process.pid != before)
        eventually(lambda: supervisor.is_ready(house.url("runs") + "/readyz"))
        assert house.get("runs", "/api/guided-runs")["items"] == []


def test_it_says_which_port_is_taken_and_what_to_do(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        told = settings.load("monitor")
        told = replace(told, home=tmp_path, keys=tmp_path / "keys", ports=told.ports | {"runs": taken.getsockname()[1]})
        with pytest.raises(supervisor.LaunchFailed, match="TANDEM_RUNS_PORT"):
            supervisor.Launcher(told, services=("runs",)).start()


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
    parent.wait(60)
    _, alive = psutil.wait_procs(children, timeout=60)
    assert alive == []


def test_a_part_that_keeps_dying_is_started_ever_more_slowly(tmp_path):
    part = child_process.ChildProcess(
        "broken", [sys.executable, "-c", "raise SystemExit(3)"], os.environ, tmp_path, tmp_path / "broken.log"
    )
    told = replace(settings.load("monitor"), home=tmp_path)
    one = supervisor.Launcher(told, services=())
    one.processes.append(part)
    part.start()
    starts: list[float] = []
    while len(starts) < 4:
        one.look_after()
        if part.started not in starts:
            starts.append(part.started)
        time.sleep(0.02)
    pauses = [later - earlier for earlier, later in itertools.pairwise(starts)]
    assert all(pause >= least for pause, least in zip(pauses, (0.25, 0.5, 1.0), strict=True)), pauses


def test_a_part_that_keeps_dying_is_named_with_the_last_error_of_its_log(tmp_path, capfd):
    log = tmp_path / "broken-api.log"
    log.write_text("OldError: of a life before\n")
    script = "import sys; print('working', file=sys.stderr); import no_such_module"
    part = child_process.ChildProcess("broken api", [sys.executable, "-c", script], os.environ, tmp_path, log)
    one = supervisor.Launcher(replace(settings.load("monitor"), home=tmp_path), services=())
    one.processes.append(part)
    part.start()
    eventually(lambda: one.look_after() or part.failures == 2)
    first, second, place = capfd.readouterr().err.splitlines()
    assert first == "tandem: broken api died (status 1) and is started again"
    assert second.startswith(
        "tandem: broken api died 2 times (status 1); next try in 0.5 s. ModuleNotFoundError: No module"
    )
    assert place == f"  See {log}"


def test_a_part_that_does_not_start_is_given_up_with_the_reason(tmp_path, monkeypatch):
    nobody = f"http://127.0.0.1:{free_port()}"
    one = supervisor.Launcher(
        replace(settings.load("monitor"), home=tmp_path, urls={"runs": nobody}), services=("runs",)
    )
    one.processes.append(
        child_process.ChildProcess(
            "runs api", [sys.executable, "-c", "raise SystemExit('no')"], os.environ, tmp_path, tmp_path / "log"
        )
    )
    monkeypatch.setattr(supervisor, "MAX_DEATHS_AT_START", 2)
    one.processes[0].start()
    with pytest.raises(supervisor.LaunchFailed, match=r"runs api does not start\. no\n  See "):
        one._wait_until_ready()


def test_a_database_that_is_not_there_is_said_before_anything_starts(tmp_path):
    url = f"postgresql://runs:secret@127.0.0.1:{free_port()}/runs"
    with (
        pytest.raises(supervisor.LaunchFailed) as failed,
        House(tmp_path, services=("runs",), TANDEM_RUNS_DATABASE_URL=url),
    ):
        pass
    first, place = str(failed.value).splitlines()
    assert first.startswith("runs prepare failed. TANDEM_RUNS_DATABASE_URL: cannot connect to postgresql://runs:***@")
    assert place == f"  See {tmp_path}/logs/runs-prepare.log"


def test_ctrl_c_stops_everything_soon_and_says_so(tmp_path):
    ports = {f"TANDEM_{name.upper()}_PORT": str(free_port()) for name in settings.SERVICES}
    house = subprocess.Popen(
        [sys.executable, "-m", "shared.cli", "up", "--no-samples"],
        env={**os.environ, **ports, "TANDEM_HOME": str(tmp_path)},
        cwd=supervisor.Launcher(settings.load("monitor")).folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert any("Ctrl-C stops everything" in line for line in house.stdout)
    house.send_signal(signal.SIGINT)
    _, said = house.communicate(timeout=30)
    assert house.returncode == 0
    stopping, stopped = said.splitlines()
    assert stopping == "tandem: stopping (up to 12 s)"
    assert stopped.startswith("tandem: stopped after ")


def test_a_second_start_on_one_home_is_refused_with_the_process_that_has_it(tmp_path):
    told = replace(settings.load("monitor"), home=tmp_path)
    first = preflight.HomeFolder(tmp_path / "other")
    assert first.claim() == []
    with pytest.raises(
        supervisor.LaunchFailed, match=rf"other is in use by another `tandem up` \(process {os.getpid()}\)"
    ):
        supervisor.Launcher(replace(told, home=tmp_path / "other"), services=()).start()
    first.release()
    again = supervisor.Launcher(
        replace(told, home=tmp_path / "other"), services=(), environment={"REDIS_URL": "redis://x"}
    )
    assert again.home.claim() == []
    again.stop()
    assert first.claim() == []


def test_a_home_is_free_again_when_who_had_it_was_killed(tmp_path):
    script = (
        "import pathlib, time; from shared.process.preflight import HomeFolder\n"
        f"home = HomeFolder(pathlib.Path({str(tmp_path)!r})); print(home.claim(), flush=True); time.sleep(600)"
    )
    holder = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == "[]\n"
    assert f"process {holder.pid}" in preflight.HomeFolder(tmp_path).claim()[0]
    holder.kill()
    holder.wait()
    assert preflight.HomeFolder(tmp_path).claim() == []


def test_a_redis_that_does_not_answer_is_said_and_stops_nothing(tmp_path, capfd):
    url = f"redis://:secret@127.0.0.1:{free_port()}/0"
    one = supervisor.Launcher(
        replace(settings.load("monitor"), home=tmp_path, redis_url=url), services=(), environment={"REDIS_URL": url}
    )
    one.start()
    one.stop()
    said = capfd.readouterr().err
    assert said.startswith("tandem: REDIS_URL: redis://:***@127.0.0.1:")
    assert "secret" not in said


def test_a_part_whose_log_was_moved_aside_while_it_ran_still_says_why_it_ended(tmp_path):
    log = tmp_path / "part.log"
    script = "import sys, time; print('x' * 3000 + chr(10) + 'ValueError: it broke', flush=True); time.sleep(0.2); sys.exit(3)"
    part = child_process.ChildProcess(
        "part", [sys.executable, "-c", script], os.environ, tmp_path, log, log_bytes=2000, log_files=2
    )
    part.start()
    eventually(lambda: log.stat().st_size > 3000)
    part.rotate_log()
    assert (log.stat().st_size, (tmp_path / "part.log.1").stat().st_size > 3000) == (0, True)
    eventually(part.died)
    assert part.reason().startswith("ValueError: it broke\n")


def test_the_house_keeps_the_logs_of_its_parts_small(tmp_path):
    script = "import time\nfor n in range(100_000): print(f'line {n}', flush=True); time.sleep(0.0005)"
    told = replace(settings.load("monitor"), home=tmp_path, log_bytes=1000, log_files=2)
    one = supervisor.Launcher(told, services=(), environment={"REDIS_URL": "redis://x"})
    one._add("talker", [sys.executable, "-c", script])
    logs = tmp_path / "logs"
    eventually(lambda: one.look_after() or (logs / "talker.log.2").exists())
    kept = [path.read_text().splitlines() for path in (logs / "talker.log.2", logs / "talker.log.1")]
    one.stop()
    assert {path.name for path in logs.iterdir()} == {"talker.log", "talker.log.1", "talker.log.2"}
    whole = [int(line.split()[1]) for lines in kept for line in lines[1:-1]]
    assert whole == sorted(whole)
    assert len(whole) > 50
