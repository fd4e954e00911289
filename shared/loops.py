"""A thread that does one thing again and again, at a pace, until it is told to stop; a nudge makes it look at once."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable

from shared.errors import Unavailable

log = logging.getLogger(__name__)


class Loop:
    """Calls `function` every `every` seconds (a tenth of jitter, so that processes do not march in step).

    An exception is logged and the loop goes on: a database that restarts must not end the worker's duties.
    """

    def __init__(self, name: str, every: float, function: Callable[[], object]) -> None:
        self.name, self.every, self.function = name, every, function
        self.last_ended = time.monotonic()
        self._lost = False
        self._news = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> Loop:
        """Begin; the first call is made at once."""
        self._thread.start()
        return self

    def nudge(self) -> None:
        """Make the loop look now instead of at its next time."""
        self._news.set()

    def stop(self, timeout: float = 5.0) -> None:
        """End after the present call, waiting at most `timeout` seconds for it."""
        self._stopping.set()
        self._news.set()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def _say_once(self, error: Unavailable) -> None:
        """A part that is away is news once, not at every turn."""
        if not self._lost:
            log.warning(error.message, extra={"loop": self.name})
        self._lost = True

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._news.clear()
            try:
                self.function()
                self._lost = False
            except Unavailable as error:
                self._say_once(error)
            except Exception:
                log.exception("a loop's turn failed", extra={"loop": self.name})
            self.last_ended = time.monotonic()
            self._news.wait(self.every * random.uniform(0.9, 1.1))  # noqa: S311 - it spreads load, it guards nothing
