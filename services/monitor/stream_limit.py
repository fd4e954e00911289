"""Limits the streams that are open at once, in total and per person."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

from shared.ground.errors import TooMany, Unavailable

PERSON_RETRY_SECONDS = 60
FULL_RETRY_SECONDS = 30


class StreamLimit:
    """Counts the open streams of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: Counter[str] = Counter()

    def acquire(self, person_id: str, *, most: int, most_per_person: int) -> Callable[[], None]:
        """Count a stream of this person, until the function that is returned is called; calling it again does nothing.

        TooMany when the person has `most_per_person` open, Unavailable when `most` are open.
        """
        with self._lock:
            if self._open.get(person_id, 0) >= most_per_person:
                raise TooMany(
                    f"You watch in {most_per_person} places already. Close some of them.",
                    retry_after=PERSON_RETRY_SECONDS,
                )
            if self._open.total() >= most:
                raise Unavailable("Too many people are watching just now.", retry_after=FULL_RETRY_SECONDS)
            self._open[person_id] += 1
        held = [person_id]

        def release() -> None:
            with self._lock:
                for person in held:
                    self._open[person] -= 1
                    if not self._open[person]:
                        del self._open[person]
                held.clear()

        return release

    def open_streams(self) -> int:
        """How many streams are open."""
        with self._lock:
            return self._open.total()


stream_limit = StreamLimit()
"""The limit of this process."""
