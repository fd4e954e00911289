"""Workers of the executor that live as long as a test does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from shared.process.child_process import ChildProcess
from tests.house import House

WORK = ("-m", "services.executor", "work")


@contextmanager
def workers(
    house: House, count: int = 1, *, words: Sequence[str] = WORK, **environment: object
) -> Iterator[list[ChildProcess]]:
    """So many workers with these settings, restarted when they die; killed at the end."""
    names = [f"executor worker {number + 1}" for number in range(count)]
    try:
        yield [house.add(name, words, **environment) for name in names]
    finally:
        house.hold_down("executor worker")
