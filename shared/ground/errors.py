"""The errors of Tandem, without HTTP; shared/web/error_responses.py maps each to a status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class TandemError(Exception):
    """The base class: something was refused. The message is for people; `details` are safe to show to the caller.

    `errors` maps the path of each bad field to its reasons.
    """

    def __init__(self, message: str, *, errors: Mapping[str, object] | None = None, **details: object) -> None:
        super().__init__(message)
        self.message = message
        self.errors = dict(errors or {})
        self.details = details

    def reasons(self) -> list[str]:
        """A line for each bad field, such as `metadata.note: Missing.` for the field `metadata.note`."""
        return [f"{field}: {_plain(problems)}" for field, problems in self.errors.items()]


class NotFound(TandemError):
    """It does not exist, or belongs to another tenant."""


class Conflict(TandemError):
    """Its state does not allow it. `allowed` names what it does allow, `errors` a field whose value is taken."""

    def __init__(
        self,
        message: str,
        *,
        allowed: Sequence[str] | None = None,
        errors: Mapping[str, object] | None = None,
        **details: object,
    ) -> None:
        details = ({"allowed": list(allowed)} if allowed is not None else {}) | details
        super().__init__(message, errors=errors, **details)


class Invalid(TandemError):
    """The input is not acceptable. `errors` says which fields, and why."""

    def __str__(self) -> str:
        return " ".join([self.message, *self.reasons()])


class Malformed(TandemError):
    """The input cannot be read: it is not valid HTTP, or not of the format that it declares."""


class TooLarge(TandemError):
    """The input is too large."""


class Unauthenticated(TandemError):
    """The caller is not authenticated."""


class Forbidden(TandemError):
    """The caller may not do this."""


class Stale(TandemError):
    """It has changed since the caller read it (If-Match)."""


class TooMany(TandemError):
    """Too many tries. `retry_after` is in seconds."""


class Unavailable(TandemError):
    """A service that is needed does not answer; the call may be retried later."""


class Failed(Unavailable):
    """A service that is needed answered with an error; its log says why, under the request's id."""


def _plain(problems: object) -> str:
    """Reasons as text: one reason, a list of them, or a mapping of further fields."""
    if isinstance(problems, Mapping):
        return "; ".join(f"{field}: {_plain(reasons)}" for field, reasons in problems.items())
    return " ".join(map(str, problems)) if isinstance(problems, list | tuple) else str(problems)
