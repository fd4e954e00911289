"""The whole house, or a part of it, as real processes on ports of its own: what acceptance, browser and fault tests run against."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import requests

from shared.ground import clock, settings
from shared.ground.principal import Principal
from shared.process.child_process import ChildProcess
from shared.process.supervisor import Launcher
from shared.security.tokens import Signer
from tests.conftest import free_port

ADMIN = Principal("person", "tester", "Tester", "demo", roles=frozenset({"admin"}))


class House:
    """Starts services as `make run` does. `quick` turns the waits of production into fractions of a second."""

    QUICK = {
        "TANDEM_POLL_SECONDS": "0.5",
        "TANDEM_FEED_POLL_SECONDS": "0.5",
        "TANDEM_SWEEP_SECONDS": "0.4",
        "TANDEM_LEASE_SECONDS": "3",
        "TANDEM_SEND_DELAY_SECONDS": "0.2",
    }

    def __init__(
        self,
        home: Path,
        *,
        services: Sequence[str] = settings.SERVICES,
        workers: Mapping[str, int] | None = None,
        samples: bool = True,
        database_urls: Mapping[str, str] | None = None,
        quick: bool = True,
        **environment: object,
    ) -> None:
        ports = {name: free_port() for name in settings.SERVICES}
        urls = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
        told = settings.load("monitor")
        self.told = replace(told, home=home, keys=home / "keys", ports=ports, urls=urls, console_url=urls["monitor"])
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("TANDEM_", "REDIS_URL"))}
        named = {f"TANDEM_{name.upper()}_PORT": str(port) for name, port in ports.items()}
        named |= {f"TANDEM_{name.upper()}_DATABASE_URL": url for name, url in (database_urls or {}).items()}
        self.environment = (
            kept
            | named
            | (self.QUICK if quick else {})
            | {"TANDEM_LOG": "plain"}
            | {name: str(value) for name, value in environment.items()}
        )
        self.launcher = Launcher(
            self.told, samples=samples, services=services, workers=workers, environment=self.environment
        )
        self._watching: threading.Thread | None = None
        self._looking = threading.Lock()

    def __enter__(self) -> House:
        self.launcher.start()
        self._watching = threading.Thread(target=self._watch, daemon=True)
        self._watching.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._looking:
            self.launcher.stop()

    def _watch(self) -> None:
        """As `Launcher.watch`, but never while a test takes parts away: one that is just started again would outlive it."""
        while not self.launcher.stopping.wait(0.2):
            with self._looking:
                if not self.launcher.stopping.wait(0):
                    self.launcher.look_after()

    def url(self, service: str) -> str:
        """Where a service answers."""
        return self.told.urls[service]

    def headers(self, by: Principal = ADMIN) -> dict[str, str]:
        """The headers of a person who is signed in."""
        return {"Authorization": "Bearer " + Signer("monitor", self.told.keys).for_person(by, clock.now())}

    def service_headers(self) -> dict[str, str]:
        """The headers of the monitor as a service."""
        return {"Authorization": "Bearer " + Signer("monitor", self.told.keys).for_service(clock.now())}

    def ask(
        self, method: str, service: str, path: str, *, by: Principal = ADMIN, expect: int | None = None, **options: Any
    ) -> Any:
        """The JSON of an answer; AssertionError with the body when its status is not 2xx (or not `expect`)."""
        answer = requests.request(
            method,
            self.url(service) + path,
            headers=self.headers(by) | options.pop("headers", {}),
            timeout=30,
            **options,
        )
        good = answer.status_code == expect if expect else answer.ok
        assert good, f"{method} {service}{path} -> {answer.status_code}: {answer.text[:2000]}"
        return answer.json() if answer.content else None

    def get(self, service: str, path: str, **options: Any) -> Any:
        """GET as an admin of the sample tenant."""
        return self.ask("GET", service, path, **options)

    def post(self, service: str, path: str, body: Any = None, **options: Any) -> Any:
        """POST as an admin of the sample tenant."""
        return self.ask("POST", service, path, json={} if body is None else body, **options)

    def parts(self, prefix: str | tuple[str, ...]) -> list[ChildProcess]:
        """The processes whose name begins so: "executor worker", "redis", "workflows api"."""
        return [part for part in self.launcher.processes if part.name.startswith(prefix)]

    def signal(self, prefix: str, number: int = signal.SIGKILL) -> None:
        """Send a signal to every process of that name, with its children (an API is a parent and a child)."""
        for part in self.parts(prefix):
            if part.process and part.process.poll() is None:
                os.killpg(part.process.pid, number)

    def hold_down(self, prefix: str) -> Callable[[], None]:
        """Stop a part and keep it stopped; call what is returned to let it come back."""
        with self._looking:
            held = self.parts(prefix)
            for part in held:
                self.launcher.processes.remove(part)
        for part in held:
            if part.process and part.process.poll() is None:
                os.killpg(part.process.pid, signal.SIGKILL)
                part.process.wait(10)

        def release() -> None:
            for part in held:
                part.start()
                self.launcher.processes.append(part)

        return release

    def add(self, name: str, words: Sequence[str], **environment: object) -> ChildProcess:
        """One more process of the house, `python *words` with settings of its own; it is restarted like the others."""
        told = {**self.launcher.environment, **{setting: str(value) for setting, value in environment.items()}}
        log = self.told.home / "logs" / f"{name.replace(' ', '-')}.log"
        part = ChildProcess(name, [sys.executable, *words], told, self.launcher.folder, log)
        part.start()
        self.launcher.processes.append(part)
        return part

    def crash(self) -> None:
        """Kill everything at once, without a word; nothing is started again."""
        self.launcher.stopping.set()
        if self._watching:
            self._watching.join(5)
        self.signal("")
        self.launcher.home.release()

    def sign_in_link(self, email: str = "max@demo.tandem.test") -> str:
        """A fresh sign-in link of a sample person, from the command line."""
        done = subprocess.run(
            [sys.executable, "-m", "services.monitor", "user", "link", email],
            env=self.launcher.environment,
            cwd=self.launcher.folder,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()


def eventually(look: Callable[[], Any], *, seconds: float = 60, every: float = 0.05) -> Any:
    """The first true answer of `look`; AssertionError with the last one when there is none in time."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < deadline, f"not within {seconds} s; the last answer was {found!r}"
        time.sleep(every)
