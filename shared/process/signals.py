"""Requests a process to stop, from a signal handler or another thread, without a lock on which the handler could wait
for ever."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
import weakref
from collections.abc import Callable
from types import FrameType

INTERRUPTED = 130
"""The exit status by which shells know Ctrl-C."""

LONGEST_SLEEP = 0.5
"""Seconds after which a waiting thread checks the flag by itself."""

Handler = Callable[[int, FrameType | None], object]


class StopRequest:
    """A flag that is set once, and a pipe that wakes the threads that wait for it. Setting it twice, or during a wait,
    is harmless."""

    def __init__(self) -> None:
        self.requested = False
        self._reader, self._writer = os.pipe()
        for file in (self._reader, self._writer):
            os.set_blocking(file, False)
        weakref.finalize(self, _close, self._reader, self._writer)

    def set(self) -> None:
        """Request the stop. Safe in a signal handler: it takes no lock, prints nothing and allocates almost nothing."""
        if not self.requested:
            self.requested = True
            os.write(self._writer, b"\0")

    def wait(self, seconds: float) -> bool:
        """Sleep until a stop is requested, at most `seconds`. Returns whether it was requested."""
        deadline = time.monotonic() + seconds
        poll = select.poll()
        poll.register(self._reader, select.POLLIN)
        while not self.requested:
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                break
            if poll.poll(min(remaining, LONGEST_SLEEP) * 1000) and not self.requested:
                with contextlib.suppress(BlockingIOError):  # another waiting thread may have read it
                    os.read(self._reader, 64)
        return self.requested

    def on(self, *numbers: int) -> None:
        """Let these signals request the stop. Only in the main thread.

        The interpreter writes into the pipe as well, so that a signal that arrives just before the sleep begins ends
        it.
        """
        signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)
        for number in numbers:
            signal.signal(number, self._handle)

    def on_also(self, number: int, before: Handler) -> None:
        """Let a signal request the stop and then call its previous handler, whose system calls are not interrupted.
        Only in the main thread."""

        def handle(received: int, frame: FrameType | None) -> None:
            self.set()
            before(received, frame)

        signal.signal(number, handle)
        signal.siginterrupt(number, False)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        self.set()


def _close(*files: int) -> None:
    for file in files:
        os.close(file)
