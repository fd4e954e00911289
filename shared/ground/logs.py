"""Logging: JSON for machines, plain lines at a terminal, with the request id that follows the work."""

from __future__ import annotations

import contextvars
import json
import logging
import re
import sys
from pathlib import Path
from typing import Any

import structlog

from shared.ground.settings import Settings

request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")
"""The id of the request that is answered: `shared.web.application` sets it, `service_client` passes it on."""

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}
QUIET = {
    "urllib3": "ERROR",
    "werkzeug": "WARNING",
    "peewee": "WARNING",
    "dramatiq.broker": "ERROR",
    "dramatiq.worker": "WARNING",
}
"""Levels of libraries that log too much. Dramatiq warns of two workers in one process, which is intended here."""

TRACEBACK = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
"""Tracebacks without the values of variables, which may be tokens or customers' data."""


def _with_extra(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    """Add what `log.info(..., extra={...})` carried, which the standard library hides in the record."""
    record = event.get("_record")
    if record is not None:
        event |= {key: value for key, value in vars(record).items() if key not in _STANDARD and not key.startswith("_")}
    if request_id.get():
        event["request_id"] = request_id.get()
    return event


def set_up(settings: Settings, process: str) -> None:
    """Send all logging of this process to standard error, in one format. `process` is "api", "work" or the like."""
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
ERROR_LINE = re.compile(r"[A-Za-z_][\w.]*: \S")
"""The end of a traceback, or our line about a wrong setting: a name, a colon, and the reason."""


def last_error(file: Path, since: int = 0) -> str:
    """Why a process ended, from its log after the byte `since`: the last error in it, else its last line, else ""."""
    with file.open("rb") as log_file:
        size = log_file.seek(0, 2)
        log_file.seek(max(since, size - TAIL_BYTES))
        lines = [line for line in log_file.read().decode(errors="replace").splitlines() if line.strip()]
    named = (error for line in reversed(lines) if (error := _error_in(line)))
    return next(named, lines[-1].strip() if lines else "")


def _error_in(line: str) -> str:
    """The error in a line of a log, else ""."""
    if ERROR_LINE.match(line):
        return line
    if not line.startswith("{"):
        return ""
    try:
        record = json.loads(line)
    except ValueError:
        return ""
    if record.get("level") not in ("error", "critical"):
        return ""
    cause = [
        f"{cause['exc_type']}: {cause['exc_value']}"
        for cause in record.get("exception") or []
        if isinstance(cause, dict)
    ]
    return ": ".join([str(record.get("event")), *cause[-1:]])
