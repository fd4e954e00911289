"""Celery beside us: installed for the comparison alone, into an environment of its own, and measured in the same run."""

from __future__ import annotations

import os
import subprocess
import sys

from shared.process.child_process import ChildProcess
from tests.bench import machine
from tests.house import House

CELERY = "celery[redis]==5.7.0"
ENVIRONMENT = machine.FOLDER / "celery"
PYTHON = ENVIRONMENT / "bin" / "python"
STAMP = ENVIRONMENT / ".ready"
MODULE = "tests.bench.celery_noop"


class NoPeer(Exception):
    """Celery could not be installed or did not run; the message says why."""


def install() -> None:
    """Make the environment with Celery in it, once. NoPeer with the end of what pip said."""
    if STAMP.exists() and STAMP.read_text() == CELERY:
        return
    ENVIRONMENT.parent.mkdir(parents=True, exist_ok=True)
    _run([sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)])
    _run([str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--quiet", CELERY])
    STAMP.write_text(CELERY)


def rate(house: House, count: int, *, threads: int) -> float:
    """Celery's no-ops a second: acks late, the house's Redis server, one process with as many threads as the executor has
    slots. NoPeer when it cannot be had."""
    install()
    environment = {**os.environ, "BENCH_BROKER": machine.redis_url(house, 1)}
    words = ["-A", MODULE, "worker", "--pool", "threads", "--concurrency", str(threads), "--loglevel", "ERROR"]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    command = [str(PYTHON), "-m", "celery", *words, *quiet]
    worker = ChildProcess("celery", command, environment, machine.ROOT, machine.FOLDER / "celery.log")
    worker.start()
    try:
        return count / float(_run([str(PYTHON), "-m", MODULE, str(count)], environment))
    finally:
        machine.end(worker)


def _run(command: list[str], environment: dict[str, str] | None = None) -> str:
    """What a command printed last. NoPeer when it cannot be run, fails, or takes minutes."""
    try:
        done = subprocess.run(
            command, cwd=machine.ROOT, env=environment, capture_output=True, text=True, timeout=180, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoPeer(f"{' '.join(command[:4])}: {error}") from error
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise NoPeer(f"{' '.join(command[:4])}: {' '.join(last)}")
    return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""
