"""The child process: sets its own limits, then reads one file from its standard input and writes what it read as JSON.

Its arguments are the media type, the most pages, seconds of processor time, megabytes of memory, bytes of output, and the
process that started it.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys

PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38
MEGABYTE = 1024 * 1024
FILES = 32


def main(arguments: list[str]) -> None:
    """Read, and write `{"text", "characters", "pages", "problems"}`, or `{"refused": why}`. The text is cut at
    MOST_CHARACTERS; `characters` is its whole length."""
    media_type, *figures = arguments
    pages, seconds, megabytes, output, parent = map(int, figures)
    _limit(seconds, megabytes, output)
    _die_with(parent)
    try:
        answer = _read(media_type, pages)
    except MemoryError:
        answer = {"refused": f"Reading it takes more than {megabytes:,} MB of memory."}
    sys.stdout.buffer.write(json.dumps(answer).encode())


def _limit(seconds: int, megabytes: int, output: int) -> None:
    """Limit what this process may take, for good: it cannot raise any of it again."""
    memory = megabytes * MEGABYTE
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, output),
        (resource.RLIMIT_NOFILE, FILES),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, allowed = resource.getrlimit(what)
        least = most if allowed == resource.RLIM_INFINITY else min(most, allowed)
        resource.setrlimit(what, (least, least))


def _die_with(parent: int) -> None:
    """End when the worker ends, however it does."""
    if sys.platform.startswith("linux"):
        libc = ctypes.CDLL(None)
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(1)


def _read(media_type: str, most_pages: int) -> dict[str, object]:
    # Imported only now, so that the libraries are under the limits too.
    from services.executor.documents import kinds
    from services.executor.documents.content import MOST_CHARACTERS, Refused

    try:
        found = kinds.read(media_type, sys.stdin.buffer.read(), most_pages)
    except Refused as error:
        return {"refused": str(error)}
    return {
        "text": found.text[:MOST_CHARACTERS],
        "characters": len(found.text),
        "pages": found.pages,
        "problems": found.problems,
    }


if __name__ == "__main__":
    main(sys.argv[1:])
