"""The present time, and times as text. Verbs do not call `now`: their callers give them the time."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """The present time, aware, in UTC."""
    return datetime.now(UTC)


def rfc3339(time: datetime | None) -> str | None:
    """The time as RFC 3339 in UTC with `Z`, as all JSON here writes times; None stays None."""
    if time is None:
        return None
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def parse(text: str) -> datetime:
    """The aware time in an RFC 3339 text. ValueError when it is not one, or has no offset."""
    time = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if time.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return time.astimezone(UTC)
