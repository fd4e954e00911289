"""Numbers: money with signs, brackets, currency symbols and groups of thousands, and whole numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from babel.numbers import get_currency_symbol, list_currencies

from shared.csv_import.cell_types.cell_type import Ambiguous, Choices, Reading

_SPACES = re.compile(r"[ \u00a0\u2007\u2009\u202f]+")
_MONEY = re.compile(
    r"(?P<minus>[-+\u2212])?\s*(?P<before>[^\W\d_]{1,4}\.?|[^\W\d_]{0,3}[^\w\s.,'\u2019+\-\u2212()])?\s*(?P<inner>[-+\u2212])?\s*"
    r"(?P<figures>\d[\d.,' \u2019]*?)\s*(?P<after>[^\W\d_]{1,4}\.?|[^\W\d_]{0,3}[^\w\s.,'\u2019+\-\u2212()])?(?P<behind>[-\u2212])?"
)
_GROUPS = {
    mark: re.compile(
        rf"(?P<whole>\d+|\d{{1,3}}(?:(?P<group>[{others}])\d{{3}})(?:(?P=group)\d{{3}})*|\d{{1,2}}(?:(?P<lakh>[{others}])\d{{2}})+(?P=lakh)\d{{3}})"
        rf"(?:{re.escape(mark)}(?P<part>\d+))?"
    )
    for mark, others in ((".", ", '"), (",", ". '"))
}
"""Figures by their decimal mark, with groups of thousands, or of a hundred above a thousand, that are all separated
alike."""

LONGEST = 60
"""The longest cell that is looked at as a number."""

_ONE_GROUP = re.compile(r"\d{1,3}[.,]\d{3}")


class Number:
    """A number. `signs` is what may stand beside it: `currency` or `%`. `as_value` makes the API's value of
    it."""

    asks = "decimalMark"

    def __init__(self, *, signs: str, as_value: Callable[[str], Any]) -> None:
        self._signs, self._as_value = signs, as_value

    def reading(self, cells: Sequence[str], choices: Choices) -> Reading:
        """The reading of a column: a mark that one of its cells can only have is the mark of all."""
        marks = {mark for cell in cells if (mark := self._only_mark(cell))}
        mark = choices.decimal_mark or (next(iter(marks)) if len(marks) == 1 else None)

        def read(cell: str) -> Any:
            found = self._match(cell)
            number = self._number(cell, found["figures"], mark, marks) if found else None
            return cell if found is None or number is None else self._as_value(_sign(cell, found) + number)

        return read

    def _match(self, cell: str) -> re.Match[str] | None:
        if len(cell) > LONGEST:
            return None
        within = cell[1:-1].strip() if _bracketed(cell) else cell
        plain = _SPACES.sub(" ", within).replace("\u2019", "'")
        found = _MONEY.fullmatch(plain)
        if found is None or sum(bool(found[name]) for name in ("minus", "inner", "behind")) > 1:
            return None
        signs = [sign for sign in (found["before"], found["after"]) if sign]
        if len(signs) > 1 or any(not _is_sign(sign, self._signs) for sign in signs):
            return None
        return found

    def _only_mark(self, cell: str) -> str | None:
        """The decimal mark that the number can only have; None if it has either, or none."""
        found = self._match(cell)
        if found is None or _ONE_GROUP.fullmatch(found["figures"]):
            return None
        possible = {mark: number for mark in _GROUPS if (number := _read(found["figures"], mark))}
        return next(iter(possible)) if len(possible) == 1 else None

    def _number(self, cell: str, figures: str, mark: str | None, marks: set[str]) -> str | None:
        if mark is not None:
            return _read(figures, mark)
        point, comma = (_read(figures, each) for each in (".", ","))
        if point is None or comma is None or point == comma:
            return point or comma
        if "," in figures and not marks:
            return point  # 3,100: groups of thousands, because no amount here has three places
        why = "; the column has numbers of both kinds" if marks else ""
        raise Ambiguous(f"{cell} can be {point} or {comma}{why}: choose the decimal mark.")


def _bracketed(cell: str) -> bool:
    return cell.startswith("(") and cell.endswith(")")


def _sign(cell: str, found: re.Match[str]) -> str:
    minus = any(found[name] in ("-", "\u2212") for name in ("minus", "inner", "behind"))
    return "-" if minus != _bracketed(cell) else ""


def _read(figures: str, mark: str) -> str | None:
    """The number with a point, or None if it has not this decimal mark."""
    found = _GROUPS[mark].fullmatch(figures)
    if found is None:
        return None
    whole = re.sub(r"\D", "", found["whole"])
    return f"{whole}.{found['part']}" if found["part"] else whole


def _is_sign(sign: str, allowed: str) -> bool:
    return sign == "%" if allowed == "%" else bool(_currencies(sign))


def currency_of(cell: str) -> frozenset[str]:
    """The currencies that an amount may be in, by the symbol or the code that stands beside it; empty without one."""
    found = AMOUNT._match(cell)
    sign = found and (found["before"] or found["after"])
    return _currencies(sign) if sign else frozenset()


def _currencies(sign: str) -> frozenset[str]:
    code = sign.upper()
    return frozenset({code}) if code in list_currencies() else _symbols().get(sign.casefold().rstrip("."), frozenset())


ALONE = {
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "₹": "INR",
    "₩": "KRW",
    "₪": "ILS",
    "₫": "VND",
    "zł": "PLN",
    "fr": "CHF",
    "r": "ZAR",
}
"""Symbols by which people mean one currency."""


@cache
def _symbols() -> dict[str, frozenset[str]]:
    """The currencies by symbol, casefolded, in the English of several countries and in the languages of the currencies."""
    named: dict[str, set[str]] = {"$": {"USD"}, "kr": {"SEK", "NOK", "DKK", "ISK"}}
    for code in list_currencies():
        for language in ("en", "en_CA", "en_AU", "en_NZ", "en_SG"):
            symbol = get_currency_symbol(code, language)
            if any(unicodedata.category(letter) == "Sc" for letter in symbol):
                named.setdefault(symbol.casefold(), set()).add(code)
    return {symbol: frozenset(codes) for symbol, codes in named.items()} | {
        symbol: frozenset({code}) for symbol, code in ALONE.items()
    }


def _as_whole(number: str) -> Any:
    """The whole number; a text with places is left to the API's check, which refuses it."""
    whole, _, part = number.partition(".")
    return int(whole) if not part.strip("0") and len(whole) < 16 else number


AMOUNT = Number(signs="currency", as_value=str)
"""An amount of money, as the text `1234.50`."""

WHOLE = Number(signs="%", as_value=_as_whole)
"""A whole number; a percent sign behind it is left out."""
