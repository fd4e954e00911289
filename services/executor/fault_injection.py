"""Points at which fault tests kill this process. They are off unless the setting TANDEM_FAULT_POINT names one.

An armed point kills once: it creates a marker file exclusively, so that the restarted process passes it. When none is
armed, `reached` compares two strings and returns.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

POINTS = (
    "after-claim",  # a worker holds the task and has done nothing
    "before-effect",  # the processor is about to record its intent
    "after-effect-intent",  # the intent is durable, nothing was sent
    "after-outside-change",  # the outside has changed, the outcome is not recorded
    "before-finish",  # all is done, the task still says running
    "after-finish",  # the task is finished, nobody was told
    "before-wake",  # a task is claimed, the other workers were not rung
)

_armed = ""
_markers = Path("faults")


def arm(point: str, home: Path) -> None:
    """Arm one of POINTS ("" for none), with the marker files in `home`/faults. ValueError for a point that does not
    exist."""
    global _armed, _markers
    if point and point not in POINTS:
        raise ValueError(f"no fault point is called {point!r}")
    _armed, _markers = point, home / "faults"


def reached(point: str) -> None:
    """Kill this process with SIGKILL if `point` is armed and has not killed before."""
    if not _armed or point != _armed:
        return
    _markers.mkdir(parents=True, exist_ok=True)
    try:
        os.close(os.open(_markers / point, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
