"""Reads dates as contracts write them, in words and in figures, with their place in the sentence."""

import re
from dataclasses import dataclass
from datetime import date

_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
MONTH = "(?:" + "|".join([*_MONTHS, "sept", *(month[:3] for month in _MONTHS)]) + r")\b\.?"
_ORDINAL = r"(?: ?(?:st|s t|nd|n d|rd|r d|th|t h))?"
_DAY = rf"(?P<day>\d{{1,2}}){_ORDINAL}"
_FORMS = (
    re.compile(r"\b(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})\b"),
    re.compile(rf"\b(?P<month>{MONTH}) ?(?:the )?{_DAY}(?: ?[,.] ?| )(?P<year>\d{{4}})\b"),
    re.compile(
        rf"\b{_DAY}(?: day)?(?: of)? (?P<month>{MONTH}) ?,? ?(?:in the year (?:of )?)?(?P<year>\d{{4}})\b",
    ),
    re.compile(r"(?<![\d./])(?P<first>\d{1,2})([/.])(?P<second>\d{1,2})\2(?P<year>\d{4})(?![\d/])"),
    re.compile(r"(?<![\d./])(?P<first>\d{1,2})/(?P<second>\d{1,2})/(?P<short>\d{2})(?![\d/])"),
)
_MAY_HOLD_A_DATE = re.compile(r"\d{4}|\d/\d")
_DAY_OF_A_YEAR = re.compile(
    rf"\b(?P<month>{MONTH}) ?{_DAY}\b|\b(?P<day2>\d{{1,2}}){_ORDINAL}(?: day)? of (?P<month2>{MONTH})"
)
_YEAR = re.compile(r" ?,? ?\d{4}\b")


@dataclass(frozen=True)
class WrittenDate:
    """A date and its place in the plain sentence."""

    day: date
    start: int
    end: int


@dataclass(frozen=True)
class DayOfAYear:
    """A day that comes every year, and where the sentence names it."""

    month: int
    day: int
    start: int

    def in_year(self, year: int) -> date:
        """That day of a year; the last of February where the year has no 29th."""
        return _checked(year, self.month, self.day) or date(year, 2, 28)


def written_dates(plain: str) -> list[WrittenDate]:
    """Every date that can be read without guessing the order of its parts; 03/04/2027 is ambiguous and left out."""
    if not _MAY_HOLD_A_DATE.search(plain):
        return []
    found = []
    for form in _FORMS:
        for match in form.finditer(plain):
            if day := _day_of(match.groupdict()):
                found.append(WrittenDate(day, match.start(), match.end()))
    return sorted(found, key=lambda each: each.start)


def dates(plain: str) -> list[date]:
    """The same dates, without their places."""
    return [each.day for each in written_dates(plain)]


def day_of_a_year(plain: str) -> DayOfAYear | None:
    """The first day that is named without a year, as "October 1" is."""
    for match in _DAY_OF_A_YEAR.finditer(plain):
        month, day = _month(match["month"] or match["month2"]), int(match["day"] or match["day2"])
        if _checked(2000, month, day) and not _YEAR.match(plain[match.end() :]):
            return DayOfAYear(month, day, match.start())
    return None


def _day_of(parts: dict[str, str | None]) -> date | None:
    year = int(parts.get("year") or 0) or _of_two_digits(int(parts["short"] or 0))
    if month := parts.get("month"):
        return _checked(year, int(month) if month.isdigit() else _month(month), int(parts["day"] or 0))
    first, second = int(parts["first"] or 0), int(parts["second"] or 0)
    if first <= 12 and second <= 12 and first != second:
        return None
    month_first = second > 12 or first == second
    return _checked(year, first if month_first else second, second if month_first else first)


def _of_two_digits(year: int) -> int:
    return year + (2000 if year < 70 else 1900)


def _month(name: str) -> int:
    return [month[:3] for month in _MONTHS].index(name[:3]) + 1


def _checked(year: int, month: int, day: int) -> date | None:
    """The date; None where there is none, as of the 31st of June, whatever was meant."""
    try:
        return date(year, month, day)
    except ValueError:
        return None
