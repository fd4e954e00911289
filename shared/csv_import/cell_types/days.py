"""Dates: ISO 8601, day or month first as the whole column can only be, and months by name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

from babel.dates import get_month_names

from shared.csv_import.cell_types.cell_type import Ambiguous, CellProblem, Choices, Reading

LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt", "sv", "da", "nb", "pl")
"""The languages whose names of months are read."""

LONGEST = 60
"""The longest cell that is looked at as a date."""

_TIME = r"(?:[T ,]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AaPp]\.?[Mm]\.?)?(?: ?(?:Z|UTC|[+-]\d{2}:?\d{2}))?)?"
_FIGURES = re.compile(rf"(\d{{1,4}})([-/. ])(\d{{1,2}})\2(\d{{4}}|\d{{2}}|\d){_TIME}")
_DAY_MONTH = re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th|\.)?[ -]+([^\W\d_]+)\.?,?[ -]+(\d{{4}}|\d{{2}}){_TIME}")
_MONTH_DAY = re.compile(rf"([^\W\d_]+)\.? (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}}){_TIME}")
_COUNTED = re.compile(r"\d{5}(?:\.\d+)?")


class Day:
    """A date; a time behind it is left out."""

    asks = "dateOrder"

    def reading(self, cells: Sequence[str], choices: Choices) -> Reading:
        """The reading of a column: each date must have one meaning, by itself or by the others."""
        orders = {order for cell in cells if (order := _only_order(cell))}

        def read(cell: str) -> Any:
            return _read(cell, choices.date_order, orders)

        return read


DAY = Day()


def _only_order(cell: str) -> str | None:
    """`day` or `month` if the date can only begin with that; None where it can begin with either, or with neither."""
    found = _FIGURES.fullmatch(cell)
    if not found or len(found[1]) > 2 or len(found[4]) != 4 or found[2] == ".":
        return None
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    possible = [order for order in ("day", "month") if _dated(order, first, second, year)]
    return possible[0] if len(possible) == 1 else None


def _dated(order: str, first: int, second: int, year: int) -> date | None:
    month, day = (second, first) if order == "day" else (first, second)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _read(cell: str, chosen: str | None, orders: set[str]) -> Any:
    if len(cell) > LONGEST:
        return cell
    if found := _FIGURES.fullmatch(cell):
        return _figures(cell, found, chosen, orders)
    for pattern, day, month in ((_DAY_MONTH, 1, 2), (_MONTH_DAY, 2, 1)):
        if found := pattern.fullmatch(cell):
            return _named(cell, int(found[day]), found[month], found[3])
    if _COUNTED.fullmatch(cell):
        raise CellProblem(
            f"{cell} is a spreadsheet's own number for a day: format the column as dates there, and save again."
        )
    try:
        return date.fromisoformat(re.sub(rf"{_TIME}\Z", "", cell)).isoformat()
    except ValueError:
        return cell


def _figures(cell: str, found: re.Match[str], chosen: str | None, orders: set[str]) -> Any:
    first, second, last = int(found[1]), int(found[3]), int(found[4])
    if len(found[1]) > 2:
        return _or_cell(_dated("day", last, second, first) if len(found[1]) == 4 else None, cell)
    if len(found[4]) == 1:
        return cell
    if len(found[4]) == 2:
        if chosen is None:
            raise Ambiguous(
                f"{cell} has a year of two figures: choose whether dates begin with the day, the month or the year."
            )
        if chosen == "year":
            return _or_cell(_dated("day", last, second, 2000 + first), cell)
        last += 2000
    if chosen in ("day", "month"):
        return _or_cell(_dated(chosen, first, second, last), cell)
    meanings = {order: day for order in ("day", "month") if (day := _dated(order, first, second, last))}
    if found[2] == "." and "day" in meanings:  # with full stops dates begin with the day everywhere
        return meanings["day"].isoformat()
    if len(set(meanings.values())) == 1:
        return next(iter(meanings.values())).isoformat()
    if meanings and len(orders) == 1:
        return meanings[next(iter(orders))].isoformat()
    if not meanings:
        return cell
    why = "; the column has dates of both kinds" if orders else ""
    said = " or ".join(f"{meanings[order]:%-d %B %Y}" for order in ("day", "month"))
    raise Ambiguous(f"{cell} can be {said}{why}: choose whether dates begin with the day or the month.")


def _or_cell(day: date | None, cell: str) -> str:
    return day.isoformat() if day else cell


def _named(cell: str, day: int, month: str, year: str) -> str:
    number = _months().get(month.casefold())
    return _or_cell(_dated("day", day, number, int(year) + (2000 if len(year) == 2 else 0)) if number else None, cell)


@cache
def _months() -> dict[str, int]:
    """The numbers of the months by their names; a name that means two of them is left out."""
    named: dict[str, set[int]] = {}
    for language in LANGUAGES:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, name in get_month_names(width, context, language).items():
                    named.setdefault(name.rstrip(".").casefold(), set()).add(number)
    named.setdefault("sept", set()).add(9)
    return {name: next(iter(numbers)) for name, numbers in named.items() if len(numbers) == 1}
