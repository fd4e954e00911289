"""One process of `tandem up`: how it is started, where it logs, and why it ended."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from shared.ground import logs
from shared.ground.settings_table import LOG_BYTES, LOG_FILES
from shared.process import log_rotation

PR_SET_PDEATHSIG = 1


def die_with_parent(signum: int = signal.SIGTERM) -> Callable[[], None]:
    """A `preexec_fn`: on Linux the child gets `signum` when its parent dies, however it dies. Elsewhere it does
    nothing."""
    if not sys.platform.startswith("linux"):
        return lambda: None
    libc = ctypes.CDLL(None, use_errno=True)

    def set_death_signal() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signum)

    return set_death_signal


@dataclass
class ChildProcess:
    """One process of the installation, with how often in a row it has died."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    log: Path
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    started: float = 0.0
    restart_at: float = 0.0
    log_began: int = 0
    log_bytes: int = LOG_BYTES
    log_files: int = LOG_FILES
    prepare: Callable[[], None] = field(default_factory=die_with_parent)

    def start(self) -> None:
        """Start it in a session of its own, so that Ctrl-C at the terminal reaches the launcher alone. It logs to its
        file."""
        self.started = time.monotonic()
        self.rotate_log()
        with self.log.open("ab") as log_file:
            self.log_began = log_file.tell()
            self.process = subprocess.Popen(
                list(self.command),
                env=dict(self.environment),
                cwd=self.folder,
                preexec_fn=self.prepare,
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=log_file,
                stderr=subprocess.STDOUT,
            )

    def rotate_log(self) -> None:
        """Rotate its log when it is too large."""
        if log_rotation.rotate(self.log, self.log_bytes, self.log_files):
            self.log_began = 0

    def died(self) -> bool:
        """Whether it was started and has ended."""
        return self.process is not None and self.process.poll() is not None

    def reason(self) -> str:
        """The last error in its log, and where the log is."""
        place = self.log.relative_to(Path.cwd()) if self.log.is_relative_to(Path.cwd()) else self.log
        error = logs.last_error(self.log, self.log_began)
        moved_aside = log_rotation.copy_of(self.log, 1)
        if not error and not self.log_began and moved_aside.exists():
            error = logs.last_error(moved_aside)
        return f"{error}\n  See {place}" if error else f"See {place}"
