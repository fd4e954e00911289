"""Reads periods and percentages as contracts write them, in figures and in words."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

_UNITS = {
    word: value
    for value, word in enumerate(
        [
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ],
        start=1,
    )
}
_TENS = {
    word: 10 * value
    for value, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2
    )
}
_NUMBER_WORD = "(?:" + "|".join([*_TENS, *sorted(_UNITS, key=len, reverse=True), "hundred", "zero"]) + ")"
_WORDS = rf"{_NUMBER_WORD}(?:(?: and |[ -]){_NUMBER_WORD}){{0,4}}"
_KIND = (
    "(?:calendar|business|working|consecutive|full|more|additional|further|successive|contract|renewal|whole|agreement)"
)
_PERIOD = re.compile(
    rf"\b(?:(?P<words>{_WORDS}|an?)(?: ?\( ?(?P<bracket>\d{{1,4}}) ?\))?"
    rf"|(?P<digits>\d{{1,4}})(?: ?\( ?(?P<spelt>{_WORDS}) ?\))?)"
    rf"[ ~-]{{0,3}}(?P<kinds>(?:{_KIND}[ -]){{0,2}})(?P<unit>day|week|month|year)(?:s|\(s\))?(?![a-z])"
)
_ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
_ANNIVERSARY = re.compile(
    rf"\b(?P<word>{'|'.join(_ORDINALS)}|{'|'.join(_TENS).replace('y', 'ieth')}|(?P<digits>\d{{1,2}}) ?(?:st|nd|rd|th))"
    r"(?: ?\( ?\d{1,2} ?(?:st|s t|nd|n d|rd|r d|th|t h)? ?\))?[ -]anniversary\b"
)
_FIGURE = r"\d{1,3}(?:\.\d{1,3})?"
_PERCENT = re.compile(
    rf"(?P<words>{_WORDS}) ?(?:per ?cent(?: ?\( ?(?P<first>{_FIGURE}) ?(?:%|per ?cent) ?\))?"
    rf"|\( ?(?P<second>{_FIGURE}) ?(?:%|per ?cent) ?\)|\( ?(?P<third>{_FIGURE}) ?\) ?per ?cent\b)"
    rf"|(?<![\d.])(?P<digits>{_FIGURE}) ?(?:%|per ?cent\b)"
)


@dataclass(frozen=True)
class Period:
    """A length of time and its place in the plain sentence; `doubt` says why it cannot be relied on."""

    amount: int
    unit: str
    start: int
    end: int
    doubt: str | None = None

    def before(self, day: date) -> date:
        """The day this long before `day`; business days leave out Saturdays and Sundays, but not holidays."""
        if self.unit == "business day":
            left = self.amount
            while left:
                day -= timedelta(days=1)
                left -= day.weekday() < 5
            return day
        if self.unit in ("month", "year"):
            return months_on(day, -self.amount * (12 if self.unit == "year" else 1))
        return day - timedelta(days=self.amount * (7 if self.unit == "week" else 1))

    def after(self, day: date) -> date:
        """The day this long after `day`; business days count as days."""
        if self.unit in ("month", "year"):
            return months_on(day, self.amount * (12 if self.unit == "year" else 1))
        return day + timedelta(days=self.amount * (7 if self.unit == "week" else 1))

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}{'' if self.amount == 1 else 's'}"


@dataclass(frozen=True)
class Percent:
    """A percentage and its place in the plain sentence."""

    value: float
    start: int
    end: int
    doubt: str | None = None


def months_on(day: date, months: int) -> date:
    """The same day `months` months later, or the last day of that month if it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def number(words: str) -> int:
    """The number in English words, up to 999: "one hundred and eighty" is 180."""
    total = 0
    for word in words.replace("-", " ").split():
        if word == "hundred":
            total = max(total, 1) * 100
        else:
            total += _UNITS.get(word, 0) + _TENS.get(word, 0) + (word in ("a", "an"))
    return total


def _agreed(figure: str | None, words: str | None, unit: str) -> tuple[float, str | None]:
    spelt = float(number(words)) if words else None
    if figure is None:
        return spelt or 0.0, None
    value = float(figure)
    if spelt is not None and spelt != value:
        return value, f"the words say {words} {unit} and the figure says {figure}"
    return value, None


def periods(plain: str) -> list[Period]:
    """Every period that the sentence names, in order."""
    found = []
    for match in _PERIOD.finditer(plain):
        figure, words = match["bracket"] or match["digits"], match["words"] or match["spelt"]
        amount, doubt = _agreed(figure, words, match["unit"] + "s")
        working = re.search("business|working", match["kinds"]) and match["unit"] == "day"
        unit = "business day" if working else match["unit"]
        found.append(Period(int(amount), unit, match.start(), match.end(), doubt))
    return found


def percents(plain: str) -> list[Percent]:
    """Every percentage that the sentence names, in order."""
    found = []
    for match in _PERCENT.finditer(plain):
        figure = match["digits"] or match["first"] or match["second"] or match["third"]
        value, doubt = _agreed(figure, match["words"], "per cent")
        found.append(Percent(value, match.start(), match.end(), doubt))
    return found


def anniversaries(plain: str) -> list[Period]:
    """The years until every anniversary that the sentence numbers, in order."""
    found = []
    for match in _ANNIVERSARY.finditer(plain):
        tens = {ten.replace("y", "ieth"): value for ten, value in _TENS.items()}
        word = match["word"]
        years = int(match["digits"] or 0) or tens.get(word) or _ORDINALS.index(word) + 1
        found.append(Period(years, "year", match.start(), match.end()))
    return found
