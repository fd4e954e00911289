"""Checks this machine before anything is started. Each check returns plain lines that say what to do."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import time
from collections.abc import Iterable
from pathlib import Path

from shared.ground.settings import Settings

LOCK = "tandem.lock"
PORT_PATIENCE = 3.0
"""Seconds that an API waits for its port: the process before it may be about to release it."""


class HomeFolder:
    """The folder of one `tandem up`, locked by a file in it; the kernel releases the lock of a process that dies."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file: int | None = None

    def claim(self) -> list[str]:
        """Lock it for this process. Returns why that is impossible, else an empty list."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            file = os.open(self.folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            return [f"TANDEM_HOME: {self.folder} cannot be written: {error.strerror}."]
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.ftruncate(file, 0)
            os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
        except BlockingIOError:
            holder = os.read(file, 20).decode(errors="replace").strip() or "unknown"
            os.close(file)
            return [
                f"TANDEM_HOME: {self.folder} is in use by another `tandem up` (process {holder})."
                " Stop that one, or name another folder."
            ]
        except OSError as error:
            os.close(file)
            return [f"TANDEM_HOME: {self.folder} cannot be written: {error.strerror}."]
        self._file = file
        return []

    def release(self) -> None:
        """Release the lock."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def wrong_ports(settings: Settings, services: Iterable[str]) -> list[str]:
    """Why these APIs could not all listen on this machine: two on one port, a port in use, an address of another
    machine."""
    problems, taken = [], dict[int, str]()
    for name in services:
        port, setting = settings.ports[name], port_setting(name)
        if port in taken:
            problems.append(f"{setting}: {port} is the port of {taken[port]} too; give each API one of its own.")
        elif (problem := _wrong_port(settings.bind, port, name)) not in problems:
            problems.append(problem)
        taken.setdefault(port, name)
    return [problem for problem in problems if problem]


def wait_for_port(settings: Settings) -> list[str]:
    """Why this API cannot listen, after waiting PORT_PATIENCE seconds; else an empty list."""
    deadline = time.monotonic() + PORT_PATIENCE
    while problem := _wrong_port(settings.bind, settings.port, settings.service):
        if time.monotonic() > deadline:
            return [problem]
        time.sleep(0.1)
    return []


def port_setting(service: str) -> str:
    """The name of the setting of an API's port."""
    return f"TANDEM_{service.upper()}_PORT"


def _wrong_port(address: str, port: int, service: str) -> str:
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address, port))
    except OSError as error:
        if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
            return f"TANDEM_BIND: {address} is no address of this machine."
        if error.errno == errno.EADDRINUSE:
            return f"{port_setting(service)}: port {port} of {service} is taken. Stop what uses it, or name another."
        return f"{port_setting(service)}: port {port} of {service} cannot be used: {error.strerror}."
    return ""
