"""Checks of the values of settings. A message never repeats a value that may hold a password."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from cronsim import CronSim, CronSimError
from environs import validate

SCHEME = re.compile(r"([A-Za-z+]{1,20})://")


def starts_with(*schemes: str) -> Any:
    """A check of an address; its message repeats only the scheme: the rest may hold a password, and so may a value that
    is no address at all."""

    def check(value: str) -> None:
        if value and not value.startswith(schemes):
            scheme = SCHEME.match(value)
            rest = f", not {scheme[1]}:" if scheme else "."
            raise validate.ValidationError(f"It starts with {' or '.join(schemes)}{rest}")

    return check


def database_url(value: str) -> None:
    """A check of the address of a database, which every process has to find."""
    starts_with("sqlite:///", "postgresql://", "postgres://")(value)
    if value.removeprefix("sqlite:///") in ("", ":memory:") and value:
        raise validate.ValidationError("It names no file; every process has to find the same database.")


def cron(value: str) -> None:
    """A check of a cron expression."""
    try:
        CronSim(value, datetime(2026, 1, 1, tzinfo=UTC))
    except CronSimError:
        raise validate.ValidationError('Not a cron expression of five fields, such as "0 8 * * *" for 8:00.') from None


def not_empty(value: str) -> None:
    """A check of a text that may be unset, but not empty."""
    if not value.strip():
        raise validate.ValidationError("It is empty. Name one, or unset it for the default.")
