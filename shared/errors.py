"""One tree of errors, without HTTP in it; the doors map each to its status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class TandemError(Exception):
    """Something was refused; the message says what, for a person, and `details` are safe to show to the caller."""

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class NotFound(TandemError):
    """There is no such thing, or it belongs to another tenant."""


class Conflict(TandemError):
    """The state of the thing does not allow it; `allowed` names what it does allow."""

    def __init__(self, message: str, *, allowed: Sequence[str] | None = None, **details: object) -> None:
        super().__init__(message, **({"allowed": list(allowed)} if allowed is not None else {}), **details)


class Invalid(TandemError):
    """What was sent is not acceptable; `errors` maps each field's path to its reasons."""

    def __init__(self, message: str, *, errors: Mapping[str, object] | None = None, **details: object) -> None:
        super().__init__(message, **details)
        self.errors = dict(errors or {})

    def __str__(self) -> str:
        return " ".join([self.message, *self.reasons()])

    def reasons(self) -> list[str]:
        """Each field with what is wrong with it, as a line: `metadata.note: Missing.`"""
        return [f"{field}: {_plain(told)}" for field, told in self.errors.items()]


class Unauthenticated(TandemError):
    """Nobody, or nobody believable, is asking."""


class Forbidden(TandemError):
    """The one who asks may not do this."""


class Stale(TandemError):
    """It has changed since the caller read it (If-Match)."""


class TooMany(TandemError):
    """Too many tries; `retry_after` says after how many seconds another is heard."""


class Unavailable(TandemError):
    """A part that is needed for this is not answering; trying again later is right."""


def _plain(told: object) -> str:
    """Reasons as text: one, a list of them, or a mapping of more fields."""
    if isinstance(told, Mapping):
        return "; ".join(f"{field}: {_plain(reasons)}" for field, reasons in told.items())
    return " ".join(map(str, told)) if isinstance(told, list | tuple) else str(told)
