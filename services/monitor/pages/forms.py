"""Reads the values of forms and filters with the schemas of the REST API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from marshmallow import Schema, ValidationError

from services.monitor.pages import wording
from shared.ground.errors import Invalid, Stale, TandemError


def read(schema: Schema, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a form by a schema, empty fields left out. Invalid names the fields that are wrong."""
    try:
        return schema.load(
            {
                name: value.strip() if isinstance(value, str) else value
                for name, value in values.items()
                if value not in ("", None)
            }
        )
    except ValidationError as error:
        raise Invalid(
            "Some of it cannot be accepted.",
            errors={str(name): reasons for name, reasons in error.normalized_messages().items()},
        ) from error


def is_only_saving() -> bool:
    """Whether the form was sent by the button that only saves what is typed, which Enter in a field presses."""
    return request.form.get("do") == "keep"


def version(present: Any, error: TandemError | None = None) -> Any:
    """The version for a form: the present one where it is shown first, and with Stale, which says that it has changed.
    A form that is shown again for another reason keeps the one that its person has seen."""
    seen = request.form.get("version")
    return present if seen is None or isinstance(error, Stale) else seen


def changed_since(
    saved: Mapping[str, Any], typed: Mapping[str, Any], said: Mapping[str, Callable[[Any], str]]
) -> dict[str, str]:
    """The present value, in words, of each field that is not what was typed; `said` puts the value of a field into
    words."""
    both = {name: (say(saved.get(name)), say(typed.get(name))) for name, say in said.items()}
    return {name: present or "nothing" for name, (present, mine) in both.items() if present != mine}


def plain(value: Any) -> str:
    """A value as text, with line ends as they are stored; nothing is an empty one."""
    return "" if value is None else str(value).replace("\r\n", "\n")


def as_day(value: str | None) -> str:
    """A date as people read it, or the text itself if it is none."""
    try:
        return wording.day(value)
    except ValueError:
        return plain(value)


def number(text: str | None) -> Any:
    """A whole number, or the text itself, which the owning service then refuses."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else text or None


def day_begins(text: str | None, zone: str, *, days_later: int = 0) -> datetime | None:
    """The first moment of a day in a time zone. Invalid when the text is not a date."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text) + timedelta(days=days_later)
    except (ValueError, OverflowError) as error:
        raise Invalid("That is no date.", errors={"date": ["A date such as 2026-11-21."]}) from error
    return datetime.combine(day, time(), ZoneInfo(zone))


def moment(text: str, zone: str) -> str:
    """A time typed in a time zone, as RFC 3339; any other text unchanged, for the owning service to refuse."""
    try:
        typed = datetime.fromisoformat(text)
        there = typed if typed.tzinfo else typed.replace(tzinfo=ZoneInfo(zone))
        return there.astimezone(UTC).isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError):
        return text


def by_field(errors: Mapping[str, Any]) -> dict[str, list[str]]:
    """Errors of a REST answer by the names of the form's fields: `aiTasks.0.title` belongs to the field `title`."""
    return {path.rpartition(".")[2]: reasons(said) for path, said in errors.items()}


def reasons(said: Any) -> list[str]:
    """The reasons of one field in the errors of a REST answer, as texts."""
    return [str(reason) for reason in said] if isinstance(said, list) else [str(said)]
