"""Limits the hashing of passwords to one at a time with a short queue, because a check takes 128 MB and a third of a
second."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from shared.ground.errors import Unavailable

MOST_STRANGERS, MOST_KNOWN = 4, 8
RETRY_SECONDS = 3


class PasswordChecks:
    """The queue of one process. Known people and strangers have separate places in it, so that many strangers cannot
    keep known people out."""

    def __init__(self, most_strangers: int = MOST_STRANGERS, most_known: int = MOST_KNOWN) -> None:
        self._one_at_a_time = threading.Lock()
        self._places = {False: threading.BoundedSemaphore(most_strangers), True: threading.BoundedSemaphore(most_known)}

    @contextmanager
    def place(self, *, is_known: bool) -> Iterator[None]:
        """Occupy a place in the queue. Unavailable at once if it is full."""
        places = self._places[is_known]
        if not places.acquire(blocking=False):
            raise Unavailable(
                "Many people are signing in just now. Try again in a few seconds.", retry_after=RETRY_SECONDS
            )
        try:
            yield
        finally:
            places.release()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for the earlier checks, then hash while no other thread does."""
        with self._one_at_a_time:
            yield


checks = PasswordChecks()
"""The queue of this process."""
