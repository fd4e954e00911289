"""Starts the child process that reads one file, waits for it, and says in plain words why a file could not be read.

The child gets the file on its standard input, no secret in its environment, and limits of processor time, memory and
output (child.py); this process keeps the wall deadline, and kills a child that is past it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from shared.contracts.document_files import DocumentKind

SLICE_SECONDS = 0.2
"""How often a waiting worker looks whether its task was cancelled."""

LONGEST_OUTPUT = 32 * 1024 * 1024


class NotRead(Exception):
    """The file cannot be read, and never will be; the message says why, for people."""


@dataclass(frozen=True)
class Limits:
    """What reading one file may take. The wall deadline is three times the processor time, for a machine that is busy
    with other things."""

    pages: int
    seconds: int
    megabytes: int = 1024

    @property
    def wall_seconds(self) -> float:
        """Seconds by the clock."""
        return self.seconds * 3


@dataclass(frozen=True)
class Reading:
    """What was read: the text, "" for none, at most MOST_CHARACTERS of it; how many it has; the pages, None where the kind
    of file has none; what a person should know of parts that were not read."""

    text: str
    characters: int
    pages: int | None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class DocumentReader:
    """Reads files within these limits."""

    limits: Limits

    def read(self, content: bytes, kind: DocumentKind, checkpoint: Callable[[], None]) -> Reading:
        """The text of a file. NotRead with the reason. `checkpoint` is called while it waits; when it raises, the child is
        killed."""
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as answered:
            given.write(content)
            given.seek(0)
            status = self._wait(self._start(kind, given, answered), checkpoint)
            answered.seek(0)
            return self._reading_of(status, answered.read(LONGEST_OUTPUT + 1))

    def _start(self, kind: DocumentKind, given: Any, answered: Any) -> subprocess.Popen[bytes]:
        limits = self.limits
        orders = [kind.media_type, str(limits.pages), str(limits.seconds), str(limits.megabytes), str(LONGEST_OUTPUT)]
        return subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "services.executor.documents.child", *orders, str(os.getpid())],
            stdin=given,
            stdout=answered,
            stderr=subprocess.DEVNULL,
            env={"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
            start_new_session=True,
        )

    def _wait(self, child: subprocess.Popen[bytes], checkpoint: Callable[[], None]) -> int:
        """The status with which the child ended; it is dead when this returns or raises."""
        deadline = time.monotonic() + self.limits.wall_seconds
        try:
            while True:
                try:
                    return child.wait(SLICE_SECONDS)
                except subprocess.TimeoutExpired:
                    checkpoint()
                    if time.monotonic() > deadline:
                        raise NotRead(f"Reading it takes more than {_seconds(self.limits.wall_seconds)}.") from None
        finally:
            child.kill()
            child.wait()

    def _reading_of(self, status: int, answered: bytes) -> Reading:
        if status in (-signal.SIGXCPU, -signal.SIGKILL):
            raise NotRead(f"Reading it takes more than {_seconds(self.limits.seconds)} of processor time.")
        answer = _json_of(answered) if status == 0 else None
        if answer is None:
            raise NotRead(
                f"Reading it broke the program that reads such files, or took more than {self.limits.megabytes:,} MB of"
                " memory: the file is damaged, or made to do harm."
            )
        if answer.get("refused"):
            raise NotRead(str(answer["refused"]))
        return Reading(
            str(answer["text"]), int(answer["characters"]), answer["pages"], tuple(map(str, answer["problems"]))
        )


def _seconds(number: float) -> str:
    return f"{number:g} second{'' if number == 1 else 's'}"


def _json_of(answered: bytes) -> dict[str, Any] | None:
    """What the child wrote; None when it is not whole."""
    try:
        answer = json.loads(answered)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None
