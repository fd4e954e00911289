"""A thread that calls a function at an interval until it is stopped; a nudge makes it call at once."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable

from shared.ground.errors import Unavailable

log = logging.getLogger(__name__)


class PeriodicThread:
    """Calls `function` every `every` seconds, with a tenth of jitter so that processes do not run in step.

    An exception is logged and the loop continues, so that a restart of the database does not stop a worker.
    """

    def __init__(self, name: str, every: float, function: Callable[[], object]) -> None:
        self.name, self.every, self.function = name, every, function
        self.last_ended = time.monotonic()
        self._is_away = False
        self._news = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> PeriodicThread:
        """Start the thread; the first call is made at once."""
        self._thread.start()
        return self

    def nudge(self) -> None:
        """Make the loop call now instead of at its next time."""
        self._news.set()

    def stop(self, timeout: float = 5.0) -> None:
        """Stop after the present call, waiting at most `timeout` seconds for it."""
        self._stopping.set()
        self._news.set()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def _log_once(self, error: Unavailable) -> None:
        """Log once, and not at every call, that a service does not answer."""
        if not self._is_away:
            log.warning(error.message, extra={"loop": self.name})
        self._is_away = True

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._news.clear()
            try:
                self.function()
                self._is_away = False
            except Unavailable as error:
                self._log_once(error)
            except Exception:
                log.exception("a loop's turn failed", extra={"loop": self.name})
            self.last_ended = time.monotonic()
            self._news.wait(self.every * random.uniform(0.9, 1.1))  # noqa: S311 - it spreads load, it guards nothing
