"""One line a fact: JSON for machines, plain for a person at a terminal, with the request id that follows the work."""

from __future__ import annotations

import contextvars
import json
import logging
import re
import sys
from pathlib import Path
from typing import Any

import structlog

from shared.settings import Settings

request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")
"""The id of the click that all this began with; doors set it, `shared.http` passes it on."""

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}
QUIET = {
    "urllib3": "ERROR",
    "werkzeug": "WARNING",
    "peewee": "WARNING",
    "dramatiq.broker": "ERROR",
    "dramatiq.worker": "WARNING",
}
"""Libraries that say more than a person who runs Tandem wants to read. Dramatiq warns of two workers in one process, which we mean."""

TRACEBACK = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
"""Without the values of variables: tokens and customers' data stand in those."""


def _with_extra(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    """What `log.info(..., extra={...})` carried, which the standard library hides on the record."""
    record = event.get("_record")
    if record is not None:
        event |= {key: value for key, value in vars(record).items() if key not in _STANDARD and not key.startswith("_")}
    if request_id.get():
        event["request_id"] = request_id.get()
    return event


def set_up(settings: Settings, process: str) -> None:
    """Send all logging of this process to standard error in the one format; `process` is "api", "work" or the like."""
    plain = settings.log == "plain" or (settings.log == "auto" and sys.stderr.isatty())
    before: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if plain else "iso", utc=not plain),
        _with_extra,
        lambda _, __, event: event | {"service": settings.service, "process": process},
    ]
    after: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if plain:
        after.append(
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
        )
    else:
        after += [structlog.processors.ExceptionRenderer(TRACEBACK), structlog.processors.JSONRenderer(default=str)]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=before, processors=after))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level)
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(level)


TAIL_BYTES = 64 * 1024
NAMED = re.compile(r"[A-Za-z_][\w.]*: \S")
"""How a traceback ends, and how we say what is wrong with a setting: a name, a colon, and why."""


def last_words(file: Path, since: int = 0) -> str:
    """Why a process ended, from its log behind the byte `since`: the last error that it named, else its last line, else ""."""
    with file.open("rb") as log_file:
        size = log_file.seek(0, 2)
        log_file.seek(max(since, size - TAIL_BYTES))
        lines = [line for line in log_file.read().decode(errors="replace").splitlines() if line.strip()]
    named = (words for line in reversed(lines) if (words := _error_in(line)))
    return next(named, lines[-1].strip() if lines else "")


def _error_in(line: str) -> str:
    """What a line of a log says if it is an error, else ""."""
    if NAMED.match(line):
        return line
    if not line.startswith("{"):
        return ""
    try:
        told = json.loads(line)
    except ValueError:
        return ""
    if told.get("level") not in ("error", "critical"):
        return ""
    cause = [f"{one['exc_type']}: {one['exc_value']}" for one in told.get("exception") or [] if isinstance(one, dict)]
    return ": ".join([str(told.get("event")), *cause[-1:]])
