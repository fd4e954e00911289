"""Kills and freezes real processes of a house, by a seeded choice, and counts what it did."""

from __future__ import annotations

import os
import random
import signal
import time

import psutil

from shared.process.child_process import ChildProcess
from shared.process.supervisor import is_ready
from tests.house import House, eventually

THREADS_OF_A_WORKER = 6
"""A worker with more threads than this has begun its loops: what is hit before that is only Python importing."""


class Nemesis:
    """Hits the parts of `house` whose name begins with `prefix`, or with one of them. The same seed makes the same choices."""

    def __init__(self, house: House, *, seed: int, prefix: str | tuple[str, ...] = "executor worker") -> None:
        self.house = house
        self.prefix = prefix
        self.chance = random.Random(seed)
        self.kills = 0
        self.freezes = 0

    def kill(self, *, after: tuple[float, float] = (0.1, 0.3)) -> None:
        """After a random pause, kill -9 one part that has begun to work, an API with its child. The launcher starts it
        again at once."""
        time.sleep(self.chance.uniform(*after))
        victim = self._victim()
        victim.failures = 0
        os.killpg(_pid(victim), signal.SIGKILL)
        self.kills += 1

    def freeze(self, seconds: float, *, after: tuple[float, float] = (0.1, 0.3)) -> None:
        """After a random pause, stop one worker for so long, and let it go on where it stood."""
        time.sleep(self.chance.uniform(*after))
        pid = _pid(self._victim())
        os.kill(pid, signal.SIGSTOP)
        try:
            time.sleep(seconds)
        finally:
            os.kill(pid, signal.SIGCONT)
        self.freezes += 1

    def _victim(self) -> ChildProcess:
        """A working part, as soon as there is one."""
        return self.chance.choice(eventually(lambda: at_work(self.house, self.prefix), seconds=60))


def at_work(house: House, prefix: str | tuple[str, ...] = "executor worker") -> list[ChildProcess]:
    """The parts of that name that have begun to work."""
    return [part for part in house.parts(prefix) if part.process and not part.died() and _has_begun(house, part)]


def _has_begun(house: House, part: ChildProcess) -> bool:
    service, kind, *_ = part.name.split()
    if kind == "api":
        return is_ready(house.url(service) + "/livez")
    return _threads(part) > THREADS_OF_A_WORKER


def _pid(part: ChildProcess) -> int:
    assert part.process is not None
    return part.process.pid


def _threads(part: ChildProcess) -> int:
    try:
        return psutil.Process(_pid(part)).num_threads()
    except psutil.NoSuchProcess:
        return 0
