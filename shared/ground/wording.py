"""How a date and an amount of money are written for people, on pages and in the texts of tasks and plans alike (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

#: Symbols that go before the amount; other currencies are written as their code.
SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£"}


def day(value: str | date | None) -> str:
    """A date as `10 Nov 2026`."""
    if not value:
        return ""
    as_date = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    return f"{as_date.day} {as_date:%b %Y}"


def money(amount: Any, currency: str | None) -> str:
    """An amount with its currency, without cents where there are none: `$248,127`, `NZD 12,000.50`."""
    if amount is None or amount == "":
        return ""
    try:
        number = Decimal(str(amount))
    except InvalidOperation:
        return f"{amount} {currency or ''}".strip()
    figures = f"{abs(number):,.0f}" if number == number.to_integral_value() else f"{abs(number):,.2f}"
    sign = "−" if number < 0 else ""
    symbol = SYMBOLS.get(currency or "", f"{currency} " if currency else "")
    return f"{sign}{symbol}{figures}"


def listed(names: Sequence[str], most: int = 3) -> str:
    """The names in a row: "Ada, Ben and Cy"; of more than `most` the first ones, and how many more there are."""
    shown = list(names) if len(names) <= most else [*names[:most], f"{len(names) - most} more"]
    return " and ".join(filter(None, (", ".join(shown[:-1]), *shown[-1:])))
